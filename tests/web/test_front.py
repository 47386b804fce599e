"""The front page: how big the graph is and what is newest, as the data say; and the catalogue for machines."""

import asyncio
import re
import shutil
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot, write_pointer
from citydip.model.languages import INTERFACE
from citydip.model.names import persian_digits
from citydip.model.terms import BASE, CD, PREFIXES, VOID
from citydip.services.graph import ServedGraph
from citydip.web.messages import say
from tests.web.conftest import serving

TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
DCAT = "http://www.w3.org/ns/dcat#"


def front(server: str, language: str) -> httpx.Response:
    return httpx.get(server + "/", params={"lang": language}, headers={"Accept": "text/html"}, timeout=30)


@pytest.mark.parametrize("language", INTERFACE)
def test_figures_are_those_of_the_data(server: str, store: ox.Store, language: str) -> None:
    text = front(server, language).text
    for name, kind in (("cities", "City"), ("people", "Person"), ("agreements", "Agreement")):
        quads = store.quads_for_pattern(None, TYPE, ox.NamedNode(str(CD[kind])), None)
        things = {quad.subject for quad in quads}
        number = str(len(things))
        shown = persian_digits(number) if language == "fa" else number
        assert f"<dt>{say('figure-' + name, language)}</dt><dd>{shown}</dd>" in text


def test_what_is_read_of_a_version_is_read_once() -> None:
    read = []

    async def reading(graph: ServedGraph) -> int:
        read.append(graph)
        return len(read)

    async def twice() -> list[int]:
        nothing: Any = None
        graph, other = (ServedGraph(nothing, nothing, nothing, nothing, nothing, nothing) for _ in range(2))
        return [await graph.once(reading), await graph.once(reading), await other.once(reading)]

    assert asyncio.run(twice()) == [1, 1, 2]


@pytest.mark.parametrize("language", INTERFACE)
def test_what_is_newest_has_its_date_and_comes_first(server: str, store: ox.Store, language: str) -> None:
    query = """SELECT ?thing WHERE { GRAPH ?g { ?thing cd:signedOn ?date } GRAPH ?h { ?date cd:earliestDay ?day } }
        ORDER BY DESC(?day) LIMIT 1"""
    rows = store.query(query, prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    latest = next(row["thing"].value for row in rows).removeprefix(BASE + "id/")
    text = front(server, language).text
    newest = text.partition(f'id="recent-agreements">{say("recent-agreements", language)}')[2].partition("</ul>")[0]
    assert f"/page/{latest}" in newest.partition("</li>")[0]
    assert newest.count("<li>") == 5
    assert re.search(r"[۰-۹]{4}" if language == "fa" else r"\d{4}", newest)
    for key in ("recent-sources", "recent-graphs", "recent-versions"):
        assert say(key, language) in text


def test_versions_that_are_kept_are_named_with_their_addresses(
    snapshot: Snapshot, newer: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    for one in (snapshot, newer):
        shutil.copytree(one.path, folder / one.version)
    write_pointer(folder, newer.version)
    with serving(folder, "--workers", "1") as server:
        text = front(server, "en").text
        for one in (snapshot, newer):
            assert re.search(rf'href="({server})?/version/{one.version}/\?lang=en"', text)
        assert front(f"{server}/version/{snapshot.version}", "en").status_code == 200


def test_the_front_page_leads_in_by_three_ways_and_to_descriptions(server: str) -> None:
    text = front(server, "en").text
    for part in ("/page/city/", "/browse", "/sparql", "/ontology", "/graphs", "/dcat.ttl", "/openapi.json"):
        assert re.search(rf'href="({server})?{part}', text), part
    tag = front(server, "en").headers["etag"]
    again = httpx.get(server + "/", params={"lang": "en"}, headers={"Accept": "text/html", "If-None-Match": tag})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("ending", "media", "form"),
    [
        ("ttl", "text/turtle", ox.RdfFormat.TURTLE),
        ("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_the_catalogue_is_dcat_in_every_format(
    server: str, snapshot: Snapshot, ending: str, media: str, form: ox.RdfFormat
) -> None:
    answers = [
        httpx.get(f"{server}/dcat.{ending}", timeout=30),
        httpx.get(f"{server}/dcat", headers={"Accept": media}, timeout=30),
    ]
    graphs = [{q.triple for q in ox.parse(answer.content, format=form)} for answer in answers]
    assert all(answer.headers["content-type"].startswith(media) for answer in answers)
    assert graphs[0] == graphs[1]
    whole = ox.NamedNode(BASE + "graph")
    kinds = {(t.subject, t.object) for t in graphs[0] if t.predicate.value == PREFIXES["rdf"] + "type"}
    assert (ox.NamedNode(server + "/dcat"), ox.NamedNode(DCAT + "Catalog")) in kinds
    assert (ox.NamedNode(server + "/sparql"), ox.NamedNode(DCAT + "DataService")) in kinds
    versions = {t.object for t in graphs[0] if t.subject == whole and t.predicate.value == DCAT + "version"}
    assert versions == {ox.Literal(snapshot.version)}
    parts = {t.object.value for t in graphs[0] if t.predicate.value.endswith("/hasPart")}
    assert set(snapshot.graphs) <= parts
    counts = {t.subject.value: t.object.value for t in graphs[0] if t.predicate.value == str(VOID.triples)}
    assert counts[BASE + "graph/gazetteer"] == str(snapshot.graphs[BASE + "graph/gazetteer"])


def test_a_distribution_of_the_catalogue_can_be_downloaded(server: str) -> None:
    data = httpx.get(server + "/dcat.nt", timeout=30).content
    triples = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    places = [t.object.value for t in triples if t.predicate.value == DCAT + "downloadURL"]
    assert len(places) > 50
    place = next(place for place in sorted(places) if "/graph/articles/" in place)
    answer = httpx.get(place, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/turtle")
    assert len(list(ox.parse(answer.content, format=ox.RdfFormat.TURTLE))) > 1000


def test_a_browser_is_led_to_the_page_of_the_graphs(server: str) -> None:
    led = httpx.get(server + "/dcat", headers={"Accept": "text/html"}, timeout=30)
    assert (led.status_code, led.headers["location"]) == (303, server + "/graphs")
    assert httpx.get(server + "/dcat.docx", timeout=30).status_code == 404
    assert httpx.get(server + "/dcat", headers={"Accept": "image/png"}, timeout=30).status_code == 406


def test_the_file_for_language_models_names_only_what_is_there(server: str) -> None:
    text = httpx.get(server + "/llms.txt", timeout=30).text
    links = re.findall(r"\]\((http[^)]+)\)", text)
    assert len(links) >= 8
    for link in links:
        assert httpx.get(link, follow_redirects=True, timeout=30).status_code == 200, link
