"""What both versions of the reconciliation protocol share: asking within the budget, manifests, previews, answers."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response

from citydip import __version__
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.negotiation import parse_languages
from citydip.services.graph import ServedGraph
from citydip.services.reconciling.extension import REFERENCES, STATUSES, Demand, values_of
from citydip.services.reconciling.matching import match
from citydip.services.reconciling.properties import Property, Value
from citydip.services.reconciling.query import Candidate, Query
from citydip.services.reconciling.things import (
    Choice,
    Short,
    describe,
    iri_of,
    proposed,
    read_choices,
    short_id,
    suggest,
    suggest_things,
)
from citydip.web.budget import Budget
from citydip.web.protocol import TooLargeError
from citydip.web.reconciling.messages import Extension, write_choice, write_meta, write_thing
from citydip.web.rendering import base_url, render
from citydip.web.versioned import graph_of

__all__ = [
    "HEIGHT",
    "LARGEST",
    "WIDTH",
    "answer_json",
    "default_types",
    "describe_columns",
    "extend_things",
    "languages_of",
    "manifest_facts",
    "match_rows",
    "preview_of",
    "property_settings",
    "propose_properties",
    "shortly",
    "suggestions",
    "within_budget",
]

Json = dict[str, Any]
Result = TypeVar("Result")
LARGEST = 2 << 20
"""Bytes of a request."""
WIDTH, HEIGHT = 400, 220
"""Pixels of a preview."""
_SUGGESTED = 10
_MOST_SUGGESTED = 50
_TYPES = ("City", "Municipality", "CityNetwork", "Organization", "Person", "Event", "Country", "AdministrativeDivision")
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


async def within_budget(request: Request, ask: Callable[[], Awaitable[Result]]) -> Result:
    """Return what is asked, and draw the time that it takes from the client's budget.

    Raises:
        BudgetError: the client has nothing left.
    """
    budget: Budget = request.app.budget
    client = request.client.host if request.client else ""
    budget.check(client)
    began = time.monotonic()
    try:
        return await ask()
    finally:
        budget.draw(client, time.monotonic() - began)


def languages_of(request: Request) -> tuple[str, ...]:
    """Return the languages that a client reads, the first one first."""
    return tuple(parse_languages(request.headers.get("accept-language"))) or ("en",)


def answer_json(body: Any) -> Response:
    """Return an answer of JSON."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
    return Response(json.dumps(body, ensure_ascii=False), headers=headers, media_type="application/json")


def manifest_facts(request: Request) -> Json:
    """Return the members that the manifests of both versions have alike."""
    base = base_url(request)
    return {
        "name": "citydip, a knowledge graph of city diplomacy",
        "documentation": f"{base}/reconcile/about",
        "serviceVersion": __version__,
        "logo": f"{base}/static/icon.svg",
        "batchSize": graph_of(request).settings.reconcile_batch,
    }


async def default_types(request: Request) -> list[Json]:
    """Return the classes that are good choices for a table."""
    classes, _ = await _choices(request)
    known = {one.id: one for one in classes}
    return [{"id": name, "name": known[name].label} for name in _TYPES if name in known]


def property_settings(name: str, label: str, help_text: str) -> list[Json]:
    """Return what can be demanded of a property's values.

    Args:
        name: what the version calls the name of a setting.
        label: what it calls its label.
        help_text: what it calls its explanation.
    """
    status = [{"value": one, "name": one} for one in STATUSES]
    references = [{"value": one, "name": one} for one in REFERENCES]
    day = "Only values that a statement attests on that day or earlier, such as 2016-09-23, and that had not ended."
    cited = "cited: only values that a source is given for; sources: the sources in place of the values."
    stated = "Only values that a statement of this status supports; reference data have none."
    return [
        {name: "limit", label: "Limit", "type": "number", "default": 0, help_text: "Values at most; 0 for all."},
        {
            name: "references",
            label: "References",
            "type": "select",
            "default": "any",
            help_text: cited,
            "choices": references,
        },
        {name: "as_of", label: "As of", "type": "text", "default": "", help_text: day},
        {name: "status", label: "Status", "type": "select", "default": "any", help_text: stated, "choices": status},
    ]


async def match_rows(request: Request, rows: Sequence[Query]) -> list[list[Candidate]]:
    """Return the candidates of rows.

    Raises:
        TooLargeError: there are more rows than a request may have.
        CitydipError: a row cannot be matched; the message says why.
    """
    graph = graph_of(request)
    most = graph.settings.reconcile_batch
    if len(rows) > most:
        raise TooLargeError(f"there are {len(rows)} queries; send at most {most} at once")
    return await within_budget(request, lambda: match(graph, rows, languages_of(request)))


async def describe_columns(request: Request, asked: Extension) -> list[Json]:
    """Return what a data extension response says of its properties."""
    classes, _ = await _choices(request)
    # Dates are written as values, not as things that could be asked for more.
    names = {one.id: one.label for one in classes if one.id != "Date"}
    return [write_meta(one, languages_of(request)[0], names) for one, _ in asked[1]]


async def extend_things(request: Request, asked: Extension) -> dict[str, dict[str, list[Value]]]:
    """Return the values of properties, by identifier and property.

    Raises:
        TooLargeError: there are too many things.
        CitydipError: the graph does not answer.
    """
    graph = graph_of(request)
    ids, properties = asked
    most = 10 * graph.settings.reconcile_batch
    if len(ids) > most:
        raise TooLargeError(f"there are {len(ids)} things; ask for at most {most} at once")
    iris = {one: iri_of(one) for one in ids}

    async def ask(one: Property, demand: Demand) -> dict[str, list[Value]]:
        return await values_of(graph, one, sorted(set(iris.values())), demand, languages_of(request))

    async def ask_all() -> dict[str, dict[str, list[Value]]]:
        found: dict[str, dict[str, list[Value]]] = {one: {} for one in ids}
        for one, demand in properties:
            values = await ask(one, demand)
            for identifier, iri in iris.items():
                found[identifier][one.id] = values.get(iri, [])
        return found

    return await within_budget(request, ask_all)


async def suggestions(request: Request, what: str, passed_over: str, *, draft: bool) -> Json:
    """Return suggestions as a message has them.

    Args:
        request: its ``prefix`` is what has been typed.
        what: ``entity``, ``property`` or ``type``.
        passed_over: the parameter that says how many to pass over.
        draft: whether the message is of version 1.0-draft.

    Raises:
        NotFoundError: nothing else can be suggested.
        ParameterError: a parameter cannot be read.
    """
    prefix = request.query_params.get("prefix")
    if prefix is None:
        raise ParameterError("say in the parameter 'prefix' what has been typed")
    offset = _number(request, passed_over, 0, 0, 1000)
    limit = _number(request, "limit", _SUGGESTED, 1, _MOST_SUGGESTED)
    if what == "entity":
        kinds = [kind for kind in request.query_params.getlist("type") if kind]
        languages = languages_of(request)
        found = await within_budget(
            request, lambda: suggest_things(graph_of(request), prefix, kinds, languages, offset, limit)
        )
        return {"result": [write_thing(one, draft=draft) for one in found]}
    classes, properties = await _choices(request)
    fitting = suggest(_of(what, classes, properties), prefix)[offset : offset + limit]
    return {"result": [write_choice(one, draft=draft) for one in fitting]}


async def propose_properties(request: Request, *, draft: bool) -> Json:
    """Return the properties that things of the class in the parameter ``type`` have."""
    kind = request.query_params.get("type", "")
    limit = _number(request, "limit", _MOST_SUGGESTED, 1, 1000)
    _, properties = await _choices(request)
    found = proposed(properties, short_id(iri_of(kind)).removeprefix("cd:") if kind else "")[:limit]
    return {"type": kind, "limit": limit, "properties": [write_choice(one, draft=draft) for one in found]}


async def shortly(request: Request, what: str) -> tuple[str, str, str]:
    """Return identifier, name and description of what the parameter ``id`` names, for a flyout.

    Raises:
        ParameterError: the parameter is missing.
        NotFoundError: there is no such thing, class or property.
    """
    identifier = _identifier(request)
    if what == "entity":
        thing = await _thing(request, identifier)
        return identifier, thing.label, thing.description
    choices = _of(what, *await _choices(request))
    found = next((one for one in choices if one.id == identifier), None)
    if found is None:
        raise NotFoundError(f"there is no {what} {identifier[:80]!r} here")
    return identifier, found.label, found.description


async def preview_of(request: Request) -> Response:
    """Return a small page of the thing that the parameter ``id`` names; other pages may show it in a frame.

    Raises:
        ParameterError: the parameter is missing.
        NotFoundError: there is no such thing.
    """
    thing = await _thing(request, _identifier(request))
    context = {"thing": thing, "address": f"{base_url(request)}/page/{short_id(thing.iri)}"}
    headers = {"Content-Security-Policy": _FRAMED, "Cache-Control": "no-cache"}
    return render(request, "preview.html", context, headers=headers)


async def _thing(request: Request, identifier: str) -> Short:
    iri = iri_of(identifier)
    found = await describe(graph_of(request), [iri], languages_of(request))
    if iri not in found:
        raise NotFoundError(f"there is nothing called {identifier[:80]!r} here; identifiers are such as city/tehran")
    return found[iri]


async def _choices(request: Request) -> tuple[list[Choice], list[Choice]]:
    graph: ServedGraph = graph_of(request)
    return await read_choices(graph, languages_of(request))


def _of(what: str, classes: list[Choice], properties: list[Choice]) -> list[Choice]:
    if what not in ("type", "property"):
        raise NotFoundError(f"there is nothing to choose called {what[:40]!r}; there are entity, property and type")
    return classes if what == "type" else properties


def _identifier(request: Request) -> str:
    identifier = request.query_params.get("id")
    if not identifier:
        raise ParameterError("say in the parameter 'id' what to show")
    return identifier


def _number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query_params.get(name)
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text[:9]) <= high:
        raise ParameterError(f"{name} must be a whole number from {low} to {high}, not {text[:40]!r}")
    return int(text)
