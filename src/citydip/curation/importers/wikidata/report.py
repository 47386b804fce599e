"""The report of a refresh: what was asked, what came, what was left out, what looks wrong, and what has changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from citydip.curation.importers.wikidata.difference import Changes
from citydip.curation.importers.wikidata.writing import Left

__all__ = ["Finding", "RefreshReport", "lines_of"]

_SHOWN = 10
"""How many statements of each kind and sort of change are printed."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that a person should look at: Wikidata and this graph do not fit together.

    Args:
        kind: such as ``coordinates``.
        thing: the prefixed name of our thing.
        item: the QID.
        what: in words.
    """

    kind: str
    thing: str
    item: str
    what: str


@dataclass(slots=True)
class RefreshReport:
    """What came of a run.

    Args:
        endpoint: who was asked.
        day: the day of the run.
        scope: what the run was limited to; empty: all cities.
        items: how many items were asked for.
        data_sets: how many subjects and triples were written, by data set.
        figures: counts.
        left: what was not imported.
        findings: what does not fit.
        before: the day of the run that wrote what was there; None where nothing was.
        changes: what has changed since, by kind.
    """

    endpoint: str
    day: str
    scope: tuple[str, ...]
    items: int
    data_sets: dict[str, dict[str, int]]
    figures: dict[str, int]
    left: list[Left]
    findings: list[Finding]
    before: str | None = None
    changes: dict[str, Changes] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the report without the difference: the same pages, the same report."""
        reasons = [(reason, list(group)) for reason, group in groupby(sorted(self.left), key=lambda left: left.reason)]
        return {
            "importer": "wikidata",
            "endpoint": self.endpoint,
            "date": self.day,
            "limited to": list(self.scope),
            "items": self.items,
            "data sets": self.data_sets,
            "figures": self.figures,
            "left out": [
                {
                    "reason": reason,
                    "count": len(group),
                    "rows": [{"statement": left.statement, "what": left.what} for left in group],
                }
                for reason, group in reasons
            ],
            "findings": [
                {"kind": finding.kind, "thing": finding.thing, "item": finding.item, "what": finding.what}
                for finding in sorted(self.findings)
            ],
        }

    def difference(self) -> dict[str, Any]:
        """Return the difference to what was there; after the first run its statements are counted and not listed."""
        if self.before is None:
            return {"before": None, **{kind: {"new": len(changes.new)} for kind, changes in self.changes.items()}}
        return {
            "before": self.before,
            **{
                kind: {
                    "new": {name: list(said) for name, said in changes.new.items()},
                    "changed": {
                        change.name: {"was": list(change.was), "now": list(change.now)} for change in changes.changed
                    },
                    "gone": {name: list(said) for name, said in changes.gone.items()},
                    "not asked": len(changes.not_asked),
                }
                for kind, changes in self.changes.items()
            },
        }

    def text(self, kept: str | None) -> str:
        """Return the report as it is kept beside the data.

        Args:
            kept: the report that is there. Where a run changes nothing at all, it stays as it is, with the difference
                that it tells of.
        """
        now = self.as_data()
        changed = any(c.new or c.changed or c.gone or c.not_asked for c in self.changes.values())
        if kept is not None and not changed:
            old = json.loads(kept)
            if {name: value for name, value in old.items() if name != "difference"} == now:
                return kept
        return json.dumps(now | {"difference": self.difference()}, indent=1, ensure_ascii=False) + "\n"


def lines_of(report: RefreshReport) -> Iterator[str]:
    """Yield the report in lines for a terminal: counts of everything, and the first statements of each change."""
    for reason, group in groupby(sorted(report.left), key=lambda left: left.reason):
        yield f"left out {len(list(group))}: {reason}"
    for kind, found in groupby(sorted(report.findings), key=lambda finding: finding.kind):
        findings = list(found)
        yield f"to look at: {len(findings)} of {kind}"
        yield from _first([f"  {finding.thing} {finding.item}: {finding.what}" for finding in findings])
    for kind, changes in report.changes.items():
        asked = f", {len(changes.not_asked)} not asked for" if changes.not_asked else ""
        yield f"{kind}: {len(changes.new)} new, {len(changes.changed)} changed, {len(changes.gone)} gone{asked}"
        if report.before is not None:
            yield from _first([f"  + {name}: {'; '.join(said)}" for name, said in changes.new.items()])
            yield from _first(
                [
                    f"  ~ {c.name}: {'; '.join(c.was) or 'nothing'} -> {'; '.join(c.now) or 'nothing'}"
                    for c in changes.changed
                ]
            )
            yield from _first([f"  - {name}: {'; '.join(said)}" for name, said in changes.gone.items()])


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more, in report.json"
