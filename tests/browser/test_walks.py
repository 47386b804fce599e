"""What people do: look for a name, open the city, the tie and the evidence, change the language, ask, take away."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE
from tests.pages import KEY_PAGES


def test_a_person_is_found_by_a_name_typed_with_an_arabic_yeh(tab: Page, site: str) -> None:
    tab.goto(site + "/?lang=fa")
    box = tab.get_by_role("search").locator("input[name=q]")
    box.fill("مسعود نصرتي")
    box.press("Enter")
    tab.get_by_role("link", name="مسعود نصرتی").first.click()
    expect(tab).to_have_url(re.compile(r"/page/person/masoud-nosrati"))
    expect(tab.get_by_role("heading", level=1)).to_have_text("مسعود نصرتی")


def test_from_a_city_to_the_words_that_prove_a_tie(tab: Page, site: str) -> None:
    tab.goto(site + "/page/city/mashhad")
    row = tab.locator("tr", has=tab.get_by_role("link", name="Najaf", exact=True)).first
    row.get_by_text("Who says so").click()
    quote = row.locator("blockquote").first
    expect(quote).to_be_visible()
    expect(quote).to_have_attribute("lang", "fa")
    assert quote.evaluate("node => getComputedStyle(node).direction") == "rtl"
    row.get_by_role("link", name="sister-city agreement").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Mashhad and Najaf")
    expect(tab.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()


def test_the_language_changes_and_the_page_stays(tab: Page, site: str) -> None:
    tab.goto(site + "/page/city/mashhad")
    tab.get_by_role("link", name="فارسی").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("مشهد")
    assert tab.evaluate("document.documentElement.dir") == "rtl"
    assert "/page/city/mashhad" in tab.url
    tab.get_by_role("link", name="English").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Mashhad")


def test_the_map_has_land_and_lines_that_lead_to_partners(tab: Page, site: str) -> None:
    tab.goto(site + "/page/city/mashhad")
    land = tab.locator("svg.map use.land")
    assert land.evaluate("node => node.getBBox().width") > 500
    line = tab.locator("svg.map a", has=tab.locator("title", has_text="Najaf")).first
    line.evaluate("node => node.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))")
    expect(tab).to_have_url(re.compile("/page/city/najaf"))


def test_a_table_is_put_in_order_by_its_heads(tab: Page, site: str) -> None:
    tab.goto(site + "/page/city/tehran")
    table = tab.locator("table.sortable").first
    table.get_by_role("button", name="With").click()
    names = [name.strip() for name in table.locator("tbody tr td:first-child").all_inner_texts()]
    assert names == sorted(names, key=str.casefold)
    expect(table.locator("th").first).to_have_attribute("aria-sort", "ascending")


def test_a_query_is_written_run_and_taken_away(tab: Page, site: str, tmp_path: Path) -> None:
    query = "SELECT ?a ?b { ?a cd:twinnedWith ?b } LIMIT 7"
    tab.goto(site + "/sparql")
    area = tab.locator("textarea[name=query]")
    if area.is_visible():
        area.fill(query)
    else:
        tab.locator(".CodeMirror-code").first.click()
        tab.keyboard.press("Control+A")
        tab.keyboard.insert_text(query)
    tab.get_by_role("button", name=re.compile("^Run")).first.click()
    expect(tab.locator("table tbody tr")).to_have_count(7)
    with tab.expect_download() as download:
        link = tab.get_by_role("link", name="csv").first
        link.evaluate("node => node.setAttribute('download', 'rows.csv')")
        link.click()
    target = tmp_path / "rows.csv"
    download.value.save_as(target)
    with target.open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 8


def test_pages_can_be_read_without_scripts(plain: Page, site: str) -> None:
    plain.goto(site + "/page/city/mashhad")
    expect(plain.locator("svg.map a").first).to_be_attached()
    row = plain.locator("tr", has=plain.get_by_role("link", name="Najaf", exact=True)).first
    row.get_by_text("Who says so").click()
    expect(row.locator("blockquote").first).to_be_visible()
    plain.get_by_role("search").locator("input[name=q]").fill("Rasht")
    plain.get_by_role("button", name="Search").click()
    plain.get_by_role("link", name="Rasht", exact=True).first.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Rasht")


def test_a_keyboard_is_enough(tab: Page, site: str) -> None:
    tab.goto(site + "/page/city/mashhad")
    tab.keyboard.press("Tab")
    expect(tab.locator(".skip")).to_be_focused()
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main")
    row = tab.locator("tr", has=tab.get_by_role("link", name="Najaf", exact=True)).first
    row.locator("summary").focus()
    tab.keyboard.press("Enter")
    expect(row.locator("blockquote").first).to_be_visible()
    outline = row.locator("summary").evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("path", KEY_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(tab: Page, site: str, path: str, language: str, scheme: str) -> None:
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
    for details in tab.locator("details").all()[:5]:
        details.evaluate("node => { node.open = true }")
    assert AXE.is_file(), "build the front end first: make assets"
    # The policy of the pages forbids scripts from elsewhere, and this one comes from the test.
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("async () => (await axe.run()).violations")
    serious = [
        (violation["id"], violation["impact"], [node["html"][:160] for node in violation["nodes"]][:3])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("path", KEY_PAGES)
def test_a_page_fits_a_phone(tab: Page, site: str, path: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(site + path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
