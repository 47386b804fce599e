"""Importers of memberships and titles, on tables of a few rows: what each makes of a row, and which rows it refuses."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.checks import check_queries
from citydip.curation.importers.c40 import C40_IMPORTER
from citydip.curation.importers.creative_cities import CREATIVE_CITIES_IMPORTER
from citydip.curation.importers.etmun import ETMUN_IMPORTER
from citydip.curation.importers.importing import Importer, Report, run_importer
from citydip.curation.importers.urbact import URBACT_IMPORTER
from citydip.curation.layout import Layout
from citydip.curation.manifest import check_manifest
from citydip.curation.turtle import read_turtle
from citydip.curation.workspace import open_workspace
from citydip.model.errors import NotFoundError
from citydip.model.terms import PREFIXES, shorten

SPINE = {
    "es": [("valencia-2509954", "2509954", "Valencia", 824340), ("granada-2517117", "2517117", "Granada", 232208)],
    "fr": [("paris-2988507", "2988507", "Paris", 2138551), ("lyon-2996944", "2996944", "Lyon", 522969)],
    "us": [("paris-4717560", "4717560", "Paris", 24839)],
    "hk": [("hong-kong-1819729", "1819729", "Hong Kong", 7396076)],
}
CREATIVE = "city,iso2,field,round,date_designated,round_basis,round_source,unesco_page,geonames\n"
C40 = "city_as_listed,geonames\n"
NETWORKS = "code,name,acronym,date_as_given,url\n"
ETMUN = "network,network_code,member,locality,iso2,status,entity,year_joined,geonames\n"
URBACT = "network,start,end,city,status,url,geonames\n"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a layout with the few cities of SPINE and their countries."""
    prefixes = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("cd", "city", "country", "rdfs"))
    for country, cities in SPINE.items():
        path = tmp_path / "data" / "world" / "cities" / f"{country}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = [
            f'city:{slug} a cd:City ; cd:geonamesIdentifier "{number}" ; cd:population {people} ;'
            f' rdfs:label "{name}"@en .\n'
            for slug, number, name, people in cities
        ]
        path.write_text(prefixes + "".join(blocks))
    path = tmp_path / "data" / "world" / "countries" / "countries.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(prefixes + 'country:south-africa cd:isoCode "ZA" .\ncountry:thailand cd:isoCode "TH" .\n')
    return Layout(tmp_path, tmp_path / "snapshots")


def run(importer: Importer, layout: Layout, **tables: str) -> Report:
    """Run an importer on tables, by the name of the file without its ending."""
    for table in importer.tables:
        path = layout.root / "tables" / table.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tables[path.stem], encoding="utf-8")
    return run_importer(importer, layout, layout.root / "tables", lambda line: None, lambda share, table: None)


def says(layout: Layout, name: str) -> dict[str, dict[str, set[str]]]:
    """Return values by predicate and subject, in prefixed names, of what lies below ``data/world/<name>``."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in sorted((layout.root / "data" / "world" / name).glob("*.ttl")):
        for triple in read_turtle(path).triples:
            value = triple.object
            text = shorten(value.value) if isinstance(value, ox.NamedNode) else str(value.value)  # type: ignore[union-attr]
            subject = shorten(triple.subject.value)  # type: ignore[union-attr]
            found.setdefault(subject, {}).setdefault(shorten(triple.predicate.value), set()).add(text)
    return found


def refused(report: Report) -> dict[str, list[int]]:
    """Return the lines that were left out, by reason."""
    return {group.reason: [row.line for row in group.rows] for group in report.left_out}


def test_a_creative_city_is_a_title_and_a_membership_on_the_same_evidence(layout: Layout) -> None:
    row = "Granada,ES,Literature,2015,2015-12-11,page,https://example.org/new (47 cities),https://unesco.example/g,2517117\n"
    assert run(CREATIVE_CITIES_IMPORTER, layout, members=CREATIVE + row).imported == 1
    found = says(layout, "creative-cities")
    title, membership = (
        found["designation:unesco-creative-city-2517117"],
        found["membership:unesco-creative-city-2517117"],
    )
    assert title["cd:hasDesignee"] == membership["cd:hasMember"] == {"city:granada-2517117"}
    assert title["cd:hasCreativeField"] == {"creative-field:literature"}
    assert title["cd:awardedBy"] == {"organization:unesco"}
    assert (
        title["cd:underProgramme"]
        == membership["cd:hasOrganization"]
        == {"organization:unesco-creative-cities-network"}
    )
    assert title["cd:startsOn"] == membership["cd:startsOn"] == {"date:unesco-creative-cities-2015-12-11"}
    assert title["cd:hasEvidence"] == membership["cd:hasEvidence"]
    listed, page = found["evidence:unesco-creative-city-2517117"], found["evidence:unesco-creative-city-2517117-round"]
    assert (listed["oa:hasSource"], listed["cd:listedAs"]) == ({"source:unesco-creative-cities"}, {"Granada"})
    assert (page["oa:hasSource"], page["cd:hasConfidence"]) == ({"source:example-org-new"}, {"confidence:stated"})
    assert found["source:example-org-new"]["rdfs:seeAlso"] == {"<https://example.org/new>"}


def test_a_round_that_rests_on_the_order_of_the_list_is_only_implied(layout: Layout) -> None:
    row = "Lyon,FR,Media Arts,2004-2014,,block,order on the UNESCO list,https://unesco.example/l,2996944\n"
    run(CREATIVE_CITIES_IMPORTER, layout, members=CREATIVE + row)
    found = says(layout, "creative-cities")
    assert found["evidence:unesco-creative-city-2996944"]["cd:hasConfidence"] == {"confidence:stated"}
    order = found["evidence:unesco-creative-city-2996944-round"]
    assert (order["cd:hasConfidence"], order["oa:hasSource"]) == (
        {"confidence:implied"},
        {"source:unesco-creative-cities"},
    )
    assert any("order of the list" in note for note in order["skos:editorialNote"])
    assert found["date:unesco-creative-cities-2004-2014"]["cd:expression"] == {"2004/2014"}


def test_a_city_that_the_table_leaves_open_is_the_one_that_a_page_tells_or_a_city_without_number(
    layout: Layout,
) -> None:
    rows = (
        "Valencia,,Design,2023,2023-10-31,page,https://example.org/a,https://unesco.example/v,\n"
        "Nan,,Crafts and Folk Art,2025,2025-10-31,page,https://example.org/b,,\n"
    )
    report = run(CREATIVE_CITIES_IMPORTER, layout, members=CREATIVE + rows)
    found = says(layout, "creative-cities")
    assert found["designation:unesco-creative-city-2509954"]["cd:hasDesignee"] == {"city:valencia-2509954"}
    assert (
        "evidence:unesco-creative-city-2509954-place"
        in found["designation:unesco-creative-city-2509954"]["cd:hasEvidence"]
    )
    assert found["city:nan-th"]["cd:locatedIn"] == {"country:thailand"}
    assert "cd:geonamesIdentifier" not in found["city:nan-th"]
    assert found["designation:unesco-creative-city-nan-th"]["cd:hasDesignee"] == {"city:nan-th"}
    assert report.figures["cities without a GeoNames number in the graph"] == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Paris,FR,Fashion,2015,2015-12-11,block,,,2988507", "its field is none of the eight"),
        ("Paris,FR,Music,2015,2015-12-11,rumour,,,2988507", "it does not say what its round rests on"),
        ("Paris,FR,Music,2015,2015-12-11,page,a page,,2988507", "its round has no page"),
        ("Paris,FR,Music,2015,,block,,,2988507", "its round has no day"),
        ("Paris,FR,Music,2015,2015-12-11,block,,,99", "its GeoNames number is not that of a city of the graph"),
        ("Paris,,Music,2015,2015-12-11,block,,,", "the table does not tell which place it is"),
    ],
)
def test_a_creative_city_that_cannot_be_read_is_refused_by_line(layout: Layout, row: str, reason: str) -> None:
    report = run(CREATIVE_CITIES_IMPORTER, layout, members=f"{CREATIVE}{row}\n")
    assert refused(report) == {reason: [2]}
    assert report.imported == 0


def test_a_member_of_c40_is_the_largest_city_of_its_name_whatever_the_table_joins_it_to(layout: Layout) -> None:
    report = run(C40_IMPORTER, layout, members=C40 + "Paris,2988507\nHong Kong,1819353\nAtlantis,\n")
    found = says(layout, "c40")
    assert found["membership:c40-2988507"]["cd:hasMember"] == {"city:paris-2988507"}
    assert found["membership:c40-2988507"]["cd:hasOrganization"] == {"organization:c40"}
    assert "cd:startsOn" not in found["membership:c40-2988507"]
    assert found["membership:c40-1819729"]["cd:hasMember"] == {"city:hong-kong-1819729"}
    assert report.figures["the same place as in the table"] == 1
    assert report.figures["another place than in the table: Hong Kong is 1819729, not 1819353"] == 1
    assert refused(report) == {"no city of the graph has its name": [4]}


def test_a_member_of_c40_that_is_no_city_of_the_graph_is_one_without_a_number(layout: Layout) -> None:
    run(C40_IMPORTER, layout, members=C40 + "Ekurhuleni,\n")
    found = says(layout, "c40")
    assert found["membership:c40-ekurhuleni-za"]["cd:hasMember"] == {"city:ekurhuleni-za"}
    assert found["city:ekurhuleni-za"]["cd:locatedIn"] == {"country:south-africa"}


TABLES = {
    "networks": NETWORKS
    + "02723,C40,C40,2005,http://www.c40.org/\n04621,EUROCITIES,Eurocities,1991,www.eurocities.eu\n"
}


def test_networks_are_those_of_the_register_or_described_here(layout: Layout) -> None:
    run(ETMUN_IMPORTER, layout, memberships=ETMUN, **TABLES)
    found = says(layout, "etmun")
    assert "organization:c40" not in found
    assert found["organization:eurocities"]["rdf:type"] == {"cd:CityNetwork"}
    assert found["organization:eurocities"]["rdfs:seeAlso"] == {"<http://www.eurocities.eu>"}
    assert found["assertion:etmun-founding-of-c40"]["cd:hasSubject"] == {"organization:c40"}


def test_a_membership_keeps_its_year_and_what_the_list_calls_it(layout: Layout) -> None:
    rows = (
        "Eurocities,04621,Ville de Lyon,Lyon,FR,Full Member,City,1991,2996944\n"
        "Eurocities,04621,Paris,Paris,FR,Former Member,Municipality,,2988507\n"
        "Eurocities,04621,Granada,Granada,ES,,City,2008-2012 - CIVITAS PLUS,2517117\n"
    )
    report = run(ETMUN_IMPORTER, layout, memberships=ETMUN + rows, **TABLES)
    found = says(layout, "etmun")
    assert report.imported == report.read == 5
    lyon = found["membership:etmun-eurocities-2996944-full-member-1991"]
    assert lyon["cd:startsOn"] == {"date:etmun-year-1991"}
    assert lyon["cd:listedStatus"] == {"Full Member"}
    assert lyon["cd:hasStatus"] == {"status:in-force"}
    assert found["evidence:etmun-memberships-csv-2"]["cd:listedAs"] == {"Ville de Lyon"}
    assert found["evidence:etmun-memberships-csv-2"]["dcterms:identifier"] == {"memberships.csv:2"}
    assert found["membership:etmun-eurocities-2988507-former-member"]["cd:hasStatus"] == {"status:ended"}
    (granada,) = (name for name in found if name.startswith("membership:etmun-eurocities-2517117"))
    (phase,) = found[granada]["cd:startsOn"]
    assert found[phase]["cd:expression"] == {"2008/2012"}


def test_rows_that_say_the_same_are_one_statement_with_an_evidence_each(layout: Layout) -> None:
    row = "Eurocities,04621,Lyon,Lyon,FR,Full Member,City,1991,2996944\n"
    run(ETMUN_IMPORTER, layout, memberships=ETMUN + row + row, **TABLES)
    found = says(layout, "etmun")
    assert len([name for name in found if name.startswith("membership:")]) == 1
    assert found["membership:etmun-eurocities-2996944-full-member-1991"]["cd:hasEvidence"] == {
        "evidence:etmun-memberships-csv-2",
        "evidence:etmun-memberships-csv-3",
    }


def test_a_region_or_an_association_is_an_organization(layout: Layout) -> None:
    rows = (
        "Eurocities,04621,Conseil Régional,Lyon,FR,,Region,,2996944\n"
        "Eurocities,04621,Conseil régional,Lyon,FR,,Region,,2996944\n"
        "Eurocities,04621,Organisation of Islamic Capitals and Cities (OICC),Jeddah,SA,,International Association,,\n"
    )
    run(ETMUN_IMPORTER, layout, memberships=ETMUN + rows, **TABLES)
    found = says(layout, "etmun")
    assert found["organization:conseil-regional-fr"]["rdf:type"] == {"cd:Organization"}
    assert found["organization:conseil-regional-fr"]["rdfs:label"] == {"Conseil Régional"}
    assert any(
        values.get("cd:hasMember") == {"organization:organization-of-islamic-capitals-and-cities"}
        for values in found.values()
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Eurocities,04621,Lyon,Lyon,FR,Partners,City,,2996944", "the list has it as a partner, not as a member"),
        ("Eurocities,04621,Lyon,Lyon,FR,,City,,", "it has no GeoNames number"),
        ("Eurocities,04621,Lyon,Lyon,FR,,City,,99", "the graph has no city of its GeoNames number"),
        ("Eurocities,04621,Paris,Paris,FR,,City,,4717560", "neither its country nor its name fits its GeoNames number"),
        ("Eurocities,04621,Ville,Ville,,,City,,2996944", "neither its country nor its name fits its GeoNames number"),
        ("Eurocities,04621,日本,日本,JP,,Other,,", "its name has no Latin letter"),
        ("Nothing,99999,Lyon,Lyon,FR,,City,,2996944", "the importer does not know this network"),
    ],
)
def test_a_membership_that_cannot_be_placed_is_refused_by_line(layout: Layout, row: str, reason: str) -> None:
    report = run(ETMUN_IMPORTER, layout, memberships=f"{ETMUN}{row}\n", **TABLES)
    assert refused(report) == {reason: [2]}
    kept = json.loads((layout.root / "data/world/etmun/report.json").read_text())
    assert kept["left out"][0]["rows"][0]["line"] == 2


@pytest.mark.parametrize("code", ["FR", "CN", "HK"])
def test_a_wrong_country_is_no_obstacle_where_the_name_settles_the_place(layout: Layout, code: str) -> None:
    row = f"Eurocities,04621,Hong Kong,Hong Kong,{code},,City,,1819729\n"
    assert run(ETMUN_IMPORTER, layout, memberships=ETMUN + row, **TABLES).left_out == []


def test_a_place_of_another_name_is_only_implied(layout: Layout) -> None:
    rows = (
        "Eurocities,04621,Lyon,Lyon,FR,,City,,2996944\nEurocities,04621,Villeurbanne,Villeurbanne,FR,,City,,2988507\n"
    )
    run(ETMUN_IMPORTER, layout, memberships=ETMUN + rows, **TABLES)
    found = says(layout, "etmun")
    assert found["evidence:etmun-memberships-csv-2"]["cd:hasConfidence"] == {"confidence:stated"}
    assert found["evidence:etmun-memberships-csv-3"]["cd:hasConfidence"] == {"confidence:implied"}


def test_a_network_of_urbact_that_ended_has_no_members_in_force(layout: Layout) -> None:
    rows = (
        "2nd Chance,2015,2018,Lyon,Lead Partner,http://urbact.eu/2nd-chance,2996944\n"
        "ROOF,2019,NA,Paris,Partner,NA,2988507\n"
        "ROOF,2019,NA,Nowhere,Partner,NA,GN00\n"
    )
    report = run(URBACT_IMPORTER, layout, urbact=URBACT + rows)
    found = says(layout, "urbact")
    lyon, paris = (
        found[f"membership:urbact-{name}"] for name in ("2nd-chance-2996944-lead-partner", "roof-2988507-partner")
    )
    assert (lyon["cd:hasStatus"], lyon["cd:endsOn"]) == ({"status:ended"}, {"date:urbact-year-2018"})
    assert (paris["cd:hasStatus"], "cd:endsOn" in paris) == ({"status:in-force"}, False)
    assert lyon["cd:listedStatus"] == {"Lead Partner"}
    assert found["organization:urbact-2nd-chance"]["rdfs:seeAlso"] == {"<http://urbact.eu/2nd-chance>"}
    assert refused(report) == {"the graph has no city of its GeoNames number": [4]}


@pytest.mark.parametrize(
    ("importer", "tables"),
    [
        (CREATIVE_CITIES_IMPORTER, {"members": CREATIVE}),
        (C40_IMPORTER, {"members": C40}),
        (ETMUN_IMPORTER, {"networks": NETWORKS, "memberships": ETMUN}),
        (URBACT_IMPORTER, {"urbact": URBACT}),
    ],
    ids=lambda value: value.name if isinstance(value, Importer) else "",
)
def test_without_the_cities_there_is_nothing_to_join_to(
    tmp_path: Path, importer: Importer, tables: dict[str, str]
) -> None:
    with pytest.raises(NotFoundError, match="citydip import cities"):
        run(importer, Layout(tmp_path, tmp_path / "snapshots"), **tables)


def unlicensed(layout: Layout) -> list[str]:
    """Return what the checks of licences and descriptions find about ``data/world/etmun``."""
    checks = layout.root / "queries" / "checks"
    checks.mkdir(parents=True, exist_ok=True)
    query = Path(__file__).parents[2] / "queries" / "checks" / "unlicensed-data-set.rq"
    (checks / query.name).write_text(query.read_text(encoding="utf-8"), encoding="utf-8")
    prefixes = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("cd", "source", "source-kind"))
    sources = layout.root / "data" / "world-sources.ttl"
    sources.write_text(prefixes + "source:etmun a cd:Source ; cd:hasSourceKind source-kind:data-set .\n")
    (layout.root / "data" / "manifest.ttl").write_text(prefixes)
    workspace = open_workspace(layout)
    about = [finding.message for finding in check_manifest(workspace) if "etmun" in f"{finding.message} {finding.file}"]
    return about + [finding.message for finding in check_queries(workspace)]


def test_what_rests_on_a_data_set_without_licence_describes_itself_as_not_to_be_passed_on(layout: Layout) -> None:
    row = "Eurocities,04621,Lyon,Lyon,FR,,City,1991,2996944\n"
    run(ETMUN_IMPORTER, layout, memberships=ETMUN + row, **TABLES)
    assert unlicensed(layout) == []
    description = layout.root / "data" / "world" / "etmun" / "description.ttl"
    text = description.read_text()
    description.write_text(text.replace("    cd:redistributable false ;\n", ""))
    assert description.read_text() != text
    assert unlicensed(layout) == [
        "the description lacks dcterms:license",
        "<https://w3id.org/citydip/graph/world/etmun> rests on source:etmun, which states no licence",
    ]


def test_a_statement_of_a_data_set_without_licence_holds_back_any_graph_that_it_stands_in(layout: Layout) -> None:
    row = "Eurocities,04621,Lyon,Lyon,FR,,City,1991,2996944\n"
    run(ETMUN_IMPORTER, layout, memberships=ETMUN + row, **TABLES)
    path = layout.root / "data" / "facts.ttl"
    path.write_text((layout.root / "data" / "world" / "etmun" / "fr.ttl").read_text())
    assert "graph:facts rests on source:etmun, which states no licence" in unlicensed(layout)
