"""The network of ties over HTTP: figures, ranks, communities, each for the ties that are chosen."""

import csv
import html
import re

import httpx
import pytest

from tests.web.test_site import Reading


def get(server: str, path: str, **given: object) -> httpx.Response:
    return httpx.get(f"{server}/network/{path}", params=given, timeout=60)  # type: ignore[arg-type]


def test_the_figures_say_of_what_and_with_what_they_are(server: str) -> None:
    answer = get(server, "stats")
    body = answer.json()
    assert answer.status_code == 200
    assert body["version"] == answer.headers["citydip-version"]
    assert body["library"].startswith("igraph ")
    assert body["selection"]["grades"] == ["attested", "signed"]
    figures = body["figures"]
    assert figures["nodes"] > figures["components"] > 0
    assert sum(count for _, count in figures["degree_distribution"]) == figures["nodes"]


def test_cities_are_ranked(server: str) -> None:
    body = get(server, "rank", by="pagerank", limit=5).json()
    values = [city["value"] for city in body["cities"]]
    assert len(values) == 5 < body["total"]
    assert values == sorted(values, reverse=True)
    rows = list(csv.DictReader(get(server, "rank", by="pagerank", limit=5, format="csv").text.splitlines()))
    assert [row["node"] for row in rows] == [city["node"] for city in body["cities"]]


def test_communities_hold_every_city_once(server: str) -> None:
    body = get(server, "communities").json()
    assert (
        len({city["node"] for city in body["cities"]})
        == len(body["cities"])
        == get(server, "stats").json()["figures"]["nodes"]
    )
    assert max(city["community"] for city in body["cities"]) == body["communities"]


def test_ties_are_chosen(server: str) -> None:
    whole = get(server, "stats").json()["figures"]["edges"]
    certain, possible, every = (
        get(server, "stats", asOf="2000", wanted=wanted).json()["figures"]["edges"]
        for wanted in ("certain", "possible", "all")
    )
    assert 0 < certain < possible <= every
    assert 0 < get(server, "stats", country="IR").json()["figures"]["edges"] <= whole
    assert get(server, "stats", country="AQ").json()["figures"]["nodes"] == 0
    isfahan = get(server, "stats", division="division:isfahan-province").json()
    assert 0 < isfahan["figures"]["edges"] < whole
    assert isfahan["selection"]["divisions"] == ["https://w3id.org/citydip/id/division/isfahan-province"]
    asia = "https://w3id.org/citydip/id/world-region/western-asia"
    for region in ("145", "world-region:western-asia", asia, "Western Asia", "غرب آسیا"):
        body = get(server, "stats", region=region).json()
        assert 0 < body["figures"]["edges"] < whole
        assert body["selection"]["regions"] == [asia]
    assert (
        get(server, "stats", within="142").json()["figures"]["edges"]
        < get(server, "stats", region="142").json()["figures"]["edges"]
    )
    abroad, inside = (get(server, "stats", **{name: "IR"}).json()["figures"]["edges"] for name in ("country", "within"))
    assert inside < abroad


def test_an_answer_is_known_again(server: str) -> None:
    first = get(server, "stats")
    again = httpx.get(f"{server}/network/stats", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("stats", {"asOf": "yesterday"}, "such as 2016-12-31"),
        ("stats", {"wanted": "all"}, "together with asOf"),
        ("stats", {"asOf": "2000", "wanted": "some"}, "certain, possible or all"),
        ("stats", {"grade": "sure"}, "there are: signed"),
        ("stats", {"division": "division:nowhere"}, "no city that has a tie lies in"),
        ("stats", {"continent": "x"}, "no parameter 'continent'; there are: tie-type"),
        ("stats", {"region": "Atlantis"}, "no world region 'Atlantis'; give its M49 code such as 145"),
        ("stats", {"within": "Asia"}, "such as 145 or world-region:western-asia, not 'Asia'"),
        ("rank", {"by": "fame"}, "there are: degree"),
        ("rank", {"limit": "0"}, "from 1 to 20000"),
        ("communities", {"format": "xml"}, "json or csv"),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_what_to_do(
    server: str, path: str, given: dict[str, str], said: str
) -> None:
    answer = get(server, path, **given)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_who_accepts_nothing_that_is_there_is_told_what_is(server: str) -> None:
    answer = httpx.get(f"{server}/network/stats", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.json()["available"] == ["application/json", "text/csv"]


def page(server: str, language: str, **given: str) -> httpx.Response:
    return httpx.get(f"{server}/page/city/isfahan", params={"lang": language, **given}, timeout=60)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_page_is_shown_as_of_a_time_without_scripts(server: str, language: str) -> None:
    whole = page(server, language)
    assert 'name="asOf"' in whole.text
    assert 'class="held"' not in whole.text
    counts = {}
    for wanted in ("certain", "possible", "all"):
        shown = page(server, language, asOf="2000-01-01", wanted=wanted)
        assert shown.status_code == 200
        assert 'value="2000-01-01"' in shown.text
        assert f'<option value="{wanted}" selected>' in shown.text
        counts[wanted] = shown.text.count('class="held"')
    assert 0 < counts["certain"] < counts["all"]
    assert counts["certain"] <= counts["possible"] <= counts["all"]
    assert whole.headers["etag"] != shown.headers["etag"]


def test_a_page_refuses_a_time_that_is_none(server: str) -> None:
    assert page(server, "en", asOf="<script>").status_code == 400
    assert page(server, "en", asOf="2000", wanted="some").status_code == 400


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_page_of_the_network_leads_to_figures_and_data(server: str, language: str) -> None:
    shown = httpx.get(f"{server}/network", params={"lang": language}, timeout=60)
    assert shown.status_code == 200
    assert f'lang="{language}"' in shown.text
    pictures = re.findall(r'<img src="([^"]+)"', shown.text)
    assert len(pictures) == 4
    for address in [*pictures, *re.findall(r'href="([^"]+/network/(?:stats|rank)[^"]*)"', shown.text)]:
        answer = httpx.get(html.unescape(address), timeout=60)
        assert answer.status_code == 200, address
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_page_has_a_form_that_keeps_what_was_chosen(server: str, language: str) -> None:
    # A form sends its empty fields, too.
    sent = {
        "tie-type": "",
        "grade": "signed",
        "country": "IR",
        "division": "",
        "region": "145",
        "within": "",
        "asOf": "",
    }
    sent["wanted"] = ""
    shown = httpx.get(f"{server}/network", params={"lang": language, **sent}, timeout=60)
    assert shown.status_code == 200
    reading = Reading(shown.text)
    assert (reading.wrong, reading.open, reading.headings.count(1)) == ([], [], 1)
    assert '<option value="IR" selected>' in shown.text
    assert '/id/world-region/western-asia" selected>' in shown.text
    assert re.findall(r'name="grade" value="(\w+)" checked', shown.text) == ["signed"]
    data = [html.unescape(address) for address in re.findall(r'href="([^"]+/network/stats[^"]*)"', shown.text)]
    assert len(data) == 2
    for address in data:
        assert "country=IR" in address
        assert httpx.get(address, timeout=60).status_code == 200
    then = httpx.get(f"{server}/network", params={"asOf": "2000", "wanted": "possible"}, timeout=60)
    assert '<option value="possible" selected>' in then.text


def test_figures_are_pictures_of_the_ties_that_are_chosen(server: str) -> None:
    svg = get(server, "figures/degrees.svg")
    assert (svg.status_code, svg.headers["content-type"]) == (200, "image/svg+xml")
    assert svg.text != get(server, "figures/degrees.svg", country="IR", asOf="2000").text
    assert get(server, "figures/countries.svg", lang="fa").text != get(server, "figures/countries.svg", lang="en").text
    png = get(server, "figures/ego.png", city="https://w3id.org/citydip/id/city/isfahan")
    assert png.content == get(server, "figures/ego.png", city="city:isfahan").content
    assert (png.headers["content-type"], png.content[:4]) == ("image/png", b"\x89PNG")
    assert get(server, "figures/nothing.svg").status_code == 404
    assert get(server, "figures/map.gif").status_code == 404
    assert get(server, "figures/ego.svg").status_code == 400
