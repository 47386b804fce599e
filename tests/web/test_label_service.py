"""The label service of Wikidata at the endpoint: for every client, in its language, and shown in standard SPARQL."""

import csv
import io

import httpx
import pytest

SERVICE = 'SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],fa,en" }'
QUERY = f"SELECT ?city ?cityLabel WHERE {{ VALUES ?city {{ city:tehran city:najaf }} {SERVICE} }} ORDER BY ?city"


def labels(server: str, query: str = QUERY, accept_language: str = "en") -> list[str]:
    answer = httpx.get(
        f"{server}/sparql",
        params={"query": query},
        headers={"Accept": "text/csv", "Accept-Language": accept_language},
    )
    assert answer.status_code == 200, answer.text
    assert "Accept-Language" in answer.headers["vary"]
    return [row["cityLabel"] for row in csv.DictReader(io.StringIO(answer.text))]


def test_each_client_gets_labels_in_its_own_language(server: str) -> None:
    for _ in range(2):  # what is kept of one answer is not given to who reads another language
        assert labels(server, accept_language="en-GB, fa;q=0.3") == ["Najaf", "Tehran"]
        assert labels(server, accept_language="fa-IR, en;q=0.3") == ["نجف", "تهران"]
        assert labels(server, accept_language="xx") == ["نجف", "تهران"], "none of theirs: the next of the chain"


def test_the_standard_query_gives_the_same_and_declares_all_it_uses(server: str) -> None:
    told = httpx.get(
        f"{server}/sparql", params={"query": QUERY, "explain": "1"}, headers={"Accept-Language": "fa"}
    ).json()
    assert told["query"] == QUERY
    assert told["rules"][0]["rule"] == "label-service"
    assert "SERVICE" not in told["standard"]
    assert "PREFIX city:" in told["standard"]
    answer = httpx.get(f"{server}/sparql", params={"query": told["standard"], "format": "csv"})
    assert [row["cityLabel"] for row in csv.DictReader(io.StringIO(answer.text))] == ["نجف", "تهران"]


def test_the_page_keeps_the_query_and_shows_the_standard_one(server: str) -> None:
    page = httpx.get(f"{server}/sparql", params={"query": QUERY}, headers={"Accept": "text/html"}).text
    assert "SERVICE wikibase:label" in page
    assert "Show the standard query" in page
    shown = page.partition('id="standard-query"')[2].partition("</details>")[0]
    assert "OPTIONAL {" in shown
    plain = httpx.get(f"{server}/sparql", params={"query": "ASK {}"}, headers={"Accept": "text/html"}).text
    assert 'id="standard-query"' not in plain


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * { SERVICE wikibase:label { ?x cd:memberOf ?y } }", 400, "label service"),
        ("SELECT * { SERVICE <http://x/label> { ?s ?p ?o } }", 403, "SERVICE is refused"),
        (f"SELECT * {{ {SERVICE} SERVICE <http://x/label> {{ ?s ?p ?o }} }}", 403, "SERVICE is refused"),
    ],
)
def test_what_is_no_label_service_is_refused_as_before(server: str, query: str, status: int, words: str) -> None:
    answer = httpx.get(f"{server}/sparql", params={"query": query})
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


def test_a_syntax_error_has_its_place_in_the_query_as_it_was_sent(server: str) -> None:
    query = f"SELECT ?cityLabel WHERE {{ ?city a cd:City . {SERVICE} }} ORDER BY nothing"
    problem = httpx.get(f"{server}/sparql", params={"query": query}).json()
    assert problem["type"].endswith("/query-syntax")
    assert problem["line"] == 1
    assert query.index("nothing") - 2 <= problem["column"] <= len(query) + 1
