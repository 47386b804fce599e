"""The sample questions of researchers: each is answered by catalogue queries, row by row, with nothing beside.

The questions are asked of the articles alone, so they are answered from a store without the facts of other pages. On
the whole graph the same rows must come back, among more.

Our own list, ``sample_questions.yaml``, names the query, its parameters and every row, so that it can be proved
without the shared list; where the shared list is at hand, both are compared.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml

from citydip.model.terms import PREFIXES
from citydip.services.catalogue import Catalogue
from tests.conftest import ROOT, run_query

OURS = Path(__file__).with_suffix(".yaml").with_name("sample_questions.yaml")
SHARED = ROOT.parent / "shared" / "design" / "sample_questions.yaml"

_PLACE = re.compile(r"\{(\w+)(?:\|([^}]*))?\}")
_WORD = re.compile(r"[^\W_](?:[^\s,;:.()\[\]\"]*[^\W_])?")
_NAMES = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "altLabel")

SUPERSEDED = {
    "cq079": (["mayors"], "a page names the mayor of Semnan, whom the articles leave unnamed"),
    "cq104": (["events-held", "events-held"], "pages say outright that two forums were held, which the articles imply"),
}
"""Questions of which the whole graph knows more than the articles: the queries whose row differs, and why."""


@cache
def _questions(path: Path) -> dict[str, dict[str, Any]]:
    """Return the questions of a list by their ids."""
    questions = yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
    return {question["id"]: question for question in questions}


def _wordings(run: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    """Return how the shared list words the values of a row, by its keys."""
    return {**run.get("says", {}), **row.get("says", {})}


def _said(run: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    """Return a row as the shared list has it."""
    return {
        key: _PLACE.sub(lambda place: place[2] or row[place[1]], wording)
        for key, wording in _wordings(run, row).items()
    }


def _names(store: ox.Store, value: str) -> list[str]:
    """Return the names of the thing that a value stands for, or the value itself where it is a text."""
    prefix, colon, local = value.partition(":")
    if not colon or prefix not in PREFIXES or " " in value:
        return [value]
    thing = ox.NamedNode(PREFIXES[prefix] + local)
    quads = (quad for name in _NAMES for quad in store.quads_for_pattern(thing, ox.NamedNode(name), None))
    return [quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


@pytest.mark.parametrize("number", _questions(OURS))
def test_a_question_is_answered_exactly(number: str, articles_store: ox.Store, catalogue: Catalogue) -> None:
    for run in _questions(OURS)[number]["runs"]:
        results = run_query(articles_store, catalogue[run["query"]], run.get("params", {}))
        found = []
        for row in run["rows"]:
            columns = {name: value for name, value in row.items() if name != "says"}
            alike = [n for n, result in enumerate(results) if all(result.get(c, "") == v for c, v in columns.items())]
            assert len(alike) == 1, f"{run['query']} gives this row {len(alike)} times: {columns}\nrows: {results}"
            found += alike
            for wording in _wordings(run, row).values():
                for column, words in _PLACE.findall(wording):
                    names = _names(articles_store, results[alike[0]].get(column, ""))
                    assert any(_words(words) <= _words(name) for name in names), f"{words!r} names none of {names}"
        assert sorted(found) == list(range(len(results))), f"{run['query']} gives rows too many: {results}"
        if run.get("ordered"):
            assert found == sorted(found), f"{run['query']} gives the rows in another order"


@pytest.mark.parametrize("number", _questions(OURS))
def test_other_pages_take_no_row_from_an_answer(number: str, store: ox.Store, catalogue: Catalogue) -> None:
    lost = []
    for run in _questions(OURS)[number]["runs"]:
        results = run_query(store, catalogue[run["query"]], run.get("params", {}))
        for row in run["rows"]:
            columns = {name: value for name, value in row.items() if name != "says"}
            if not any(all(result.get(c, "") == v for c, v in columns.items()) for result in results):
                lost.append((run["query"], columns))
    assert [query for query, _ in lost] == SUPERSEDED.get(number, ([], ""))[0], lost


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared list of questions is not at hand")
def test_our_list_accounts_for_the_shared_one() -> None:
    ours, shared = _questions(OURS), _questions(SHARED)
    assert {i: q["question"] for i, q in ours.items()} == {i: q["question"] for i, q in shared.items()}
    for number, question in shared.items():
        expected = [{key: str(value) for key, value in row.items()} for row in question["expected"]]
        said = [_said(run, row) for run in ours[number]["runs"] for row in run["rows"]]
        assert said == expected, number


def test_every_question_has_a_run_and_a_query_in_the_catalogue(catalogue: Catalogue) -> None:
    questions = _questions(OURS)
    assert len(questions) == 23
    for question in questions.values():
        assert question["runs"], question["id"]
        for run in question["runs"]:
            assert run["query"] in catalogue
            assert catalogue[run["query"]].title("fa") != run["query"]
