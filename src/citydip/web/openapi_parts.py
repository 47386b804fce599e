"""The pieces that the OpenAPI document is put together from."""

from typing import Any

from citydip.web.headers import VERSION_HEADER

__all__ = ["NUMBER", "TEXT", "Json", "headers", "parameter", "record", "ref", "refused"]

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer", "minimum": 1}


def ref(kind: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def headers(*names: str) -> Json:
    """Return the headers of an answer: the version, which all have, and others."""
    return {name: ref("headers", name) for name in (VERSION_HEADER, *names)}


def refused(*statuses: int) -> Json:
    """Return the answers that are errors, by status."""
    return {str(status): ref("responses", str(status)) for status in statuses}


def parameter(name: str, where: str, description: str, schema: Json, **more: Any) -> Json:
    """Return a parameter; ``where`` is ``query``, ``path`` or ``header``."""
    return {"name": name, "in": where, "description": description, "schema": schema, **more}


def record(required: str, **properties: Json) -> Json:
    """Return the schema of an object; ``required`` names the members that are always there."""
    return {"type": "object", "required": required.split(), "properties": properties}
