"""Rows as a workbook: typed cells, and nothing that a spreadsheet would take for something else."""

import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from citydip.services.sheets import write_sheet

XSD = "http://www.w3.org/2001/XMLSchema#"


def cells(*terms: dict[str, str]) -> list[Any]:
    """Return the cells of a column of terms."""
    rows = [{"v": {"type": "literal", **term}} for term in terms]
    results = json.dumps({"head": {"vars": ["v"]}, "results": {"bindings": rows}})
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(results.encode(), {"title": "T"})))
    return [row[0] for row in book["rows"].iter_rows(min_row=2)]


@pytest.mark.parametrize(
    ("datatype", "value", "expected"),
    [
        ("integer", "-12", -12),
        ("decimal", "1.5", 1.5),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("date", "2016-12-31", datetime(2016, 12, 31)),
        ("date", "1899-01-01", "1899-01-01"),
        ("date", "someday", "someday"),
        ("integer", "1234567890123456", "1234567890123456"),
        ("integer", "many", "many"),
        ("double", "INF", "INF"),
        ("double", "NaN", "NaN"),
        ("string", "007", "007"),
        ("string", "TRUE", "TRUE"),
    ],
)
def test_a_cell_is_what_the_term_is(datatype: str, value: str, expected: object) -> None:
    (cell,) = cells({"value": value, "datatype": XSD + datatype})
    assert cell.value == expected
    assert type(cell.value) is type(expected)


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "{=1}", "\t=1", "http://x/"]
)
def test_a_text_is_never_a_formula_or_a_link(text: str) -> None:
    (cell,) = cells({"value": text})
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_text_that_is_too_long_says_so() -> None:
    (cell,) = cells({"value": "a" * 40_000})
    assert len(cell.value) == 32_767
    assert cell.value.endswith("a…")


def test_letters_of_every_script_come_back() -> None:
    (cell,) = cells({"value": "قاضی\u200cانتپ \U0001f30d <&> \x01"})
    assert cell.value.startswith("قاضی\u200cانتپ \U0001f30d <&>")


def test_equal_rows_make_an_equal_file() -> None:
    results = json.dumps({"head": {"vars": ["v"]}, "results": {"bindings": []}}).encode()
    assert write_sheet(results, {"title": "T"}) == write_sheet(results, {"title": "T"})


def test_a_row_without_a_value_has_an_empty_cell() -> None:
    results = json.dumps(
        {"head": {"vars": ["a", "b"]}, "results": {"bindings": [{"b": {"type": "uri", "value": "x:y"}}]}}
    )
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(results.encode(), {})))
    assert list(book["rows"].iter_rows(values_only=True)) == [("a", "b"), (None, "x:y")]
