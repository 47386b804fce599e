"""The values that things have for a property, asked of the graph: for many things with one query.

What a value rests on can be demanded: statements of a status, statements that hold on a day, statements with a source.
A statement supports a value where it is about both the thing and the value, or about a post that serves one of them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from citydip.engine.inline import values_of_iris
from citydip.engine.run import QueryRequest
from citydip.model.errors import ParameterError
from citydip.model.terms import PREFIXES
from citydip.services.graph import ServedGraph
from citydip.services.labelling import labels_of
from citydip.services.reconciling.properties import Property, Value
from citydip.services.search import Looking

__all__ = ["REFERENCES", "STATUSES", "Demand", "read_demand", "values_of"]

STATUSES = ("any", "in-force", "signed", "attested", "reported", "held", "proposed", "ended", "rejected")
"""What may be demanded of a statement; the names are those of statuses."""
REFERENCES = ("any", "cited", "sources")
"""What may be demanded of evidence: nothing, that there is some, or the sources instead of the values."""
_AT_ONCE = 1000
_MOST_VALUES = 1000
_XSD = PREFIXES["xsd"]
_HEAD = "SELECT DISTINCT ?thing ?value ?earliest ?latest WHERE {"
_TAIL = "OPTIONAL { ?value cd:earliestDay ?earliest } OPTIONAL { ?value cd:latestDay ?latest } }"
_ABOUT = "cd:about/cd:postFor?"
_HOLDS = """?support cd:attestedOn|cd:startsOn|cd:signedOn|cd:datedOn ?on . ?on cd:earliestDay ?since .
FILTER (?since <= "DAY"^^xsd:date)
FILTER NOT EXISTS { ?support cd:endsOn/cd:latestDay ?until . FILTER (?until < "DAY"^^xsd:date) }"""
_NAMED = """
SELECT thing.iri, name.text FROM thing JOIN name ON name.thing = thing.id
WHERE thing.iri IN (SELECT value FROM json_each(?)) ORDER BY name.id"""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a client demands of the values of a property.

    Args:
        limit: values of a thing at most; 0 for all.
        references: one of `REFERENCES`.
        status: one of `STATUSES`.
        as_of: a day on which the value must hold, as far as anybody attests it; empty for any.
    """

    limit: int = 0
    references: str = "any"
    status: str = "any"
    as_of: str = ""


def read_demand(settings: Any) -> Demand:
    """Return what the settings of a property demand.

    Args:
        settings: the object that a client sends; numbers may be texts.

    Raises:
        ParameterError: one of them is none of its kind; the message says what it may be.

    Example:
        >>> read_demand({"limit": "3", "status": "signed"})
        Demand(limit=3, references='any', status='signed', as_of='')
    """
    if not isinstance(settings, dict):
        raise ParameterError("the settings of a property must be an object")
    limit = str(settings.get("limit") or "0")
    references, status = str(settings.get("references") or "any"), str(settings.get("status") or "any")
    as_of = str(settings.get("as_of") or "")
    if not re.fullmatch(r"\d{1,4}(\.0+)?", limit):
        raise ParameterError(f"limit must be a whole number from 0 to 9999, not {limit[:40]!r}")
    if references not in REFERENCES:
        raise ParameterError(f"references must be one of {', '.join(REFERENCES)}, not {references[:40]!r}")
    if status not in STATUSES:
        raise ParameterError(f"status must be one of {', '.join(STATUSES)}, not {status[:40]!r}")
    try:
        day = date.fromisoformat(as_of).isoformat() if as_of else ""
    except ValueError:
        raise ParameterError(f"as_of must be a day such as 2016-09-23, not {as_of[:40]!r}") from None
    return Demand(int(float(limit)), references, status, day)


async def values_of(
    graph: ServedGraph,
    asked: Property,
    things: Sequence[str],
    demand: Demand | None = None,
    languages: Sequence[str] = ("en",),
) -> dict[str, list[Value]]:
    """Return the values of a property, by thing; a thing without any is not there.

    Args:
        graph: what is asked.
        asked: the property.
        things: their IRIs; what is no IRI has no values.
        demand: what is demanded of the values; None demands nothing.
        languages: of the labels, the reader's first.

    Raises:
        CitydipError: the graph does not answer.
    """
    demand = demand or Demand()
    iris = sorted(set(things))
    rows: list[dict[str, Any]] = []
    for begin in range(0, len(iris), _AT_ONCE):
        text = _query(asked, iris[begin : begin + _AT_ONCE], demand)
        async with graph.answer(QueryRequest(text, graph.guard(text), "json")) as answer:
            rows += json.loads(await answer.read())["results"]["bindings"]
    linked = sorted({row["value"]["value"] for row in rows if row["value"]["type"] == "uri"})
    labels = await graph.search.run(lambda looking: _labels(looking, linked, languages)) if linked else {}
    found: dict[str, list[Value]] = {}
    for row in rows:
        found.setdefault(row["thing"]["value"], []).append(_value(row, labels))
    most = demand.limit or _MOST_VALUES
    return {thing: sorted(set(values), key=_order)[:most] for thing, values in found.items()}


def _query(asked: Property, iris: Sequence[str], demand: Demand) -> str:
    """Return what asks for the values; nothing in it comes from a client but checked IRIs, paths, days and names."""
    # Where sources are wanted, what the property leads to is only on the way to them.
    sources = demand.references == "sources"
    pattern = asked.pattern.replace("?value", "?meant") if sources else asked.pattern
    support = [f"?support {_ABOUT} ?thing ; {_ABOUT} {'?meant' if sources else '?value'} ."]
    if demand.status != "any":
        support.append(f"?support cd:hasStatus status:{demand.status} .")
    if demand.as_of:
        support.append(_HOLDS.replace("DAY", demand.as_of))
    if demand.references == "cited":
        support.append("?support cd:hasEvidence ?evidence .")
    demanded: list[str] = []
    if sources:
        demanded = [*support, "?support cd:hasEvidence/oa:hasSource ?value ."]
    elif len(support) > 1:
        demanded = ["FILTER EXISTS {", *support, "}"]
    prefixes = (f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items())
    return "\n".join([*prefixes, _HEAD, values_of_iris("thing", iris), pattern, *demanded, _TAIL])


def _labels(looking: Looking, iris: Sequence[str], languages: Sequence[str]) -> dict[str, tuple[str, str, list[str]]]:
    """Return label, its language and all names, by IRI."""
    wanted = json.dumps(list(iris))
    query = "SELECT id FROM thing WHERE iri IN (SELECT value FROM json_each(?))"
    things = [number for (number,) in looking.connection.execute(query, [wanted])]
    found: dict[str, tuple[str, str, list[str]]] = {}
    for shown, _ in labels_of(looking.connection, things, languages).values():
        found[shown.iri] = (shown.label, shown.language, [])
    for iri, text in looking.connection.execute(_NAMED, [wanted]):
        found[iri][2].append(text)
    return found


def _value(row: dict[str, Any], labels: dict[str, tuple[str, str, list[str]]]) -> Value:
    value = row["value"]
    earliest, latest = (row[name]["value"] if name in row else "" for name in ("earliest", "latest"))
    if value["type"] == "uri":
        label, language, names = labels.get(value["value"], ("", "", []))
        return Value(value["value"], label or value["value"], language, "", tuple(names), earliest, latest)
    datatype = value.get("datatype", "").removeprefix(_XSD)
    day = value["value"] if datatype == "date" else ""
    return Value("", value["value"], value.get("xml:lang", ""), datatype, (), day, day)


def _order(value: Value) -> tuple[str, str, str]:
    return (value.earliest, value.text, value.iri)
