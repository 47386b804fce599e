"""Writing in the editor of the query page, and running what is in it."""

from playwright.sync_api import Locator, Page, expect

__all__ = ["input_of", "run", "write"]


def input_of(tab: Page) -> Locator:
    """Return what takes the letters, by its name for who cannot see it."""
    return tab.get_by_role("textbox", name="SPARQL query")


def write(tab: Page, query: str) -> None:
    """Put a query into the editor over what is there."""
    input_of(tab).click()
    tab.keyboard.press("Control+A")
    tab.keyboard.insert_text(query)


def run(tab: Page, query: str) -> Locator:
    """Run a query and return the part of the page with its result."""
    write(tab, query)
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#result")).to_be_visible()
    return tab.locator("#output")
