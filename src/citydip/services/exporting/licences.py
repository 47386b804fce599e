"""Which graph is under which licence, and the words that go with every export.

Graphs of several licences are in a snapshot. What a rule has computed rests on graphs of all of them, so computed
graphs go along only where no graph is left out. A graph that may not be passed on is in no export.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from citydip.model.terms import CD, GRAPH, PREFIXES

__all__ = ["LICENCES", "About", "attribution", "chosen_graphs", "read_about"]

LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "Unicode-3.0": "https://www.unicode.org/license.txt",
}
"""Address by the SPDX name of a licence."""

_COMPUTED = str(GRAPH["computed/"])
_DC = PREFIXES["dcterms"]
_TOLD = {_DC + "license", _DC + "title", _DC + "creator", _DC + "rights", _DC + "source", str(CD.redistributable)}
_BEYOND = f"<{GRAPH}".encode() + b"\xff"
_SUBJECT = re.compile(rb"<" + re.escape(str(GRAPH).encode()) + rb"[^>#]*> ")


@dataclass(slots=True)
class About:
    """What the descriptions of the graphs say of one.

    Args:
        graph: its IRI.
        licence: the address of its licence; empty where it has none.
        title: its English title.
        creators: whom to name.
        rights: what else is said of rights, in English.
        open: whether it may be passed on.
    """

    graph: str
    licence: str = ""
    title: str = ""
    creators: list[str] = field(default_factory=list)
    rights: list[str] = field(default_factory=list)
    open: bool = True


@lru_cache(maxsize=4)
def _read(data: Path) -> tuple[About, ...]:
    found: dict[str, About] = {}
    with data.open("rb") as file:
        # The lines are in order, so those about graphs stand together.
        near = takewhile(lambda line: line < _BEYOND, file)
        lines = b"".join(line for line in near if _SUBJECT.match(line))
    for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
        if quad.predicate.value not in _TOLD or not isinstance(quad.subject, ox.NamedNode):
            continue
        about = found.setdefault(quad.subject.value, About(quad.subject.value))
        _tell(about, quad.predicate.value, quad.object)
    return tuple(sorted(found.values(), key=lambda about: about.graph))


def _tell(about: About, predicate: str, value: object) -> None:
    text = str(getattr(value, "value", ""))
    english = getattr(value, "language", None) in (None, "en")
    if predicate == _DC + "license":
        about.licence = text
    elif predicate == _DC + "title" and english:
        about.title = text
    elif predicate == _DC + "creator":
        about.creators.append(text)
    elif predicate == _DC + "rights" and english:
        about.rights.append(text)
    elif predicate == str(CD.redistributable):
        about.open = text != "false"


def read_about(snapshot: Snapshot) -> tuple[About, ...]:
    """Return what is said of each graph of a snapshot, in the order of their IRIs.

    Raises:
        OSError: the data cannot be read.
    """
    return tuple(about for about in _read(snapshot.data) if about.graph in snapshot.graphs)


def chosen_graphs(snapshot: Snapshot, licences: Sequence[str] = ()) -> frozenset[str] | None:
    """Return the graphs of an export; None where it is all there are.

    Args:
        snapshot: whose graphs.
        licences: SPDX names of the licences that are wanted; none: any.

    Raises:
        ParameterError: a licence is not known.
    """
    unknown = [name for name in licences if name not in LICENCES]
    if unknown:
        raise ParameterError(f"there is no licence {unknown[0]!r} in the graph; there are: {', '.join(LICENCES)}")
    wanted = {LICENCES[name] for name in licences}
    given = [about for about in read_about(snapshot) if not about.graph.startswith(_COMPUTED)]
    kept = {about.graph for about in given if about.open and (not wanted or about.licence in wanted)}
    return None if len(kept) == len(given) else frozenset(kept)


def attribution(snapshot: Snapshot, licences: Sequence[str] = ()) -> str:
    """Return the licences of the graphs of an export, and whom to name, as plain text.

    Args:
        snapshot: whose graphs.
        licences: as in `chosen_graphs`.
    """
    chosen = chosen_graphs(snapshot, licences)
    shown = [about for about in read_about(snapshot) if chosen is None or about.graph in chosen]
    lines = [
        "citydip: an open knowledge graph of city diplomacy",
        f"Data version {snapshot.version}",
        "",
        "Cite it as: citydip: an open knowledge graph of city diplomacy, version",
        f"{snapshot.version}, https://w3id.org/citydip/",
        "",
        "Graphs of several licences are in this export. Keep what each asks for.",
    ]
    if chosen is not None:
        lines.append("Graphs of other licences are left out, and with them all that was computed from them.")
    names = {address: name for name, address in LICENCES.items()}
    for licence in sorted({about.licence for about in shown}):
        lines += ["", f"{names.get(licence, 'Licence')}: {licence or 'none stated'}"]
        lines += list(_graphs(about for about in shown if about.licence == licence))
    return "\n".join(lines) + "\n"


def _graphs(abouts: Iterator[About]) -> Iterator[str]:
    """Yield a line for each graph; computed ones and shapes have a line together."""
    grouped = {"computed/": 0, "shapes/": 0}
    for about in abouts:
        name = about.graph.removeprefix(str(GRAPH))
        group = next((group for group in grouped if name.startswith(group)), "")
        if group:
            grouped[group] += 1
            continue
        yield (
            f"  {name}: {about.title}. {'; '.join(sorted(about.creators))}. {' '.join(about.rights)}".rstrip(" .") + "."
        )
    for group, count in grouped.items():
        if count:
            yield f"  {group}*: {count} graphs of the project."
