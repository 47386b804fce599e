"""Running an importer: its tables in, the folders of its data sets out, and a report of what came of each row."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from citydip.curation.importers.parts import Parts
from citydip.curation.importers.tables import LeftOut, Reading, Table
from citydip.curation.layout import IMPORTED, Layout

__all__ = ["REPORT", "DataSet", "Group", "Importer", "Report", "Run", "run_importer"]

REPORT = "report.json"
"""The name of the report in the folder of an importer's first data set."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that an importer writes.

    Args:
        name: the folder below ``data/world``, and the end of the graph's IRI.
        header: the comment at the head of each file; one line.
    """

    name: str
    header: str


@dataclass(slots=True)
class Run:
    """One run of an importer.

    Args:
        layout: where the graph's files lie; what other importers wrote is read from there.
        reading: the tables.
        parts: what is written, by the name of the data set.
        say: called with a line of progress.
        figures: counts for the report, such as how many names were joined and how.
        tables: what else a reader of the report looks for, row by row, such as names that could not be told apart.
    """

    layout: Layout
    reading: Reading
    parts: dict[str, Parts]
    say: Callable[[str], None]
    figures: Counter[str] = field(default_factory=Counter)
    tables: dict[str, list[dict[str, str | int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Importer:
    """What makes data sets of tables.

    Args:
        name: as on the command line.
        summary: what it imports; one sentence.
        tables: what it reads.
        sets: what it writes; the report lies with the first.
        make: reads the rows and adds triples to the parts.
        shipped: whether what it writes may be passed on; where not, it is never tracked.
    """

    name: str
    summary: str
    tables: tuple[Table, ...]
    sets: tuple[DataSet, ...]
    make: Callable[[Run], None]
    shipped: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that were left out for one reason."""

    reason: str
    rows: list[LeftOut]

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of each row of a run.

    Args:
        importer: its name.
        rows: how many rows were read, by table.
        data_sets: how many subjects and triples were written, by data set.
        figures: what the importer counted.
        left_out: the rows that were not imported.
        tables: what the importer lists.
    """

    importer: str
    rows: dict[str, int]
    data_sets: dict[str, dict[str, int]]
    figures: dict[str, int]
    left_out: list[Group]
    tables: dict[str, list[dict[str, str | int]]]

    @property
    def read(self) -> int:
        """Return how many rows were read."""
        return sum(self.rows.values())

    @property
    def imported(self) -> int:
        """Return how many rows were read and not left out."""
        return self.read - sum(group.count for group in self.left_out)

    def as_json(self) -> str:
        """Return the report as it is kept beside the data: the same run, the same text."""
        left_out = [
            {
                "reason": group.reason,
                "count": group.count,
                "rows": [{"table": row.table, "line": row.line, "what": row.what} for row in group.rows],
            }
            for group in self.left_out
        ]
        about = {
            "importer": self.importer,
            "rows": self.rows,
            "data sets": self.data_sets,
            "figures": self.figures,
            "left out": left_out,
            "tables": self.tables,
        }
        return json.dumps(about, indent=1, ensure_ascii=False) + "\n"


def run_importer(
    importer: Importer,
    layout: Layout,
    source: Path,
    say: Callable[[str], None],
    progress: Callable[[float, str], object],
) -> Report:
    """Import data sets and return the report, which is written beside the first of them.

    A data set is replaced as a whole; one that is the same as before is left alone.

    Args:
        importer: which.
        layout: where to write.
        source: the folder of the tables.
        say: called with a line for each step.
        progress: called with the share of a table that is read, and its path.

    Raises:
        NotFoundError: a table is not there.
        ParameterError: a table is not what the importer knows.
        OSError: a file cannot be written.
    """
    parts = {data_set.name: Parts(data_set.header) for data_set in importer.sets}
    try:
        run = Run(layout, Reading(source, progress), parts, say)
        importer.make(run)
        report = _report(importer, run)
        for number, (name, gathered) in enumerate(parts.items()):
            folder = layout.root / "data" / IMPORTED / name
            changed = gathered.write(folder, others={REPORT: report.as_json()} if not number else {})
            say(f"{'wrote' if changed else 'unchanged:'} {layout.relative(folder)}, {gathered.subjects()} subjects")
        return report
    finally:
        for gathered in parts.values():
            gathered.__exit__(None, None, None)


def _report(importer: Importer, run: Run) -> Report:
    reading = run.reading
    reasons: dict[str, list[LeftOut]] = {}
    for row in reading.left_out:
        reasons.setdefault(row.reason, []).append(row)
    return Report(
        importer.name,
        dict(reading.rows),
        {name: {"subjects": p.subjects(), "triples": p.triples()} for name, p in run.parts.items()},
        dict(sorted(run.figures.items())),
        [Group(reason, rows) for reason, rows in sorted(reasons.items())],
        dict(sorted(run.tables.items())),
    )
