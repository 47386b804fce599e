"""The pages of the catalogue in a real browser: a form, rows in pages, and the view that a question asks for."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(
    ("name", "view", "drawn"),
    [
        ("cities-with-coordinates", "map", "#view svg circle"),
        ("membership-graph", "network", "#view svg circle"),
        ("statements-by-class", "chart", "#view svg rect"),
        ("event-timeline", "timeline", "#view svg"),
    ],
)
def test_a_question_is_shown_as_it_asks(tab: Page, site: str, name: str, view: str, drawn: str) -> None:
    tab.goto(f"{site}/queries/{name}?lang=en")
    expect(tab.locator(f"#tab-{view}")).to_have_attribute("aria-selected", "true")
    expect(tab.locator(drawn).first).to_be_visible()


def test_from_the_cards_to_an_answer_by_a_form(tab: Page, site: str) -> None:
    tab.goto(f"{site}/queries?lang=en&tag=places")
    tab.get_by_role("link", name="Cities of a country", exact=False).first.click()
    expect(tab.locator("table").first).to_be_visible()
    field = tab.locator("[name=country]")
    field.fill("country:iraq")
    tab.get_by_role("button", name="Show").click()
    expect(tab).to_have_url(re.compile("country=country%3Airaq"))
    expect(tab.locator("#output")).to_contain_text("Najaf")
