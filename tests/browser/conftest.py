"""A real browser, Debian's Chromium, driven over the pages of a real server; it can reach no other host."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from citydip.curation.snapshot import Snapshot
from tests.browser.editing import input_of
from tests.web.conftest import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def site(snapshot: Snapshot) -> Iterator[str]:
    """Yield the address of a server for people who look."""
    with serving(snapshot.path.parent, "--timeout", "10", "--workers", "2") as address:
        yield address


# The driver keeps an event loop running, and other tests begin their own: it ends with the last test of the browser.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Yield a browser."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium; install it with: apt-get install chromium")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> list[str]:
    """Return the list of addresses on other hosts that pages have asked for, to be found empty."""
    return []


@pytest.fixture
def context(chromium: Browser, site: str, asked: list[str]) -> Iterator[BrowserContext]:
    """Yield a window's context that notes and refuses what asks another host; nothing may."""
    with chromium.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True, locale="en-GB") as made:
        made.set_default_timeout(20_000)
        made.route("**/*", lambda route: _only(route, site, asked))
        yield made
    assert asked == []


def _only(route: Route, site: str, asked: list[str]) -> None:
    address = route.request.url
    if address.startswith((site, "data:", "blob:")):
        route.continue_()
    else:
        asked.append(address)
        route.abort()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    """Yield a tab that fails the test where a script fails."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield page
    # What is not there, or refused as it should be, says so in the console too.
    assert [e for e in errors if "responded with a status of 4" not in e] == []


@pytest.fixture
def query_page(tab: Page, site: str) -> Page:
    """Return a tab with the query page, in English."""
    tab.goto(site + "/sparql?lang=en")
    expect(input_of(tab)).to_be_visible()
    return tab


@pytest.fixture
def plain(chromium: Browser, site: str, asked: list[str]) -> Iterator[Page]:
    """Yield a tab of a browser that runs no scripts."""
    with chromium.new_context(java_script_enabled=False, locale="en-GB") as made:
        made.route("**/*", lambda route: _only(route, site, asked))
        made.set_default_timeout(20_000)
        yield made.new_page()
    assert asked == []
