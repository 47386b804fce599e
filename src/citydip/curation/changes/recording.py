"""The record of a release: what changed since an older version, as a committed file that is part of the graph.

A build cannot tell what changed, for the same files must give the same version whatever else is kept. So the changes
are written once, by ``citydip changes --release``, reviewed and committed; the graph ``graph/changes/NAME`` is in every
version after. Records are left out when versions are compared.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.changes.keeping import Changes
from citydip.curation.changes.telling import Change
from citydip.curation.changes.words import ASPECTS
from citydip.curation.formatting import format_triples, format_turtle
from citydip.curation.layout import Layout
from citydip.model.errors import ParameterError
from citydip.model.languages import INTERFACE
from citydip.model.names import persian_digits
from citydip.model.terms import CD, GRAPH, ID, PREFIXES, VOID

__all__ = ["kind_iri", "kinds_of", "record_triples", "write_record"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST = 5000
"""Changes that a record may tell; what is more is no release that people read."""
_RDF, _DCTERMS = PREFIXES["rdf"], PREFIXES["dcterms"]
_LABEL = PREFIXES["rdfs"] + "label"
_DATE = ox.NamedNode(PREFIXES["xsd"] + "date")
_HEAD = "# What changed from version {old} to {new}. Written by: citydip changes {old} {new} --release {name}\n\n"
_TITLE = {"en": "Changes told with the release {name}", "fa": "تغییرات اعلام‌شده با انتشار {name}"}
_ABOUT = {
    "en": "What changed from version {old} to {new}, thing by thing, as it was told when the release was made.",
    "fa": "آنچه از نسخهٔ {old} تا {new} تغییر کرد، چیز به چیز، چنان‌که هنگام انتشار گفته شد.",
}


def kind_iri(name: str) -> str:
    """Return the IRI of a kind of change, or of what of a thing changed.

    Example:
        >>> kind_iri("status").rsplit("/", 1)[-1], kind_iri("ended").rsplit("/", 1)[-1]
        ('status-changed', 'ended')
    """
    aspect = name in ASPECTS and name != "ended"
    return f"{ID}version-change-kind/{name}{'-changed' if aspect else ''}"


def kinds_of(change: Change) -> list[str]:
    """Return the IRIs of the kinds of a change: what became of the thing, or what of it changed, which is narrower."""
    return [kind_iri(name) for name in change.aspects or (change.kind,)]


def record_triples(changes: Changes, name: str, day: str) -> Iterator[ox.Triple]:
    """Yield the record of a release.

    Args:
        changes: what changed.
        name: the last part of the IRI of the release, such as ``2026-11-22``.
        day: its day.

    Raises:
        ParameterError: the name cannot be one; or there are more changes than a record may tell.
    """
    if not _NAME.fullmatch(name):
        raise ParameterError(f"the name of a release is lower-case letters, digits and hyphens, not {name!r}")
    if changes.count() > _MOST:
        raise ParameterError(
            f"{changes.count()} things changed, and a record tells at most {_MOST}; compare versions that lie closer "
            "together, or such without imported data (CITYDIP_IMPORTED=0)"
        )
    release = ox.NamedNode(str(ID["release/" + name]))
    yield _triple(release, _RDF + "type", ox.NamedNode(str(CD.Release)))
    yield _triple(release, _DCTERMS + "issued", ox.Literal(day, datatype=_DATE))
    yield from _versions(release, changes)
    for language, title in _named(_TITLE, changes, name).items():
        yield _triple(release, _LABEL, ox.Literal(title, language=language))
    for change in changes.page():
        yield from _change(change, release, name)


def write_record(layout: Layout, changes: Changes, name: str, day: str) -> Path:
    """Write the record of a release and its description in the manifest; return the path of the record.

    Args:
        layout: where the files lie.
        changes: what changed.
        name: the name of the release.
        day: its day.

    Raises:
        ParameterError: as in `record_triples`; or there is such a record.
    """
    path = layout.root / "data" / "changes" / f"{name}.ttl"
    if path.exists():
        raise ParameterError(f"{layout.relative(path)} is there; a release is told once, choose another name")
    head = _HEAD.format(old=changes.old, new=changes.new, name=name)
    text = head + format_triples(list(record_triples(changes, name, day)), PREFIXES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    manifest = layout.root / "data" / "manifest.ttl"
    described = manifest.read_text(encoding="utf-8") + "\n" + format_triples(list(_description(changes, name, day)), {})
    manifest.write_text(format_turtle(manifest, described), encoding="utf-8")
    return path


def _named(texts: dict[str, str], changes: Changes, name: str) -> dict[str, str]:
    """Return texts with what they name; Persian ones with the release in Persian digits."""
    given = {"old": changes.old, "new": changes.new}
    return {
        language: texts[language].format(name=persian_digits(name) if language == "fa" else name, **given)
        for language in INTERFACE
    }


def _versions(node: ox.NamedNode, changes: Changes) -> Iterator[ox.Triple]:
    yield _triple(node, str(CD.olderVersion), ox.Literal(changes.old))
    yield _triple(node, str(CD.newerVersion), ox.Literal(changes.new))


def _change(change: Change, release: ox.NamedNode, name: str) -> Iterator[ox.Triple]:
    thing = change.iri.removeprefix(str(ID))
    node = ox.NamedNode(str(ID["version-change/" + name + "-" + thing.replace("/", "-")]))
    yield _triple(node, _RDF + "type", ox.NamedNode(str(CD.VersionChange)))
    yield _triple(node, str(CD.toldWith), release)
    yield _triple(node, str(CD.changesThing), ox.NamedNode(change.iri))
    if change.klass:
        yield _triple(node, str(CD.changesThingOfClass), ox.NamedNode(change.klass))
    for iri in kinds_of(change):
        yield _triple(node, str(CD.hasVersionChangeKind), ox.NamedNode(iri))
    for iri in change.becomes:
        yield _triple(node, str(CD.becomesThing), ox.NamedNode(iri))
    for iri in change.sources:
        yield _triple(node, _DCTERMS + "source", ox.NamedNode(iri))
    for language, sentence in change.sentences.items():
        yield _triple(node, _DCTERMS + "description", ox.Literal(sentence, language=language))


def _description(changes: Changes, name: str, day: str) -> Iterator[ox.Triple]:
    """Yield what the manifest says of the record."""
    graph = ox.NamedNode(str(GRAPH["changes/" + name]))
    yield _triple(graph, _RDF + "type", ox.NamedNode(PREFIXES["dcat"] + "Dataset"))
    yield _triple(graph, _RDF + "type", ox.NamedNode(str(VOID.Dataset)))
    yield _triple(graph, str(CD.hasGraphKind), ox.NamedNode(str(ID["graph-kind/changes"])))
    yield _triple(graph, _DCTERMS + "creator", ox.Literal("The citydip founders"))
    yield _triple(graph, _DCTERMS + "issued", ox.Literal(day, datatype=_DATE))
    yield _triple(graph, _DCTERMS + "license", ox.NamedNode("https://creativecommons.org/licenses/by/4.0/"))
    for language, text in _named(_ABOUT, changes, name).items():
        yield _triple(graph, _DCTERMS + "description", ox.Literal(text, language=language))
    for language, text in _named(_TITLE, changes, name).items():
        yield _triple(graph, _DCTERMS + "title", ox.Literal(text, language=language))
        yield _triple(graph, _LABEL, ox.Literal(text, language=language))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)
