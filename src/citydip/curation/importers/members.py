"""Memberships of a list, and the evidence and the sources that they rest on, as triples."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from citydip.curation.importers.known_cities import KnownCity
from citydip.curation.importers.nodes import Value, both, describe, persian, text
from citydip.curation.importers.tables import Row
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.names import slug
from citydip.model.terms import PREFIXES, shorten

__all__ = [
    "NO_PERSIAN_NAME",
    "Membership",
    "Named",
    "date",
    "evidence",
    "known_pages",
    "line_of",
    "membership",
    "named_city",
    "organization",
    "page",
]

NO_PERSIAN_NAME: list[Value] = both(
    "No source at hand gives a Persian name; where one is wanted, the build shows the Latin one.",
    "هیچ منبعی در دست نام فارسی آن را نمی‌دهد؛ هرجا نامی لازم باشد، گراف ساخته‌شده نام لاتین را نشان می‌دهد.",
)
"""The note on a thing of a list that has no Persian name."""

_SEE_ALSO = PREFIXES["rdfs"] + "seeAlso"


@dataclass(frozen=True, slots=True)
class Named:
    """A thing and its names.

    Args:
        node: its prefixed name.
        english: its English label.
        persian: how it stands in a Persian sentence.
    """

    node: str
    english: str
    persian: str


@dataclass(frozen=True, slots=True)
class Membership:
    """What a list says of a member.

    Args:
        name: the last part of the IRI of the statement.
        member: the member.
        organization: of what.
        status: the prefixed name of a status.
        evidence: prefixed names.
        listed_status: what the list calls the membership; empty where it says nothing.
        starts: prefixed name of a date, or None.
        ends: prefixed name of a date, or None.
        attested: prefixed name of the date of the list, or None.
    """

    name: str
    member: Named
    organization: Named
    status: str
    evidence: Sequence[str]
    listed_status: str = ""
    starts: str | None = None
    ends: str | None = None
    attested: str | None = None


def named_city(city: KnownCity) -> Named:
    """Return a city with its names; the Latin one stands in Persian where no Persian one is known."""
    return Named(city.name, city.english, persian(city.persian or city.english))


def line_of(row: Row) -> str:
    """Return which row of which table: the name of the file, and its line."""
    return f"{row.table.rpartition('/')[2]}:{row.line}"


def membership(says: Membership) -> Iterator[ox.Triple]:
    """Yield the triples of a membership."""
    member, network = says.member, says.organization
    more = f", {says.listed_status}" if says.listed_status else ""
    yield from describe(
        f"membership:{says.name}",
        {
            "a": "cd:Membership",
            "cd:attestedOn": says.attested,
            "cd:endsOn": says.ends,
            "cd:hasEvidence": list(says.evidence),
            "cd:hasMember": member.node,
            "cd:hasOrganization": network.node,
            "cd:hasStatus": says.status,
            "cd:listedStatus": text(says.listed_status) if says.listed_status else None,
            "cd:startsOn": says.starts,
            "rdfs:label": both(
                f"{member.english} is listed as a member of {network.english}{more}",
                f"{member.persian} در فهرست اعضای {network.persian} است{persian(more)}",
            ),
        },
    )


def evidence(
    name: str,
    source: str,
    row: Row,
    *,
    confidence: str = "confidence:stated",
    listed_as: str | None = None,
    note: Sequence[Value] | None = None,
) -> Iterator[ox.Triple]:
    """Yield the triples of the evidence that a row of a table is.

    Args:
        name: the last part of its IRI.
        source: the prefixed name of the source.
        row: the row; the evidence says which.
        confidence: how sure it is.
        listed_as: the name under which the list has its member.
        note: on how the row is read, in both languages.
    """
    yield from describe(
        f"evidence:{name}",
        {
            "a": ["cd:Evidence", "oa:SpecificResource"],
            "cd:hasConfidence": confidence,
            "cd:listedAs": text(listed_as) if listed_as else None,
            "dcterms:identifier": text(line_of(row)),
            "oa:hasSource": source,
            "skos:editorialNote": note,
        },
    )


def date(
    name: str, expression: str, *, written: str | None = None, ground: Sequence[Value] | None = None
) -> Iterator[ox.Triple]:
    """Yield the triples of a Gregorian date."""
    yield from describe(
        f"date:{name}",
        {
            "a": "cd:Date",
            "cd:expression": text(expression),
            "cd:ground": ground,
            "cd:hasCalendar": "calendar:gregorian",
            "cd:writtenDate": text(written) if written else None,
        },
    )


def organization(
    node: str, name: str, *, kind: str = "cd:Organization", acronym: str = "", pages: Sequence[str] = ()
) -> Iterator[ox.Triple]:
    """Yield the triples of an organization that only a list names."""
    yield from describe(
        node,
        {
            "a": kind,
            "rdfs:label": text(name, "en"),
            "rdfs:seeAlso": [ox.NamedNode(address) for address in pages],
            "skos:altLabel": text(acronym, "en") if acronym and acronym != name else None,
            "skos:editorialNote": NO_PERSIAN_NAME,
        },
    )


def known_pages(layout: Layout) -> dict[str, str]:
    """Return the prefixed names of the sources that the curated files describe, by their address."""
    found = {}
    for path in sorted((layout.root / "data").glob("*sources.ttl")):
        for triple in read_turtle(path).triples:
            node = shorten(triple.subject.value)  # type: ignore[union-attr]
            if triple.predicate.value == _SEE_ALSO and node.startswith("source:"):
                found[triple.object.value] = node  # type: ignore[union-attr]
    return found


def page(address: str) -> tuple[str, Iterator[ox.Triple]]:
    """Return the prefixed name of a page as a source, and its triples; the address serves as its name.

    Example:
        >>> page("https://www.c40.org/cities/")[0]
        'source:c40-org-cities'
    """
    parts = urlsplit(address)
    shown = f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
    node = "source:" + slug(re.sub(r"[^A-Za-z0-9]+", "-", shown))
    return node, describe(
        node,
        {
            "a": "cd:Source",
            "cd:hasSourceKind": "source-kind:web-page",
            "dcterms:language": text("und"),
            "rdfs:label": text(shown, "en"),
            "rdfs:seeAlso": ox.NamedNode(address),
            "skos:editorialNote": both(
                "Only the address is recorded, not the title or the language, and it serves as the name.",
                "تنها نشانی آن ثبت شده است و نه عنوان یا زبان، و همان به جای نام آمده است.",
            ),
        },
    )
