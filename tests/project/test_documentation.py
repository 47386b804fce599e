"""What users are told holds: settings, commands, dependencies and examples."""

import doctest
import importlib
import pkgutil
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

import citydip
from citydip.cli.main import app
from citydip.model.settings import SETTINGS

ROOT = Path(__file__).parents[2]
MODULES = sorted(m.name for m in pkgutil.walk_packages(citydip.__path__, "citydip.") if m.name != "citydip.__main__")
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_setting_is_documented_as_it_is() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default != "" else "empty"
        assert f"| `{setting.variable}` | `{setting.flag}` | {default} | {setting.help} |" in page


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    group: Any = typer.main.get_command(app)
    names = group.list_commands(typer.Context(group))
    assert {"build", "changes", "cite", "export", "serve"} <= set(names)
    for name in names:
        assert f"## citydip {name}\n" in page


def test_every_dependency_says_why_it_is_there() -> None:
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[<>=\[ ]", line)[0]
        assert f"| {name} |" in page, f"{name} is not in the table"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_readme_is_one_screen() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 70
    assert all(len(line) <= 160 for line in lines)


def test_nothing_tracked_names_a_registry_or_a_place_of_this_machine() -> None:
    for path in [ROOT / "requirements.txt", ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / ".ci" / "run"]:
        text = re.sub(r"--no-emit-\S+", "", path.read_text())
        assert not re.search(r"://|index-url|find-links|/opt/", text), path


def test_the_changelog_knows_this_version() -> None:
    assert f"## {citydip.__version__}" in (ROOT / "CHANGELOG.md").read_text()
