"""Triples of a node in few words: prefixed names in, triples out."""

from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from citydip.model.names import persian_digits
from citydip.model.terms import PREFIXES

__all__ = ["Value", "both", "describe", "iri", "persian", "text"]

Value = str | ox.NamedNode | ox.Literal
"""An object: a prefixed name such as ``status:in-force``, an IRI, or a literal."""


def iri(name: str) -> ox.NamedNode:
    """Return the IRI that a prefixed name stands for.

    Raises:
        KeyError: the prefix is not known.

    Example:
        >>> iri("city:tehran").value
        'https://w3id.org/citydip/id/city/tehran'
    """
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def text(words: str, language: str | None = None) -> ox.Literal:
    """Return a literal: a plain string, or words of a language."""
    return ox.Literal(words, language=language)


def both(english: str, in_persian: str) -> list[Value]:
    """Return a text in the two languages of the graph."""
    return [text(english, "en"), text(in_persian, "fa")]


def persian(name: str) -> str:
    """Return a Latin name as it can stand in a Persian sentence: with Persian digits.

    Example:
        >>> persian("C40")
        'C۴۰'
    """
    return persian_digits(name)


def describe(subject: str, says: Mapping[str, Value | Sequence[Value] | None]) -> Iterator[ox.Triple]:
    """Yield a triple for each value of each predicate; where there is none, nothing is said.

    Args:
        subject: a prefixed name.
        says: values by predicate, as prefixed names; ``a`` is ``rdf:type``.

    Example:
        >>> [str(triple.object) for triple in describe("city:tehran", {"a": "cd:City", "cd:population": None})]
        ['<https://w3id.org/citydip/ontology#City>']
    """
    node = iri(subject)
    for predicate, values in says.items():
        name = iri("rdf:type" if predicate == "a" else predicate)
        if values is None:
            continue
        for value in [values] if isinstance(values, Value) else values:
            yield ox.Triple(node, name, iri(value) if isinstance(value, str) else value)
