"""Two versions of the graph side by side: which statements came and went, thing by thing.

Snapshots hold their quads sorted, so both files are read once, from the beginning to the end, and no more than the
statements about one thing are in memory.

Source: https://www.w3.org/TR/n-quads/
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from citydip.model.terms import GRAPH

__all__ = ["Difference", "differences", "is_told"]

Lines: TypeAlias = list[bytes]
_UNTOLD = (f" <{GRAPH}computed/".encode(), f" <{GRAPH}changes/".encode())
_END: tuple[bytes, Lines] = (b"", [])


@dataclass(frozen=True, slots=True)
class Difference:
    """What two versions say differently of one thing.

    Args:
        subject: the thing, as N-Quads write it.
        removed: statements that only the older version has.
        added: statements that only the newer version has.
        old: all that the older version says of it, computed statements too.
        new: all that the newer version says of it, computed statements too.
    """

    subject: bytes
    removed: Lines
    added: Lines
    old: Lines
    new: Lines

    @property
    def kind(self) -> str:
        """Return what became of the thing: ``added``, ``removed`` or ``changed``.

        A thing of which a version only computes something is not in that version.
        """
        if not any(map(is_told, self.old)):
            return "added"
        return "changed" if any(map(is_told, self.new)) else "removed"


def is_told(line: bytes) -> bool:
    r"""Return whether a statement comes from curators or importers: not computed, and no record of changes.

    Example:
        >>> is_told(b"<urn:a> <urn:p> <urn:b> <https://w3id.org/citydip/graph/computed/about> .\n")
        False
    """
    # A literal may hold anything, so only the graph is looked at, which follows the last space before an IRI.
    return not line.startswith(_UNTOLD, line.rindex(b" <"))


def differences(
    old: Iterable[bytes], new: Iterable[bytes], seen: Callable[[int], object] = lambda _: None
) -> Iterator[Difference]:
    r"""Yield what differs between two versions, in the order of the things.

    Statements are told apart by graph: one that moved from a graph to another was removed and added. Computed graphs
    are passed over, for they follow from the others.

    Args:
        old: N-Quads of the older version, one a line, sorted.
        new: those of the newer version.
        seen: called with the bytes of the older version that are read, at each thing.

    Example:
        >>> before = [b"<urn:a> <urn:p> <urn:b> <urn:g> .\n"]
        >>> [(d.kind, d.removed, d.added) for d in differences(before, [])]
        [('removed', [b'<urn:a> <urn:p> <urn:b> <urn:g> .\n'], [])]
    """
    olds, news = _things(old), _things(new)
    (before, was), (after, now) = next(olds, _END), next(news, _END)
    done = 0
    while before or after:
        # The end of one version comes after all things of the other.
        if before and (not after or before <= after):
            done += sum(map(len, was))
            seen(done)
        if before == after:
            if was != now:
                yield from _difference(before, was, now)
            (before, was), (after, now) = next(olds, _END), next(news, _END)
        elif before and (not after or before < after):
            yield from _difference(before, was, [])
            before, was = next(olds, _END)
        else:
            yield from _difference(after, [], now)
            after, now = next(news, _END)


def _things(lines: Iterable[bytes]) -> Iterator[tuple[bytes, Lines]]:
    """Yield each thing with the statements about it."""
    for subject, about in groupby(lines, key=lambda line: line[: line.index(b" ")]):
        yield subject, list(about)


def _difference(subject: bytes, old: Lines, new: Lines) -> Iterator[Difference]:
    """Yield the difference, where there is one besides what is computed."""
    was, now = set(old), set(new)
    removed = [line for line in old if line not in now and is_told(line)]
    added = [line for line in new if line not in was and is_told(line)]
    if removed or added:
        yield Difference(subject, removed, added, old, new)
