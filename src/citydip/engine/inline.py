r"""The answer of another service as a part of a query: solutions read from SPARQL results JSON, written as VALUES.

Source: https://www.w3.org/TR/sparql11-results-json/

The standard library reads the JSON: it ends an answer that is nested too deep with an error, where the engine's own
reader would follow it until the process dies. The engine's terms check each IRI, tag and string, and write them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

__all__ = ["UnusableAnswerError", "nothing_but_one_solution", "values_of", "values_of_iris"]

_MOST_CELLS = 200_000
"""Values that an answer may have, unbound ones too: rows of many variables cost as much as many rows."""


class UnusableAnswerError(Exception):
    """An answer cannot be used; the message goes on from "the answer of the service"."""


def values_of(body: bytes, variables: Sequence[str], most_rows: int) -> str:
    r"""Return an answer as the VALUES of a query.

    Args:
        body: SPARQL results JSON.
        variables: what may be bound, without question marks.
        most_rows: how many rows there may be.

    Raises:
        UnusableAnswerError: the answer is malformed, too large, or has what VALUES cannot carry.

    Example:
        >>> row = b'{"x": {"type": "literal", "value": "a\\nb", "xml:lang": "en"}}'
        >>> print(values_of(b'{"head": {"vars": ["x"]}, "results": {"bindings": [' + row + b']}}', ["x", "y"], 10))
        VALUES (?x ?y) { ("a\nb"@en UNDEF) }
    """
    rows = _rows(body)
    if len(rows) > most_rows or len(rows) * len(variables) > _MOST_CELLS:
        raise UnusableAnswerError(f"has {len(rows)} rows, too many of {len(variables)} values each; ask it for less")
    known = set(variables)
    for row in rows:
        if not row.keys() <= known:
            raise UnusableAnswerError("binds variables that it was not asked for")
    cells = (" ".join(_term(row[name]) if name in row else "UNDEF" for name in variables) for row in rows)
    return _values(variables, (f"({cell})" for cell in cells))


def nothing_but_one_solution(variables: Sequence[str]) -> str:
    """Return what stands for a service that failed in silence: one solution, which binds nothing.

    Example:
        >>> nothing_but_one_solution(["x"])
        'VALUES (?x) { (UNDEF) }'
    """
    return _values(variables, [f"({' '.join('UNDEF' for _ in variables)})"])


def values_of_iris(variable: str, iris: Iterable[str]) -> str:
    """Return things as the VALUES of a variable; what is no IRI is left out, since nothing is called so.

    Example:
        >>> values_of_iris("x", ["urn:a", "no iri>"])
        'VALUES (?x) { (<urn:a>) }'
    """
    return _values([variable], (f"({term})" for term in map(_iri, iris) if term))


def _iri(text: str) -> str:
    try:
        return str(ox.NamedNode(text))
    except ValueError:
        return ""


def _values(variables: Sequence[str], rows: Any) -> str:
    return f"VALUES ({' '.join('?' + name for name in variables)}) {{ {' '.join(rows)} }}"


def _rows(body: bytes) -> list[Mapping[str, Any]]:
    """Return the solutions of an answer as they are written."""
    try:
        answer = json.loads(body)
        rows = answer["results"]["bindings"]
        answer["head"]["vars"]
        cut = answer.get("citydip")
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UnusableAnswerError("is no SPARQL result of rows") from None
    if cut:
        raise UnusableAnswerError("was cut by that service; ask it for less")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableAnswerError("is no SPARQL result of rows")
    return rows


def _term(term: Any) -> str:
    """Return a term as SPARQL writes it."""
    try:
        kind, value = term["type"], term["value"]
        if kind == "uri":
            return str(ox.NamedNode(value))
        if kind == "bnode":
            raise UnusableAnswerError(
                "has blank nodes, which mean nothing outside it; ask only for IRIs and literals, "
                "such as with FILTER(!isBlank(?x))"
            )
        if kind not in ("literal", "typed-literal") or not isinstance(value, str) or "its:dir" in term:
            raise UnusableAnswerError("has terms that are neither IRIs nor literals of SPARQL 1.1")
        if "xml:lang" in term:
            return str(ox.Literal(value, language=term["xml:lang"]))
        datatype = ox.NamedNode(term["datatype"]) if "datatype" in term else None
        return str(ox.Literal(value, datatype=datatype))
    except (ValueError, TypeError, KeyError):
        raise UnusableAnswerError("has an IRI or a literal that is none") from None
