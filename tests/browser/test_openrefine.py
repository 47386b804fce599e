"""What docs/how-to/match-a-spreadsheet.md tells a user to do, done in the pages of a real OpenRefine."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.reconcile.openrefine import Project, running_openrefine

TABLE = "name,country\nTehran,Iran\nMashad,Iran\nZzyzx,\nTabriz,Türkiye\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Yield a table in a running OpenRefine."""
    with running_openrefine(tmp_path_factory.mktemp("openrefine")) as refine:
        yield refine.create("cities", TABLE)


@pytest.fixture
def refine_tab(chromium: Browser, project: Project, site: str) -> Iterator[Page]:
    """Yield a tab with the table, which can reach no other host than OpenRefine and the server."""
    with chromium.new_context(viewport={"width": 1300, "height": 900}, locale="en-GB") as context:
        context.set_default_timeout(20_000)
        hosts = (site + "/", project.refine.address + "/", "data:")
        context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(hosts) else route.abort())
        tab = context.new_page()
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(f"{project.refine.address}/project?project={project.number}")
        yield tab
        assert errors == []


def test_a_user_matches_a_column_and_adds_another(refine_tab: Page, project: Project, site: str) -> None:
    tab = refine_tab
    menu = tab.locator(".column-header", has_text="name").locator(".column-header-menu")
    menu.click()
    tab.get_by_text("Reconcile", exact=True).hover()
    tab.get_by_text("Start reconciling").click()
    tab.get_by_role("button", name="Add standard service").click()
    tab.locator("input[bind=input]").fill(site + "/reconcile")
    tab.get_by_role("button", name="Add service").click()

    # The type is guessed from a few names; a property is found by typing.
    expect(tab.locator("input[name=type-choice][value=City]")).to_be_checked()
    row = tab.locator("tr", has=tab.locator("input[name=property][columnname=country]")).last
    row.locator("input[name=include]").check()
    box = row.locator("input[name=property]")
    box.click()
    box.press_sequentially("coun", delay=50)
    expect(tab.locator(".fbs-list li", has_text="The country that it lies in").first).to_be_visible()
    tab.locator(".fbs-list li").first.click()
    tab.get_by_role("button", name="Start reconciling").click()

    matched = tab.locator(".data-table-cell-content > a", has_text="Mashhad")
    expect(matched).to_have_attribute("href", site + "/id/city/mashhad")
    judged = [cell["r"]["j"] for cell in project.column("name")]
    assert judged == ["matched", "matched", "none", "none"]

    # The card of what is a candidate.
    tab.locator(".data-table-recon-candidate", has_text="Tabriz").locator("a", has_text="Tabriz").first.hover()
    card = tab.frame_locator("iframe")
    expect(card.get_by_text("Tabriz").first).to_be_visible()

    menu.click()
    tab.get_by_text("Edit column", exact=True).hover()
    tab.get_by_text("Add columns from reconciled values").click()
    tab.locator(".suggested-property a", has_text="population").click()
    preview = tab.locator(".preview-container")
    expect(preview.get_by_text("7153309")).to_be_visible()
    tab.get_by_role("button", name="OK").click()
    expect(tab.locator(".column-header", has_text="population")).to_be_visible()
    population = [cell["v"] for cell in project.column("population")]
    assert [isinstance(value, int) for value in population] == [True, True, False, False]
