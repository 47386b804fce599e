"""Rows of a query as a workbook (XLSX): typed cells, and a second sheet that says what the rows are.

Source: https://ecma-international.org/publications-and-standards/standards/ecma-376/ (Office Open XML)
"""

import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter

from citydip.model.errors import AnswerCutError

__all__ = ["write_sheet"]

_LONGEST_TEXT = 32_767
_MOST_ROWS = 1_048_575
"""Rows of a sheet besides that of the names."""
_MOST_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {_XSD + name for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long", "short")}
_NUMBERS = {_XSD + name for name in ("decimal", "double", "float")}
_FIRST_DAY = date(1900, 3, 1)
"""Before it spreadsheets count a day that there was not."""
# Equal rows make an equal file.
_MADE = datetime(2000, 1, 1)
_WIDEST = 60


def write_sheet(results: bytes, about: Mapping[str, str]) -> bytes:
    """Return a workbook of rows. Numbers, days and truth values are such cells; IRIs and texts are texts.

    A text is never taken for a formula. What a spreadsheet would change, as a number of more than 15 digits or a day
    before March 1900, stays a text; a text of more than 32,767 characters ends with an ellipsis.

    Args:
        results: SPARQL results in JSON.
        about: what the second sheet says, by name.

    Raises:
        AnswerCutError: there are more rows than a sheet can have.
    """
    parsed = json.loads(results)
    names, rows = parsed["head"]["vars"], parsed["results"]["bindings"]
    if len(rows) > _MOST_ROWS:
        raise AnswerCutError(f"a sheet has {_MOST_ROWS} rows at most, and these are {len(rows)}; ask for csv instead")
    output = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(output, options) as book:
        book.set_properties({"title": about.get("title", ""), "created": _MADE})
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("rows")
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, bold)
            longest = max((len(row[name]["value"]) for row in rows[:200] if name in row), default=0)
            sheet.set_column(column, column, min(max(longest, len(name)) + 2, _WIDEST))
        sheet.freeze_panes(1, 0)
        if rows and names:
            sheet.autofilter(0, 0, len(rows), len(names) - 1)
        for number, row in enumerate(rows, 1):
            for column, name in enumerate(names):
                if name in row:
                    _write(sheet, number, column, row[name], day)
        notes = book.add_worksheet("about")
        for number, (name, text) in enumerate(about.items()):
            notes.write_string(number, 0, name, bold)
            notes.write_string(number, 1, _fitting(text))
        notes.set_column(0, 0, 14)
        notes.set_column(1, 1, 100)
    return output.getvalue()


def _write(sheet: Any, row: int, column: int, term: Mapping[str, str], day: Any) -> None:
    """Write a term as the cell that it is."""
    value, datatype = term["value"], term.get("datatype", "")
    digits = sum(sign.isdigit() for sign in value)
    try:
        if datatype in _WHOLE and digits <= _MOST_DIGITS:
            sheet.write_number(row, column, int(value))
        elif datatype in _NUMBERS and digits <= _MOST_DIGITS:
            sheet.write_number(row, column, float(value))
        elif datatype == _XSD + "boolean":
            sheet.write_boolean(row, column, value in ("true", "1"))
        elif datatype == _XSD + "date" and date.fromisoformat(value) >= _FIRST_DAY:
            sheet.write_datetime(row, column, datetime.fromisoformat(value), day)
        else:
            sheet.write_string(row, column, _fitting(value))
    except (ValueError, TypeError):
        # Such as a number that is none, or is infinite.
        sheet.write_string(row, column, _fitting(value))


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
