"""Valid and invalid examples of each message: the schemas tell them apart, and so does what reads them.

The examples are our own, of the kinds that the two specifications show as valid and invalid.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from citydip.model.errors import ParameterError
from citydip.web.reconciling.messages import read_draft_batch, read_extension, read_old_batch
from tests.reconcile.schemas import DRAFT, OLD, faults

Json = dict[str, Any]
TYPE = {"id": "City", "name": "city"}
CANDIDATE = {"id": "city/tehran", "name": "Tehran", "score": 99.5, "match": True, "type": [TYPE]}
OLD_MANIFEST = {
    "versions": ["0.2"],
    "name": "x",
    "identifierSpace": "https://a.example/",
    "schemaSpace": "https://a.example/",
}
DRAFT_MANIFEST = {"versions": ["1.0-draft"], "name": "x", "view": {"url": "https://a.example/{id}"}}
SELECT = {"type": "select", "default": "a", "choices": [{"value": "a", "name": "a"}]}
ASKED = {"ids": ["city/tehran"], "properties": [{"id": "country"}, {"id": "partner", "settings": {"limit": 2}}]}
META = [{"id": "country", "name": "country", "type": {"id": "Country", "name": "Country"}}]
CELLS = [
    {},
    {"id": "country/iran", "name": "Iran"},
    {"str": "x"},
    {"int": 1},
    {"float": 1.5},
    {"date": "2016-09-23T00:00:00Z"},
]
OLD_QUERY = {"query": "Tehran", "type": ["City"], "type_strict": "should", "limit": 5,
             "properties": [{"pid": "country", "v": ["Iran", {"id": "a", "name": "Iran"}, 7, True]}]}  # fmt: skip
NAME = {"matchType": "name", "propertyValue": "Tehran"}
COUNTRY = {"matchType": "property", "propertyId": "country", "propertyValue": ["Iran", {"id": "country/iran"}],
           "required": True, "matchQuantifier": "any", "matchQualifier": "ExactMatch"}  # fmt: skip
DRAFT_QUERY = {"type": "City", "limit": 5, "lang": "en", "dir": "ltr", "conditions": [NAME, COUNTRY]}

VALID: dict[tuple[str, str], list[Any]] = {
    ("0.2", "manifest"): [OLD_MANIFEST, {
        **OLD_MANIFEST,
        "defaultTypes": [TYPE], "view": {"url": "https://a.example/{{id}}"}, "batchSize": 10,
        "preview": {"url": "https://a.example/{{id}}", "width": 4, "height": 2},
        "suggest": {"type": {"service_url": "https://a.example", "service_path": "/t",
                             "flyout_service_path": "/f?${id}"}},
        "extend": {"propose_properties": {"service_url": "https://a.example", "service_path": "/p"},
                   "property_settings": [{"name": "a", "label": "A", **SELECT}]},
    }],
    ("0.2", "queries"): [
        {}, {"q0": {"query": "Tehran"}}, {"q0": {"query": ""}},
        {"q0": OLD_QUERY, "q1": {"properties": OLD_QUERY["properties"]}},
    ],
    ("0.2", "results"): [
        {}, {"q0": {"result": []}}, {"q0": {"result": [{**CANDIDATE, "features": [{"id": "a", "value": 1}]}]}},
    ],
    ("0.2", "entities"): [{"result": []}, {"result": [{"id": "a", "name": "b", "notable": [TYPE, "City"]}]}],
    ("0.2", "choices"): [{"result": [{"id": "a", "name": "b", "description": "c"}]}],
    ("0.2", "flyout"): [{"id": "a", "html": "<p>b</p>"}],
    ("0.2", "proposal"): [{"properties": [{"id": "a", "name": "b"}], "type": "City", "limit": 3}],
    ("0.2", "extension query"): [ASKED],
    ("0.2", "extension"): [{"meta": META, "rows": {"city/tehran": {"country": CELLS}}}],
    ("1.0-draft", "manifest"): [DRAFT_MANIFEST, {
        **DRAFT_MANIFEST,
        "lang": "en", "dir": "ltr", "standardizedScore": True, "featureView": {"url": "https://a.example/#{id}"},
        "suggest": {"entity": True, "property": True, "type": False}, "preview": {"width": 4, "height": 2},
        "extend": {"proposeProperties": True, "propertySettings": [{"id": "a", "name": "A", **SELECT}]},
    }],
    ("1.0-draft", "queries"): [{"queries": []}, {"queries": [{"conditions": [NAME]}, DRAFT_QUERY]}],
    ("1.0-draft", "results"): [
        {"results": [{"candidates": []}, {"candidates": [{**CANDIDATE, "lang": "en", "dir": "ltr"}]}]},
    ],
    ("1.0-draft", "entities"): [{"result": [{"id": "a", "name": "b", "lang": "fa", "dir": "rtl"}]}],
    ("1.0-draft", "choices"): [{"result": [{"id": "a", "name": "b"}]}],
    ("1.0-draft", "proposal"): [{"properties": [], "type": "City"}],
    ("1.0-draft", "extension query"): [ASKED],
    ("1.0-draft", "extension"): [{"meta": META, "rows": [{"id": "a", "properties": [{"id": "b", "values": CELLS}]}]}],
}  # fmt: skip
INVALID: dict[tuple[str, str], list[Any]] = {
    ("0.2", "manifest"): [
        [], {}, {**OLD_MANIFEST, "versions": ["0.1"]}, {**OLD_MANIFEST, "documentation": 1234},
        {**OLD_MANIFEST, "view": {"url": "https://a.example/"}}, {**OLD_MANIFEST, "defaultTypes": [TYPE, TYPE]},
        {**OLD_MANIFEST, "preview": {"url": "https://a.example/{{id}}", "width": "4", "height": 2}},
        {**OLD_MANIFEST, "extend": {"property_settings": [{"name": "a", "label": "A", "type": "string"}]}},
        {**OLD_MANIFEST, "extend": {"property_settings": [{"name": "a", "label": "A", "type": "select"}]}},
        {**OLD_MANIFEST, "suggest": {"type": {"service_url": "https://a.example", "service_path": "/",
                                              "flyout_service_path": "/f"}}},
        DRAFT_MANIFEST,
    ],
    ("0.2", "queries"): [
        [], [OLD_QUERY], {"q0": {}}, {"q0": {"limit": 1}}, {"q0": {"properties": []}}, {"q0": "Tehran"},
        {"q0": {"query": ["Tehran"]}}, {"q0": {"query": "x", "props": []}}, {"q0": {"query": "x", "type": [7]}},
        {"q0": {"query": "x", "type_strict": "maybe"}}, {"q0": {"query": "x", "limit": "5"}},
        {"q0": {"query": "x", "properties": [{"pid": "country"}]}},
        {"q0": {"query": "x", "properties": [{"v": "Iran"}]}},
        {"q0": {"query": "x", "properties": {"pid": "country", "v": "Iran"}}},
        {"q0": {"query": "x", "properties": [{"pid": "country", "v": {"name": "Iran"}}]}},
        {"q0": {"query": "x", "properties": [{"pid": "country", "v": None}]}},
    ],
    ("0.2", "results"): [
        [], {"q0": []}, {"q0": {}}, {"q0": {"result": [{"id": "a", "name": "b", "match": True, "type": []}]}},
        {"q0": {"result": [{**CANDIDATE, "score": "99"}]}}, {"q0": {"result": [{**CANDIDATE, "match": "yes"}]}},
        {"q0": {"result": [{**CANDIDATE, "features": [{"id": "a", "value": "1"}]}]}},
        {"q0": {"result": [{**CANDIDATE, "type": "City"}]}}, {"q0": {"result": [{**CANDIDATE, "id": 7}]}},
    ],
    ("0.2", "entities"): [{}, {"result": [{"name": "b"}]}, {"result": [{"id": "a", "name": "b", "notable": "City"}]}],
    ("0.2", "choices"): [[], {"result": [{"id": "a"}]}, {"result": {"id": "a", "name": "b"}}],
    ("0.2", "flyout"): [{"id": "a"}, {"html": "<p>b</p>"}],
    ("0.2", "proposal"): [{}, {"properties": [{"id": "a"}]}, {"properties": [], "type": "City", "limit": "3"}],
    ("0.2", "extension query"): [
        [], {}, {"ids": []}, {"properties": []}, {"ids": "a", "properties": []}, {"ids": [7], "properties": []},
        {"ids": [], "properties": ["country"]}, {"ids": [], "properties": [{"settings": {}}]},
        {"ids": [], "properties": [{"id": "country", "settings": []}]},
    ],
    ("0.2", "extension"): [
        {"rows": {}}, {"meta": []}, {"meta": [{"id": "a"}], "rows": {}}, {"meta": [], "rows": []},
        {"meta": [], "rows": {"a": {"b": [{"str": "x", "label": "y"}]}}}, {"meta": [], "rows": {"a": {"b": ["x"]}}},
        {"meta": [], "rows": {"a": {"b": [{"id": "x"}]}}}, {"meta": [], "rows": {"a": {"b": [{"int": 1.5}]}}},
        {"meta": [], "rows": {"a": {"b": [{"date": "2016-09-23"}]}}},
        {"meta": [], "rows": {"a": {"b": [{"date": "2016-13-23T00:00:00Z"}]}}},
    ],
    ("1.0-draft", "manifest"): [
        [], {}, OLD_MANIFEST, {**DRAFT_MANIFEST, "view": {"url": "https://a.example/"}},
        {"versions": ["1.0-draft"], "name": "x"}, {**DRAFT_MANIFEST, "dir": "up"},
        {**DRAFT_MANIFEST, "featureView": {}}, {**DRAFT_MANIFEST, "suggest": {"entity": True}},
        {**DRAFT_MANIFEST, "extend": {"propertySettings": [{"id": "a", "name": "A", "type": "string"}]}},
    ],
    ("1.0-draft", "queries"): [
        [], {}, {"queries": {"q0": {"conditions": [NAME]}}}, {"queries": [{}]}, {"queries": [{"conditions": []}]},
        {"queries": [{"props": [NAME]}]}, {"queries": [{"conditions": [{"propertyValue": "Tehran"}]}]},
        {"queries": [{"conditions": [{"matchType": "name"}]}]},
        {"queries": [{"conditions": [{**NAME, "matchType": "x"}]}]}, {"queries": [{"conditions": [NAME], "x": 1}]},
        {"queries": [{"conditions": [NAME], "type": ["City", "Person"]}]},
        {"queries": [{"conditions": [{**COUNTRY, "required": "yes"}]}]},
        {"queries": [{"conditions": [{**COUNTRY, "matchQuantifier": "some"}]}]},
        {"queries": [{"conditions": [NAME], "dir": "up"}]},
    ],
    ("1.0-draft", "results"): [
        [], {}, {"results": [[]]}, {"results": [{"candidates": [{"name": "b"}]}]},
        {"results": [{"candidates": [{**CANDIDATE, "features": [{"id": "a", "value": 1}]}]}]},
        {"results": [{"candidates": [{**CANDIDATE, "score": 101}]}]},
        {"results": [{"candidates": [{**CANDIDATE, "dir": "up"}]}]},
    ],
    ("1.0-draft", "entities"): [{}, {"result": [{"id": "a"}]}, {"result": [{"id": "a", "name": "b", "dir": "up"}]}],
    ("1.0-draft", "choices"): [{}, {"result": [{"name": "b"}]}],
    ("1.0-draft", "proposal"): [{"type": "City"}, {"properties": [{"name": "b"}], "type": "City"}],
    ("1.0-draft", "extension query"): [{}, {"ids": ["a"]}, {"ids": ["a"], "properties": [{}]}],
    ("1.0-draft", "extension"): [
        {"meta": META, "rows": {}}, {"meta": META, "rows": [{"id": "a", "properties": {"b": []}}]},
        {"meta": META, "rows": [{"id": "a", "properties": [{"id": "b", "values": [{"id": "x"}]}]}]},
    ],
}  # fmt: skip
READERS: dict[tuple[str, str], Callable[[Any], object]] = {
    ("0.2", "queries"): read_old_batch,
    ("0.2", "extension query"): read_extension,
    ("1.0-draft", "queries"): read_draft_batch,
}
CHANGED: tuple[Any, ...] = (True, 0, -1, 1.5, "", "x", [], {}, ["x"], {"x": 1}, {"id": "x"})
"""What a member is changed into; not null, which clients write for what they do not have."""


def schema_of(message: tuple[str, str]) -> Json:
    return (OLD if message[0] == "0.2" else DRAFT)[message[1]]


def test_each_message_of_both_versions_has_examples() -> None:
    parts = {"type", "candidates", "cells", "meta"}
    named = {("0.2", name) for name in OLD.keys() - parts}
    named |= {("1.0-draft", name) for name in DRAFT.keys() - parts - {"flyout"}}
    assert VALID.keys() == INVALID.keys() == named


@pytest.mark.parametrize("message", VALID, ids=" ".join)
def test_schemas_tell_valid_from_invalid(message: tuple[str, str]) -> None:
    assert [example for example in VALID[message] if faults(schema_of(message), example)] == []
    assert [example for example in INVALID[message] if not faults(schema_of(message), example)] == []


@pytest.mark.parametrize("message", READERS, ids=" ".join)
def test_what_is_valid_is_read_and_what_is_not_is_refused(message: tuple[str, str]) -> None:
    read = READERS[message]
    for example in VALID[message]:
        read(example)
    for example in INVALID[message]:
        with pytest.raises(ParameterError):
            read(example)


def changed(message: Any) -> Iterator[Any]:
    """Yield a message with each of its members left out, misspelt and changed, one at a time."""
    for path in list(paths(message)):
        for value in (*CHANGED, "left out", "misspelt"):
            other = copy.deepcopy(message)
            part = other
            for step in path[:-1]:
                part = part[step]
            if value == "left out":
                del part[path[-1]]
            elif value != "misspelt":
                part[path[-1]] = value
            elif isinstance(part, dict):
                part[path[-1] + "z"] = part.pop(path[-1])
            yield other


def paths(message: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where each member of a message is."""
    if isinstance(message, dict | list):
        for step, value in message.items() if isinstance(message, dict) else enumerate(message):
            yield (*path, step)
            yield from paths(value, (*path, step))


@pytest.mark.parametrize("message", READERS, ids=" ".join)
def test_no_change_makes_a_message_that_is_wrongly_read(message: tuple[str, str]) -> None:
    refused = 0
    for other in changed(VALID[message][-1]):
        if faults(schema_of(message), other):
            refused += 1
            with pytest.raises(ParameterError):
                READERS[message](other)
    assert refused > 50
