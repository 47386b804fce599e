"""The catalogue as an API: each query answers with its parameters in the address, in every format, page by page."""

import io
import json
import re
from collections.abc import Iterator

import httpx
import openpyxl
import pyoxigraph as ox
import pytest
import rdflib

from citydip.engine.formats import Kind, formats_for
from citydip.engine.guard import guard
from citydip.model.queryfile import PARAMETER_TYPES, QueryFile, parse_query_file
from citydip.services.catalogue import Catalogue
from citydip.services.forms import MADE
from citydip.web.asked import OWN, forms_of
from tests.conftest import ROOT

PATHS = sorted((ROOT / "queries" / "catalogue").glob("*.rq"))
QUERIES = [parse_query_file(path.stem, path.read_text(encoding="utf-8")) for path in PATHS]
TABLES = [query for query in QUERIES if guard(query.text).kind is Kind.ROWS]
every_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
every_table = pytest.mark.parametrize("query", TABLES, ids=lambda query: query.name)


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    """Yield a client that asks as a program does."""
    with httpx.Client(base_url=server, headers={"Accept": "*/*"}, timeout=30) as client:
        yield client


def links(answer: httpx.Response) -> dict[str, str]:
    """Return the addresses of the header Link by relation."""
    return {name: target for target, name in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("link", ""))}


@every_query
def test_every_query_answers_in_every_format(query: QueryFile, client: httpx.Client) -> None:
    kind = guard(query.text).kind
    for name in forms_of(query, kind):
        answer = client.get(f"/queries/{query.name}", params={**query.sample, "format": name})
        assert answer.status_code == 200, answer.text
        assert answer.content
        media = {form.name: form.media_type for form in formats_for(kind)} | MADE
        assert answer.headers["content-type"].partition(";")[0] == media[name]
    page = client.get(f"/queries/{query.name}", headers={"Accept": "text/html"}, params=query.sample)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert query.title("en").replace("'", "&#39;") in page.text


@every_table
def test_pages_put_together_are_the_whole(query: QueryFile, client: httpx.Client) -> None:
    whole = client.get(f"/queries/{query.name}", params=query.sample).json()["results"]["bindings"]
    size = max(len(whole) // 4, 1)
    address, found, seen = f"/queries/{query.name}", [], 0
    answer = client.get(address, params={**query.sample, "limit": size})
    while True:
        rows = answer.json()["results"]["bindings"]
        found += rows
        seen += 1
        relations = links(answer)
        assert "Citydip-Cut" not in answer.headers
        assert "citydip" not in answer.json()
        assert "first" in relations
        assert ("prev" in relations) is (seen > 1)
        if "next" not in relations:
            break
        assert len(rows) == size
        answer = client.get(relations["next"])
    assert found == whole


def test_a_page_is_a_whole_document_in_every_format(client: httpx.Client) -> None:
    asked = {"page": "2", "limit": "7"}
    tables = {}
    for name in ("json", "xml", "csv", "tsv"):
        for _ in range(2):  # the second comes from what is kept
            answer = client.get("/queries/agreements", params={**asked, "format": name})
            assert set(links(answer)) == {"license", "first", "prev", "next"}
        tables[name] = answer.content
    read = [
        list(ox.parse_query_results(tables[name], format=form))  # type: ignore[arg-type]
        for name, form in (("json", ox.QueryResultsFormat.JSON), ("xml", ox.QueryResultsFormat.XML))
    ]
    assert len(read[0]) == 7
    assert [tuple(row) for row in read[0]] == [tuple(row) for row in read[1]]
    assert b"cut" not in tables["xml"]
    assert tables["csv"].count(b"\r\n") == tables["tsv"].count(b"\n") == 8


def test_a_page_after_the_last_is_empty(client: httpx.Client) -> None:
    answer = client.get("/queries/mayors", params={"page": "999"})
    assert answer.json()["results"]["bindings"] == []
    assert set(links(answer)) == {"license", "first", "prev"}


@pytest.mark.parametrize("given", [{"page": "0"}, {"page": "x"}, {"limit": "-1"}, {"limit": "10001"}, {"page": "۱"}])
def test_a_page_that_is_none_is_refused(given: dict[str, str], client: httpx.Client) -> None:
    answer = client.get("/queries/mayors", params=given)
    assert answer.status_code == 400
    assert "whole number from 1 to" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["is-twinned", "city-tie-graph"])
def test_what_is_no_table_has_no_pages(name: str, client: httpx.Client) -> None:
    answer = client.get(f"/queries/{name}", params={"page": "1"})
    assert answer.status_code == 400
    assert "gives its answer whole" in answer.json()["detail"]


def test_no_parameter_of_a_query_is_named_like_one_that_all_have(catalogue: Catalogue) -> None:
    assert not {p.name for query in catalogue for p in query.parameters} & set(OWN)
    assert "running" not in catalogue


def test_a_parameter_narrows_the_answer(client: httpx.Client) -> None:
    rows = client.get("/queries/mayor-of-city", params={"city": "city:tehran"}).json()["results"]["bindings"]
    assert {row["city"]["value"] for row in rows} == {"https://w3id.org/citydip/id/city/tehran"}


def test_an_unknown_parameter_is_refused_with_those_that_there_are(client: httpx.Client) -> None:
    answer = client.get("/queries/mayor-of-city", params={"town": "city:tehran"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "there are: city, format, page, limit, asOf" in answer.json()["detail"]


def test_a_parameter_is_given_once(client: httpx.Client) -> None:
    answer = client.get("/queries/mayor-of-city?city=city:tehran&city=city:rasht")
    assert answer.status_code == 400
    assert "give it once" in answer.json()["detail"]


def test_what_is_required_is_asked_for(client: httpx.Client) -> None:
    answer = client.get("/queries/find-by-name")
    assert answer.status_code == 400
    assert "needs the parameter text, such as USLG" in answer.json()["detail"]
    page = client.get("/queries/find-by-name", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 'name="text" value="" placeholder="USLG"' in page.text
    assert 'id="result"' not in page.text


def test_of_a_list_one_is_taken_and_another_refused(client: httpx.Client) -> None:
    taken = client.get("/queries/statements-by-confidence", params={"confidence": "confidence:hedged"})
    assert taken.json()["results"]["bindings"]
    other = client.get("/queries/statements-by-confidence", params={"confidence": "confidence:sure"})
    assert other.status_code == 400
    assert "must be one of confidence:disputed, confidence:hedged" in other.json()["detail"]


HOSTILE = [
    "> } DELETE WHERE { ?s ?p ?o } #",
    '" } UNION { ?s ?p ?o } #',
    "city:tehran> ?p ?o . <x:y",
    "\\u003e",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "city:tehran\x00",
    "\ud7ff\uffff\U0010ffff",
    "2016-01-01T00:00:00",
    "1e9999",
    "99999999999999999999999999",
    "۱۲",
    "en-\n-fa",
    "a" * 5000,
    "{{ 7 * 7 }}",
    "%s%n%d",
    "../../etc/passwd",
]
OF_TYPE = {
    "iri": ("mayor-of-city", "city"),
    "string": ("find-by-name", "text"),
    "integer": ("edition-and-host-of-event", "year"),
    "date": ("network-members", "since"),
}


def test_every_type_that_a_query_has_is_tried() -> None:
    used = {p.type for query in QUERIES for p in query.parameters}
    assert used == set(OF_TYPE)
    assert used <= set(PARAMETER_TYPES)


@pytest.mark.parametrize("kind", OF_TYPE)
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_string_is_a_value_or_is_refused(kind: str, value: str, client: httpx.Client) -> None:
    name, parameter = OF_TYPE[kind]
    answer = client.get(f"/queries/{name}", params={parameter: value})
    if kind == "string":
        assert answer.status_code == 200, answer.text
        assert {row["text"]["value"] for row in answer.json()["results"]["bindings"]} <= {value}
    elif answer.status_code == 200:
        assert answer.json()["results"]["bindings"] == []
    else:
        assert answer.status_code == 400
        assert "must be" in answer.json()["detail"]
    page = client.get(f"/queries/{name}", params={parameter: value}, headers={"Accept": "text/html"})
    assert page.status_code == answer.status_code
    assert "<script>alert" not in page.text
    for own, text in (("asOf", value), ("wanted", value), ("page", value), ("format", value), (value, "x")):
        assert client.get("/queries/mayors", params={own: text}).status_code == 400
    assert client.get("/queries", params={"tag": value}).status_code == 400


def test_a_graph_comes_as_json_ld(client: httpx.Client) -> None:
    named = client.get("/queries/city-tie-graph", params={"format": "jsonld"})
    accepted = client.get("/queries/city-tie-graph", headers={"Accept": "application/ld+json"})
    assert named.content == accepted.content
    lines = client.get("/queries/city-tie-graph", params={"format": "ntriples"}).text
    assert len(rdflib.Graph().parse(data=named.text, format="json-ld")) == len(
        rdflib.Graph().parse(data=lines, format="nt")
    )


def test_places_come_as_geojson(client: httpx.Client) -> None:
    answer = client.get("/queries/cities-with-coordinates", headers={"Accept": MADE["geojson"]})
    found = answer.json()
    whole = client.get("/queries/cities-with-coordinates").json()["results"]["bindings"]
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == len(whole)
    placed = {f["properties"]["en"]: f["geometry"] for f in found["features"] if f["geometry"]}
    assert placed["Tehran"]["type"] == "Point"
    assert placed["Tehran"]["coordinates"] == pytest.approx([51.39, 35.69], abs=0.1)
    assert isinstance(found["features"][0]["properties"]["statements"], int)
    refused = client.get("/queries/mayors", params={"format": "geojson"})
    assert refused.status_code == 400
    assert "there are: json, xml, csv, tsv, xlsx, html" in refused.json()["detail"]


def test_a_workbook_has_typed_cells(client: httpx.Client) -> None:
    answer = client.get("/queries/cities-with-coordinates", headers={"Accept": MADE["xlsx"]})
    assert "cities-with-coordinates.xlsx" in answer.headers["content-disposition"]
    whole = client.get("/queries/cities-with-coordinates").json()
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    names, *rows = book["rows"].iter_rows(values_only=True)
    assert list(names) == whole["head"]["vars"]
    for row, told in zip(rows, whole["results"]["bindings"], strict=True):
        for name, cell in zip(names, row, strict=True):
            term = told.get(str(name))
            assert str(cell) == term["value"] if term else cell is None
            if term and term.get("datatype", "").endswith("#integer"):
                assert isinstance(cell, int)
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["version"] == answer.headers["Citydip-Version"]
    assert f"/version/{about['version']}/queries/cities-with-coordinates" in str(about["address"])


def test_what_is_asked_again_is_not_sent_again(client: httpx.Client) -> None:
    for headers, more in (({}, {}), ({"Accept": "text/html"}, {}), ({}, {"format": "xlsx"}), ({}, {"page": "1"})):
        first = client.get("/queries/mayors", headers=headers, params=more)
        assert first.headers["cache-control"] == "no-cache"
        assert "Accept" in first.headers["vary"]
        assert first.headers["access-control-allow-origin"] == "*"
        again = client.get("/queries/mayors", headers={**headers, "If-None-Match": first.headers["etag"]}, params=more)
        assert (again.status_code, again.content) == (304, b"")
    version = first.headers["Citydip-Version"]
    pinned = client.get(f"/version/{version}/queries/mayors")
    assert "immutable" in pinned.headers["cache-control"]
    assert client.get("/queries/mayors").json() == pinned.json()


def test_two_forms_of_an_answer_have_two_tags(client: httpx.Client) -> None:
    asked: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"format": name}, {}) for name in ("json", "csv", "xlsx", "html")
    ]
    asked += [({"format": "html"}, {"Accept-Language": "fa"}), ({"page": "1"}, {}), ({"asOf": "2016"}, {})]
    tags = [client.get("/queries/mayors", params=p, headers=h).headers["etag"] for p, h in asked]
    assert len(set(tags)) == len(asked)


def test_head_answers_as_get_does(client: httpx.Client) -> None:
    got, head = (client.request(method, "/queries/mayors") for method in ("GET", "HEAD"))
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]


def test_what_cannot_be_accepted_is_told_with_what_can(client: httpx.Client) -> None:
    answer = client.get("/queries/mayors", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert MADE["xlsx"] in answer.json()["available"]
    assert client.get("/queries", headers={"Accept": "image/png"}).status_code == 406


def test_a_query_that_there_is_not_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/queries/mayor")
    assert answer.status_code == 404
    assert "did you mean" in answer.json()["detail"]
    assert client.delete("/queries/mayors").status_code == 405
    assert client.get("/queries/running").status_code == 403


def test_the_list_tells_what_each_takes(client: httpx.Client) -> None:
    found = client.get("/queries").json()
    assert [query["name"] for query in found["queries"]] == [query.name for query in QUERIES]
    named = {query["name"]: query for query in found["queries"]}
    assert named["find-by-name"]["parameters"][0]["required"] is True
    assert named["statements-by-confidence"]["parameters"][0]["choices"][0] == "confidence:disputed"
    assert (named["mayors"]["asOf"], named["letters"]["asOf"]) == (True, False)
    for query in found["queries"][::10]:
        sample = {p["name"]: p["example"] for p in query["parameters"] if p["required"]}
        assert client.get(query["url"], params=sample).status_code == 200
    some = client.get("/queries", params={"tag": "map"}).json()["queries"]
    assert {query["name"] for query in some} == {query.name for query in QUERIES if "map" in query.tags}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_cards_are_there_in_both_languages_and_by_tag(language: str, client: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    page = client.get("/queries", headers=headers)
    assert f'lang="{language}"' in page.text
    assert page.text.count("<article>") == len(QUERIES)
    some = client.get("/queries", headers=headers, params={"tag": "map"})
    assert some.text.count("<article>") == sum("map" in query.tags for query in QUERIES)
    assert "/queries" in client.get("/", headers=headers).text


def test_a_page_has_a_form_a_table_and_ways_on(client: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/queries/cities-of-country", params={"country": "country:iraq", "limit": "2"}, headers=headers)
    assert 'list="choices-country"' in page.text
    assert '<option value="country:iran">Iran</option>' in page.text
    assert 'value="country:iraq"' in page.text
    assert 'class="sortable"' in page.text
    assert "Rows 1 to 2." in page.text
    following = re.search(r'<a href="([^"]*)" rel="next">', page.text)
    assert following
    second = client.get(following[1].replace("&amp;", "&"), headers=headers)
    assert "Rows 3 to " in second.text
    assert 'rel="prev"' in second.text
    for part in ("/editor/examples/cities-of-country?country=", "/cite/query/cities-of-country", "format=xlsx"):
        assert part in page.text
    assert "<https://w3id.org/citydip/id/country/iraq>".replace("<", "&lt;").replace(">", "&gt;") in page.text
    version = page.headers["Citydip-Version"]
    permanent = re.search(r'href="([^"]*)" rel="bookmark"', page.text)
    assert permanent
    assert f"/version/{version}/queries/cities-of-country" in permanent[1]


def test_a_menu_is_where_the_choices_are_few(client: httpx.Client) -> None:
    page = client.get("/queries/event-dates", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert re.search(r'<select id="parameter-status".*?<option value="status:held">held</option>', page.text, re.DOTALL)


def test_a_view_gets_its_data(client: httpx.Client) -> None:
    page = client.get("/queries/cities-with-coordinates", headers={"Accept": "text/html"})
    found = re.search(r'id="page-data">(.*?)</script>', page.text, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert "#+ view: map" in data["query"]
    assert client.get(data["address"]).json()["results"]["bindings"]
    assert 'id="page-data"' not in client.get("/queries/letters", headers={"Accept": "text/html"}).text


def test_as_of_a_time_less_is_there_and_all_have_their_state(client: httpx.Client) -> None:
    def rows(**given: str) -> list[dict[str, dict[str, str]]]:
        answer = client.get("/queries/agreements", params=given)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
        return found

    certain, possible, every = (rows(asOf="2016", wanted=wanted) for wanted in ("certain", "possible", "all"))
    assert 0 < len(certain) < len(possible) < len(every)
    states = [row["held"]["value"] for row in every]
    assert states.count("held") == len(certain)
    assert states.count("not held") == len(every) - len(possible)
    assert rows(asOf="2016") == certain
    assert rows(asOf="2016-12-31") != rows(asOf="2004-12-31")


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("letters", {"asOf": "2016"}, "cannot be asked as of a time"),
        ("mayors", {"asOf": "yesterday"}, "2016-12-31 or a year"),
        ("mayors", {"asOf": "2016", "wanted": "some"}, "certain, possible or all"),
        ("mayors", {"wanted": "all"}, "goes together with asOf"),
        ("most-connected-cities", {"asOf": "2016", "wanted": "all"}, "certain or possible, not all"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    name: str, given: dict[str, str], words: str, client: httpx.Client
) -> None:
    answer = client.get(f"/queries/{name}", params=given)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_the_page_and_the_editor_keep_the_time(client: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/queries/mayors", params={"asOf": "2016", "wanted": "possible"}, headers=headers)
    assert 'name="asOf" value="2016"' in page.text
    assert '<option value="possible" selected>' in page.text
    empty = client.get("/queries/mayors", params={"asOf": "", "wanted": "certain"}, headers=headers)
    assert empty.status_code == 200
    editor = re.search(r'class="run" href="([^"]*)"', page.text)
    assert editor
    shown = client.get(editor[1].replace("&amp;", "&"), headers={"Accept": "application/sparql-query"})
    assert 'FILTER (?held != "not held")' in shown.text
    assert client.post("/sparql", data={"query": shown.text}).json() == (
        client.get("/queries/mayors", params={"asOf": "2016", "wanted": "possible"}).json()
    )
