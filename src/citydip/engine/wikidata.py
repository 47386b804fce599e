"""Queries as Wikidata's query service takes them, written as standard SPARQL and GeoSPARQL.

Besides the label service (`citydip.engine.labels`) these are the prefixes that need no declaration, the services
``wikibase:around`` and ``wikibase:box``, ``geof:distance`` in kilometres with two arguments, ``geof:latitude`` and
``geof:longitude``, and hints to the optimizer, which are left out.

Source: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual
"""

from collections.abc import Iterator, Sequence

from citydip.engine.cursor import iri_of
from citydip.engine.labels import Labelled, edits_of_services, labelled
from citydip.engine.structure import Group, Part, Query, Service, Triples, walk
from citydip.engine.syntax import parse
from citydip.engine.tokens import Token, tokens
from citydip.model.errors import ParameterError
from citydip.model.wikibase import WIKIDATA_PREFIXES

__all__ = ["as_standard"]

_WIKIBASE = WIKIDATA_PREFIXES["wikibase"]
_AROUND, _BOX = _WIKIBASE + "around", _WIKIBASE + "box"
_PARAMETER = WIKIDATA_PREFIXES["bd"] + "serviceParam"
_FUNCTIONS = WIKIDATA_PREFIXES["geof"]
_METRE = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
_WEST = ("cornerWest", "cornerSouthWest")
_EAST = ("cornerEast", "cornerNorthEast")


def as_standard(text: str, languages: Sequence[str] = ()) -> Labelled:
    """Return a query for Wikidata's query service as standard SPARQL, with the prefixes that it uses.

    Args:
        text: the query; comments such as ``#defaultView:Map`` stay.
        languages: those of who asks, the best first.

    Raises:
        ParameterError: a service says what is not understood.

    Example:
        >>> as_standard("SELECT ?item { ?item wdt:P31 wd:Q515 }").text.partition("SELECT")[0]
        'PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/> '
    """
    names = {token.text.partition(":")[0] for token in tokens(text) if token.key == "name"}
    # On the first line, so that every line keeps its number. What the query itself declares comes later and wins.
    head = "".join(f"PREFIX {name}: <{WIKIDATA_PREFIXES[name]}> " for name in sorted(names & WIKIDATA_PREFIXES.keys()))
    labels = labelled(text, languages)
    query = parse(text)
    edits = [(Part(0, 0), head)]
    if query is not None:
        query.prefixes.update({k: v for k, v in WIKIDATA_PREFIXES.items() if k not in query.prefixes})
        edits += [*_hints(query), *_services(query), *_functions(query)]
    return Labelled(text, (*edits, *labels.edits), labels.automatic)


def _iri(query: Query, part: Part) -> str | None:
    token = tokens(part.of(query.text))[0]
    return iri_of(query, token) if token.key in ("iri", "name") else None


def _hints(query: Query) -> Iterator[tuple[Part, str]]:
    for element in walk(query):
        for subject in element.subjects if isinstance(element, Triples) else ():
            if query.text.startswith("hint:", subject.start):
                end = subject.end
                while query.text[end].isspace():
                    end += 1
                yield Part(subject.start, end + 1 if query.text[end] == "." else subject.end), ""


def _services(query: Query) -> Iterator[tuple[Part, str]]:
    for group in walk(query):
        if not isinstance(group, Group):
            continue
        found = [e for e in group.elements if isinstance(e, Service) and e.address in (_AROUND, _BOX)]
        places = edits_of_services(query, group, found)
        for service, (part, gap) in zip(found, places, strict=True):
            patterns, given = _parameters(query, service)
            inside, behind = _around(given) if service.address == _AROUND else (_box(given), "")
            place = _place(query, service)
            yield part, gap + patterns + inside.format(place=place)
            if behind:
                yield Part(group.end - 1, group.end - 1), " " + behind.format(place=place) + " "


def _parameters(query: Query, service: Service) -> tuple[str, dict[str, str]]:
    """Return the patterns of a service as text, and its parameters by name."""
    patterns: list[str] = []
    given: dict[str, str] = {}
    for element in service.group.elements:
        if not isinstance(element, Triples):
            raise _misused("in it stand triple patterns alone")
        for subject in element.subjects:
            if query.text[subject.start] != "?" and subject.triples is not None:
                for triple in subject.triples:
                    if _iri(query, triple.subject) == _PARAMETER:
                        name = (_iri(query, triple.verb) or "").removeprefix(_WIKIBASE)
                        given[name] = triple.object.of(query.text)
            else:
                patterns.append(" ".join(subject.of(query.text).split()))
    return " . ".join(patterns) + " . ", given


def _place(query: Query, service: Service) -> str:
    """Return the variable of the point that a service looks for."""
    for element in service.group.elements:
        for subject in element.subjects if isinstance(element, Triples) else ():
            for triple in subject.triples or ():
                value = triple.object.of(query.text)
                if query.text[triple.subject.start] == "?" and value[0] in "?$":
                    return value
    raise _misused("it needs a pattern such as ?place wdt:P625 ?location")


def _around(given: dict[str, str]) -> tuple[str, str]:
    """Return the filter of a radius, and what binds the distance where that is wanted."""
    if not {"center", "radius"} <= given.keys():
        raise _misused("it needs wikibase:center and wikibase:radius")
    radius = given["radius"].split("^^")[0].strip("\"'")
    try:
        metres = f"{float(radius) * 1000:g}"
    except ValueError:
        raise _misused(f"the radius is a number of kilometres, not {radius[:40]}") from None
    distance = f"<{_FUNCTIONS}distance>({{place}}, {given['center']}, {_METRE})"
    behind = f"BIND ({distance} / 1000 AS {given['distance']})" if "distance" in given else ""
    return f"FILTER ({distance} <= {metres})", behind


def _box(given: dict[str, str]) -> str:
    """Return the filter of two corners; a box may lie across the line where the days change."""
    west = next((given[name] for name in _WEST if name in given), None)
    east = next((given[name] for name in _EAST if name in given), None)
    if west is None or east is None:
        raise _misused("it needs wikibase:cornerWest and cornerEast, or cornerSouthWest and cornerNorthEast")
    x, first, last = (_longitude(point) for point in ("{place}", west, east))
    y, one, other = (_latitude(point) for point in ("{place}", west, east))
    across = f"IF({first} <= {last}, {x} >= {first} && {x} <= {last}, {x} >= {first} || {x} <= {last})"
    return f"FILTER ({across} && ({y} - {one}) * ({y} - {other}) <= 0)"


def _longitude(point: str) -> str:
    return f'<{WIKIDATA_PREFIXES["xsd"]}double>(STRBEFORE(STRAFTER(STR({point}), "("), " "))'


def _latitude(point: str) -> str:
    return f'<{WIKIDATA_PREFIXES["xsd"]}double>(STRBEFORE(STRAFTER(STRAFTER(STR({point}), "("), " "), ")"))'


def _functions(query: Query) -> Iterator[tuple[Part, str]]:
    """Yield what makes a distance one of GeoSPARQL, in kilometres, and what takes a point apart."""
    read = tokens(query.text)
    services = [e for e in walk(query) if isinstance(e, Service)]
    for at, token in enumerate(read[:-1]):
        if token.key not in ("name", "iri") or read[at + 1].key != "(":
            continue
        if any(service.start <= token.start < service.end for service in services):
            continue
        name = (iri_of(query, token) or "").removeprefix(_FUNCTIONS)
        last, commas = _arguments(read, at + 1)
        if name == "distance" and commas == 1:
            yield Part(token.start, token.start), "("
            yield Part(read[last].start, read[last].end), f", {_METRE}) / 1000)"
        elif name in ("latitude", "longitude") and commas == 0:
            argument = query.text[read[at + 1].end : read[last].start].strip()
            whole = _latitude(argument) if name == "latitude" else _longitude(argument)
            yield Part(token.start, read[last].end), whole


def _arguments(read: Sequence[Token], opening: int) -> tuple[int, int]:
    """Return which token closes a bracket, and how many commas stand right inside."""
    depth = commas = 0
    for at in range(opening, len(read)):
        depth += {"(": 1, ")": -1}.get(read[at].key, 0)
        commas += depth == 1 and read[at].key == ","
        if not depth:
            return at, commas
    raise _misused("a bracket is not closed")


def _misused(words: str) -> ParameterError:
    return ParameterError(
        f"the query cannot be read as one for Wikidata: {words}; docs/how-to/query-like-wikidata.md says what there is"
    )
