"""The reconciliation service over HTTP, as OpenRefine uses it: each message of version 0.2 against its schema."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.reconcile.schemas import OLD, faults

ORIGIN = {"Origin": "https://refine.example"}


def fetch(server: str, path: str, **given: Any) -> httpx.Response:
    answer = httpx.get(server + path, params=given or None, headers=ORIGIN, timeout=30)
    assert answer.headers["access-control-allow-origin"] == "*", "scripts of other pages must be able to read it"
    return answer


def post(server: str, **form: Any) -> httpx.Response:
    data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
    answer = httpx.post(server + "/reconcile", data=data, headers=ORIGIN, timeout=30)
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer


def said(answer: httpx.Response, schema: str) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    message = answer.json()
    assert faults(OLD[schema], message) == []
    return message


def match(server: str, **queries: Any) -> dict[str, list[dict[str, Any]]]:
    assert faults(OLD["queries"], queries) == []
    results = said(post(server, queries=queries), "results")
    assert results.keys() == queries.keys()
    return {name: result["result"] for name, result in results.items()}


def matched(candidates: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in candidates if one["match"]]


def test_a_table_is_matched_and_filled_as_openrefine_does_it(server: str) -> None:
    manifest = said(fetch(server, "/reconcile"), "manifest")
    assert manifest["batchSize"] > 0
    column = ["Tehran", "Mashad", "اصفهان", "Qazvin", "Shiraz"]

    # OpenRefine guesses the type of a column from the first candidates of a few of its names.
    sample = match(server, **{f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(column)})
    guessed = [kind["id"] for candidates in sample.values() for kind in candidates[0]["type"]]
    assert set(guessed) == {"City"}

    # It proposes properties for further columns, of which the user has chosen the country.
    suggest = manifest["suggest"]["property"]
    found = said(
        httpx.get(suggest["service_url"] + suggest["service_path"], params={"prefix": "coun"}, headers=ORIGIN),
        "choices",
    )
    assert found["result"][0]["id"] == "country"

    country = [{"pid": "country", "v": "Iran"}]
    batch = {
        f"q{n}": {"query": name, "type": "City", "type_strict": "should", "limit": 5, "properties": country}
        for n, name in enumerate(column)
    }
    results = match(server, **batch)
    ids = [matched(candidates)[0] for candidates in results.values()]
    assert ids == ["city/tehran", "city/mashhad", "city/isfahan", "city/qazvin", "city/shiraz"]

    preview = httpx.get(manifest["preview"]["url"].replace("{{id}}", quote(ids[0], safe="")))
    assert preview.status_code == 200
    assert "Tehran" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"]

    view = httpx.get(manifest["view"]["url"].replace("{{id}}", quote(ids[0], safe="")), headers={"Accept": "text/html"})
    assert view.status_code == 303
    assert view.headers["location"].endswith("/page/city/tehran")

    propose = manifest["extend"]["propose_properties"]
    offered = said(httpx.get(propose["service_url"] + propose["service_path"], params={"type": "City"}), "proposal")
    assert {"country", "population", "partner"} <= {one["id"] for one in offered["properties"]}

    wanted = {"ids": ids, "properties": [{"id": "country"}, {"id": "partner", "settings": {"limit": "2"}}]}
    assert faults(OLD["extension query"], wanted) == []
    filled = said(post(server, extend=wanted), "extension")
    assert [one["id"] for one in filled["meta"]] == ["country", "partner"]
    assert [one["type"] for one in filled["meta"]] == [
        {"id": "Country", "name": "country"},
        {"id": "City", "name": "city"},
    ]
    assert filled["rows"]["city/tehran"]["country"] == [{"id": "country/iran", "name": "Iran"}]
    assert all(len(row["partner"]) <= 2 for row in filled["rows"].values())
    assert any(row["partner"] for row in filled["rows"].values())


def test_a_batch_can_be_sent_in_the_address(server: str) -> None:
    answer = fetch(server, "/reconcile", queries=json.dumps({"q0": {"query": "Tehran"}}))
    assert said(answer, "results")["q0"]["result"][0]["id"] == "city/tehran"


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("Q3616", {}, "city/tehran"),
        ("https://www.wikidata.org/wiki/Q3616", {}, "city/tehran"),
        ("112931", {}, "city/tehran"),
        ("city:tehran", {}, "city/tehran"),
        ("https://w3id.org/citydip/id/city/tehran", {}, "city/tehran"),
        ("TEHRAN", {}, "city/tehran"),
        ("تهران", {}, "city/tehran"),
        ("شهر تهران", {}, "city/tehran"),
        ("Tehran, Iran", {}, "city/tehran"),
        ("Tehran (Iran)", {}, "city/tehran"),
        ("Тегеран", {}, "city/tehran"),
        ("قاضيانتپ", {}, "city/gaziantep"),
        ("Ürümqi", {}, "city/urumqi"),
        ("Ghalibaf Mohammad Bagher", {"type": "Person"}, "person/mohammad-bagher-ghalibaf"),
        ("Mashhad", {"type": "Municipality"}, "organization/mashhad-municipality"),
        ("Mashhad", {"type": "City"}, "city/mashhad"),
        ("شهرداري مشهد", {}, "organization/mashhad-municipality"),
        ("UCLG", {"type": "Organization"}, "organization/uclg"),
        ("Metropolis", {"type": "CityNetwork"}, "organization/metropolis"),
        ("uclg world congress rabat 2013", {"type": "Event"}, "event/uclg-world-congress-rabat-2013"),
        ("مجمع شهرداران\u200cجهان", {"type": "CityNetwork"}, "organization/uclg"),
    ],
)
def test_a_name_in_any_spelling_is_matched(server: str, text: str, more: dict[str, Any], expected: str) -> None:
    assert matched(match(server, q={"query": text, **more})["q"]) == [expected]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [("Urumchi", "China", "city/urumqi"), ("Стамбул", "Türkiye", "city/istanbul"), ("Tavriz", "IR", "city/tabriz")],
)
def test_what_is_spelt_quite_otherwise_is_a_candidate(server: str, text: str, country: str, expected: str) -> None:
    given = {"query": text, "properties": [{"pid": "country", "v": country}]}
    assert match(server, q=given)["q"][0]["id"] == expected


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Tehran", {"properties": [{"pid": "country", "v": "Türkiye"}]}),
        ("Tehran", {"properties": [{"pid": "coordinates", "v": "48.85, 2.35"}]}),
        ("Tehran", {"type": "Person"}),
        ("Tehran", {"type": "Event"}),
        ("Metropolis", {"type": "City"}),
        ("Atlantis", {}),
        ("Tehran Municipality of Rasht and Shiraz", {"type": "City"}),
        ("!!!", {}),
        ("", {}),
        (" ", {"type": "City"}),
    ],
)
def test_what_does_not_fit_is_not_matched(server: str, text: str, more: dict[str, Any]) -> None:
    assert matched(match(server, q={"query": text, **more})["q"]) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"pid": "country", "v": "IR"},
        {"pid": "country", "v": {"id": "country/iran", "name": "Iran"}},
        {"pid": "country", "v": ["Iraq", "ایران"]},
        {"pid": "coordinates", "v": "35.7, 51.4"},
        {"pid": "coordinates", "v": "POINT(51.4 35.7)"},
        {"pid": "population", "v": 7_000_000},
        {"pid": "mayor", "v": "Ghalibaf"},
        {"pid": "cd:locatedIn+/rdfs:label", "v": "Iran"},
        {"pid": "^cd:mayorOf", "v": {"id": "person/mohammad-bagher-ghalibaf"}},
    ],
)
def test_what_a_row_says_raises_the_score_and_is_told(server: str, condition: dict[str, Any]) -> None:
    found = match(server, bare={"query": "Tehran"}, q={"query": "Tehran", "properties": [condition]})
    bare, best = found["bare"][0], found["q"][0]
    assert (best["id"], best["match"]) == ("city/tehran", True)
    assert best["score"] > bare["score"]
    features = {one["id"]: one["value"] for one in best["features"]}
    assert features["evidence"] > 0
    assert features[f"property:{condition['pid']}"] > 0


def test_a_date_tells_who_was_mayor(server: str) -> None:
    row = {"query": "Ghalibaf", "type": "Person"}
    named = [{"pid": "mayorOf", "v": "Tehran"}, {"pid": "date", "v": "2013"}]
    best = match(server, q={**row, "properties": named})["q"][0]
    features = {one["id"]: one["value"] for one in best["features"]}
    assert best["match"]
    assert features["property:mayorOf"] == features["property:date"] == 1


def test_rows_do_not_depend_on_one_another(server: str) -> None:
    rows = {"a": {"query": "Mashad"}, "b": {"query": "Tehran", "type": "City"}, "c": {"query": "قم"}}
    together = match(server, **rows)
    assert together == {name: match(server, **{name: row})[name] for name, row in rows.items()}


def test_statements_are_no_candidates_unless_they_are_asked_for(server: str) -> None:
    tabriz = {"query": "Tabriz and Istanbul", "limit": 25}
    asked = {"mixed": {**tabriz, "type": "City", "type_strict": "should"}, "ties": {**tabriz, "type": "Agreement"}}
    found = match(server, **asked)
    assert found["mixed"]
    assert not any(one["id"].startswith("agreement/") for one in found["mixed"])
    assert any(one["id"].startswith("agreement/") for one in found["ties"])


def test_no_row_has_two_matches_and_scores_fall(server: str) -> None:
    names = [
        "Tehran",
        "Ankara",
        "Istanbul",
        "Najaf",
        "Karbala",
        "Ghalibaf",
        "شهرداری",
        "islamic capitals",
        "Baku",
        "Iran",
    ]
    for candidates in match(server, **{name: {"query": name, "limit": 10} for name in names}).values():
        assert len(matched(candidates)) <= 1
        scores = [one["score"] for one in candidates]
        assert scores == sorted(scores, reverse=True)
        assert len({one["id"] for one in candidates}) == len(candidates) <= 10


@pytest.mark.parametrize(("what", "prefix", "expected"), [
    ("entity", "Tehr", "city/tehran"),
    ("entity", "city/tehran", "city/tehran"),
    ("entity", "Q3616", "city/tehran"),
    ("type", "munic", "Municipality"),
    ("type", "City", "City"),
    ("property", "popul", "population"),
    ("property", "cd:locatedIn", "cd:locatedIn"),
])  # fmt: skip
def test_suggestions_and_their_flyouts(server: str, what: str, prefix: str, expected: str) -> None:
    found = said(
        fetch(server, f"/reconcile/suggest/{what}", prefix=prefix), "entities" if what == "entity" else "choices"
    )
    assert found["result"][0]["id"] == expected
    flyout = said(fetch(server, f"/reconcile/flyout/{what}", id=expected), "flyout")
    assert flyout["id"] == expected
    assert found["result"][0]["name"] in flyout["html"]


def test_more_suggestions_can_be_fetched(server: str) -> None:
    everything = said(fetch(server, "/reconcile/suggest/type", prefix="", limit=50), "choices")["result"]
    rest = said(fetch(server, "/reconcile/suggest/type", prefix="", limit=50, cursor=3), "choices")["result"]
    assert everything[3:13] == rest[:10]
    assert len(everything) > 20


@pytest.mark.parametrize(
    ("settings", "check"),
    [
        ({}, lambda values: len(values) > 1),
        ({"limit": 1}, lambda values: len(values) == 1),
        ({"references": "cited"}, lambda values: len(values) > 0),
        ({"references": "sources"}, lambda values: all(one["id"].startswith("source/") for one in values) and values),
        ({"status": "rejected"}, lambda values: values == []),
        ({"as_of": "1900-01-01"}, lambda values: values == []),
        ({"as_of": "2026-01-01"}, lambda values: len(values) > 0),
    ],
)
def test_settings_demand_something_of_values(server: str, settings: dict[str, Any], check: Any) -> None:
    asked = {"ids": ["city/tehran"], "properties": [{"id": "mayor", "settings": settings}]}
    values = said(post(server, extend=asked), "extension")["rows"]["city/tehran"]["mayor"]
    assert check(values), values


def test_values_have_their_types(server: str) -> None:
    names = ["population", "coordinates", "wikidata", "name", "cd:locatedIn/rdfs:label", "type", "country"]
    asked = {"ids": ["city/tehran", "no such thing"], "properties": [{"id": name} for name in names]}
    rows = said(post(server, extend=asked), "extension")["rows"]
    assert set(rows["city/tehran"]["population"][0]) == {"int"}
    assert rows["city/tehran"]["wikidata"] == [{"str": "Q3616"}]
    assert {"str": "Tehran"} in rows["city/tehran"]["name"]
    assert rows["no such thing"] == {name: [] for name in names}


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"queries": "{"}, 400, "no JSON"),
        ({"queries": "[]"}, 400, "object of queries"),
        ({"queries": {"q0": {}}}, 400, "'query'"),
        ({"queries": {"q0": {"query": "x", "propertys": []}}}, 400, "propertys"),
        ({"queries": {"q0": {"query": "x", "limit": 0}}}, 400, "'limit'"),
        ({"queries": {"q0": {"query": "x", "type_strict": "maybe"}}}, 400, "'type_strict'"),
        ({"queries": {"q0": {"query": "x", "type": 7}}}, 400, "'type'"),
        ({"queries": {"q0": {"query": "x", "type": "Unicorn"}}}, 400, "Unicorn"),
        ({"queries": {"q0": {"query": "x", "properties": [{"v": 1}]}}}, 400, "'pid'"),
        ({"queries": {"q0": {"query": "x", "properties": [{"pid": "colour", "v": 1}]}}}, 400, "colour"),
        ({"queries": {"q0": {"query": "x", "properties": [{"pid": "cd:a } {", "v": 1}]}}}, 400, "path"),
        ({"queries": {f"q{n}": {"query": "x"} for n in range(1001)}}, 413, "at most"),
        ({"extend": "nothing"}, 400, "no JSON"),
        ({"extend": {"ids": ["city/tehran"]}}, 400, "'properties'"),
        ({"extend": {"ids": [], "properties": [{"id": "mayor", "settings": {"limit": "many"}}]}}, 400, "limit"),
        ({"extend": {"ids": [], "properties": [{"id": "mayor", "settings": {"as_of": "soon"}}]}}, 400, "as_of"),
        ({"something": "else"}, 400, "'queries'"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_said(server: str, form: Any, status: int, told: str) -> None:
    answer = post(server, **form)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(("path", "status"), [
    ("/reconcile/suggest/entity", 400), ("/reconcile/suggest/colour?prefix=x", 404), ("/reconcile/preview", 400),
    ("/reconcile/preview?id=city/nowhere", 404), ("/reconcile/flyout/type?id=Unicorn", 404),
    ("/reconcile/suggest/type?prefix=a&cursor=x", 400),
])  # fmt: skip
def test_errors_of_other_routes(server: str, path: str, status: int) -> None:
    answer = fetch(server, path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_another_type_of_body_is_refused(server: str) -> None:
    assert httpx.post(server + "/reconcile", json={"queries": {}}).status_code == 415


def test_browsers_may_ask_every_route_from_any_page(server: str) -> None:
    paths = httpx.get(server + "/openapi.json").json()["paths"]
    routes = {path: set(kinds) & {"get", "post"} for path, kinds in paths.items() if path.startswith("/reconcile")}
    assert len(routes) >= 11
    for path, kinds in routes.items():
        address = server + path.replace("{what}", "type")
        for kind in kinds:
            asked = {"Access-Control-Request-Method": kind.upper(), "Access-Control-Request-Headers": "content-type"}
            before = httpx.options(address, headers={**ORIGIN, **asked})
            assert before.status_code == 204, path
            assert before.headers["access-control-allow-origin"] == "*"
            assert kind.upper() in before.headers["access-control-allow-methods"]
            # An error is an answer that a script must be able to read, too.
            answer = httpx.request(kind, address, params={"prefix": "t", "id": "city/tehran"}, headers=ORIGIN)
            assert answer.headers["access-control-allow-origin"] == "*", path


def test_names_come_in_the_language_of_the_client(server: str) -> None:
    answer = httpx.get(
        server + "/reconcile", params={"queries": '{"q": {"query": "Tehran"}}'}, headers={"Accept-Language": "fa"}
    )
    assert said(answer, "results")["q"]["result"][0]["name"] == "تهران"


def test_people_are_told_what_a_score_is_made_of(server: str) -> None:
    manifest = fetch(server, "/reconcile").json()
    page = httpx.get(manifest["documentation"]).text
    for feature in match(server, q={"query": "Tehran, Iran", "type": "City"})["q"][0]["features"]:
        assert f'id="{feature["id"].partition(":")[0]}"' in page
