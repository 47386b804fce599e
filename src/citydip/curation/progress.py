"""Telling how far a long step is."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias, TypeVar

__all__ = ["Progress", "track", "unseen"]

Progress: TypeAlias = Callable[[float, str], object]
"""What is called with the share of a step that is done, from 0 to 1, and the name of the step."""

_Item = TypeVar("_Item")


def unseen(_: float, __: str) -> None:
    """Show no progress."""


def track(items: Collection[_Item], what: str, progress: Progress) -> Iterator[_Item]:
    """Yield items, and tell at each hundredth how many are done.

    Args:
        items: all of them.
        what: the name of the step.
        progress: what is told.

    Example:
        >>> shares = []
        >>> list(track("ab", "reading", lambda share, what: shares.append(share))), shares
        (['a', 'b'], [0.0, 0.5, 1.0])
    """
    every = max(1, len(items) // 100)
    for number, item in enumerate(items):
        if number % every == 0:
            progress(number / len(items), what)
        yield item
    progress(1.0, what)
