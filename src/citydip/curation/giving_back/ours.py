"""What this graph has to give: statements of the Wikidata view that sources of their own support, and why others stay.

The view says which of our statements is which of Wikidata's, so that mapping is declared once. Here is only who may go.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from citydip.curation.giving_back.citing import why_not_citable, written_reference
from citydip.curation.giving_back.rows import Cells, load_file, query_text, rows_of
from citydip.curation.giving_back.statements import Item, Snak, Statement, Time, unique
from citydip.curation.layout import Layout
from citydip.curation.snapshot import Snapshot
from citydip.model.errors import SnapshotError
from citydip.model.terms import ID, PREFIXES

__all__ = ["Offer", "Ours", "Withheld", "read_ours"]

_WD = PREFIXES["wd"]
_EXACT = PREFIXES["skos"] + "exactMatch"
_ENDED = str(ID["status/ended"])
_STATUSES = {str(ID[f"status/{name}"]) for name in ("signed", "in-force", "attested", "ended")}
_CURATED = {str(ID[f"graph-kind/{name}"]) for name in ("article", "page-facts")}
_STATED = str(ID["confidence/stated"])
_TIMES = ("P580", "P1319", "P8555", "P582", "P8554", "P1326", "P585")
"""Qualifiers of time, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A statement that may go back.

    Args:
        statement: what it says at Wikidata.
        ours: IRIs of our statements behind it.
    """

    statement: Statement
    ours: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Withheld:
    """A statement that stays here.

    Args:
        reason: why, in the same words for each that stays for the same reason.
        ours: the IRI of our statement.
        property: the property that it would have.
        subject: the QID or IRI that it is about.
        value: the QID or IRI of its value.
    """

    reason: str
    ours: str
    property: str
    subject: str
    value: str


@dataclass(slots=True)
class Ours:
    """What this graph says in Wikidata's model.

    Args:
        offers: what may go back.
        withheld: what may not, and why.
        says: subject, property, value and jurisdiction of everything that it says, however well supported.
        things: the IRI of the thing that an item is, for exact matches alone.
        labels: the English name of a thing by IRI.
    """

    offers: list[Offer] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    says: set[tuple[str, str, str, str]] = field(default_factory=set)
    things: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Rows:
    """The rows of all queries, each under what it is about."""

    qualifiers: dict[str, list[Cells]]
    evidence: dict[str, list[Cells]]
    references: dict[str, list[Cells]]
    origins: dict[str, list[Cells]]


def read_ours(layout: Layout, snapshot: Snapshot) -> Ours:
    """Return what the graph of a snapshot has to give.

    Args:
        layout: where the queries lie.
        snapshot: with its Wikidata view.

    Raises:
        SnapshotError: it has no Wikidata view.
        OSError: a file cannot be read.
    """
    if not snapshot.view.is_file():
        raise SnapshotError(f"{snapshot.path} has no Wikidata view; write it with: citydip build")
    view, graph = load_file(snapshot.view), load_file(snapshot.data)

    def by(name: str, key: str) -> dict[str, list[Cells]]:
        grouped: defaultdict[str, list[Cells]] = defaultdict(list)
        for row in rows_of(graph if name in ("evidence", "origins") else view, query_text(layout, name)):
            grouped[row[key]].append(row)
        return grouped

    ours = Ours()
    for row in rows_of(graph, query_text(layout, "mappings")):
        if "subject_label" in row:
            ours.labels[row["subject"]] = row["subject_label"]
    ours.things = _exact(rows_of(graph, query_text(layout, "mappings")))
    known = {row["item"] for row in rows_of(view, query_text(layout, "items"))}
    rows = _Rows(
        by("qualifiers", "node"), by("evidence", "statement"), by("references", "source"), by("origins", "source")
    )
    offers: defaultdict[Statement, list[Offer]] = defaultdict(list)
    for claim in sorted(rows_of(view, query_text(layout, "claims")), key=lambda row: sorted(row.items())):
        offer = _offer(ours, rows, claim, known)
        if offer:
            said = offer.statement
            offers[Statement(said.subject, said.property, said.value, said.qualifiers)].append(offer)
    for said, same in offers.items():
        references = tuple(dict.fromkeys(r for offer in same for r in offer.statement.references))
        whole = Statement(said.subject, said.property, said.value, said.qualifiers, references)
        ours.offers.append(Offer(whole, tuple(sorted({iri for offer in same for iri in offer.ours}))))
    ours.offers.sort(key=lambda offer: (offer.statement.property, _number(offer.statement), repr(offer.statement)))
    ours.withheld = sorted(set(ours.withheld))
    return ours


def _number(statement: Statement) -> int:
    return int(statement.subject[1:])


def _exact(mappings: Iterable[Cells]) -> dict[str, str]:
    """Return our thing for each item that is an exact match of one thing, and of one alone."""
    things: defaultdict[str, set[str]] = defaultdict(set)
    items: defaultdict[str, set[str]] = defaultdict(set)
    for row in mappings:
        if row["predicate"] == _EXACT and row["object"].startswith(_WD):
            item = row["object"].removeprefix(_WD)
            things[item].add(row["subject"])
            items[row["subject"]].add(item)
    return {
        item: thing
        for item, (thing, *others) in ((item, sorted(found)) for item, found in things.items())
        if not others and len(items[thing]) == 1
    }


def _offer(ours: Ours, rows: _Rows, claim: Cells, known: set[str]) -> Offer | None:
    """Return what a statement of the view gives back; else note why it does not."""
    prop = claim["property"].removeprefix(_WD)
    subject, value = (claim[name].removeprefix(_WD) for name in ("subject", "value"))
    qualifiers = _qualifiers(rows.qualifiers.get(claim["node"], ()))
    place = next((v.qid for name, v in qualifiers if name == "P1001" and isinstance(v, Item)), "")
    ours.says.add((subject, prop, value, place))
    curated = [row for row in rows.evidence.get(claim["ours"], ()) if row["graph_kind"] in _CURATED]
    reason = _why_kept(claim, curated, qualifiers)
    if not all(item in ours.things or _is_declared(item, known) for item in (subject, place, value) if item):
        reason = "a thing in it has no exact match at Wikidata, or shares one"
    references, reasons = _references(rows, curated)
    if not references:
        reason = reason or min(reasons, default="it has no source")
    if reason:
        ours.withheld.append(Withheld(reason, claim["ours"], prop, subject, value))
        return None
    return Offer(Statement(subject, prop, Item(value), qualifiers, references), (claim["ours"],))


def _is_declared(item: str, known: set[str]) -> bool:
    """Return whether an item is no thing of ours but stands in the mapping itself, such as that of mayors."""
    return item[:1] == "Q" and item[1:].isdecimal() and _WD + item not in known


def _why_kept(claim: Cells, curated: list[Cells], qualifiers: tuple[Snak, ...]) -> str:
    """Return why a statement stays here, whatever its sources are; empty where it may go."""
    if not curated:
        return "it is imported, and not curated here"
    statuses = {row["status"] for row in curated}
    if claim["rank"].endswith("DeprecatedRank") or not statuses & _STATUSES:
        return "it is not signed, in force, attested or ended"
    if _ENDED in statuses and not any(name == "P582" for name, _ in qualifiers):
        return "it has ended, and no day, month or year of the end is known"
    return ""


def _references(rows: _Rows, curated: list[Cells]) -> tuple[tuple[tuple[Snak, ...], ...], set[str]]:
    """Return the references of a statement, and why its other sources are none."""
    references, reasons = [], set()
    for source in sorted({row["source"] for row in curated}):
        stated = [row for row in curated if row["source"] == source and row["confidence"] == _STATED]
        reason = why_not_citable(source, rows.origins.get(source, ()))
        if not reason and stated:
            references.append(written_reference(rows.references.get(source, ()), stated))
        reasons.add(reason or "its source does not state it outright")
    return tuple(dict.fromkeys(references)), reasons


def _qualifiers(rows: Iterable[Cells]) -> tuple[Snak, ...]:
    """Return the qualifiers of a statement: what is not exact by its bounds, and nothing that is unknown."""
    found: defaultdict[str, set[Snak]] = defaultdict(set)
    for row in rows:
        prop = row["property"].removeprefix(_WD)
        if prop in _TIMES and "precision" in row:
            found[prop].add((prop, Time(row["time"].partition("T")[0], int(row["precision"]))))
        elif prop not in (*_TIMES, "P1932") and row.get("value", "").startswith(_WD):
            found[prop].add((prop, Item(row["value"].removeprefix(_WD))))
    for bound in ("P1319", "P1326", "P8554", "P8555"):
        # Of two bounds of one kind nobody could tell which is of what.
        if len(found.get(bound, ())) > 1:
            del found[bound]
    order = [*(name for name in sorted(found) if name not in _TIMES), *_TIMES]
    return unique(snak for name in order for snak in sorted(found.get(name, ()), key=repr))
