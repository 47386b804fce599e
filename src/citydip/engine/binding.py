"""Terms for the variables of a query: parameters reach the engine as terms and are never pasted into text."""

import re
from collections.abc import Mapping
from datetime import date

import pyoxigraph as ox

from citydip.model.errors import ParameterError
from citydip.model.queryfile import Parameter, QueryFile
from citydip.model.terms import PREFIXES, expand

__all__ = ["Term", "bind", "term_of"]

Term = dict[str, str]
"""A term as plain data: ``type`` (``uri`` or ``literal``), ``value``, perhaps ``datatype`` or ``lang``."""

_XSD = PREFIXES["xsd"]
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def bind(query: QueryFile, given: Mapping[str, str]) -> dict[str, Term]:
    """Return a term for each parameter of a query: what is given, else the default.

    Args:
        query: a query file with parameters.
        given: values as written, by parameter.

    Raises:
        ParameterError: a parameter is unknown, or is required and not there, or its value is not of its type or not one
            of the list to choose from; the message says what there is.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    unknown = sorted(set(given) - set(known))
    if unknown:
        names = ", ".join(known) or "none"
        raise ParameterError(f"{query.name} has no parameter {unknown[0]!r}; its parameters are: {names}")
    terms = {}
    for name, parameter in known.items():
        value = given.get(name, parameter.default)
        if value is None and parameter.required:
            raise ParameterError(f"{query.name} needs the parameter {name}, such as {parameter.example}")
        if value is not None:
            terms[name] = _term(parameter, value)
            _check_choice(parameter, terms[name], value)
    return terms


def _check_choice(parameter: Parameter, term: Term, value: str) -> None:
    """Refuse a value that is not one of a list; what is offered from the data is only offered."""
    if parameter.choices is None or parameter.choices.kind != "list":
        return
    if term not in [_term(parameter, choice) for choice in parameter.choices.values]:
        known = ", ".join(parameter.choices.values)
        raise ParameterError(f"{parameter.name} must be one of {known}, not {value[:80]!r}")


def _term(parameter: Parameter, value: str) -> Term:
    if parameter.type == "iri":
        return {"type": "uri", "value": _iri(parameter.name, value)}
    if parameter.type == "integer":
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            raise ParameterError(f"{parameter.name} must be a whole number, not {value!r}")
        return {"type": "literal", "value": value, "datatype": _XSD + "integer"}
    if parameter.type == "date":
        try:
            if not _DAY.fullmatch(value):
                raise ValueError
            return {"type": "literal", "value": date.fromisoformat(value).isoformat(), "datatype": _XSD + "date"}
        except ValueError:
            raise ParameterError(
                f"{parameter.name} must be a Gregorian day such as 2016-09-23, not {value!r}"
            ) from None
    if parameter.type == "language" and not _LANGUAGE.fullmatch(value):
        raise ParameterError(f"{parameter.name} must be a language tag such as fa or en, not {value!r}")
    return {"type": "literal", "value": value}


def _iri(name: str, value: str) -> str:
    """Return a full IRI of one that is written in full, in angle brackets or with a prefix such as ``city:``."""
    text = expand(value)
    if not _IRI.fullmatch(text):
        raise ParameterError(f"{name} must be an IRI or a prefixed name such as city:tehran, not {value!r}")
    return text


def term_of(term: Term) -> ox.NamedNode | ox.Literal:
    """Return a term of plain data as one of the engine, which writes it as SPARQL does."""
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if "lang" in term:
        return ox.Literal(term["value"], language=term["lang"])
    if "datatype" in term:
        return ox.Literal(term["value"], datatype=ox.NamedNode(term["datatype"]))
    return ox.Literal(term["value"])
