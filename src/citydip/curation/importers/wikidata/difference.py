"""What a run changes: statements that are new, that say something else than before, and that are gone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.turtle import read_turtle
from citydip.model.terms import CD, PREFIXES, shorten

__all__ = ["Change", "Changes", "Told", "compare", "read_folder", "tell"]

Told = dict[str, dict[str, tuple[str, ...]]]
"""What statements say: lines by name of the statement, by kind."""

_KINDS = {
    PREFIXES["tie"]: "ties",
    PREFIXES["membership"]: "memberships",
    PREFIXES["tenure"]: "tenures",
    PREFIXES["person"]: "persons",
    PREFIXES["organization"]: "organizations",
    PREFIXES["post"]: "posts",
}
_OF_ITEMS = {
    PREFIXES["schema"] + "name": "labels",
    PREFIXES["wdt"] + "P625": "coordinates",
    PREFIXES["wdt"] + "P17": "countries",
}
_TYPE = PREFIXES["rdf"] + "type"
_EXPRESSION = str(CD.expression)
_LABEL = PREFIXES["rdfs"] + "label"
_EVIDENCE = PREFIXES["evidence"]
_PLUMBING = (_TYPE, str(CD.hasConfidence), str(CD.onSideOf), PREFIXES["oa"] + "hasSource")
"""What is the same of all evidence, or follows from the rest."""
_PARTY = shorten(CD.hasParty)
_STATEMENTS = ("ties", "memberships", "tenures")
_THINGS = ("persons", "organizations", "posts")


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that says something else than before.

    Args:
        name: of the statement.
        was: the lines that it had and has no more.
        now: the lines that it has and had not.
    """

    name: str
    was: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What has changed among statements of one kind.

    Args:
        new: statements that were not there, with their lines.
        changed: statements that say something else.
        gone: statements of items that were asked for, which Wikidata has no more.
        not_asked: statements of items that this run did not ask for, and that are no longer here.
    """

    new: dict[str, tuple[str, ...]] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    gone: dict[str, tuple[str, ...]] = field(default_factory=dict)
    not_asked: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_folder(folder: Path) -> Iterator[ox.Triple]:
    """Yield the triples of the Turtle files of a folder; nothing where there is none."""
    for path in sorted(folder.glob("*.ttl")):
        yield from read_turtle(path).triples


def tell(triples: Iterable[ox.Triple]) -> Told:
    """Return what triples say, statement by statement, in lines that a reader understands.

    A date stands as its expression and an evidence as the pages that it rests on, so that a date that was mended is a
    change of the statement that has it. The label of a statement is made of names, and is not compared.
    """
    lines: dict[str, dict[str, set[tuple[str, ox.NamedNode | ox.Literal]]]] = defaultdict(lambda: defaultdict(set))
    meant: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        subject, predicate, value = triple.subject.value, triple.predicate.value, triple.object  # type: ignore[union-attr]
        if predicate == _EXPRESSION or (subject.startswith(_EVIDENCE) and predicate not in _PLUMBING):
            meant[subject].add(_shown(value, {}))  # type: ignore[arg-type]
        kind = _OF_ITEMS.get(predicate) or _KINDS.get(subject[: subject.rfind("/") + 1])
        if kind and predicate != _TYPE and not (predicate == _LABEL and kind in _STATEMENTS):
            lines[kind][subject].add((predicate, value))  # type: ignore[arg-type]
    return {
        kind: {
            shorten(subject): tuple(sorted(f"{shorten(predicate)} {_shown(value, meant)}" for predicate, value in said))
            for subject, said in sorted(subjects.items())
        }
        for kind, subjects in sorted(lines.items())
    }


def _shown(value: ox.NamedNode | ox.Literal, meant: Mapping[str, set[str]]) -> str:
    if isinstance(value, ox.Literal):
        return f"{value.value}@{value.language}" if value.language else value.value
    return " ".join(sorted(meant.get(value.value, ()))) or shorten(value.value)


def compare(before: Told, now: Told, asked: Iterable[str]) -> dict[str, Changes]:
    """Return what has changed, by kind; kinds without any change are there too.

    Args:
        before: what was there.
        now: what has come.
        asked: prefixed names of the items that were asked for, and of their cities and mayors' posts.
    """
    known = frozenset(asked)
    found: dict[str, Changes] = {}
    for kind in sorted(before.keys() | now.keys()):
        old, new = before.get(kind, {}), now.get(kind, {})
        changes = found.setdefault(kind, Changes())
        changes.new = {name: said for name, said in new.items() if name not in old}
        for name, said in old.items():
            if name not in new:
                # A tie is asked for where a side that asserts it is; persons are there as long as they are needed.
                words = {word for line in said for word in line.split(" ")[1:] if not line.startswith(_PARTY)}
                there = kind in _THINGS or bool({name, *words} & known)
                (changes.gone if there else changes.not_asked)[name] = said
            elif new[name] != said:
                was, is_now = set(said), set(new[name])
                changes.changed.append(Change(name, tuple(sorted(was - is_now)), tuple(sorted(is_now - was))))
    return found
