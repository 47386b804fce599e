"""Every export opens in the tool that it is for, and says what the graph says."""

import csv
import gzip
import io
import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.terms import PREFIXES
from citydip.services.exporting.forms import EXPORTS, TABLES, export_named
from citydip.services.exporting.jsonld import FRAMES, context_of, frame_of, write_jsonld
from citydip.services.exporting.licences import LICENCES, attribution, chosen_graphs, read_about
from citydip.services.exporting.making import make
from citydip.services.exporting.maps import line_between
from citydip.services.exporting.networks import spell_of
from citydip.services.exporting.packing import digest_of
from citydip.services.exporting.rows import columns_of, export_query, predicates_of, rows_of
from citydip.services.exporting.selecting import FILTERS, read_selection
from citydip.services.exporting.shelf import Shelf
from citydip.services.exporting.tables import edtf

Made = Callable[..., Path]


@pytest.fixture(scope="module")
def made(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return what makes an export of the curated graph, once for each selection."""
    folder = tmp_path_factory.mktemp("exports")

    def making(name: str, **given: str) -> Path:
        form, packing = export_named(name)
        selection = read_selection(form, given)
        path = folder / (selection.key + name)
        if not path.exists():
            make(snapshot, form, packing, selection, path)
        return path

    return making


def canonical(quads: Any) -> str:
    """Return a graph in the one form that equal graphs share (RDFC-1.0), whatever their blank nodes are called."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(str(quad) for quad in dataset))


def of_default(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, ox.DefaultGraph())


@pytest.fixture(scope="module")
def quads(snapshot: Snapshot) -> list[ox.Quad]:
    return list(ox.parse(path=snapshot.data, format=ox.RdfFormat.N_QUADS))


@pytest.mark.parametrize("name", ["graph.nq", "graph.trig", "graph.jsonld"])
def test_formats_of_graphs_give_all_quads_back(made: Made, quads: list[ox.Quad], name: str) -> None:
    form = ox.RdfFormat.from_extension(name.partition(".")[2])
    assert form is not None
    assert canonical(ox.parse(path=made(name), format=form)) == canonical(quads)


@pytest.mark.parametrize("name", ["graph.nt", "graph.ttl", "graph.rdf"])
def test_formats_of_triples_give_each_triple_back_once(made: Made, quads: list[ox.Quad], name: str) -> None:
    form = ox.RdfFormat.from_extension(name.partition(".")[2])
    assert form is not None
    given = list(ox.parse(path=made(name), format=form))
    triples = {quad.triple for quad in quads}
    assert len(given) == len(triples) > 20_000
    assert canonical(given) == canonical(of_default(triple) for triple in triples)


@pytest.mark.parametrize(
    ("name", "form"), [("graph.nt", "nt"), ("graph.ttl", "turtle"), ("graph.rdf", "xml"), ("graph.jsonld", "json-ld")]
)
def test_rdflib_reads_the_same_graph(made: Made, quads: list[ox.Quad], name: str, form: str) -> None:
    # Written out and read again by the other engine, so that both hashes are of RDFC-1.0.
    read = rdflib.Dataset(default_union=True)
    read.parse(made(name), format=form)
    triples = rdflib.Graph()
    for triple in read.triples((None, None, None)):
        triples.add(triple)
    again = ox.parse(triples.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    expected = {quad.triple for quad in quads}
    assert canonical(again) == canonical(of_default(triple) for triple in expected)


@pytest.mark.parametrize(("name", "form"), [("graph.nq", "nquads"), ("graph.trig", "trig")])
def test_rdflib_reads_the_same_graphs(made: Made, snapshot: Snapshot, name: str, form: str) -> None:
    read = rdflib.Dataset()
    read.parse(made(name), format=form)
    counts = {str(graph.identifier): len(graph) for graph in read.graphs() if len(graph)}
    assert counts == snapshot.graphs


@pytest.mark.parametrize("name", [name for name, form in EXPORTS.items() if form.ending != "parquet"])
def test_making_an_export_again_gives_the_same_bytes(made: Made, snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    form, packing = export_named(name)
    make(snapshot, form, packing, read_selection(form, {}), tmp_path / name)
    assert digest_of(tmp_path / name) == digest_of(made(name))


def test_compressed_exports_hold_the_same(made: Made) -> None:
    import zstandard

    plain = made("graph.nt").read_bytes()
    assert gzip.decompress(made("graph.nt.gz").read_bytes()) == plain
    packed = made("graph.nt.zst").read_bytes()
    assert zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)).read() == plain
    assert len(packed) < len(plain) / 5


def test_an_export_that_fails_leaves_nothing_behind(snapshot: Snapshot, tmp_path: Path) -> None:
    form, packing = export_named("graph.nt")

    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        make(snapshot, form, packing, read_selection(form, {}), tmp_path / "graph.nt", stop)
    assert list(tmp_path.iterdir()) == []


# --- Licences


def test_the_licences_of_the_data_have_names(snapshot: Snapshot) -> None:
    assert {about.licence for about in read_about(snapshot)} <= set(LICENCES.values())
    assert {about.graph for about in read_about(snapshot)} == set(snapshot.graphs)


def test_a_choice_of_licences_leaves_out_other_graphs_and_what_was_computed(tmp_path: Path) -> None:
    data = tmp_path / "graph.nq"
    graph, described = "https://w3id.org/citydip/graph/", "<http://purl.org/dc/terms/license>"
    rows = {"a": LICENCES["CC0-1.0"], "b": LICENCES["CC-BY-SA-4.0"], "computed/c": LICENCES["CC-BY-4.0"]}
    lines = [f"<{graph}{name}> {described} <{address}> <{graph}a> ." for name, address in rows.items()]
    closed = f'<{graph}d> <https://w3id.org/citydip/ontology#redistributable> "false" <{graph}a> .'
    data.write_text("\n".join([*lines, closed]) + "\n")
    graphs = {graph + name: 1 for name in ("a", "b", "computed/c", "d")}
    snapshot = Snapshot(tmp_path, "0" * 16, 4, graphs)
    assert chosen_graphs(snapshot, ["CC0-1.0"]) == frozenset({graph + "a"})
    # What may not be passed on is in no export.
    assert chosen_graphs(snapshot) == frozenset({graph + "a", graph + "b"})
    assert "CC-BY-SA-4.0" not in attribution(snapshot, ["CC0-1.0"])
    with pytest.raises(ParameterError, match=r"CC-BY-4\.0"):
        chosen_graphs(snapshot, ["MIT"])


@pytest.mark.parametrize("name", [n for n, form in EXPORTS.items() if form.kind in ("graph", "network", "map")])
def test_licences_and_attribution_stand_in_the_file(made: Made, name: str) -> None:
    text = made(name).read_bytes()
    assert b"CC-BY-4.0: https://creativecommons.org/licenses/by/4.0/" in text
    assert b"GeoNames (CC BY 4.0)" in text


# --- Tables


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES)
def test_columns_of_a_table_are_described_and_its_key_is_one(made: Made, snapshot: Snapshot, table: str) -> None:
    query = export_query(snapshot, table)
    columns = columns_of(query)
    assert query.text.count("#+ column:") == len(columns)
    found = records(made(f"{table}.csv"))
    assert found
    assert list(found[0]) == [column.name for column in columns]
    key = query.fields["key"].split()
    assert len({tuple(row[name] for name in key) for row in found}) == len(found)
    empty = [column.name for column in columns if not any(row[column.name] for row in found)]
    # No list is in the curated graph, and no source of it tells of the end of a tie or a membership.
    assert {name for name in empty if not name.startswith("end_")} <= {"attestation"}


@pytest.mark.parametrize("table", TABLES)
def test_an_export_query_names_its_predicates_and_things(
    snapshot: Snapshot, store: ox.Store, made: Made, table: str
) -> None:
    """So that the small store, with what the query speaks of alone, gives the rows that the whole graph gives."""
    from citydip.engine.store import open_query

    query = export_query(snapshot, table)
    assert predicates_of(query.body)
    output = io.BytesIO()
    open_query(store, {"query": query.text, "format": "csv"}).write(output)
    whole = list(csv.DictReader(io.StringIO(output.getvalue().decode())))
    found = records(made(f"{table}.csv"))
    shared = [name for name in whole[0] if name in found[0]]
    several = {column.name for column in columns_of(query) if column.several}
    for row, mine in zip(whole, found, strict=True):
        assert {n: sorted(row[n].split()) if n in several else row[n] for n in shared} == {
            n: mine[n].split() if n in several else mine[n] for n in shared
        }


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_the_same_however_many_rows_are_asked_for_at_a_time(
    snapshot: Snapshot, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(rows_of(snapshot, table, None, lambda _: None))
    asked: list[int] = []

    class Counted(Shelf):
        def around(self, things: Iterable[str]) -> bytes:
            given = list(things)
            asked.append(len(given))
            return super().around(given)

    monkeypatch.setattr("citydip.services.exporting.rows.Shelf", Counted)
    monkeypatch.setattr("citydip.services.exporting.rows._PORTION", 3)
    assert list(rows_of(snapshot, table, None, lambda _: None)) == whole
    # The small tables are asked for at once.
    assert table in ("events", "people") or (len(asked) > 3 and max(asked) == 3)


def test_a_shelf_gives_what_things_lead_to_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines = [
        b"<x:a> <x:p> <x:b> .\n",
        b'<x:a> <x:q> "<x:d> .\\n" .\n',
        b"<x:b> <x:p> <x:a> .\n",
        b"<x:d> <x:p> <x:a> .\n",
    ]
    with Shelf(lines) as shelf:
        assert shelf.around(["x:a"]) == b"".join(lines[:3])
        assert shelf.around(["x:nothing"]) == b""
        assert shelf.things(["x:b", "x:d"]) == ["x:b", "x:d"]
    assert list(tmp_path.iterdir()) == []

    def broken() -> Iterator[bytes]:
        yield lines[0]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Shelf(broken())
    assert list(tmp_path.iterdir()) == []


def test_a_tie_has_its_cities_dates_and_sources(made: Made) -> None:
    rows = {row["tie"].rpartition("/")[2]: row for row in records(made("ties.csv"))}
    tie = rows["semnan-urumqi"]
    assert (tie["city_a_name"], tie["city_a_country"]) == ("Semnan", "IR")
    assert (tie["city_b_name"], tie["city_b_country"]) == ("Urumqi", "CN")
    assert tie["types"] == "friendship-and-cooperation sister-city"
    assert tie["begin_earliest"] == tie["begin_latest"] == tie["begin_edtf"] == "2016-09-23"
    assert float(tie["city_a_latitude"]) == pytest.approx(35.57, abs=0.05)
    assert "https://w3id.org/citydip/id/source/vazeh-mehr-3867397" in tie["sources"].split()
    assert int(tie["source_count"]) == len(tie["sources"].split())


def test_pandas_reads_tables_by_their_csvw_types(made: Made) -> None:
    import pandas as pd

    about = json.loads(made("tables.csv-metadata.json").read_text(encoding="utf-8"))
    types = {"anyURI": "string", "string": "string", "integer": "Int64", "double": "Float64", "date": "string"}
    for table in about["tables"]:
        columns = table["tableSchema"]["columns"]
        days = [c["name"] for c in columns if c["datatype"] == "date"]
        frame = pd.read_csv(
            made(table["url"]),
            dtype={c["name"]: types[c["datatype"]] for c in columns},
            parse_dates=days,
            na_values=[""],
            keep_default_na=False,
        )
        assert list(frame.columns) == [c["name"] for c in columns]
        assert len(frame) == len(records(made(table["url"])))
        assert not frame[table["tableSchema"]["primaryKey"][0]].isna().any()
        assert all(str(frame[day].dtype).startswith("datetime64") for day in days)


@pytest.mark.parametrize("table", TABLES)
def test_pandas_reads_the_same_rows_from_parquet(made: Made, snapshot: Snapshot, table: str) -> None:
    import pandas as pd
    import pyarrow.parquet as pq

    frame = pd.read_parquet(made(f"{table}.parquet"))
    rows = records(made(f"{table}.csv"))
    assert len(frame) == len(rows)
    for column in columns_of(export_query(snapshot, table)):
        for value, text in zip(frame[column.name], (row[column.name] for row in rows), strict=True):
            if column.several:
                assert " ".join(value) == text
            elif not text:
                assert value is None or math.isnan(value)
            elif column.type in ("integer", "double"):
                assert float(value) == float(text)
            else:
                assert str(value) == text
    assert b"CC-BY-4.0" in pq.read_schema(made(f"{table}.parquet")).metadata[b"attribution"]


@pytest.mark.parametrize(
    ("earliest", "latest", "text"),
    [
        ("", "", ""),
        ("2016-09-23", "2016-09-23", "2016-09-23"),
        ("2016-02-01", "2016-02-29", "2016-02"),
        ("2015-02-01", "2015-02-27", "[2015-02-01..2015-02-27]"),
        ("2016-01-01", "2016-12-31", "2016"),
        ("2016-01-01", "2017-12-31", "[2016-01-01..2017-12-31]"),
        ("", "2016-12-31", "[..2016-12-31]"),
        ("2016-01-01", "", "[2016-01-01..]"),
    ],
)
def test_bounds_in_edtf(earliest: str, latest: str, text: str) -> None:
    assert edtf(earliest, latest) == text


def test_the_data_dictionary_has_every_column(made: Made, snapshot: Snapshot) -> None:
    text = made("tables.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"## {table}\n" in text
        assert all(f"| `{column.name}` |" in text for column in columns_of(export_query(snapshot, table)))


# --- Networks


def test_networkx_and_igraph_read_the_network(made: Made) -> None:
    import igraph
    import networkx as nx

    rows = [row for row in records(made("ties.csv")) if {"signed", "in-force", "reported"} & set(row["status"].split())]
    graph = nx.read_graphml(made("ties.graphml"))
    dynamic = nx.read_gexf(made("ties.gexf"))
    other = igraph.Graph.Read_GraphML(str(made("ties.graphml")))
    assert not graph.is_directed()
    assert graph.number_of_edges() == dynamic.number_of_edges() == other.ecount() >= len(rows) > 20
    assert set(graph) == set(dynamic) == set(other.vs["id"])
    semnan, urumqi = (f"https://w3id.org/citydip/id/city/{name}" for name in ("semnan", "urumqi"))
    for each in (graph, dynamic):
        assert each.nodes[semnan]["name_en"] == "Semnan"
        assert isinstance(each.nodes[semnan]["longitude"], float)
        edges = each.get_edge_data(semnan, urumqi)
        found = [edges] if "status" in edges else list(edges.values())
        assert [edge["begin_edtf"] for edge in found] == ["2016-09-23"]
    assert "Semnan" in other.vs["name_en"]


def test_gexf_has_a_spell_for_ties_with_a_date_and_none_for_others(made: Made) -> None:
    import xml.etree.ElementTree as ET

    space = "{http://gexf.net/1.3}"
    root = ET.parse(made("ties.gexf")).getroot()
    rows = {row["tie"]: row for row in records(made("ties.csv"))}
    edges = list(root.iter(f"{space}edge"))
    dated = [edge for edge in edges if edge.find(f"{space}spells") is not None]
    assert 0 < len(dated) < len(edges)
    for edge in edges:
        row = rows[edge.attrib["id"].partition("#")[0]]
        known = bool(row["begin_latest"] or row["attested_latest"])
        assert (edge in dated) == known == ("start" in edge.attrib)


@pytest.mark.parametrize(
    ("tie", "spell"),
    [
        ({"status": "reported"}, {}),
        ({"status": "signed", "end_latest": "2020-01-01"}, {}),
        ({"status": "signed", "begin_earliest": "2016-01-01", "begin_latest": "2016-12-31"}, {"start": "2016-12-31"}),
        ({"status": "signed", "attested_latest": "2015-05-01", "begin_latest": "2016-12-31"}, {"start": "2015-05-01"}),
        ({"status": "ended", "begin_latest": "2016-12-31"}, {"start": "2016-12-31", "end": "2016-12-31"}),
        (
            {"status": "ended", "begin_latest": "2016-12-31", "end_earliest": "2018-01-01"},
            {"start": "2016-12-31", "end": "2018-01-01"},
        ),
    ],
)
def test_the_time_of_a_tie_is_never_invented(tie: dict[str, str], spell: dict[str, str]) -> None:
    assert spell_of(tie) == spell


def test_hostile_names_are_no_broken_xml() -> None:
    import xml.etree.ElementTree as ET

    from citydip.services.exporting.networks import _Writer

    output = io.BytesIO()
    out = _Writer(output)
    out.element("a", 'x\x00\x0b<&"\ufffe]]>', b="\x1f'\"<&\n")
    root = ET.fromstring(output.getvalue())
    assert root.text == 'x\ufffd\ufffd<&"\ufffd]]>'
    assert root.attrib["b"] == "\ufffd'\"<&\n"


# --- Selections


def test_ties_are_selected_by_kind_state_country_and_day(made: Made) -> None:
    everything = records(made("ties.csv"))
    iran = records(made("ties.csv", within="ir"))
    assert 0 <= len(iran) < len(everything)
    touching = records(made("ties.csv", country="IR"))
    assert len(touching) == sum("IR" in (row["city_a_country"], row["city_b_country"]) for row in everything) > 0
    signed = records(made("ties.csv", status="signed"))
    assert len(signed) == sum("signed" in row["status"].split() for row in everything) > 0
    sisters = records(made("ties.csv", type="sister-city"))
    assert len(sisters) == sum("sister-city" in row["types"].split() for row in everything) > 0
    assert records(made("ties.csv", attestation="attested")) == []


def test_ties_are_selected_by_world_region_by_code_and_by_name(made: Made) -> None:
    everything = records(made("ties.csv"))

    def lies(row: dict[str, str], region: str) -> tuple[bool, bool]:
        return region in row["city_a_regions"].split(), region in row["city_b_regions"].split()

    assert {"southern-asia", "asia", "world"} in [set(row["city_a_regions"].split()) for row in everything]
    west = records(made("ties.csv", region="western-asia"))
    assert (
        west == records(made("ties.csv", region="145")) == [row for row in everything if any(lies(row, "western-asia"))]
    )
    assert 0 < len(west) < len(everything)
    asia = records(made("ties.csv", within="142"))
    assert asia == records(made("ties.csv", within="asia")) == [row for row in everything if all(lies(row, "asia"))]
    assert 0 < len(asia) < len(everything)
    both = records(made("ties.csv", region="western-asia", country="CN"))
    assert len(both) == sum(any(lies(row, "western-asia")) or "CN" in row.values() for row in everything) > len(west)
    assert records(made("ties.csv", region="atlantis")) == []


def test_the_regions_of_a_city_are_those_of_its_country(made: Made) -> None:
    (tehran,) = [row for row in records(made("cities.csv")) if row["name_en"] == "Tehran"]
    assert (tehran["regions"], tehran["m49"]) == ("asia southern-asia world", "001 034 142")


def test_the_ties_of_a_day_are_those_of_the_catalogue(made: Made, store: ox.Store, snapshot: Snapshot) -> None:
    from citydip.services.catalogue import read_catalogue
    from tests.conftest import run_query

    query = read_catalogue(snapshot, "catalogue")["ties-as-of"]
    rows = run_query(store, query, {"day": "2016-12-31"})
    held = {(row["city"], row["other"]) for row in rows if row["state"] == "held"}
    chosen = records(made("ties.csv", on="2016-12-31"))
    names = {tuple("city:" + row[side].rpartition("/")[2] for side in ("city_a", "city_b")) for row in chosen}
    assert names == held
    assert held


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ties.csv", {"country": "Iran"}),
        ("ties.csv", {"on": "2016"}),
        ("ties.csv", {"on": "31-12-2016"}),
        ("ties.csv", {"attestation": "proved"}),
        ("ties.csv", {"licence": "MIT"}),
        ("ties.csv", {"type": "--out"}),
        ("ties.csv", {"status": "a b; DROP"}),
        ("cities.csv", {"country": "IR"}),
        ("attribution.txt", {"licence": "CC0-1.0"}),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(name: str, given: dict[str, str]) -> None:
    with pytest.raises(ParameterError):
        read_selection(EXPORTS[name], given)


def test_equal_selections_have_one_key() -> None:
    form = EXPORTS["ties.csv"]
    one, two = (read_selection(form, {"country": text}) for text in ("ir,CN", "CN, IR ,"))
    assert one.key == two.key != ""
    assert read_selection(form, {"country": ""}).key == ""
    assert set(form.filters) == set(FILTERS)


def test_an_unknown_export_names_the_nearest() -> None:
    for name in ("tie.csv", "ties.csv.bz2", "ties.gpkg.gz", "../ties.csv"):
        with pytest.raises(NotFoundError):
            export_named(name)


# --- Maps


@pytest.mark.parametrize("name", ["cities.geojson", "ties.geojson"])
def test_geopandas_reads_geojson(made: Made, name: str) -> None:
    import geopandas

    frame = geopandas.read_file(made(name))
    rows = records(made(name.replace("geojson", "csv")))
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.is_valid.all()
    assert 20 < len(frame) <= len(rows)


def test_geopandas_and_pyogrio_read_the_geopackage(made: Made) -> None:
    import geopandas
    import pyogrio

    path = made("ties.gpkg")
    assert {tuple(row) for row in pyogrio.list_layers(path)} == {("cities", "Point"), ("ties", "MultiLineString")}
    cities, ties = (geopandas.read_file(path, layer=layer) for layer in ("cities", "ties"))
    points = [row for row in records(made("cities.csv")) if row["longitude"]]
    assert len(cities) == len(points) > 20
    assert cities.crs.to_epsg() == ties.crs.to_epsg() == 4326
    for (_, city), row in zip(cities.iterrows(), points, strict=True):
        assert (city.geometry.x, city.geometry.y) == (float(row["longitude"]), float(row["latitude"]))
    assert len(ties) == len(json.loads(made("ties.geojson").read_text(encoding="utf-8"))["features"])
    assert str(ties["begin_earliest"].dropna().iloc[0])[:2] in ("19", "20")
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    file.close()


def test_lines_are_cut_where_they_pass_the_antimeridian() -> None:
    assert line_between((0, 0), (180, 10)) == [[(0, 0), (180, 10)]]
    assert line_between((-170, 10), (170, 0)) == [[(-170, 10), (-180.0, 5.0)], [(180.0, 5.0), (170, 0)]]
    # Vladivostok and San Diego: the shorter way is over the Pacific.
    parts = line_between((131.9, 43.1), (-117.2, 32.7))
    assert len(parts) == 2
    assert (parts[0][-1][0], parts[1][0][0]) == (180.0, -180.0)
    assert all(abs(a[0] - b[0]) <= 180 for a, b in parts)
    assert line_between((180, 5), (-170, 0)) == [[(-180.0, 5.0), (-170, 0)]]


# --- JSON-LD


def test_the_context_names_every_term_and_frames_work_with_it(snapshot: Snapshot, made: Made) -> None:
    from pyld import jsonld

    context = context_of(snapshot)
    assert context["@context"]["hasParty"] == {"@id": "cd:hasParty", "@type": "@id"}
    assert context["@context"]["earliestDay"]["@type"] == "xsd:date"

    def load(address: str, _: object) -> dict[str, Any]:
        assert address == "https://w3id.org/citydip/context.jsonld"
        return {"contextUrl": None, "documentUrl": address, "document": context, "contentType": "application/ld+json"}

    wanted = "https://w3id.org/citydip/id/agreement/semnan-urumqi"
    about = {wanted, *(f"https://w3id.org/citydip/id/city/{name}" for name in ("semnan", "urumqi"))}
    near = [
        quad
        for quad in ox.parse(path=snapshot.data, format=ox.RdfFormat.N_QUADS)
        if getattr(quad.subject, "value", "") in about
    ]
    output = io.BytesIO()
    write_jsonld(sorted(near, key=lambda quad: (str(quad.graph_name), str(quad.subject))), output, "")
    framed = jsonld.frame(json.loads(output.getvalue()), frame_of("agreement"), {"documentLoader": load})
    assert framed["id"] == "agreement:semnan-urumqi"
    assert sorted(party["label"]["en"] for party in framed["hasParty"]) == ["Semnan", "Urumqi"]


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_asks_for_a_class_that_there_is(snapshot: Snapshot, name: str) -> None:
    frame = frame_of(name)
    assert frame["@type"] in context_of(snapshot)["@context"]
    with pytest.raises(NotFoundError):
        frame_of("nothing")


def test_json_ld_is_read_line_by_line(made: Made, snapshot: Snapshot) -> None:
    lines = made("graph.jsonld").read_text(encoding="utf-8").splitlines()
    context = json.loads(lines[0].partition(":")[2].removesuffix(","))
    assert context[0]["cd"] == PREFIXES["cd"]
    nodes = [json.loads(line.removesuffix(",")) for line in lines if line.startswith('{"@id":"')]
    assert sum(1 for line in lines if line.startswith('{"@id": "')) == len(snapshot.graphs)
    assert len(nodes) > 5000
