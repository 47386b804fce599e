"""The editor of the query page: what it knows of SPARQL and of the graph, and that it can be used by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from citydip.services.catalogue import Catalogue
from citydip.services.examples import example_text
from tests.browser.conftest import AXE
from tests.browser.editing import input_of, write

SET = "(text) => document.querySelector('.CodeMirror').CodeMirror.setValue(text)"


def hints(tab: Page) -> Locator:
    """Return what is offered to complete."""
    return tab.locator("#editor").get_by_role("option")


def begin(tab: Page, query: str) -> None:
    """Write a query and go on with its last letter by hand."""
    write(tab, query[:-1])
    tab.keyboard.type(query[-1])


def written(tab: Page) -> str:
    """Return the query that the form would send."""
    return tab.locator("#query").input_value()


def test_what_is_no_sparql_is_marked_and_said_as_one_types(query_page: Page) -> None:
    message, icon = query_page.locator("#editor-help"), query_page.locator("#editor .parseErrorIcon")
    write(query_page, "SELECT ?city WHERE {\n  ?city a cd:City ;;; }\n} LIMIT 5")
    expect(message).to_have_text(re.compile("^Line 3, column 1: “.}.” does not fit here"))
    expect(input_of(query_page)).to_have_attribute("aria-invalid", "true")
    expect(input_of(query_page)).to_have_accessible_description(re.compile("^Line 3"))
    expect(icon).to_have_count(1)
    expect(icon).to_have_attribute("title", re.compile("^Line 3"))
    icon.hover()
    write(query_page, "SELECT ?city WHERE {\n  ?city a cd:City\n} LIMIT 5")
    expect(icon).to_have_count(0)
    expect(message).to_contain_text("Ctrl+Enter runs the query")
    expect(input_of(query_page)).to_have_attribute("aria-invalid", "false")


def test_what_would_fit_is_named_with_closing_brackets_only_where_one_is_open(query_page: Page) -> None:
    message = query_page.locator("#editor-help")
    write(query_page, "ASK { } }")
    expect(message).to_contain_text("does not fit here. What fits:")
    expect(message).not_to_have_text(re.compile(r"What fits: .*}"))
    write(query_page, "ASK { ?a ?b ?c )")
    expect(message).to_have_text(re.compile(r"What fits: .*}"))


def test_prefixes_of_the_service_need_no_declaration_and_others_do(query_page: Page) -> None:
    message = query_page.locator("#editor-help")
    write(query_page, "ASK { city:rasht a cd:City }")
    expect(message).to_contain_text("Ctrl+Enter")
    write(query_page, "ASK { city:rasht a mine:City }")
    expect(message).to_have_text(re.compile("the prefix .mine:. is not known"))
    write(query_page, "PREFIX mine: <https://example.org/>\nASK { city:rasht a mine:City }")
    expect(message).to_contain_text("Ctrl+Enter")


def test_no_query_of_the_catalogue_is_marked_and_tidying_changes_only_spaces(
    query_page: Page, catalogue: Catalogue
) -> None:
    for query in catalogue:
        text = example_text(query, {})
        query_page.evaluate(SET, text)
        assert query_page.locator("#editor .parseErrorIcon").count() == 0, query.name
        query_page.locator("#format").click()
        tidy = written(query_page)
        assert "".join(tidy.split()) == "".join(text.split()), query.name
        assert not re.search("[ \t]$", tidy, re.MULTILINE), query.name


def test_a_query_is_tidied_and_a_text_over_several_lines_stays(query_page: Page) -> None:
    tidy = query_page.get_by_role("button", name="Tidy")
    write(query_page, "SELECT ?a WHERE { ?a a cd:City ; rdfs:label ?b . }")
    tidy.click()
    assert written(query_page).splitlines() == [
        "SELECT ?a WHERE {",
        "  ?a a cd:City ;",
        "     rdfs:label ?b .",
        "}",
    ]
    long = 'SELECT ("""one\n\n   two""" AS ?a) { }'
    query_page.evaluate(SET, long)
    tidy.click()
    input_of(query_page).press("Control+Shift+F")
    assert written(query_page) == long


@pytest.mark.parametrize(
    ("begun", "offered", "detail"),
    [
        ("SELECT * { ?x cd:hasPart", "cd:hasParty", "has party · property"),
        ("SELECT * { ?x a cd:Agreem", "cd:Agreement", "agreement · class"),
        ("SELECT * { ?x cd:hasStatus forc", "status:in-force", "concept"),
        ("SELECT * { ?x a ?y . FILT", "FILTER", ""),
        ("SELECT * { ?city a ?kind . ?ci", "?city", ""),
    ],
    ids=["property", "class", "concept by its name", "word", "variable"],
)
def test_what_fits_is_completed(query_page: Page, begun: str, offered: str, detail: str) -> None:
    begin(query_page, begun)
    option = hints(query_page).filter(has_text=re.compile("^" + re.escape(offered))).first
    expect(option).to_contain_text(detail)


def test_only_classes_are_offered_where_a_class_stands(query_page: Page) -> None:
    begin(query_page, "SELECT * { ?x a c")
    expect(hints(query_page).first).to_be_visible()
    kinds = {text.rpartition(" · ")[2] for text in hints(query_page).all_inner_texts() if " · " in text}
    assert kinds == {"class"}


def test_terms_are_found_by_their_names_in_the_language_of_the_reader(tab: Page, site: str) -> None:
    tab.goto(site + "/sparql?lang=fa")
    box = tab.locator("#editor").get_by_role("textbox", name="پرس‌وجوی اسپارکل")
    box.click()
    tab.keyboard.press("Control+A")
    tab.keyboard.insert_text("SELECT * { ?x طرف")
    expect(hints(tab).filter(has_text="cd:hasParty")).to_contain_text("ویژگی")
    tab.keyboard.press("Enter")
    assert re.fullmatch(r"SELECT \* { \?x cd:\w+", written(tab))
    assert tab.evaluate("document.documentElement.dir") == "rtl"
    assert box.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_moving_through_a_query_offers_nothing(query_page: Page) -> None:
    write(query_page, "SELECT * {\n  ?city a cd:Cit .\n  ?cityName a cd:City\n}")
    for key in ["ArrowUp", "ArrowUp", "End", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowUp"]:
        query_page.keyboard.press(key)
    query_page.wait_for_timeout(300)
    expect(hints(query_page)).to_have_count(0)


def test_tab_leaves_the_editor_both_ways(query_page: Page) -> None:
    write(query_page, "ASK {}")
    query_page.keyboard.press("Tab")
    expect(query_page.locator("#run")).to_be_focused()
    query_page.keyboard.press("Shift+Tab")
    expect(input_of(query_page)).to_be_focused()
    query_page.keyboard.press("Shift+Tab")
    expect(query_page.locator("#examples summary")).to_be_focused()
    assert written(query_page) == "ASK {}"


def test_a_list_of_completions_is_no_trap_either(query_page: Page) -> None:
    begin(query_page, "SELECT * { ?x cd:hasPart")
    expect(hints(query_page).first).to_be_visible()
    query_page.keyboard.press("Escape")
    expect(hints(query_page)).to_have_count(0)
    expect(input_of(query_page)).to_be_focused()
    query_page.keyboard.press("Tab")
    expect(query_page.locator("#run")).to_be_focused()


def test_its_label_leads_into_it(query_page: Page) -> None:
    query_page.get_by_text("SPARQL query", exact=True).click()
    expect(input_of(query_page)).to_be_focused()


def test_what_an_input_method_writes_stays_where_keys_follow_at_once(query_page: Page) -> None:
    write(query_page, "")
    for part in ['ASK { ?a ?b "', "شهر", " ", "مشهد", '" }']:
        query_page.keyboard.insert_text(part)
        query_page.keyboard.press("Shift")
        query_page.keyboard.type(" ")
    assert written(query_page) == 'ASK { ?a ?b " شهر   مشهد " } '


def test_nothing_is_kept_in_the_browser_and_nobody_else_is_asked(query_page: Page, site: str) -> None:
    addresses: list[str] = []
    query_page.on("request", lambda request: addresses.append(request.url))
    for text in ["PREFIX fo", "PREFIX foaf:", "ASK { ?x foaf:na", "ASK { ?x a dbo:Ci", "ASK { ?x a Per"]:
        begin(query_page, text)
        query_page.keyboard.press("Control+Space")
        query_page.keyboard.press("Escape")
    query_page.keyboard.press("Control+S")
    query_page.reload()
    expect(input_of(query_page)).to_be_visible()
    assert written(query_page) == ""
    assert query_page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert addresses
    assert all(address.startswith(site) for address in addresses)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["completing", "mistaken"])
def test_axe_finds_nothing_serious_while_one_writes(
    tab: Page, site: str, language: str, scheme: str, state: str
) -> None:
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab.goto(f"{site}/sparql?lang={language}")
    tab.locator("#editor").get_by_role("textbox").click()
    tab.keyboard.insert_text('# a\nSELECT (1 AS ?n) { ?x a cd:City ; rdfs:label "a"@en, <http://a>')
    if state == "completing":
        tab.keyboard.type(" ; cd:has")
        expect(hints(tab).first).to_be_visible()
    else:
        tab.keyboard.type(" } WRONG")
        tab.keyboard.press("Control+Enter")
        expect(tab.locator("#go-to-error")).to_be_visible()
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("async () => (await axe.run()).violations")
    serious = [
        (violation["id"], [(node["html"][:160], node["failureSummary"]) for node in violation["nodes"]][:3])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_completions_fit_a_phone(query_page: Page) -> None:
    query_page.set_viewport_size({"width": 390, "height": 800})
    begin(query_page, "SELECT * { ?city a cd:City ; cd:has")
    box = query_page.locator("#editor .CodeMirror-hints").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert query_page.evaluate("document.documentElement.scrollWidth") <= 390
