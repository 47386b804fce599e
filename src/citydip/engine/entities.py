"""Entities as Wikibase writes them in JSON, made from what the Wikidata view says of an item.

Source: https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from citydip.model.wikibase import OWN, WIKIDATA_PREFIXES

__all__ = ["entity_of"]

_W = WIKIDATA_PREFIXES
_WIKIBASE = _W["wikibase"]
_NAMES = {
    _W["rdfs"] + "label": "labels",
    _W["schema"] + "description": "descriptions",
    _W["skos"] + "altLabel": "aliases",
}
_TYPES = {
    "WikibaseItem": "wikibase-item",
    "ExternalId": "external-id",
    "Time": "time",
    "GlobeCoordinate": "globe-coordinate",
    "Url": "url",
    "Quantity": "quantity",
    "Monolingualtext": "monolingualtext",
    "String": "string",
}
_KNOWN = {"P248": "WikibaseItem", "P577": "Time", "P580": "Time", "P582": "Time", "P585": "Time", "P854": "Url"} | {
    "P1001": "WikibaseItem", "P1319": "Time", "P1326": "Time", "P1476": "Monolingualtext", "P1932": "String",
    "P8554": "Time", "P8555": "Time",
}  # fmt: skip
"""The types of properties that only qualifiers and references have."""
_MONTH, _DAY = 10, 11

Json = dict[str, Any]
_Said = dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]]


def entity_of(item: str, triples: bytes) -> Json | None:
    """Return the JSON of an entity; None where nothing is said of it.

    A value that is no item of Wikidata is one that Wikidata does not know: its name is a qualifier (P1932).

    Args:
        item: such as ``Q3616``.
        triples: N-Triples, what `queries/internal/wikidata-entity.rq` gives.
    """
    said: _Said = defaultdict(lambda: defaultdict(list))
    for triple in sorted(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES), key=str):
        if isinstance(triple.subject, ox.NamedNode):
            said[triple.subject.value][triple.predicate.value].append(triple.object)
    own = said.get(_W["wd"] + item)
    if not own:
        return None
    types = dict(_KNOWN)
    for subject, parts in said.items():
        for kind in parts.get(_WIKIBASE + "propertyType", ()):
            types[subject.removeprefix(_W["wd"])] = _text(kind).removeprefix(_WIKIBASE)
    words: Json = {"labels": {}, "descriptions": {}, "aliases": {}}
    # Clients want the number of a revision; here are none.
    entity: Json = {"type": "item", "id": item, "ns": 0, "title": item, "lastrevid": 0} | words
    for predicate, name in _NAMES.items():
        for value in own.get(predicate, ()):
            if isinstance(value, ox.Literal) and value.language:
                words = {"language": value.language, "value": value.value}
                if name == "aliases":
                    entity[name].setdefault(value.language, []).append(words)
                else:
                    entity[name].setdefault(value.language, words)
    claims: dict[str, list[Json]] = {}
    for predicate in sorted(own, key=_number):
        prop = predicate.removeprefix(_W["p"])
        if _is_property(prop):
            nodes = [_text(node) for node in own[predicate]]
            claims[prop] = [_statement(item, prop, node, said, types) for node in nodes]
    return entity | {"claims": claims, "sitelinks": {}}


def _number(predicate: str) -> tuple[int, str]:
    digits = predicate.rpartition("/P")[2]
    return (int(digits) if digits.isdecimal() else 0, predicate)


def _is_property(name: str) -> bool:
    return name[:1] == "P" and name[1:].isdecimal()


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _statement(item: str, prop: str, node: str, said: _Said, types: dict[str, str]) -> Json:
    parts = said[node]
    (main,) = _snaks(parts, "ps", "psv", said, types)[prop]
    rank = _text(parts[_WIKIBASE + "rank"][0]).removeprefix(_WIKIBASE).removesuffix("Rank").lower()
    name = node.removeprefix(f"{OWN}statement/{item}-")
    statement: Json = {"mainsnak": main, "type": "statement", "id": f"{item}${name}", "rank": rank}
    qualifiers = _snaks(parts, "pq", "pqv", said, types)
    if qualifiers:
        statement |= {"qualifiers": qualifiers, "qualifiers-order": list(qualifiers)}
    references = []
    for reference in parts.get(_W["prov"] + "wasDerivedFrom", ()):
        snaks = _snaks(said[_text(reference)], "pr", "prv", said, types)
        # A source that is no item has its address.
        if len(snaks) > 1 and all(snak["snaktype"] == "somevalue" for snak in snaks.get("P248", ())):
            snaks.pop("P248", None)
        digest = _text(reference).rpartition("/")[2]
        references.append({"hash": digest, "snaks": snaks, "snaks-order": list(snaks)})
    return statement | ({"references": references} if references else {})


def _snaks(
    parts: dict[str, list[Any]], short: str, full: str, said: _Said, types: dict[str, str]
) -> dict[str, list[Json]]:
    """Return the values of a node by property, in the form of one kind of predicate."""
    found: dict[str, list[Json]] = {}
    for predicate in sorted(parts, key=_number):
        prop = predicate.removeprefix(_W[short])
        if not _is_property(prop):
            continue
        nodes = [said[_text(node)] for node in parts.get(_W[full] + prop, ())]
        kind = types.get(prop, "String")
        if kind == "Time":
            unknown = [value for value in parts[predicate] if isinstance(value, ox.NamedNode)]
            values = [_time(node) for node in nodes] + [None for _ in unknown]
        else:
            values = [_value(kind, value, nodes) for value in parts[predicate]]
        found[prop] = [_snak(prop, kind, value) for value in values]
    return found


def _snak(prop: str, kind: str, value: Json | None) -> Json:
    snak: Json = {"snaktype": "value" if value else "somevalue", "property": prop, "datatype": _TYPES[kind]}
    if value:
        snak["datavalue"] = value
    text = json.dumps(snak, sort_keys=True)
    return snak | {"hash": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}


def _value(kind: str, value: ox.NamedNode | ox.Literal, nodes: Sequence[dict[str, list[Any]]]) -> Json | None:
    """Return a value as Wikibase writes it; None for one that Wikidata does not know."""
    if kind == "WikibaseItem":
        name = value.value.removeprefix(_W["wd"])
        if name == value.value:
            return None
        about = {"entity-type": "item", "numeric-id": int(name[1:]), "id": name}
        return {"value": about, "type": "wikibase-entityid"}
    if kind == "Quantity":
        return {"value": {"amount": f"{int(value.value):+d}", "unit": "1"}, "type": "quantity"}
    if kind == "Monolingualtext" and isinstance(value, ox.Literal):
        return {"value": {"text": value.value, "language": value.language}, "type": "monolingualtext"}
    if kind == "GlobeCoordinate":
        [node] = nodes
        point = {name.lower(): float(_text(node[f"{_WIKIBASE}geo{name}"][0])) for name in ("Latitude", "Longitude")}
        globe = _text(node[_WIKIBASE + "geoGlobe"][0])
        # How exact it is nobody says.
        return {"value": {**point, "altitude": None, "precision": None, "globe": globe}, "type": "globecoordinate"}
    return {"value": value.value, "type": "string"}


def _time(node: dict[str, list[Any]]) -> Json:
    day, precision = (_text(node[_WIKIBASE + name][0]) for name in ("timeValue", "timePrecision"))
    year, month, rest = day[:4], day[5:7], day[8:10]
    # What the precision leaves open is nought.
    shown = f"+{year}-{month if int(precision) >= _MONTH else '00'}-{rest if int(precision) >= _DAY else '00'}"
    value = {
        "time": f"{shown}T00:00:00Z",
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": int(precision),
        "calendarmodel": _text(node[_WIKIBASE + "timeCalendarModel"][0]),
    }
    return {"value": value, "type": "time"}
