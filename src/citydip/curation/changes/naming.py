"""What things are called in either version, in the languages of the interface: the words of sentences."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeGuard

import pyoxigraph as ox

from citydip.curation.changes.comparing import is_told
from citydip.curation.changes.dump import Dump
from citydip.curation.changes.words import OTHER_NAMES
from citydip.model.terms import CD, ID, OA, PREFIXES, shorten

__all__ = ["Names", "Term", "read_lines", "written"]

Term = ox.NamedNode | ox.Literal
"""What a statement can have as its object here: the graph has no blank nodes, but for the lists of shapes."""
_LABEL = PREFIXES["rdfs"] + "label"
_TITLE = PREFIXES["dcterms"] + "title"
_EVIDENCE = str(CD.hasEvidence)
_SOURCE = str(OA.hasSource)
_GRAPH = re.compile(rb"(<[^<>]*>) \.\n")
_DATES = f"<{ID}date/".encode()
_DATED = re.compile(rb"<([^>]*)> <([^>]*)> <(" + re.escape(_DATES[1:]) + rb"[^>]*)> ")
_RELATIVE = str(CD.relativeTo).encode()
_SHOWN = 120
"""Letters of a text that a sentence shows."""


def read_lines(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    """Yield what N-Quads say."""
    yield from ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)


def written(iri: str) -> bytes:
    """Return an IRI as N-Quads write it."""
    return f"<{iri}>".encode()


class Names:
    """The names of things, in the newer version where it has one, else in the older.

    Args:
        old: the older version.
        new: the newer version.
    """

    def __init__(self, old: Dump, new: Dump):
        self._versions = (new, old)
        self._dated: dict[str, list[str]] | None = None
        # Sources, graphs, statuses and classes come again and again; things do not.
        self._labels = lru_cache(maxsize=20_000)(self._read_labels)
        self._sources = lru_cache(maxsize=20_000)(self._read_source)

    def name(self, iri: str, language: str) -> str:
        """Return the name of a thing: in the language, else in another one, else its IRI in short."""
        labels = self._labels(iri)
        return labels.get(language) or labels.get("en") or next(iter(labels.values()), "") or shorten(iri)

    def value(self, term: Term, language: str) -> str:
        """Return a value as a sentence shows it; a text in another language says in which."""
        if isinstance(term, ox.NamedNode):
            text = self.name(term.value, language)
            return f"“{text}”" if language == "en" else f"«{text}»"
        text = " ".join(term.value.split())
        text = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + "…"
        quoted = f"“{text}”" if language == "en" else f"«{text}»"
        return f"{quoted} ({term.language})" if term.language not in (None, language) else quoted

    def sources(self, evidence: Iterable[str], graphs: Iterable[bytes]) -> list[str]:
        """Return the IRIs of what statements rest on: the sources of evidence, else the graphs that say so.

        Args:
            evidence: IRIs.
            graphs: lines of N-Quads.
        """
        found = dict.fromkeys(source for each in evidence for source in self._sources(each))
        if not found:
            ends = (_GRAPH.search(line, line.rindex(b" <")) for line in graphs)
            found = dict.fromkeys(end[1][1:-1].decode() for end in ends if end)
        return list(found)

    def dated(self, date: str) -> tuple[str, ...]:
        """Return the IRIs of what has a date, in the newer version."""
        if self._dated is None:
            # Read once, and only where a date changed: nothing leads from a date to what has it.
            self._dated = {}
            for line in self._versions[0].having(b"> " + _DATES):
                found = _DATED.match(line)
                if found and found[2] != _RELATIVE and is_told(line):
                    self._dated.setdefault(found[3].decode(), []).append(found[1].decode())
        return tuple(dict.fromkeys(self._dated.get(date, ())))

    def _read_labels(self, iri: str) -> dict[str, str]:
        for dump in self._versions:
            labels: dict[str, str] = {}
            titles: dict[str, str] = {}
            for quad in read_lines(dump.about(written(iri))):
                if isinstance(quad.object, ox.Literal) and quad.predicate.value in (_LABEL, _TITLE):
                    into = labels if quad.predicate.value == _LABEL else titles
                    into.setdefault(quad.object.language or "", quad.object.value)
            if labels or titles:
                return titles | labels
        return OTHER_NAMES.get(iri, {})

    def _read_source(self, evidence: str) -> tuple[str, ...]:
        for dump in self._versions:
            quads = read_lines(dump.about(written(evidence)))
            found = [quad.object.value for quad in quads if quad.predicate.value == _SOURCE and _is_iri(quad.object)]
            if found:
                return tuple(sorted(set(found)))
        return ()


def _is_iri(term: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode)
