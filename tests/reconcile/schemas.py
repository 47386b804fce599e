"""JSON schemas of the messages of the reconciliation protocol, version 0.2 and the draft of 1.0.

They are written for these tests from the text of the specifications and demand at least what the schemas of the W3C
Entity Reconciliation Community Group demand; where the text asks for more than its schemas do, so do these (a match
decision for each candidate, identifiers that are not empty). The group's own files are not copied here.

Sources: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ and
https://reconciliation-api.github.io/specs/1.0-draft/
"""

from typing import Any

import jsonschema_rs

__all__ = ["DRAFT", "OLD", "faults"]

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_NAME: Json = {"type": "string", "minLength": 1}
_ADDRESS: Json = {"type": "string", "pattern": "^https?://"}
_COUNT: Json = {"type": "integer", "minimum": 1}
_DIRECTION: Json = {"enum": ["ltr", "rtl", "auto"]}
_DAY_AND_TIME = (
    r"^-?([1-9]\d*)?\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$"
)


def _record(required: str, closed: bool = False, /, **members: Any) -> Json:
    made: Json = {"type": "object", "required": required.split(), "properties": members}
    return made | ({"additionalProperties": False} if closed else {})


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def _one_or_more(value: Json) -> Json:
    return {"oneOf": [value, _list(value)]}


def _template(sign: str) -> Json:
    return _record("url", url={"type": "string", "pattern": sign})


_GIVEN: Json = {"oneOf": [_TEXT, {"type": "number"}, {"type": "boolean"}, _record("id", id=_TEXT, name=_TEXT)]}
_TYPE_OF_THING = {"oneOf": [_record("id", id=_NAME, name=_TEXT), _NAME]}


def _in_version(*, draft: bool) -> dict[str, Json]:
    told: Json = {"lang": _NAME, "dir": _DIRECTION} if draft else {}
    type_ = _record("id name", id=_NAME, name=_NAME, description=_TEXT, broader=_list({"type": "object"}), **told)
    feature = _record(
        "id name value" if draft else "id value", id=_NAME, name=_NAME, value={"type": ["boolean", "number"]}, **told
    )
    candidate = _record(
        "id name score match type",
        id=_NAME,
        name=_NAME,
        description=_TEXT,
        score={"type": "number"},
        features=_list(feature),
        match={"type": "boolean"},
        type=_list(_TYPE_OF_THING),
        **told,
    )
    if draft:
        candidate["properties"]["score"] |= {"minimum": 0, "maximum": 100}
    cell = {
        "oneOf": [
            {"type": "object", "maxProperties": 0},
            _record("id name", True, id=_NAME, name=_NAME, description=_TEXT, **told),
            _record("str", True, str=_TEXT, **told),
            _record("float", True, float={"type": "number"}),
            _record("int", True, int={"type": "integer"}),
            _record("date", True, date={"type": "string", "pattern": _DAY_AND_TIME}),
        ]
    }
    meta = _list(_record("id name", id=_NAME, name=_NAME, type=_record("id", id=_NAME, name=_TEXT), service=_ADDRESS))
    choice = _record("id name", id=_NAME, name=_NAME, description=_TEXT, **told)
    thing = _record("id name", id=_NAME, name=_NAME, description=_TEXT, notable=_list(_TYPE_OF_THING), **told)
    return {
        "type": type_,
        "candidates": _list(candidate),
        "cells": _list(cell),
        "meta": meta,
        "entities": _record("result", result=_list(thing)),
        "choices": _record("result", result=_list(choice)),
        "proposal": _record("properties type", properties=_list(choice), type=_TEXT, limit=_COUNT),
        "flyout": _record("id html", id=_NAME, html=_NAME),
        "extension query": _record("ids properties", ids=_list(_TEXT), properties=_list(
            _record("id", id=_NAME, settings={"type": "object"}))),
    }  # fmt: skip


def _settings(name: str, label: str, words: str) -> Json:
    """Return the schema of the settings of properties; the versions call their members otherwise."""
    shared = {name: _NAME, label: _NAME, words: _TEXT}
    needed = f"type {name} {label}"
    choices = _list(_record("value name", value=_NAME, name=_NAME), minItems=1)
    kinds = [("number", {"type": "number"}), ("text", _TEXT), ("checkbox", {"type": "boolean"})]
    found = [_record(needed, type={"const": kind}, default=default, **shared) for kind, default in kinds]
    select = _record(needed + " choices", type={"const": "select"}, default=_TEXT, choices=choices, **shared)
    return _list({"oneOf": [*found, select]})


def _manifest(version: str, needed: str, *, draft: bool, **members: Json) -> Json:
    types = _list(_in_version(draft=draft)["type"], uniqueItems=True)
    shared = {"name": _NAME, "documentation": _ADDRESS, "logo": _ADDRESS, "serviceVersion": _NAME, "batchSize": _COUNT}
    versions = _list(_TEXT, contains={"const": version})
    return _record(needed, versions=versions, defaultTypes=types, **shared, **members)


def _old() -> dict[str, Json]:
    shared = _in_version(draft=False)
    service = _record("service_url service_path", service_url=_ADDRESS, service_path=_NAME,
                      flyout_service_url=_ADDRESS,
                      flyout_service_path={"type": "string", "pattern": r"\$\{id\}"})  # fmt: skip
    place = r"\{\{id\}\}"
    preview = _record("url width height", url={"type": "string", "pattern": place}, width=_COUNT, height=_COUNT)
    propose = _record("service_url service_path", service_url=_ADDRESS, service_path=_NAME)
    extend = _record("", propose_properties=propose,
                     property_settings=_settings("name", "label", "help_text"))  # fmt: skip
    query = _record("", True, query=_TEXT, type=_one_or_more(_TEXT), limit={"type": "number"},
                    properties=_list(_record("pid v", pid=_TEXT, v=_one_or_more(_GIVEN))),
                    type_strict={"enum": ["any", "should", "all"]})  # fmt: skip
    query["anyOf"] = [
        {"required": ["query"]},
        {"required": ["properties"], "properties": {"properties": {"minItems": 1}}},
    ]
    rows = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": shared["cells"]}}
    return shared | {
        "manifest": _manifest(
            "0.2", "versions name identifierSpace schemaSpace", draft=False, identifierSpace=_ADDRESS,
            schemaSpace=_ADDRESS, view=_template(place), feature_view=_template(place), preview=preview, extend=extend,
            suggest=_record("", entity=service, property=service, type=service),
        ),
        "queries": {"type": "object", "additionalProperties": query},
        "results": {
            "type": "object",
            "additionalProperties": _record("result", result=shared["candidates"]),
        },
        "extension": _record("meta rows", meta=shared["meta"], rows=rows),
    }  # fmt: skip


def _draft() -> dict[str, Json]:
    shared = _in_version(draft=True)
    place, flag = r"\{.*id.*\}", {"type": "boolean"}
    condition = _record("matchType propertyValue", matchType={"enum": ["name", "property"]}, propertyId=_TEXT,
                        propertyValue=_one_or_more(_GIVEN), required=flag, matchQualifier=_TEXT,
                        matchQuantifier={"enum": ["any", "all", "none"]})  # fmt: skip
    query = _record("conditions", True, type=_TEXT, limit={"type": "number"}, lang=_TEXT, dir=_DIRECTION,
                    conditions=_list(condition, minItems=1))  # fmt: skip
    row = _record("id properties", id=_TEXT, properties=_list(_record("id values", id=_TEXT, values=shared["cells"])))
    extend = _record("", proposeProperties=flag, propertySettings=_settings("id", "name", "helpText"))
    return shared | {
        "manifest": _manifest(
            "1.0-draft", "versions name view", draft=True, view=_template(place), featureView=_template(place),
            preview=_record("width height", width=_COUNT, height=_COUNT), extend=extend, standardizedScore=flag,
            suggest=_record("entity property type", entity=flag, property=flag, type=flag),
            lang=_NAME, dir=_DIRECTION,
        ),
        "queries": _record("queries", queries=_list(query)),
        "results": _record("results", results=_list(_record("candidates", candidates=shared["candidates"]))),
        "extension": _record("meta rows", meta=shared["meta"], rows=_list(row)),
    }  # fmt: skip


OLD = _old()
"""The schemas of version 0.2, by what they are of."""
DRAFT = _draft()
"""Those of the draft of version 1.0."""


def faults(schema: Json, message: Any) -> list[str]:
    """Return what is wrong with a message."""
    return [
        f"{fault.instance_path}: {fault.message}"
        for fault in jsonschema_rs.Draft202012Validator(schema).iter_errors(message)
    ]
