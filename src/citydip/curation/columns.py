"""Writing what a server loads: the union of graphs, and its columns."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from citydip.model.columns import ABOUT, SHIFT, hashed, value_of
from citydip.model.quads import triples_of
from citydip.model.terms import PREFIXES

__all__ = ["write_columns", "write_union"]

_XSD = PREFIXES["xsd"]
_STRING = _XSD + "string"
_LANGUAGE_STRING = PREFIXES["rdf"] + "langString"
_AT_ONCE = 10_000
"""Literals that the engine is asked to spell at a time."""
Numbers = NDArray[np.int64]


def write_union(quads: Iterable[bytes], path: Path) -> None:
    """Write the union of graphs, each triple once; a server that loads it need not take quads apart.

    Args:
        quads: lines of N-Quads, equal triples one after the other.
        path: where to.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("wb") as file:
        file.writelines(triples_of(quads))


def write_columns(quads: Iterable[bytes], folder: Path) -> None:
    """Write the columns of the union of graphs, as `citydip.model.columns` describes them.

    Args:
        quads: lines of N-Quads, equal triples one after the other.
        folder: where to; it is made.

    Raises:
        OSError: a file cannot be written.
    """
    numbers, triples = _read(quads)
    texts, renumbered = _in_order(list(numbers))
    subjects, predicates, objects = (renumbered[column] for column in triples)
    folder.mkdir(parents=True, exist_ok=True)

    def save(name: str, array: NDArray[Any]) -> None:
        np.save(folder / f"{name}.npy", array)

    about = _write_triples(save, subjects, predicates, objects, texts.terms)
    _write_terms(save, texts.terms)
    about |= {"blanks": texts.blanks, "iris": texts.iris, "strings": texts.strings}
    about["tags"] = _write_literals(save, texts)
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def _read(quads: Iterable[bytes]) -> tuple[dict[bytes, int], list[Numbers]]:
    """Return the terms with numbers in the order in which they come, and three columns of these numbers."""
    numbers: dict[bytes, int] = {}
    number = numbers.setdefault
    columns: tuple[list[int], list[int], list[int]] = ([], [], [])
    add_subject, add_predicate, add_object = (column.append for column in columns)
    for triple in triples_of(quads):
        subject, predicate, value = triple.removesuffix(b" .\n").split(b" ", 2)
        add_subject(number(subject, len(numbers)))
        add_predicate(number(predicate, len(numbers)))
        add_object(number(value, len(numbers)))
    return numbers, [np.array(column, np.int64) for column in columns]


class _Texts:
    """The terms in their order, and where their kinds begin.

    Args:
        blanks: blank nodes, as N-Triples.
        iris: IRIs, as N-Triples.
        strings: strings, with their value, datatype and language.
        others: all other literals.
    """

    def __init__(
        self, blanks: list[bytes], iris: list[bytes], strings: list[tuple[Any, bytes]], others: list[ox.Literal]
    ):
        self.blanks = len(blanks)
        self.iris = self.blanks + len(iris)
        self.strings = self.iris + len(strings)
        self.string_keys = [key for key, _ in strings]
        self.others = others
        self.terms = [*blanks, *iris, *(text for _, text in strings), *(str(term).encode() for term in others)]


def _in_order(terms: list[bytes]) -> tuple[_Texts, Numbers]:
    """Return the terms in the engine's order, and the new number of each one that has a place in the list."""
    blanks = sorted({term for term in terms if term[:1] == b"_"})
    iris = sorted((term for term in terms if term[:1] == b"<"), key=lambda term: term[1:-1])
    spelt = {}
    strings = {}
    others: dict[ox.Literal, None] = {}
    literals = [term for term in terms if term[:1] == b'"']
    for text, literal in zip(literals, _spelt(literals), strict=True):
        spelt[text] = str(literal).encode()
        kind = literal.datatype.value
        if kind in (_STRING, _LANGUAGE_STRING):
            strings[spelt[text]] = (literal.value.encode(), kind, literal.language or "")
        else:
            others[literal] = None
    texts = _Texts(blanks, iris, sorted((key, text) for text, key in strings.items()), list(others))
    places = {text: number for number, text in enumerate(texts.terms, 1)}
    return texts, np.array([places[spelt.get(term, term)] for term in terms], np.int64)


def _spelt(literals: list[bytes]) -> Iterator[ox.Literal]:
    """Yield literals as the engine spells them: it holds numbers, days and the like by value."""
    waiting = iter(literals)
    while some := list(islice(waiting, _AT_ONCE)):
        text = b"".join(b"<urn:s:%d> <urn:p> %s .\n" % (number, term) for number, term in enumerate(some))
        found = [quad.object for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)]
        held = ox.Store()
        held.bulk_extend(
            ox.Quad(ox.NamedNode(f"urn:s:{number}"), ox.NamedNode("urn:p"), term)
            for number, term in enumerate(found)
            if isinstance(term, ox.Literal) and term.datatype.value not in (_STRING, _LANGUAGE_STRING)
        )
        for quad in held:
            found[int(quad.subject.value.removeprefix("urn:s:"))] = quad.object
        yield from (term for term in found if isinstance(term, ox.Literal))


def _write_triples(
    save: Callable[[str, NDArray[Any]], None],
    subjects: Numbers,
    predicates: Numbers,
    objects: Numbers,
    terms: list[bytes],
) -> dict[str, Any]:
    forward = (subjects << SHIFT) | objects
    backward = (objects << SHIFT) | subjects
    order = np.lexsort((forward, predicates))
    names, starts = np.unique(predicates[order], return_index=True)
    ends = [*starts.tolist(), len(order)][1:]
    forward = forward[order]
    backward = backward[np.lexsort((backward, predicates))]
    # Two spellings of one literal are one triple.
    kept = np.ones(len(order), bool)
    kept[1:] = (forward[1:] != forward[:-1]) | (predicates[order][1:] != predicates[order][:-1])
    if not kept.all():
        subjects, predicates, objects = (column[order][kept] for column in (subjects, predicates, objects))
        return _write_triples(save, subjects, predicates, objects, terms)
    save("forward", forward)
    save("backward", backward)
    found = {}
    for name, start, end in zip(names.tolist(), starts.tolist(), ends, strict=True):
        iri = terms[name - 1][1:-1].decode()
        found[iri] = (start, end, _different(forward[start:end]), _different(backward[start:end]))
    return {"predicates": found}


def _different(pairs: Numbers) -> int:
    """Return how many different first numbers sorted pairs have."""
    return int(np.count_nonzero(np.diff(pairs >> SHIFT))) + 1


def _write_terms(save: Callable[[str, NDArray[Any]], None], terms: list[bytes]) -> None:
    save("text", np.frombuffer(b"".join(terms) or b" ", np.uint8))
    save("offsets", np.cumsum([0, *map(len, terms)], dtype=np.int64))
    hashes = np.array([hashed(term) for term in terms], np.uint64)
    order = np.argsort(hashes, kind="stable")
    save("hashes", hashes[order])
    save("hashed", (order + 1).astype(np.int32))


def _write_literals(save: Callable[[str, NDArray[Any]], None], texts: _Texts) -> list[str]:
    """Write what is known of literals by the numbers of terms; return the languages, numbered from 1."""
    size = len(texts.terms) + 1
    languages = np.zeros(size, np.uint16)
    kinds = np.zeros(size, np.uint8)
    values = np.zeros(size, np.float64)
    tags: dict[str, int] = {}
    found: Iterable[int] = (tags.setdefault(key[2], len(tags) + 1) if key[2] else 0 for key in texts.string_keys)
    languages[texts.iris + 1 : texts.strings + 1] = list(found)
    for number, literal in enumerate(texts.others, texts.strings + 1):
        kinds[number], values[number] = value_of(literal.value, literal.datatype.value)
    save("languages", languages)
    save("kinds", kinds)
    save("values", values)
    return list(tags)
