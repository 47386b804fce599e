"""The examples for contributors are real: what they show in Turtle stands in the graph, and no check is left out."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.turtle import read_turtle
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT

GUIDE = ROOT / "CONTRIBUTING.md"
PAGES = [GUIDE, *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
HEAD = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())

EXAMPLES = [
    (f"{page.stem}:{text.count(chr(10), 0, found.start()) + 1}", found["turtle"])
    for page in PAGES
    for text in [page.read_text(encoding="utf-8")]
    for found in re.finditer(r"^ *```turtle\n(?P<turtle>.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize("turtle", [text for _, text in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_an_example_in_turtle_stands_in_the_graph(turtle: str, store: ox.Store) -> None:
    triples = read_turtle(Path("example.ttl"), HEAD + turtle).triples
    assert triples
    missing = [t for t in triples if not any(store.quads_for_pattern(t.subject, t.predicate, t.object, None))]
    assert [str(triple) for triple in missing] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "queries" / "checks").glob("*.rq")))
def test_every_check_query_is_in_the_table_of_checks(name: str) -> None:
    assert f"| `{name}` |" in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
def test_every_target_of_make_is_named(target: str) -> None:
    assert f"`make {target}`" in GUIDE.read_text(encoding="utf-8")
