"""What a parameter of a query can be chosen from: values with their names, read of the graph once for each version."""

import asyncio
import json
from dataclasses import dataclass, field

from citydip.model.queryfile import Parameter, QueryFile
from citydip.model.terms import expand, shorten
from citydip.services.graph import ServedGraph

__all__ = ["Choice", "choices_of"]

_LONGEST = 300
"""Choices that are offered; of more, those that come first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose.

    Args:
        value: as it is written in an address.
        labels: its names by language; empty where it has none.
    """

    value: str
    labels: dict[str, str] = field(default_factory=dict)


async def choices_of(graph: ServedGraph, query: QueryFile) -> dict[str, list[Choice]]:
    """Return the choices of each parameter of a query that has some.

    Args:
        graph: where to look.
        query: the query.

    Raises:
        CitydipError: they cannot be read.
    """
    asked = [parameter for parameter in query.parameters if parameter.choices]
    found = await asyncio.gather(*(_choices(graph, parameter) for parameter in asked))
    return {parameter.name: choices for parameter, choices in zip(asked, found, strict=True)}


async def _choices(graph: ServedGraph, parameter: Parameter) -> list[Choice]:
    assert parameter.choices is not None  # noqa: S101 - only such parameters are asked for
    kind, values = parameter.choices.kind, parameter.choices.values
    if kind == "list":
        labels = graph.kept.get(("choices", "labels", values)) or await _labels(graph, values)
        return [Choice(value, labels.get(value, {})) for value in values]
    key = ("choices", kind, values)
    if key not in graph.kept:
        graph.kept[key] = await _read(graph, kind, values[0])
    found: list[Choice] = graph.kept[key]
    return found


async def _read(graph: ServedGraph, kind: str, name: str) -> list[Choice]:
    if kind == "property":
        answer = await graph.rows(graph.internal["values-of-property"], {"property": name})
    elif kind == "class":
        answer = await graph.rows(graph.internal["things-of-kind"], {"kind": name})
    else:
        answer = await graph.rows(graph.internal[name])
    rows = json.loads(answer)["results"]["bindings"]
    found: dict[str, Choice] = {}
    for row in rows:
        value = shorten(row["thing"]["value"])
        texts = {language: row[language]["value"] for language in ("en", "fa") if language in row}
        found.setdefault(value, Choice(value, texts))
    return list(found.values())[:_LONGEST]


async def _labels(graph: ServedGraph, values: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the names of the values of a list by value; what is no thing has none."""
    found: dict[str, dict[str, str]] = {}
    for value in values:
        if expand(value) == value:
            continue
        answer = await graph.rows(graph.internal["names-of-thing"], {"thing": value})
        for row in json.loads(answer)["results"]["bindings"]:
            found.setdefault(value, {})[row["name"]["xml:lang"]] = row["name"]["value"]
    graph.kept[("choices", "labels", values)] = found
    return found
