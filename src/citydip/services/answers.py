"""Answers that are kept for whoever asks the same again.

A snapshot never changes, so neither does an answer, as long as the query uses nothing that differs from run to run.
What is kept is whole: an answer that was cut, or that failed, is not.
"""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from citydip.engine.run import QueryRequest

__all__ = ["Answers", "Kept", "tag_of"]

_OVERHEAD = 2000
"""Bytes that an answer takes besides its own, about."""


def tag_of(version: str, query: QueryRequest, form: str) -> str | None:
    """Return what names the answer to a query, or None where two runs of it differ.

    It is an entity tag, and a weak one (RFC 9110, 8.8.1): rows that no ORDER BY orders may come in another order, and
    are the same answer still. Two queries that differ in comments and spaces only have the same answer.

    Args:
        version: version of the data.
        query: what is asked.
        form: what the answer is written in.
    """
    if query.guarded.changing:
        return None
    limits = (str(query.limits.rows), str(query.limits.size), query.limits.next)
    # No graph and one without a name are two things.
    graphs = (repr(query.default_graphs), repr(query.named_graphs))
    terms = json.dumps(query.bindings, sort_keys=True) if query.bindings else ""
    digest = hashlib.sha256("\0".join((query.guarded.normal, terms, *graphs, form, *limits)).encode()).hexdigest()[:32]
    return f'W/"{version}-{digest}"'


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is kept.

    Args:
        body: the answer.
        stats: what is known of how it was made.
        headers: its headers, where it is kept as it was sent.
        route: which route made it.
    """

    body: bytes
    stats: dict[str, Any]
    headers: tuple[tuple[bytes, bytes], ...] = ()
    route: Any = None


class Answers:
    """Answers by their tags, up to so many bytes; those not asked for the longest go first.

    Args:
        size: most bytes together; 0 keeps nothing.

    Example:
        >>> answers = Answers(1 << 20)
        >>> answers.keep('W/"v-1"', Kept(b"yes", {}))
        >>> answers.find('W/"v-1"').body
        b'yes'
    """

    def __init__(self, size: int):
        self.size = size
        self.taken = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, tag: str | None) -> Kept | None:
        """Return the answer of a tag, if it is kept."""
        kept = self._kept.get(tag) if tag is not None else None
        if kept is not None and tag is not None:
            self._kept.move_to_end(tag)
        return kept

    def keep(self, tag: str, answer: Kept) -> None:
        """Keep an answer; one that would take more than an eighth of all there is for answers is not kept."""
        weight = _weight(tag, answer)
        if weight > self.size // 8:
            return
        before = self._kept.pop(tag, None)
        if before is not None:
            self.taken -= _weight(tag, before)
        self._kept[tag] = answer
        self.taken += weight
        while self.taken > self.size:
            self.taken -= _weight(*self._kept.popitem(last=False))


def _weight(tag: str, answer: Kept) -> int:
    return len(tag) + len(answer.body) + _OVERHEAD
