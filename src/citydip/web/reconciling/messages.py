"""The messages of the reconciliation protocol, in both of its versions: read into questions, written from answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from citydip.model.errors import ParameterError
from citydip.services.reconciling.extension import Demand, read_demand
from citydip.services.reconciling.properties import Property, Value, property_named
from citydip.services.reconciling.query import Candidate, Condition, Given, Query
from citydip.services.reconciling.score import FEATURES
from citydip.services.reconciling.things import Choice, Short, iri_of, short_id

__all__ = [
    "MOST_CANDIDATES",
    "Extension",
    "read_draft_batch",
    "read_extension",
    "read_json",
    "read_old_batch",
    "write_candidate",
    "write_choice",
    "write_meta",
    "write_thing",
    "write_value",
]

Json = dict[str, Any]
Extension = tuple[list[str], list[tuple[Property, Demand]]]
MOST_CANDIDATES = 25
"""Candidates that a row can be given."""
_DEFAULT_CANDIDATES = 5
_MOST_CONDITIONS = 20
_MOST_VALUES = 50
_MOST_PROPERTIES = 50
_LONGEST = 300
_OLD_MEMBERS = frozenset({"query", "type", "type_strict", "limit", "properties"})
_DRAFT_MEMBERS = frozenset({"type", "limit", "lang", "dir", "conditions"})
"""Members of a query; the specifications allow no others, so that a misspelt one is not overlooked."""
_DIRECTIONS = ("ltr", "rtl", "auto")
_RIGHT_TO_LEFT = frozenset({"fa", "ar", "he", "ur", "ckb", "ps", "azb", "glk", "mzn"})


def read_json(text: str, what: str) -> Any:
    """Return what a text of JSON says.

    Raises:
        ParameterError: it is none; the message says where.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ParameterError(f"{what} is no JSON: {error.msg} at character {error.pos}") from None
    except (RecursionError, ValueError):
        raise ParameterError(f"{what} is no JSON that can be read") from None


def read_old_batch(batch: Any) -> dict[str, Query]:
    """Return the rows of a batch of version 0.2, by the names that the client gave them.

    Raises:
        ParameterError: the batch is not as the specification says; the message names row and member.
    """
    if not isinstance(batch, dict):
        raise ParameterError('queries must be an object of queries by name, such as {"q0": {"query": "Tehran"}}')
    found = {}
    for name, one in batch.items():
        where = f"query {name[:40]!r}"
        _object(one, where, _OLD_MEMBERS)
        text, given = one.get("query", ""), one.get("properties", [])
        if not isinstance(text, str) or not isinstance(given, list) or not ("query" in one or given):
            raise ParameterError(f"{where} must have a text in 'query', or a list in 'properties', or both")
        conditions = []
        for condition in given:
            _object(condition, f"a property of {where}")
            if not isinstance(condition.get("pid"), str) or "v" not in condition:
                raise ParameterError(f"a property of {where} must have a text in 'pid', and a value in 'v'")
            conditions.append(Condition(condition["pid"], _values(condition["v"], where)))
        types = one.get("type", [])
        types = [types] if isinstance(types, str) else types
        if not isinstance(types, list) or not all(isinstance(kind, str) for kind in types):
            raise ParameterError(f"'type' of {where} must be a text, or a list of texts")
        strict = one.get("type_strict", "any")
        if strict not in ("any", "all", "should"):
            raise ParameterError(f"'type_strict' of {where} must be any, all or should")
        wanted = tuple(kind for kind in types if kind)
        found[name] = _query(text, wanted, strict != "should", one.get("limit"), conditions, where)
    return found


def read_draft_batch(batch: Any) -> list[Query]:
    """Return the rows of a batch of version 1.0-draft.

    Raises:
        ParameterError: the batch is not as the specification says; the message names row and member.
    """
    if not isinstance(batch, dict) or not isinstance(batch.get("queries"), list):
        raise ParameterError("the body must be an object with a list in 'queries'")
    found = []
    for number, one in enumerate(batch["queries"]):
        where = f"query {number}"
        _object(one, where, _DRAFT_MEMBERS)
        given = one.get("conditions")
        if not isinstance(given, list) or not given:
            raise ParameterError(f"{where} must have at least one condition in 'conditions'")
        for name in ("type", "lang"):
            if not isinstance(one.get(name, ""), str):
                raise ParameterError(f"{name!r} of {where} must be a text")
        if one.get("dir", "auto") not in _DIRECTIONS:
            raise ParameterError(f"'dir' of {where} must be one of {', '.join(_DIRECTIONS)}")
        conditions, texts = [], []
        for condition in given:
            _object(condition, f"a condition of {where}")
            values = _values(condition.get("propertyValue"), where)
            if condition.get("matchType") == "name":
                texts += [value.text for value in values]
            elif condition.get("matchType") == "property" and isinstance(condition.get("propertyId"), str):
                conditions.append(_draft_condition(condition, values, where))
            else:
                raise ParameterError(f"a condition of {where} must have matchType name, or property with a propertyId")
        kind = one.get("type", "")
        found.append(_query(" ".join(texts), (kind,) if kind else (), True, one.get("limit"), conditions, where))
    return found


def read_extension(asked: Any) -> Extension:
    """Return the things and the properties that a data extension query asks for.

    Raises:
        ParameterError: it is not as the specification says.
    """
    _object(asked, "a data extension query")
    ids, properties = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ParameterError("'ids' must be a list of identifiers of things")
    if not isinstance(properties, list) or len(properties) > _MOST_PROPERTIES:
        raise ParameterError(f"'properties' must be a list of at most {_MOST_PROPERTIES} properties")
    found = []
    for one in properties:
        _object(one, "a property")
        if not isinstance(one.get("id"), str):
            raise ParameterError("a property must have a text in 'id'")
        settings = one.get("settings")
        found.append((property_named(one["id"]), read_demand({} if settings is None else settings)))
    return ids, found


def write_candidate(candidate: Candidate, *, draft: bool) -> Json:
    """Return a candidate as a message has it."""
    features: list[Json] = []
    for name, value in candidate.features.items():
        kind, _, of_property = name.partition(":")
        words = f"agreement of {of_property}" if of_property else FEATURES[kind]["en"].partition(":")[0]
        features.append({"id": name, "value": value} | ({"name": words} if draft else {}))
    return {
        **_labelled(short_id(candidate.iri), candidate.name, candidate.language, draft=draft),
        "description": candidate.description,
        "type": [{"id": short_id(iri), "name": label} for iri, label in candidate.types],
        "score": candidate.score,
        "match": candidate.match,
        "features": features,
    }


def write_thing(thing: Short, *, draft: bool) -> Json:
    """Return a suggested thing as a message has it."""
    notable = [{"id": short_id(iri), "name": label} for iri, label in thing.types]
    named = _labelled(short_id(thing.iri), thing.label, thing.language, draft=draft)
    return {**named, "description": thing.description, "notable": notable}


def write_choice(choice: Choice, *, draft: bool) -> Json:
    """Return a class or property as a message has it."""
    named = _labelled(choice.id, choice.label, choice.language, draft=draft)
    return named | ({"description": choice.description} if choice.description else {})


def write_meta(asked: Property, language: str, classes: Mapping[str, str]) -> Json:
    """Return what a data extension response says of a property.

    Args:
        asked: the property.
        language: the reader's.
        classes: labels of classes, by local name.
    """
    label = asked.labels.get(language) or asked.labels["en"]
    kind = {"type": {"id": asked.value, "name": classes[asked.value]}} if asked.value in classes else {}
    return {"id": asked.id, "name": label, **kind}


def write_value(value: Value, *, draft: bool) -> Json:
    """Return a value of a property as a message has it."""
    if value.earliest:
        if value.earliest == value.latest:
            return {"date": f"{value.earliest}T00:00:00Z"}
        return {"str": f"{value.earliest}/{value.latest}"}
    if value.iri:
        return _labelled(short_id(value.iri), value.text, value.language, draft=draft)
    try:
        if value.datatype == "integer":
            return {"int": int(value.text)}
        if value.datatype in ("decimal", "double", "float"):
            return {"float": float(value.text)}
    except ValueError:
        pass
    told = {"lang": value.language, "dir": _direction(value.language)} if draft and value.language else {}
    return {"str": value.text, **told}


def _labelled(identifier: str, label: str, language: str, *, draft: bool) -> Json:
    told = {"lang": language, "dir": _direction(language)} if draft and language else {}
    return {"id": identifier, "name": label, **told}


def _direction(language: str) -> str:
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _object(value: Any, where: str, members: frozenset[str] = frozenset()) -> None:
    """Hold that a value is an object, and that it has no members but these; none for any."""
    if not isinstance(value, dict):
        raise ParameterError(f"{where} must be an object")
    others = sorted(value.keys() - members) if members else []
    if others:
        raise ParameterError(f"{where} has a member {others[0][:40]!r}; it can have {', '.join(sorted(members))}")


def _query(
    text: str, types: Sequence[str], types_only: bool, limit: Any, conditions: Sequence[Condition], where: str
) -> Query:
    if len(text) > _LONGEST or len(conditions) > _MOST_CONDITIONS:
        raise ParameterError(f"{where} must have at most {_LONGEST} characters and {_MOST_CONDITIONS} properties")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit <= 1e6):
        raise ParameterError(f"'limit' of {where} must be a whole number from 1 on")
    most = min(int(limit), MOST_CANDIDATES) if limit else _DEFAULT_CANDIDATES
    return Query(text, tuple(types), types_only, most, tuple(conditions))


def _draft_condition(condition: Mapping[str, Any], values: tuple[Given, ...], where: str) -> Condition:
    required, quantifier = condition.get("required", False), condition.get("matchQuantifier", "any")
    if not isinstance(required, bool) or quantifier not in ("any", "all", "none"):
        raise ParameterError(
            f"a condition of {where} must have true or false in 'required', any, all or none in 'matchQuantifier'"
        )
    if not isinstance(condition.get("matchQualifier", ""), str):
        raise ParameterError(f"'matchQualifier' of a condition of {where} must be a text")
    return Condition(condition["propertyId"], values, required, quantifier)


def _values(value: Any, where: str) -> tuple[Given, ...]:
    several = value if isinstance(value, list) else [value]
    if len(several) > _MOST_VALUES:
        raise ParameterError(f"a property of {where} must have at most {_MOST_VALUES} values")
    return tuple(_value(one, where) for one in several)


def _value(value: Any, where: str) -> Given:
    if isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(value.get("name"), str | None):
        return Given((value.get("name") or value["id"])[:_LONGEST], iri_of(value["id"]))
    if isinstance(value, bool):
        return Given("true" if value else "false")
    if isinstance(value, str | int | float):
        text = f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
        if len(text) <= _LONGEST:
            return Given(text)
    raise ParameterError(
        f"a value of {where} must be a text of at most {_LONGEST} characters, a number, or an object with an 'id'"
    )
