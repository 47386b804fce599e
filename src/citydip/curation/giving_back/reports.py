"""What is given back, as tables: a preview of merging, what contradicts Wikidata, what only it has, what stays here."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence

from citydip.curation.giving_back.comparing import (
    Verdict,
    commands,
    compare,
    contradictions,
    missing,
    shown_times,
)
from citydip.curation.giving_back.ours import Ours
from citydip.curation.giving_back.quickstatements import spelled
from citydip.curation.giving_back.statements import Item, Snak, Statement, Url
from citydip.curation.giving_back.theirs import Theirs
from citydip.model.terms import shorten

__all__ = ["REPORTS", "Report", "as_json", "as_table", "to_write"]

Report = list[dict[str, str]]
"""Rows with the same columns."""


def _named(ours: Ours, item: str) -> str:
    return ours.labels.get(ours.things.get(item, ""), "")


def _short(name: str) -> str:
    return shorten(name) if ":" in name else name


def _told(snaks: Sequence[Snak]) -> str:
    return "; ".join(f"{name} {spelled(value)}" for name, value in snaks)


def _pages(statement: Statement) -> str:
    pages = [value.text for reference in statement.references for _, value in reference[:1] if isinstance(value, Url)]
    return " ".join(pages)


def _rows(ours: Ours, verdicts: Sequence[Verdict]) -> Report:
    rows = []
    for verdict in verdicts:
        statement = verdict.offer.statement
        value = statement.value.qid if isinstance(statement.value, Item) else ""
        written = verdict.command
        rows.append(
            {
                "outcome": verdict.outcome.value,
                "item": statement.subject,
                "name": _named(ours, statement.subject),
                "property": statement.property,
                "value": value,
                "value name": _named(ours, value),
                "qualifiers": _told(statement.qualifiers),
                "written qualifiers": _told(written.qualifiers) if written else "",
                "written references": _pages(written) if written else "",
                "reason": verdict.reason,
                "statement at Wikidata": verdict.theirs.statement if verdict.theirs else "",
                "times at Wikidata": shown_times(verdict.theirs) if verdict.theirs else "",
                "statements here": " ".join(map(shorten, verdict.offer.ours)),
            }
        )
    return rows


def _preview(ours: Ours, theirs: Theirs) -> Report:
    return _rows(ours, compare(ours, theirs))


def _contradictions(ours: Ours, theirs: Theirs) -> Report:
    return _rows(ours, contradictions(compare(ours, theirs)))


def _missing(ours: Ours, theirs: Theirs) -> Report:
    return [
        {
            "item": each.found.subject,
            "name": ours.labels.get(each.thing, ""),
            "property": each.found.property,
            "value": each.found.value,
            "value name": ours.labels.get(each.value, ""),
            "times at Wikidata": shown_times(each.found),
            "references at Wikidata": " ".join(sorted(each.found.addresses)),
            "statement at Wikidata": each.found.statement,
            "thing here": shorten(each.thing),
            "value here": shorten(each.value) if each.value else "",
        }
        for each in missing(ours, theirs)
    ]


def _withheld(ours: Ours, _theirs: Theirs) -> Report:
    return [
        {
            "reason": each.reason,
            "subject": _short(each.subject),
            "property": each.property,
            "value": _short(each.value),
            "statement here": shorten(each.ours),
        }
        for each in ours.withheld
    ]


_MERGING = ("outcome", "name", "property", "value name", "qualifiers", "reason", "statements here")
REPORTS: dict[str, tuple[Callable[[Ours, Theirs], Report], tuple[str, ...]]] = {
    "preview": (_preview, _MERGING),
    "contradictions": (_contradictions, _MERGING),
    "missing": (_missing, ("name", "property", "value", "value name", "times at Wikidata", "thing here")),
    "withheld": (_withheld, ("reason", "subject", "property", "value", "statement here")),
}
"""The reports by name: what makes each, and the columns of it that a terminal has room for."""


def to_write(ours: Ours, theirs: Theirs) -> tuple[list[Statement], Counter[str]]:
    """Return what is written for QuickStatements, and how many statements of ours have each outcome."""
    verdicts = compare(ours, theirs)
    return commands(verdicts), Counter(verdict.outcome.value for verdict in verdicts)


def as_table(report: Report) -> str:
    r"""Return a report as CSV with a header; one without rows is empty.

    Example:
        >>> as_table([{"a": "1", "b": "x, y"}])
        'a,b\n1,"x, y"\n'
    """
    out = io.StringIO()
    if report:
        writer = csv.DictWriter(out, list(report[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(report)
    return out.getvalue()


def as_json(report: Report) -> str:
    """Return a report as JSON, a list of objects."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"
