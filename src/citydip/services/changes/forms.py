"""Changes between two versions as text, JSON and an Atom feed.

Source: https://www.rfc-editor.org/rfc/rfc4287 (Atom)
"""

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import pyoxigraph as ox

from citydip.curation.changes.keeping import Changes
from citydip.curation.changes.telling import Change
from citydip.curation.changes.words import ASPECTS, KINDS, TOLD_RANK
from citydip.curation.snapshot import Snapshot
from citydip.model.names import persian_digits
from citydip.model.terms import shorten
from citydip.services.changes.rdf import change_iri, change_triples, changes_iri, serialize

__all__ = ["FORMATS", "as_atom", "as_json", "as_rdf", "as_text", "summary", "written_at"]

FORMATS = {
    "html": "text/html",
    "json": "application/json",
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "atom": "application/atom+xml",
}
"""Media type by the name of a format."""
_ATOM = "http://www.w3.org/2005/Atom"
_RDF = {"turtle": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}
_TITLE = {
    "en": "Changes from version {old} to {new}",
    "fa": "تغییرات از نسخهٔ {old} تا {new}",
}
_NOTHING = {"en": "Nothing that curators or importers say has changed.", "fa": "گفته‌های گردآورندگان تغییری نکرده است."}


def written_at(snapshot: Snapshot) -> str:
    """Return when a version was written, as RFC 3339 has it."""
    moment = datetime.datetime.fromtimestamp(snapshot.data.stat().st_mtime, datetime.UTC)
    return moment.replace(microsecond=0).isoformat()


def summary(changes: Changes, language: str) -> list[str]:
    """Return how many things of each class were added, removed or changed, a line for each class.

    Args:
        changes: what changed.
        language: the language of the lines, ``en`` or ``fa``.
    """
    comma, digits = ("، ", persian_digits) if language == "fa" else (", ", str)
    lines: dict[str, list[str]] = {}
    for count in changes.counts:
        name = count.names.get(language) or (
            shorten(count.klass) if count.klass else {"en": "other"}.get(language, "دیگر")
        )
        words = f"{digits(str(count.things))} {KINDS[count.kind][language]}"
        if count.aspects:
            parts = (f"{digits(str(n))} {ASPECTS[aspect][language]}" for aspect, n in sorted(count.aspects.items()))
            words += f" ({comma.join(parts)})"
        lines.setdefault(name, []).append(words)
    return [f"{name}: {comma.join(words)}" for name, words in lines.items()] or [_NOTHING[language]]


def as_text(changes: Changes, listed: Iterable[Change], language: str) -> str:
    """Return changes as text: counts first, then a sentence for each thing.

    Args:
        changes: what changed.
        listed: the changes to tell one by one.
        language: ``en`` or ``fa``.
    """
    head = _TITLE[language].format(old=changes.old, new=changes.new)
    sentences = [change.sentences[language] for change in listed]
    return "\n".join([head, "", *summary(changes, language), *([""] if sentences else []), *sentences, ""])


def as_json(changes: Changes, listed: Sequence[Change], more: Mapping[str, Any] | None = None) -> str:
    """Return changes as JSON.

    Args:
        changes: what changed.
        listed: the changes to give one by one.
        more: further members, such as where the rest is.
    """
    counts = [
        {
            "class": count.klass or None,
            "label": count.names,
            "kind": count.kind,
            "things": count.things,
            "aspects": count.aspects,
            "supporting": count.rank >= TOLD_RANK,
        }
        for count in changes.counts
    ]
    things = [
        {
            "thing": change.iri,
            "class": change.klass or None,
            "kind": change.kind,
            "aspects": change.aspects,
            "label": change.names,
            "sentence": change.sentences,
            "sources": change.sources,
            "becomes": change.becomes,
            "removed": change.removed.splitlines(),
            "added": change.added.splitlines(),
        }
        for change in listed
    ]
    about = {"from": changes.old, "to": changes.new, "things": changes.total, "counts": counts}
    return json.dumps({**about, **(more or {}), "changes": things}, ensure_ascii=False, indent=1) + "\n"


def as_rdf(changes: Changes, listed: Iterable[Change], name: str) -> bytes:
    """Return changes in a format of RDF.

    Args:
        changes: what changed.
        listed: the changes to give.
        name: ``turtle`` or ``jsonld``.
    """
    return serialize(change_triples(listed, changes.old, changes.new), _RDF[name])


def as_atom(
    changes: Changes, listed: Iterable[Change], language: str, *, updated: str, links: Mapping[str, str], page: str
) -> bytes:
    """Return changes as an Atom feed.

    Args:
        changes: what changed.
        listed: the entries.
        language: ``en`` or ``fa``.
        updated: when the newer version was written, as RFC 3339 has it.
        links: addresses by what they are of the feed, such as ``self`` and ``next``.
        page: what the address of a thing's page begins with, before its kind and name.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    ET.SubElement(feed, "id").text = changes_iri(changes.old, changes.new)
    ET.SubElement(feed, "title").text = _TITLE[language].format(old=changes.old, new=changes.new)
    ET.SubElement(feed, "subtitle").text = "\n".join(summary(changes, language))
    ET.SubElement(feed, "updated").text = updated
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "citydip"
    for name, address in links.items():
        ET.SubElement(feed, "link", {"rel": name, "href": address})
    for change in listed:
        entry = ET.SubElement(feed, "entry")
        ET.SubElement(entry, "id").text = change_iri(changes.old, changes.new, change.iri)
        ET.SubElement(entry, "title").text = change.sentences[language]
        ET.SubElement(entry, "updated").text = updated
        for term in (change.kind, *change.aspects):
            label = (KINDS | ASPECTS)[term][language]
            ET.SubElement(entry, "category", {"term": term, "label": label})
        address = _page_of(change.iri, page)
        if address:
            ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
        ET.SubElement(entry, "summary").text = change.sentences[language]
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _page_of(iri: str, page: str) -> str:
    own = iri.partition("/id/")[2]
    return page + own if own else iri if iri.startswith("http") else ""
