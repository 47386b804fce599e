"""The importer of ties: which list reports a pair and on whose side, and which rows it refuses."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.importers.importing import Report, run_importer
from citydip.curation.importers.suspects import (
    MANY,
    NAMESAKE_OF_SAME_PARTNER,
    STRONGER_NAMESAKE,
    UNKNOWN_LATER,
    Pair,
    find_suspects,
)
from citydip.curation.importers.ties import LISTS, NO_NUMBER, SUSPECTS, TIES
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.errors import NotFoundError
from citydip.model.terms import PREFIXES, shorten

HEAD = "geonames_a,name_a,iso2_a,geonames_b,name_b,iso2_b,n_sources," + ",".join(f"in_{x.name}" for x in LISTS)
CITIES = {"1": ("tehran", "ir"), "2": ("mashhad", "ir"), "3": ("milan", "it"), "10": ("berlin", "de")}
NOTHING = dict.fromkeys((listed.name for listed in LISTS), "0")


def row(one: str, other: str, *lists: str, number: int | str | None = None) -> str:
    """Return a row of the merged table."""
    flags = NOTHING | dict.fromkeys(lists, "1")
    cities = ",".join(f"{end},{CITIES.get(end, ('nowhere', ''))[0]},XX" for end in (one, other))
    return f"{cities},{len(lists) if number is None else number},{','.join(flags.values())}"


def run(tmp_path: Path, merged: list[str], eu: list[str] = [], wikipedia: list[str] = []) -> Report:  # noqa: B006
    """Import small tables; the rows of the directed ones are two GeoNames numbers with a comma between them."""
    cities = tmp_path / "data/world/cities"
    cities.mkdir(parents=True, exist_ok=True)
    for country in {country for _, country in CITIES.values()}:
        lines = [
            f'<{PREFIXES["city"]}{name}> <{PREFIXES["cd"]}geonamesIdentifier> "{geonames}" .\n'
            for geonames, (name, its) in CITIES.items()
            if its == country
        ]
        (cities / f"{country}.ttl").write_text("".join(lines))
    tables = {
        "sister-cities-merged": [HEAD, *merged],
        "sister-cities-wikidata-eu-2018": ["geonames_a,geonames_b,city_a,city_b", *(f"{r},a,b" for r in eu)],
        "sister-cities-wikipedia-2023": ["geonames_a,geonames_b,city_a,city_b", *(f"{r},a,b" for r in wikipedia)],
    }
    for folder, text in tables.items():
        (tmp_path / "in" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / folder / "pairs.csv").write_text("".join(f"{line}\n" for line in text))
    layout = Layout(tmp_path, tmp_path / "snapshots")
    return run_importer(TIES, layout, tmp_path / "in", lambda line: None, lambda share, table: None)


def written(tmp_path: Path, name: str) -> set[str]:
    """Return what stands in the graph of a list, a triple a line."""

    def short(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
        return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)

    paths = (tmp_path / "data/world" / f"ties-{name}").glob("*.ttl")
    return {" ".join(map(short, (t.subject, t.predicate, t.object))) for p in paths for t in read_turtle(p).triples}


WHOLE = {
    "tie:2-10 rdf:type cd:Tie",
    "tie:2-10 cd:hasStatus status:reported",
    "tie:2-10 cd:hasParty city:mashhad",
    "tie:2-10 cd:hasParty city:berlin",
}


def test_a_pair_of_an_undirected_list_is_a_tie_with_the_list_as_its_evidence(tmp_path: Path) -> None:
    report = run(tmp_path, [row("10", "2", "wikidata-2016")])
    assert written(tmp_path, "wikidata-2016") == WHOLE | {
        "tie:2-10 cd:hasEvidence evidence:wikidata-2016",
        "evidence:wikidata-2016 rdf:type cd:Evidence",
        "evidence:wikidata-2016 rdf:type oa:SpecificResource",
        "evidence:wikidata-2016 cd:hasConfidence confidence:stated",
        "evidence:wikidata-2016 oa:hasSource source:sister-cities-wikidata-2016",
    }
    assert (report.read, report.imported) == (1, 1)
    assert {p.name for p in (tmp_path / "data/world/ties-wikidata-2016").iterdir()} == {
        "de.ttl",
        "list.ttl",
        "report.json",
    }


@pytest.mark.parametrize(
    ("rows", "sides"),
    [(["10,2"], {"10"}), (["2,10"], {"2"}), (["10,2", "2,10"], {"2", "10"}), (["10,2", "10,2"], {"10"})],
)
def test_a_directed_list_tells_the_sides(tmp_path: Path, rows: list[str], sides: set[str]) -> None:
    run(tmp_path, [row("2", "10", "wikidata-eu-2018")], eu=rows)
    found = written(tmp_path, "wikidata-eu-2018")
    assert found >= WHOLE
    assert {line for line in found if "hasEvidence" in line} == {
        f"tie:2-10 cd:hasEvidence evidence:wikidata-eu-2018-{side}" for side in sides
    }
    assert {line for line in found if "onSideOf" in line} == {
        f"evidence:wikidata-eu-2018-{side} cd:onSideOf city:{CITIES[side][0]}" for side in sides
    }


def test_a_city_that_the_list_looked_at_has_an_evidence_also_where_it_is_silent(tmp_path: Path) -> None:
    run(tmp_path, [row("2", "10", "wikidata-eu-2018")], eu=["10,2", "2,"])
    found = written(tmp_path, "wikidata-eu-2018")
    assert "evidence:wikidata-eu-2018-2 cd:onSideOf city:mashhad" in found
    assert "tie:2-10 cd:hasEvidence evidence:wikidata-eu-2018-2" not in found


def test_a_tie_whose_own_row_is_not_found_has_no_side(tmp_path: Path) -> None:
    report = run(tmp_path, [row("2", "10", "wikidata-eu-2018")])
    assert "tie:2-10 cd:hasEvidence evidence:wikidata-eu-2018" in written(tmp_path, "wikidata-eu-2018")
    assert report.figures["wikidata-eu-2018: ties with no row of its own"] == 1


def test_a_tie_is_whole_in_the_first_graph_of_each_licence(tmp_path: Path) -> None:
    every = [listed.name for listed in LISTS]
    run(tmp_path, [row("2", "10", *every)], eu=["10,2"], wikipedia=["2,10"])
    assert {name for name in every if written(tmp_path, name) >= WHOLE} == {"wikidata-2016", "wikipedia-2026"}
    for name in every:
        about = {line for line in written(tmp_path, name) if line.startswith("tie:")}
        assert len([line for line in about if "hasEvidence" in line]) == 1
        assert len(about) in (1, 5)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row("2", "99", "wikidata-2016"), "a city is not among the cities of the world"),
        (row("2", "2", "wikidata-2016"), "a city is not its own sister"),
        (row("2", "x", "wikidata-2016"), "a GeoNames number is not a number"),
        (row("2", "", "wikidata-2016"), "a GeoNames number is not a number"),
        (row("3", "1", "wikidata-2016"), "the pair stands twice"),
        (row("2", "3", "wikidata-2016", number=2), "the number of lists is not that of the lists that have the pair"),
        (
            row("2", "3", "wikidata-2016", number="one"),
            "the number of lists is not that of the lists that have the pair",
        ),
        (row("2", "3"), "no list has the pair"),
        (row("2", "3", "wikidata-2016")[:-1] + "2", "what says whether a list has the pair is neither 0 nor 1"),
        (row("2", "3", "wikipedia-2023"), "only wikipedia-2023 has the pair, which merges cities of one name"),
        (row("2", "3", "wikidata-2016") + ",1", "the row has not the 12 fields of the table"),
    ],
)
def test_a_row_that_is_wrong_is_refused_by_line(tmp_path: Path, line: str, reason: str) -> None:
    report = run(tmp_path, [row("1", "3", "wikidata-2016"), line, row("1", "2", "wikidata-2016")])
    assert [(group.reason, [left.line for left in group.rows]) for group in report.left_out] == [(reason, [3])]
    assert (report.read, report.imported, report.figures["ties"]) == (3, 2, 2)


def test_rows_of_a_directed_list_are_counted_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    merged = [row("2", "10", "wikidata-eu-2018")]
    report = run(tmp_path, merged, eu=["10,2", "10,2", "10,", ",2", "10,10", "ten,2"])
    assert [(row["table"], row["line"]) for row in report.tables[NO_NUMBER]] == [
        ("sister-cities-wikidata-eu-2018/pairs.csv", 7)
    ]
    name = "sister-cities-wikidata-eu-2018"
    assert report.figures[f"{name}: rows that stand twice"] == 1
    assert report.figures[f"{name}: rows with a city that was not recognized"] == 2
    assert report.figures[f"{name}: rows that join a city with itself"] == 1
    # What is only compared with is not among what is imported.
    assert (report.read, report.imported, report.left_out) == (1, 1, [])


def test_without_cities_nothing_is_imported(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="citydip import cities"):
        run_importer(TIES, Layout(tmp_path, tmp_path), tmp_path, lambda line: None, lambda share, table: None)


def test_running_it_again_changes_nothing(tmp_path: Path) -> None:
    merged = [row("2", "10", "wikidata-2016", "wikidata-eu-2018"), row("1", "3", "wikipedia-2026")]
    states = []
    for _ in range(2):
        run(tmp_path, merged, eu=["10,2"])
        files = sorted((tmp_path / "data/world").glob("ties-*/*"))
        states.append([(p, p.stat().st_mtime_ns, p.read_bytes()) for p in files])
    assert states[0] == states[1]
    assert len(states[0]) > 5


def test_suspects_are_kept_in_the_report(tmp_path: Path) -> None:
    merged = [row("2", "10", "wikidata-2016"), row("1", "10", "wikipedia-2023", "wikipedia-2026")]
    run(tmp_path, merged, wikipedia=["10,1", "2,"])
    kept = json.loads((tmp_path / "data/world/ties-wikidata-2016/report.json").read_text())
    assert kept["tables"][SUSPECTS] == [
        {
            "tie": "tie:2-10",
            "reason": UNKNOWN_LATER,
            "what": "mashhad, XX (2) – berlin, XX (10); reported by wikidata-2016, not by wikipedia-2023",
        }
    ]


SOKOL_A, SOKOL_B = ("1", "Sokol", "RU"), ("2", "Sokol", "RU")
VALKEAKOSKI, LAHTI, ESPOO = ("3", "Valkeakoski", "FI"), ("4", "Lahti", "FI"), ("5", "Espoo", "FI")


def reasons(pairs: list[Pair], looked_at: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return tie and reason of each suspect."""
    return {(suspect.tie, suspect.reason) for suspect in find_suspects(pairs, looked_at)}


def test_a_partner_of_two_cities_of_one_name_is_suspected_for_what_one_list_alone_has() -> None:
    pairs = [Pair(SOKOL_A, VALKEAKOSKI, ("a", "b")), Pair(SOKOL_B, VALKEAKOSKI, ("a",))]
    assert reasons(pairs, {}) == {("tie:2-3", NAMESAKE_OF_SAME_PARTNER)}


def test_a_city_is_suspected_where_a_namesake_is_closer_to_the_country_of_the_partner() -> None:
    pairs = [Pair(SOKOL_A, LAHTI, ("a",)), Pair(SOKOL_B, VALKEAKOSKI, ("a", "b")), Pair(SOKOL_B, ESPOO, ("a", "b"))]
    assert reasons(pairs, {}) == {("tie:1-4", STRONGER_NAMESAKE)}
    # A city of another name is no namesake, and a tie of two lists is not judged.
    assert reasons([Pair(("1", "Sokolov", "CZ"), LAHTI, ("a",)), *pairs[1:]], {}) == set()
    assert reasons([Pair(SOKOL_A, LAHTI, ("a", "b")), *pairs[1:]], {}) == set()


def test_a_tie_is_suspected_where_a_later_list_looked_at_both_cities_and_does_not_have_it() -> None:
    pair = Pair(SOKOL_A, LAHTI, ("wikidata-2016",))
    assert reasons([pair], {"wikipedia-2023": {"1", "4"}}) == {("tie:1-4", UNKNOWN_LATER)}
    assert reasons([pair], {"wikipedia-2023": {"1"}}) == set()
    assert reasons([Pair(SOKOL_A, LAHTI, ("wikipedia-2026",))], {"wikipedia-2023": {"1", "4"}}) == set()


@pytest.mark.parametrize(("number", "suspected"), [(MANY, True), (MANY - 1, False)])
def test_an_undirected_list_is_taken_to_know_a_city_of_which_it_has_many_ties(number: int, suspected: bool) -> None:
    others = [(str(100 + n), f"City {n}", "SE") for n in range(number)]
    known = [Pair(end, other, ("wikidata-2016", "wikipedia-2026")) for end in (SOKOL_A, LAHTI) for other in others]
    assert bool(reasons([Pair(SOKOL_A, LAHTI, ("wikidata-2016",)), *known], {})) is suspected
