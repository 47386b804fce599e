"""The sister-city pairs of five lists, as ties that say which list reports them and, where it tells, on whose side.

The merged table says which lists have a pair. Two of the lists are directed: their own rows say under which city the
pair stands, and so which city asserts it. Each list becomes a graph of its own:

=============================  =============  ===============================================================
graph                          licence        what it holds
=============================  =============  ===============================================================
``ties-wikidata-2016``         CC0            pairs; undirected
``ties-wikidata-eu-2018``      CC0            pairs; an evidence for each side that the list looked at
``ties-wikipedia-2026``        CC BY-SA 4.0   pairs; undirected
``ties-wikipedia-2023``        CC BY-SA 4.0   pairs; an evidence for each side that the list looked at
``ties-wikipedia-2025``        CC BY-SA 4.0   pairs; undirected
=============================  =============  ===============================================================

A tie has the same IRI in all of them. Its class, parties and status stand in the first graph of each licence that
reports it, in the order of the table above; the later ones add their evidence alone. So the graphs of one licence
are whole without those of the other, and no line stands in the files twice without need.

No date is written: the lists give none. How many lists report a tie is computed (rule ``attestation``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.spine import SpineCity, read_spine
from citydip.curation.importers.suspects import Pair, find_suspects
from citydip.curation.importers.tables import Row, Table
from citydip.model.terms import CD, ID, PREFIXES

__all__ = ["LISTS", "NO_NUMBER", "SUSPECTS", "TIES", "TieList"]

_WIKIDATA, _WIKIPEDIA = "CC0", "CC BY-SA 4.0"

_ENDS = {
    "geonames_a": "GeoNames number of the city under which the pair stands; empty where the city was not recognized",
    "geonames_b": "GeoNames number of the other city; empty where it was not recognized",
    "city_a": "name of the one city as the list has it",
    "city_b": "name of the other city as the list has it",
}


@dataclass(frozen=True, slots=True)
class TieList:
    """A list of sister cities.

    Args:
        name: the end of the names of its column, its graph and its source, such as ``wikidata-eu-2018``.
        licence: of the graph that is made of it.
        rows: its own table, where its rows have a direction.
    """

    name: str
    licence: str
    rows: Table | None = None

    @property
    def column(self) -> str:
        """Return the column of the merged table that says whether the list has a pair."""
        return f"in_{self.name}"

    @property
    def graph(self) -> str:
        """Return the name of its data set."""
        return f"ties-{self.name}"


LISTS = (
    TieList("wikidata-2016", _WIKIDATA),
    TieList("wikidata-eu-2018", _WIKIDATA, Table("sister-cities-wikidata-eu-2018/pairs.csv", _ENDS, aside=True)),
    TieList("wikipedia-2026", _WIKIPEDIA),
    TieList("wikipedia-2023", _WIKIPEDIA, Table("sister-cities-wikipedia-2023/pairs.csv", _ENDS, aside=True)),
    TieList("wikipedia-2025", _WIKIPEDIA),
)
"""The lists, those of one licence in the order in which a tie is written out in full."""

SUSPECTS = "ties that look wrong"
"""The table of the report that lists them, each with the reason."""
NO_NUMBER = "rows of directed lists with a GeoNames number that is not a number"
"""The table of the report that lists them; they tell no side."""

_WEAK = "wikipedia-2023"
"""The list that only attests what another list has: homonyms are merged in it, so a pair of its own proves nothing."""

_PAIRS = Table(
    "sister-cities-merged/pairs.csv",
    {
        "geonames_a": "GeoNames number of the one city",
        "name_a": "its name",
        "iso2_a": "ISO 3166-1 code of its country",
        "geonames_b": "GeoNames number of the other city",
        "name_b": "its name",
        "iso2_b": "ISO 3166-1 code of its country",
        "n_sources": "in how many lists the pair is",
        **{listed.column: f"1 where {listed.name} has the pair, else 0" for listed in LISTS},
    },
)


def _node(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{ID}{kind}/{slug}")


def _cd(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(CD[name]))


_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_SOURCE = ox.NamedNode(PREFIXES["oa"] + "hasSource")
_SPECIFIC = ox.NamedNode(PREFIXES["oa"] + "SpecificResource")


@dataclass(slots=True)
class _Sides:
    """What a directed list says of sides.

    Args:
        cities: the cities that it looked at: those under which at least one row stands, recognized partner or not.
        under: for each pair, the cities under which it stands.
    """

    cities: set[str] = field(default_factory=set)
    under: dict[tuple[str, str], set[str]] = field(default_factory=dict)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if int(one) < int(other) else (other, one)


def _read_sides(run: Run, table: Table) -> _Sides:
    """Return the sides of a directed list; memory grows with its pairs, some 100 bytes each."""
    sides = _Sides()
    name = table.path.partition("/")[0]
    for row in run.reading.read(table):
        one, other = row["geonames_a"], row["geonames_b"]
        if not all(number.isdecimal() or not number for number in (one, other)):
            unread: dict[str, str | int] = {"table": row.table, "line": row.line, "what": _what(row, "city")}
            run.tables.setdefault(NO_NUMBER, []).append(unread)
            continue
        if one:
            sides.cities.add(one)
        if not one or not other:
            run.figures[f"{name}: rows with a city that was not recognized"] += 1
        elif one == other:
            run.figures[f"{name}: rows that join a city with itself"] += 1
        elif one in sides.under.setdefault(_pair(one, other), set()):
            run.figures[f"{name}: rows that stand twice"] += 1
        else:
            sides.under[_pair(one, other)].add(one)
    return sides


def _what(row: Row, name: str) -> str:
    return f"{row[f'{name}_a']} ({row['geonames_a']}) – {row[f'{name}_b']} ({row['geonames_b']})"


def _wrong_ends(row: Row, cities: dict[str, SpineCity], seen: set[tuple[str, str]]) -> str | None:
    """Return what is wrong with the cities of a row of the merged table; None where nothing is."""
    one, other = row["geonames_a"], row["geonames_b"]
    if not (one.isdecimal() and other.isdecimal()):
        return "a GeoNames number is not a number"
    if one == other:
        return "a city is not its own sister"
    if one not in cities or other not in cities:
        return "a city is not among the cities of the world"
    return "the pair stands twice" if _pair(one, other) in seen else None


def _wrong_lists(row: Row) -> str | None:
    """Return why the lists of a row of the merged table carry no tie; None where they do."""
    flags = {listed.name: row[listed.column] for listed in LISTS}
    having = [name for name, flag in flags.items() if flag == "1"]
    if not set(flags.values()) <= {"0", "1"}:
        return "what says whether a list has the pair is neither 0 nor 1"
    if row["n_sources"] != str(len(having)):
        return "the number of lists is not that of the lists that have the pair"
    if not having:
        return "no list has the pair"
    return f"only {_WEAK} has the pair, which merges cities of one name" if having == [_WEAK] else None


def _make(run: Run) -> None:
    cities = read_spine(run.layout)
    sides = {listed.name: _read_sides(run, listed.rows) for listed in LISTS if listed.rows}
    seen: set[tuple[str, str]] = set()
    pairs: list[Pair] = []
    for row in run.reading.read(_PAIRS):
        reason = _wrong_ends(row, cities, seen) or _wrong_lists(row)
        if reason:
            run.reading.leave(row, reason, _what(row, "name"))
            continue
        ends = _pair(row["geonames_a"], row["geonames_b"])
        seen.add(ends)
        lists = tuple(listed for listed in LISTS if row[listed.column] == "1")
        _count(run, lists)
        _write_tie(run, ends, lists, cities, sides)
        pairs.append(_as_pair(row, lists))
    looked_at = {name: list_sides.cities for name, list_sides in sides.items()}
    suspects = sorted(find_suspects(pairs, looked_at), key=lambda suspect: suspect.reason)
    run.tables[SUSPECTS] = [{"tie": found.tie, "reason": found.reason, "what": found.what} for found in suspects]


def _count(run: Run, lists: tuple[TieList, ...]) -> None:
    run.figures["ties"] += 1
    run.figures["attested by two lists or more" if len(lists) > 1 else f"reported by {lists[0].name} alone"] += 1
    for listed in lists:
        run.figures[f"{listed.name}: ties"] += 1


def _as_pair(row: Row, lists: tuple[TieList, ...]) -> Pair:
    one, other = (
        (row[f"geonames_{end}"], row[f"name_{end}"], row[f"iso2_{end}"])
        for end in sorted("ab", key=lambda end: int(row[f"geonames_{end}"]))
    )
    return Pair(one, other, tuple(listed.name for listed in lists))


def _write_tie(
    run: Run,
    ends: tuple[str, str],
    lists: tuple[TieList, ...],
    cities: dict[str, SpineCity],
    sides: dict[str, _Sides],
) -> None:
    tie = _node("tie", "-".join(ends))
    part = min(cities[end].country for end in ends)
    whole: set[str] = set()
    for listed in lists:
        triples = [] if listed.licence in whole else list(_description(tie, ends, cities))
        whole.add(listed.licence)
        under: set[str] = set()
        if listed.name in sides:
            under = sides[listed.name].under.get(ends, set())
            _write_sides(run, listed, ends, cities, sides[listed.name].cities)
            how = {0: "with no row of its own", 1: "on one side", 2: "on both sides"}[len(under)]
            run.figures[f"{listed.name}: ties {how}"] += 1
        for name in sorted(f"{listed.name}-{end}" for end in under) or [listed.name]:
            triples.append(ox.Triple(tie, _cd("hasEvidence"), _node("evidence", name)))
        if not under:
            run.parts[listed.graph].add("list", _evidence(listed, listed.name))
        run.parts[listed.graph].add(part, triples)


def _description(tie: ox.NamedNode, ends: tuple[str, str], cities: dict[str, SpineCity]) -> Iterator[ox.Triple]:
    yield ox.Triple(tie, _TYPE, _cd("Tie"))
    yield ox.Triple(tie, _cd("hasStatus"), _node("status", "reported"))
    for end in ends:
        yield ox.Triple(tie, _cd("hasParty"), ox.NamedNode(cities[end].iri))


def _write_sides(
    run: Run, listed: TieList, ends: tuple[str, str], cities: dict[str, SpineCity], looked_at: set[str]
) -> None:
    """Write the evidence of each end that the list looked at, also where it is silent on this tie."""
    for end in ends:
        if end in looked_at:
            triples = list(_evidence(listed, f"{listed.name}-{end}"))
            side = ox.NamedNode(cities[end].iri)
            triples.append(ox.Triple(triples[0].subject, _cd("onSideOf"), side))
            run.parts[listed.graph].add(cities[end].country, triples)


def _evidence(listed: TieList, slug: str) -> Iterator[ox.Triple]:
    evidence = _node("evidence", slug)
    yield ox.Triple(evidence, _TYPE, _cd("Evidence"))
    yield ox.Triple(evidence, _TYPE, _SPECIFIC)
    yield ox.Triple(evidence, _cd("hasConfidence"), _node("confidence", "stated"))
    yield ox.Triple(evidence, _SOURCE, _node("source", f"sister-cities-{listed.name}"))


TIES = Importer(
    "ties",
    "Sister-city pairs of five lists, each with the lists that report it and the sides that assert it.",
    (_PAIRS, *(listed.rows for listed in LISTS if listed.rows)),
    tuple(
        DataSet(
            listed.graph,
            f"Sister-city pairs of the list {listed.name} ({listed.licence}), made by: citydip import ties",
        )
        for listed in LISTS
    ),
    _make,
)
"""The importer of ties."""
