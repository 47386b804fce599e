"""Citations of things, queries and versions, in forms that reference managers read."""

import json
import re

import pytest

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from citydip.services.citing import CITATIONS, cite, cite_query, cite_version, issued_of

GIVEN = {
    "title": "Tie of {A} & B",
    "iri": "https://w3id.org/citydip/id/tie/1-2",
    "version": "0f",
    "address": "https://example.org/version/0f/page/tie/1-2",
    "issued": "2026-11-22",
}


def test_csl_json_is_a_data_set_with_its_version_and_day() -> None:
    (item,) = json.loads(cite("csl", **GIVEN, sources=["One", "Two"]))
    assert item["type"] == "dataset"
    assert item["issued"] == {"date-parts": [[2026, 11, 22]]}
    assert (item["version"], item["URL"]) == ("0f", GIVEN["address"])
    assert item["note"].endswith("rests on: One; Two")


def test_ris_has_one_tag_on_a_line_and_an_end() -> None:
    lines = cite("ris", **GIVEN | {"title": "Two\nlines"}).split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert lines[0] == "TY  - DATA"
    assert "TI  - Two lines" in lines
    assert "DA  - 2026/11/22" in lines
    assert lines[-2:] == ["ER  - ", ""]


def test_bibtex_escapes_what_has_a_meaning_in_it() -> None:
    text = cite("bibtex", **GIVEN)
    assert text.startswith("@misc{citydip-1-2,\n")
    assert r"title = {Tie of \{A\} \& B}" in text
    assert "year = {2026}" in text


@pytest.mark.parametrize("form", CITATIONS)
def test_versions_and_queries_are_cited_in_every_form(form: str, snapshot: Snapshot) -> None:
    issued = issued_of(snapshot)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", issued)
    version = snapshot.version
    whole = cite_version(form, version=version, base="https://example.org", issued=issued)
    assert f"https://example.org/version/{version}/" in whole
    query = cite_query(form, name="mayors", title="Mayors", version=version, base="https://example.org", issued=issued)
    assert f"https://example.org/version/{version}/query/mayors" in query
    with pytest.raises(ParameterError, match="bibtex"):
        cite_version("endnote", version=version, base="")
