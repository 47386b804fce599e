"""The reconciliation service over HTTP, draft of version 1.0: each message against its schema."""

from typing import Any

import httpx
import pytest

from tests.reconcile.schemas import DRAFT, OLD, faults

NAME = {"matchType": "name", "propertyValue": "Tehran"}


def fetch(server: str, path: str, schema: str, **given: Any) -> Any:
    return said(httpx.get(f"{server}/reconcile/draft{path}", params=given or None, timeout=30), schema)


def send(server: str, path: str, message: Any) -> httpx.Response:
    return httpx.post(f"{server}/reconcile/draft{path}", json=message, timeout=30)


def said(answer: httpx.Response, schema: str) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    message = answer.json()
    assert faults(DRAFT[schema], message) == []
    return message


def match(server: str, *queries: Any) -> list[list[dict[str, Any]]]:
    assert faults(DRAFT["queries"], {"queries": queries}) == []
    results = said(send(server, "/match", {"queries": queries}), "results")["results"]
    assert len(results) == len(queries)
    return [result["candidates"] for result in results]


def given(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"matchType": "property", "propertyId": name, "propertyValue": value, **more}


def test_each_version_has_a_manifest_of_its_own(server: str) -> None:
    draft = fetch(server, "", "manifest")
    old = httpx.get(server + "/reconcile").json()
    assert faults(OLD["manifest"], old) == []
    assert faults(OLD["manifest"], draft)
    assert faults(DRAFT["manifest"], old)


def test_rows_are_answered_in_their_order(server: str) -> None:
    names = ["Qazvin", "Tehran", "اصفهان"]
    found = match(server, *({"conditions": [{"matchType": "name", "propertyValue": name}]} for name in names))
    assert [candidates[0]["id"] for candidates in found] == ["city/qazvin", "city/tehran", "city/isfahan"]
    assert [candidates[0]["match"] for candidates in found] == [True] * 3


def test_a_condition_can_be_required(server: str) -> None:
    country, other = given("country", "Türkiye"), given("country", "Iran")
    (soft,), (hard,), (fits,) = (
        [match(server, {"conditions": [NAME, condition]})[0]]
        for condition in (country, country | {"required": True}, other | {"required": True})
    )
    assert [one["id"] for one in soft][:1] == ["city/tehran"]
    assert not any(one["match"] for one in soft)
    assert all(one["id"] != "city/tehran" for one in hard)
    assert fits[0]["match"]


def test_conditions_are_quantified(server: str) -> None:
    def best(**more: Any) -> dict[str, Any]:
        return match(server, {"conditions": [NAME, given("country", ["Iran", "Iraq"], **more)]})[0][0]

    assert best()["match"]
    assert best(matchQuantifier="any")["match"]
    assert not best(matchQuantifier="all")["match"]
    assert not best(matchQuantifier="none")["match"]


def test_a_row_without_a_name_is_found_by_an_identifier(server: str) -> None:
    assert match(server, {"conditions": [given("wikidata", "Q3616")]})[0][0]["id"] == "city/tehran"


def test_features_and_names_say_what_and_in_which_language(server: str) -> None:
    best = match(server, {"conditions": [NAME], "type": "City", "limit": 1})[0][0]
    assert (best["lang"], best["dir"]) == ("en", "ltr")
    assert all(feature["name"] for feature in best["features"])


def test_suggestions(server: str) -> None:
    entities = fetch(server, "/suggest/entity", "entities", prefix="Tehr", limit=3)["result"]
    assert entities[0]["id"] == "city/tehran"
    assert len(entities) <= 3
    assert fetch(server, "/suggest/entity", "entities", prefix="Tehr", limit=2, offset=1)["result"] == entities[1:3]
    assert fetch(server, "/suggest/type", "choices", prefix="")["result"]
    assert fetch(server, "/suggest/property", "choices", prefix="country")["result"][0]["id"] == "country"


def test_tables_are_filled(server: str) -> None:
    assert any(one["id"] == "mayor" for one in fetch(server, "/extend/propose", "proposal", type="City")["properties"])
    wanted = {"ids": ["city/tehran", "city/baku"], "properties": [{"id": "country"}, {"id": "name"}]}
    assert faults(DRAFT["extension query"], wanted) == []
    filled = said(send(server, "/extend", wanted), "extension")
    assert [row["id"] for row in filled["rows"]] == wanted["ids"]
    assert [column["id"] for column in filled["rows"][0]["properties"]] == ["country", "name"]
    assert {"str": "تهران", "lang": "fa", "dir": "rtl"} in filled["rows"][0]["properties"][1]["values"]


def test_the_preview_may_be_framed(server: str) -> None:
    answer = httpx.get(server + "/reconcile/draft/preview", params={"id": "city/tehran"})
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "Tehran" in answer.text


@pytest.mark.parametrize(
    "message",
    [
        [],
        {"query": "Tehran"},
        {"queries": {"q0": {"conditions": [NAME]}}},
        {"queries": [{}]},
        {"queries": [{"conditions": []}]},
        {"queries": [{"conditions": [{"propertyValue": "Tehran"}]}]},
        {"queries": [{"conditions": [{"matchType": "property", "propertyValue": "Iran"}]}]},
        {"queries": [{"conditions": [NAME], "type": ["City", "Person"]}]},
        {"queries": [{"conditions": [{**given("country", "Iran"), "required": "yes"}]}]},
        {"queries": [{"conditions": [{**given("country", "Iran"), "matchQuantifier": "some"}]}]},
    ],
    ids=str,
)
def test_what_the_specification_does_not_allow_is_refused(server: str, message: Any) -> None:
    answer = send(server, "/match", message)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_body_must_be_json(server: str) -> None:
    address = server + "/reconcile/draft/match"
    assert httpx.post(address, data={"queries": "[]"}).status_code == 415
    headers = {"Content-Type": "application/json"}
    assert httpx.post(address, content=b"{", headers=headers).status_code == 400
    assert httpx.post(address, content=b"[" * 100_000, headers=headers).status_code == 400
