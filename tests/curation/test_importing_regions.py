"""World regions: what CLDR groups becomes one file, and every place finds its region by the code of its country."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.importers.regions import FILE, import_regions
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.terms import shorten
from tests.conftest import ROOT

CONTAINMENT = {
    "001": {"_contains": ["019", "142"]},
    "001-status-grouping": {"_contains": ["EU", "UN"]},
    "019": {"_contains": ["021", "005"]},
    "019-status-grouping": {"_contains": ["419"]},
    "419": {"_contains": ["005"], "_grouping": "true"},
    "005": {"_contains": ["BR", "CO"]},
    "021": {"_contains": ["CA", "US"]},
    "142": {"_contains": ["034", "QO"]},
    "034": {"_contains": ["IR", "PK"]},
    "034-status-deprecated": {"_contains": ["XX"]},
    "EU": {"_contains": ["DE"], "_grouping": "true"},
}


def imported(folder: Path, containment: object) -> set[tuple[str, str, str]]:
    """Return what an import says, without names: subject, predicate, object."""
    source = folder / "territoryContainment.json"
    source.write_text(json.dumps(containment), encoding="utf-8")
    (folder / "data").mkdir(exist_ok=True)
    import_regions(Layout(folder, folder / "snapshots"), source)
    triples = read_turtle(folder / FILE).triples
    return {
        (shorten(t.subject.value), shorten(t.predicate.value), t.object.value)  # type: ignore[union-attr]
        for t in triples
        if "abel" not in t.predicate.value
    }


def test_regions_have_codes_territories_and_the_regions_around_them(tmp_path: Path) -> None:
    said = imported(tmp_path, {"supplemental": {"territoryContainment": CONTAINMENT}})
    base = "https://w3id.org/citydip/id/world-region/"
    codes = {subject.partition(":")[2]: value for subject, predicate, value in said if predicate == "cd:areaCode"}
    assert codes == {
        "world": "001",
        "americas": "019",
        "latin-america": "419",
        "south-america": "005",
        "northern-america": "021",
        "asia": "142",
        "southern-asia": "034",
    }
    around = {(s.partition(":")[2], o.removeprefix(base)) for s, p, o in said if p == "cd:hasBroaderRegion"}
    assert around == {
        ("americas", "world"),
        ("asia", "world"),
        ("latin-america", "americas"),
        ("south-america", "latin-america"),
        ("south-america", "americas"),
        ("northern-america", "americas"),
        ("southern-asia", "asia"),
    }
    territories = {(s.partition(":")[2], o) for s, p, o in said if p == "cd:territoryCode"}
    assert territories == {
        ("south-america", "BR"),
        ("south-america", "CO"),
        ("northern-america", "CA"),
        ("northern-america", "US"),
        ("southern-asia", "IR"),
        ("southern-asia", "PK"),
    }


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    imported(tmp_path, {"supplemental": {"territoryContainment": CONTAINMENT}})
    source, layout = tmp_path / "territoryContainment.json", Layout(tmp_path, tmp_path / "snapshots")
    assert import_regions(layout, source) == (7, False)


@pytest.mark.parametrize("wrong", [[], {}, {"supplemental": {"territoryContainment": {"001": ["019"]}}}])
def test_another_file_is_refused(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(ParameterError, match=r"is not the territoryContainment\.json of CLDR"):
        imported(tmp_path, wrong)
    assert not (tmp_path / FILE).exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="unpack the package cldr-core"):
        import_regions(Layout(tmp_path, tmp_path / "snapshots"), tmp_path / "nothing.json")


def test_the_file_of_the_graph_has_each_territory_once_and_every_region_below_the_world() -> None:
    triples = read_turtle(ROOT / FILE).triples
    codes = [t.object.value for t in triples if t.predicate.value.endswith("territoryCode")]  # type: ignore[union-attr]
    assert len(codes) == len(set(codes)) > 240
    regions = {t.subject.value for t in triples}  # type: ignore[union-attr]
    below = {t.subject.value for t in triples if t.predicate.value.endswith("hasBroaderRegion")}  # type: ignore[union-attr]
    assert {shorten(region) for region in regions - below} == {"world-region:world"}


def test_every_country_with_a_code_and_every_city_in_it_has_one_region(store: ox.Store) -> None:
    found = store.query(
        """PREFIX cd: <https://w3id.org/citydip/ontology#>
        SELECT ?place (COUNT(DISTINCT ?region) AS ?regions) WHERE {
          { ?place a cd:Country ; cd:isoCode ?code } UNION { ?place a cd:City ; cd:locatedIn ?in }
          OPTIONAL { ?place cd:hasWorldRegion ?region }
        } GROUP BY ?place""",
    )
    assert isinstance(found, ox.QuerySolutions)
    counts = {row["place"].value: row["regions"].value for row in found}
    assert len(counts) > 150
    assert {place for place, count in counts.items() if count != "1"} == set()
