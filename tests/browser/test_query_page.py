"""The query page in a real browser: errors at their place, stopping, views, and what can be kept."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from citydip.web.editor_messages import EDITOR_MESSAGES
from tests.browser.editing import run, write

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SUGGESTED = {
    "query": "teh",
    "suggestions": [
        {
            "id": "https://w3id.org/citydip/id/city/tehran",
            "label": "Tehran",
            "language": "en",
            "kinds": [{"label": "city"}],
            "countries": [{"label": "Iran"}],
            "statements": 46,
            "matched": {"text": "تهران", "language": "fa", "kind": "label", "how": "same"},
        }
    ],
}


def test_an_error_is_marked_where_it_is(query_page: Page) -> None:
    write(query_page, "SELECT ?city WHERE {\n  ?city a cd:City\n} LIMITT 5")
    query_page.keyboard.press("Control+Enter")
    place = query_page.get_by_role("button", name="Line 3, column 9")
    expect(place).to_be_visible()
    expect(query_page.locator("#editor .error-line pre")).to_have_text("} LIMITT 5")
    place.click()
    expect(query_page.locator("#editor .CodeMirror-code")).to_be_focused()
    run(query_page, "ASK {}")
    expect(query_page.locator("#query-error")).to_be_empty()


def test_a_query_that_never_ends_is_stopped_on_the_server_too(query_page: Page) -> None:
    write(query_page, ENDLESS)
    with query_page.expect_response(lambda answer: answer.request.method == "DELETE") as stopped:
        query_page.keyboard.press("Control+Enter")
        expect(query_page.locator("#query-status")).to_contain_text("Running")
        query_page.get_by_role("button", name="Stop").click()
    assert stopped.value.status == 204
    expect(query_page.locator("#query-status")).to_have_text("Stopped.")
    expect(query_page.get_by_role("button", name="Stop")).to_be_hidden()


def test_an_answer_that_was_cut_says_so_and_leads_to_the_rest(query_page: Page, site: str) -> None:
    def cut(route: Route) -> None:
        answer = route.fetch()
        rest = f'<{site}/sparql?query=SELECT+("the rest"+AS+%3Fa)+{{}}>; rel="next"'
        route.fulfill(response=answer, headers=answer.headers | {"citydip-cut": "rows; rows=1", "link": rest})

    query_page.route("**/sparql", cut)
    output = run(query_page, 'SELECT ("the beginning" AS ?a) {}')
    expect(output.locator("#cut-notice")).to_contain_text("This is not all")
    query_page.get_by_role("button", name="The next part").click()
    expect(output.locator("#result-table tbody")).to_contain_text("the rest")


def test_things_stand_by_name_and_lead_to_their_pages(query_page: Page) -> None:
    output = run(query_page, "SELECT ?a { VALUES ?a { city:najaf city:mashhad } }")
    link = output.get_by_role("link", name="Najaf")
    expect(link).to_have_attribute("href", re.compile(r"/page/city/najaf\?lang=en$"))
    query_page.get_by_label("Names instead of IRIs").uncheck()
    expect(output.get_by_role("link", name="city:najaf")).to_be_visible()


def test_a_table_filters_sorts_and_copies(query_page: Page) -> None:
    query_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    output = run(query_page, 'SELECT ?n ?x { VALUES (?n ?x) { (10 "ten") (9 "nine") (100 "hundred") } }')
    body = output.locator("#result-table tbody")
    query_page.get_by_role("button", name="n", exact=True).click()
    assert [row.split("\t")[0] for row in body.locator("tr").all_inner_texts()] == ["9", "10", "100"]
    query_page.get_by_label("Filter rows").fill("NINE")
    expect(body.locator("tr")).to_have_count(1)
    query_page.get_by_role("button", name="Copy the table").click()
    assert query_page.evaluate("navigator.clipboard.readText()") == "n\tx\n9\tnine"


@pytest.mark.parametrize(
    ("query", "view", "drawn"),
    [
        ("#+ view: map\nSELECT ?a ?b { ?a cd:twinnedWith ?b }", "Map", "svg.map path"),
        ("#defaultView:Map\nSELECT ?c ?p { ?c a cd:City ; geo:asWKT ?p }", "Map", "svg.map circle"),
        ("#defaultView:Graph\nCONSTRUCT WHERE { ?a cd:tiedWith ?b }", "Network", "svg.network line"),
        ("#+ view: timeline\nSELECT ?d ?e { ?d cd:earliestDay ?e }", "Timeline", ".timeline .strip circle"),
        ("#+ view: chart\nSELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c", "Chart", ".bars rect"),
    ],
)
def test_a_comment_in_the_query_chooses_the_view(query_page: Page, query: str, view: str, drawn: str) -> None:
    output = run(query_page, query)
    expect(output.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")
    assert output.locator(drawn).count() > 3


def test_a_view_that_has_nothing_to_show_says_what_to_select(query_page: Page) -> None:
    output = run(query_page, 'SELECT ("x" AS ?a) {}')
    tabs = output.get_by_role("tab").all_inner_texts()
    assert tabs == ["Table", "Map", "Network", "Timeline", "Chart"]
    for name in tabs[1:]:
        output.get_by_role("tab", name=name).click()
        expect(output.get_by_role("tabpanel")).to_have_text(EDITOR_MESSAGES[f"q-no-{name.lower()}"]["en"])


def test_tabs_are_gone_through_by_arrows(query_page: Page) -> None:
    output = run(query_page, 'SELECT ("x" AS ?a) {}')
    output.get_by_role("tab", name="Table").focus()
    query_page.keyboard.press("ArrowLeft")
    expect(output.get_by_role("tab", name="Chart")).to_be_focused()
    query_page.keyboard.press("ArrowRight")
    expect(output.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")


def test_the_permanent_link_brings_the_query_its_version_and_its_view_back(query_page: Page) -> None:
    output = run(query_page, "SELECT ?a ?b { ?a cd:twinnedWith ?b }")
    output.get_by_role("tab", name="Network").click()
    address = output.locator("#permalink").get_attribute("href")
    assert address
    assert re.search(r"/version/[0-9a-f]{16}/sparql\?.*query=SELECT.*#network$", address)
    query_page.goto(address)
    expect(query_page.locator("svg.network")).to_be_visible()
    assert "twinnedWith" in query_page.locator("#query").input_value()


def test_a_query_too_long_for_an_address_runs_and_downloads(query_page: Page, tmp_path: Path) -> None:
    output = run(query_page, f'# {"x" * 9000}\nSELECT ("long" AS ?a) {{}}')
    expect(output).to_contain_text("too long for an address")
    with query_page.expect_download() as download:
        output.get_by_role("link", name="csv").click()
    download.value.save_as(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_bytes() == b"a\r\nlong\r\n"


def test_the_program_of_a_query_is_copied(query_page: Page) -> None:
    query_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    output = run(query_page, "ASK {}")
    output.get_by_text("This query in a program").click()
    output.locator("#samples section", has_text="curl").get_by_role("button").click()
    assert "<<'END'\nASK {}\nEND" in query_page.evaluate("navigator.clipboard.readText()")


def test_an_example_is_found_by_words_and_runs(query_page: Page) -> None:
    query_page.locator("#examples summary").click()
    query_page.get_by_label("Find an example").fill("mayor city")
    found = query_page.locator("#example-list li:visible")
    assert 0 < found.count() < 20
    found.get_by_role("link", name="Mayors", exact=True).click()
    expect(query_page.locator("#result-table tbody tr").first).to_be_visible()


def test_suggestions_are_chosen_by_keyboard(tab: Page, site: str) -> None:
    tab.route("**/suggest?*", lambda route: route.fulfill(json=SUGGESTED))
    tab.goto(site + "/?lang=fa")
    search = tab.get_by_role("combobox")
    search.press_sequentially("teh")
    expect(tab.get_by_role("option")).to_have_count(1)
    expect(search).to_have_attribute("aria-expanded", "true")
    search.press("ArrowDown")
    expect(tab.get_by_role("option")).to_have_attribute("aria-selected", "true")
    search.press("Escape")
    expect(search).to_have_attribute("aria-expanded", "false")
    search.press("ArrowDown")
    expect(tab.get_by_role("option")).to_be_visible()
    search.press("ArrowDown")
    search.press("Enter")
    expect(tab).to_have_url(re.compile(r"/page/city/tehran\?lang=fa$"))
