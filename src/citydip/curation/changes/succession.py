"""What retired things became: one was renamed, several were merged, one was split.

A retired thing keeps its IRI, with ``owl:deprecated`` and ``dcterms:isReplacedBy``. What such a statement that came
with the newer version means follows from how many things it leads from and to, and whether they were there before.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from citydip.curation.changes.comparing import Difference, is_told
from citydip.curation.changes.dump import Dump
from citydip.model.terms import PREFIXES

__all__ = ["Succession", "read_succession"]

_REPLACED = f" <{PREFIXES['dcterms']}isReplacedBy> ".encode()
_RETIRED = f" <{PREFIXES['owl']}deprecated> ".encode()
_PAIR = re.compile(rb"(<[^>]*>) <[^>]*> (<[^>]*>) <[^>]*> \.\n")
_IRI = re.compile(rb"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of things that were retired between two versions.

    Args:
        targets: what takes the place of each, as N-Quads write it.
        kinds: ``renamed``, ``merged`` or ``split``, by the retired thing.
        origins: the retired things, by what takes their place.
        begun: what takes a place and was not there before.
    """

    targets: Mapping[bytes, tuple[bytes, ...]]
    kinds: Mapping[bytes, str]
    origins: Mapping[bytes, tuple[bytes, ...]]
    begun: frozenset[bytes]

    def kind(self, difference: Difference) -> str:
        """Return what became of a thing.

        Besides the kinds of differences and those of retired things there are ``successor``, which takes the place of
        a retired thing and was not there before, and ``follows``, which says the same as before of what has a new IRI.
        """
        subject = difference.subject
        if subject in self.kinds:
            return self.kinds[subject]
        if difference.kind == "added" and subject in self.begun:
            return "successor"
        if difference.kind == "changed" and self._follows(difference.removed, difference.added):
            return "follows"
        return difference.kind

    def _follows(self, removed: Iterable[bytes], added: Iterable[bytes]) -> bool:
        """Return whether statements differ by nothing but the new IRIs of renamed and merged things."""
        return bool(self.targets) and {_IRI.sub(self._renewed, line) for line in removed} == set(added)

    def _renewed(self, found: re.Match[bytes]) -> bytes:
        targets = self.targets.get(found[0], ())
        return targets[0] if len(targets) == 1 else found[0]


def read_succession(old: Dump, new: Dump) -> Succession:
    """Return what became of the things that were retired between two versions.

    Args:
        old: the older version.
        new: the newer version.
    """
    pairs = sorted(_pairs(new) - _pairs(old))
    targets, origins = defaultdict(list), defaultdict(list)
    for origin, target in pairs:
        targets[origin].append(target)
        origins[target].append(origin)
    begun = frozenset(target for target in origins if not any(map(is_told, old.about(target))))
    kinds = {}
    for origin, found in targets.items():
        one = found[0]
        joined = len(origins[one]) > 1 or one not in begun
        kinds[origin] = "split" if len(found) > 1 else "merged" if joined else "renamed"
    return Succession(
        {origin: tuple(found) for origin, found in targets.items()},
        kinds,
        {target: tuple(found) for target, found in origins.items()},
        begun,
    )


def _pairs(dump: Dump) -> set[tuple[bytes, bytes]]:
    """Return which things were retired and what takes their place."""
    found = set()
    for line in dump.having(_REPLACED):
        pair = _PAIR.fullmatch(line)
        if pair and is_told(line) and any(_RETIRED in about for about in dump.about(pair[1])):
            found.add((pair[1], pair[2]))
    return found
