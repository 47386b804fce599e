"""The pages: every kind in both languages, evidence at hand, nothing from another host, every internal link good."""

import csv
import io
import re
from html.parser import HTMLParser
from string import Formatter
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from citydip.model.languages import INTERFACE, best_language, direction, fallback
from citydip.web.messages import MESSAGES, say

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = [
    "/",
    "/browse",
    "/browse/Person",
    "/browse/cities/iran",
    "/graphs",
    "/network",
    "/queries",
    "/queries?tag=ties",
    "/queries/mayors?asOf=2016&wanted=possible",
    "/queries/is-twinned",
    "/queries/membership-graph",
    "/page/city/isfahan?asOf=2000&wanted=all",
    "/ontology",
    "/ontology/properties",
    "/ontology/concepts",
    "/codebook/City",
    "/codebook/hasParty",
    "/page/status/signed",
    "/sparql",
    "/page/city/mashhad",
    "/page/agreement/mashhad-gaza",
    "/page/person/masoud-nosrati",
    "/page/source/shabestan-1730839",
    "/page/country/iran",
    "/shapes/city",
    "/query/mayors",
    "/graph/articles/mashhad-gaza",
    "/page/city/nowhere",
]


class Reading(HTMLParser):
    """What a page holds: links, what it loads, headings, and tags that are left open."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in ("script", "img", "iframe", "use") and (given.get("src") or given.get("href")):
            self.loaded.append(given.get("src") or given["href"])
        if tag == "link" and given.get("rel") in ("stylesheet", "icon"):
            self.loaded.append(given["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in {"meta", "link", "input", "br", "img", "use", "circle", "path"}:
            self.open.append(tag)
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("circle", "path", "use"):
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")


def page(server: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(server + path, headers={**BROWSER, **headers}, timeout=30)


@pytest.mark.parametrize("language", INTERFACE)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_in_each_language(server: str, path: str, language: str) -> None:
    sign = "&" if "?" in path else "?"
    answer = page(server, f"{path}{sign}lang={language}")
    assert answer.status_code == (404 if "nowhere" in path else 200)
    text = answer.text
    assert f'<html lang="{language}" dir="{direction(language)}">' in text
    reading = Reading(text)
    assert reading.wrong == []
    assert reading.open == []
    assert len(reading.ids) == len(set(reading.ids))
    assert reading.headings.count(1) == 1
    assert all(deeper - higher <= 1 for higher, deeper in zip(reading.headings, reading.headings[1:], strict=False))
    assert all(link.startswith((server, "#")) for link in reading.loaded)
    assert not re.search(r"\b(figure|section|tone)-[a-z]+\b(?![^<]*>)(?![^{]*})", re.sub(r"<[^>]*>", " ", text))


@pytest.mark.parametrize("path", [p for p in PAGES if "nowhere" not in p])
def test_a_page_is_light(server: str, path: str) -> None:
    text = page(server, path).text
    without_map = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert len(without_map.encode()) < 100_000


def test_every_internal_link_answers(server: str) -> None:
    """Follow the links of the pages above, each kind of address a few times."""
    seen: dict[str, list[str]] = {}
    for path in PAGES:
        for link in Reading(page(server, path).text).links:
            whole = urljoin(server + path, link).partition("#")[0]
            if whole.startswith(server):
                parts = urlsplit(whole).path.split("/")
                seen.setdefault("/".join(parts[1:3]), []).append(whole)
    assert len(seen) > 30
    with httpx.Client(headers=BROWSER, follow_redirects=True, timeout=30) as client:
        for links in seen.values():
            for link in sorted(set(links))[:4]:
                if not link.endswith("/page/city/nowhere"):
                    assert client.get(link).status_code == 200, link


def test_the_language_is_that_of_the_reader_and_stays(server: str) -> None:
    assert '<html lang="fa"' in page(server, "/", **{"Accept-Language": "fa-IR,fa;q=0.9,en;q=0.5"}).text
    assert '<html lang="en"' in page(server, "/", **{"Accept-Language": "de"}).text
    chosen = page(server, "/page/city/mashhad?lang=fa&content=en").text
    assert "<h1>" in chosen
    assert '<span lang="en" dir="ltr">Mashhad</span></h1>' in chosen
    links = [link for link in Reading(chosen).links if "/page/city/" in link]
    switch = [link for link in links if "lang=en" in link]
    assert len(switch) == 1, "the other language of this page"
    assert "/page/city/mashhad?" in switch[0]
    assert len(links) > 1
    assert all("lang=fa" in link and "content=en" in link for link in links if link not in switch)


def test_persian_pages_have_persian_digits_and_both_calendars(server: str) -> None:
    text = page(server, "/page/city/mashhad?lang=fa").text
    assert "۱۴۰۲" in text
    assert "۲۰۲۳" in text
    assert "شنبه" in text


def test_evidence_is_one_click_away_and_in_its_own_language(server: str) -> None:
    text = page(server, "/page/agreement/mashhad-najaf").text
    quote = re.search(r'<blockquote lang="fa" dir="auto">([^<]+)</blockquote>', text)
    assert quote
    assert "نجف" in quote[1]
    assert "/page/person/mohammadreza-ghalandar-sharif" in text
    assert "/page/source/shabestan-1730839" in text
    assert 'class="confidence stated"' in text


def test_what_is_only_proposed_is_marked_and_never_called_done(server: str) -> None:
    text = page(server, "/page/agreement/mashhad-gaza").text
    assert '<span class="status open">' in text
    city = page(server, "/page/city/mashhad").text
    row = re.search(r"<tr[^>]*>\s*<td><a [^>]*>Gaza</a>.*?</tr>", city, re.DOTALL)
    assert row
    assert 'class="status open"' in row[0]
    assert 'class="status done"' not in row[0]


def test_sources_that_disagree_are_marked_on_both(server: str) -> None:
    claims = httpx.get(
        server + "/sparql",
        params={"query": "SELECT ?a ?b { ?a cd:contradicts ?b } LIMIT 3", "format": "csv"},
        timeout=30,
    ).text.split()[1:]
    assert claims
    for iri in claims[0].split(","):
        text = page(server, "/page/" + iri.partition("/id/")[2]).text
        assert say("disagree", "en") in text


def test_what_is_not_known_is_said(server: str) -> None:
    text = page(server, "/page/agreement/mashhad-gaza").text
    assert "What is not known: signed on" in text


def test_a_city_has_its_ties_on_a_map_without_scripts(server: str) -> None:
    text = page(server, "/page/city/mashhad").text
    assert '<svg class="map"' in text
    assert "<title>Najaf</title>" in text
    assert 'd="M' in text


@pytest.mark.parametrize("key", MESSAGES)
def test_every_text_of_the_interface_is_in_every_language(key: str) -> None:
    fields = [{name for _, name, _, _ in Formatter().parse(MESSAGES[key][lang]) if name} for lang in INTERFACE]
    assert all(MESSAGES[key][language].strip() for language in INTERFACE)
    assert all(names == fields[0] for names in fields)


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "en"), ("", "en"), ("fa", "fa"), ("fa-IR", "fa"), ("de, fa;q=0.1", "fa"), ("en;q=0.2, fa;q=0.9", "fa"),
     ("fa;q=0", "en"), ("fa;q=x", "en"), ("*", "en")],
)  # fmt: skip
def test_the_best_language_of_a_header(header: str | None, expected: str) -> None:
    assert best_language(header) == expected


def test_a_label_is_found_by_one_chain() -> None:
    assert fallback({"ar": "رشت", "de": "Rascht"}, "en") == ("رشت", "ar")
    assert fallback({"zh": "拉什特"}, "fa") == ("拉什特", "zh")
    assert fallback({"en": ""}, "en") is None


def test_identifiers_of_others_lead_to_their_pages_and_terms_of_others_have_names(server: str) -> None:
    text = page(server, "/page/city/mashhad").text
    assert 'href="https://www.wikidata.org/wiki/Q121157"' in text
    assert "<dt>coordinates</dt>" in text
    assert "<dt>مختصات</dt>" in page(server, "/page/city/mashhad?lang=fa").text


def test_a_table_names_a_source_without_quotations_once(server: str) -> None:
    text = page(server, "/page/city/isfahan").text
    listed = re.findall(r'<li id="source-(\d+)">', text)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert set(re.findall(r'href="#source-(\d+)"', text)) == set(listed)


def test_the_page_of_a_country_leads_to_its_cities(server: str) -> None:
    assert "/browse/cities/iran" in Reading(page(server, "/page/country/iran").text).links


def test_the_ties_of_a_city_can_be_taken_as_a_table(server: str) -> None:
    (link,) = [link for link in Reading(page(server, "/page/city/isfahan").text).links if "format=csv" in link]
    rows = list(csv.DictReader(io.StringIO(httpx.get(urljoin(server, link), timeout=30).text)))
    assert {row["thing"] for row in rows} == {"https://w3id.org/citydip/id/city/isfahan"}
    assert {"Samarkand", "Barcelona"} <= {row["other_en"] for row in rows}


def test_a_city_leads_to_its_picture_among_its_partners_where_it_has_any(server: str) -> None:
    links = [link for link in Reading(page(server, "/page/city/isfahan?lang=fa").text).links if "/figures/ego." in link]
    assert len(links) == 2
    svg = httpx.get(urljoin(server, links[0]), timeout=60)
    assert (svg.status_code, svg.headers["content-language"]) == (200, "fa")
    assert "سمرقند" in svg.text
    # What was measured of it is asked for by queries, and no row of its page.
    assert "network-measures" not in page(server, "/page/city/isfahan").text
    for path in ("/page/city/geneva", "/page/organization/uclg"):
        assert "/figures/ego." not in page(server, path).text
