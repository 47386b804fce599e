"""Reading the tables of a data set row by row: known columns, progress, and rows that are refused by line."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from citydip.model.errors import NotFoundError, ParameterError

__all__ = ["LeftOut", "Reading", "Row", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that an importer reads: UTF-8, comma-separated, one line of column names.

    Args:
        path: where it lies below the folder of sources, such as ``cities-spine/cities.csv``.
        columns: what each column that is read holds, by its name; other columns may be there.
        aside: whether its rows are only compared with; then they do not count as imported or left out.
    """

    path: str
    columns: dict[str, str]
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Args:
        table: the path of the table below the folder of sources.
        line: the line on which it begins, from 1; the names of the columns stand on line 1.
        values: text by column, without space around it.
    """

    table: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; empty where the row has none."""
        return self.values[column]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not imported, and why.

    Args:
        table: the path of the table below the folder of sources.
        line: the line of the row, from 1.
        reason: the same words for each row that is left out for the same reason.
        what: what the row is about, to be found again by a reader.
    """

    table: str
    line: int
    reason: str
    what: str


@dataclass(slots=True)
class Reading:
    """The tables of one run of an importer, and what became of each row.

    Args:
        folder: where the tables lie.
        progress: called with the share of the present table that is read, from 0 to 1, and its path.
        rows: how many rows were read, by table, without those that are only compared with.
        left_out: the rows that were not imported, in the order of reading.
    """

    folder: Path
    progress: Callable[[float, str], object]
    rows: Counter[str] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)

    def read(self, table: Table) -> Iterator[Row]:
        """Yield the rows of a table one by one; a row with too few or too many fields is left out.

        Raises:
            NotFoundError: the table is not there.
            ParameterError: it lacks a column, or is not UTF-8.
        """
        path = self.folder / table.path
        if not path.is_file():
            raise NotFoundError(f"there is no {table.path} below {self.folder}; name the folder that holds it")
        size = path.stat().st_size or 1
        try:
            with path.open("rb") as data:
                lines = (line.decode("utf-8" if number else "utf-8-sig") for number, line in enumerate(data))
                reader = csv.reader(lines, strict=True)
                names = next(reader, [])
                missing = [name for name in table.columns if name not in names]
                if missing:
                    raise ParameterError(f"{table.path} has no column {', '.join(missing)}; it has {', '.join(names)}")
                begins = reader.line_num + 1
                for number, fields in enumerate(reader, 1):
                    if not table.aside:
                        self.rows[table.path] += 1
                    row = Row(table.path, begins, {n: f.strip() for n, f in zip(names, fields, strict=False)})
                    begins = reader.line_num + 1
                    if len(fields) == len(names):
                        yield row
                    elif not table.aside:
                        reason = f"the row has not the {len(names)} fields of the table"
                        self.leave(row, reason, ",".join(fields)[:80])
                    if not number % 1000:
                        self.progress(data.tell() / size, table.path)
        except UnicodeDecodeError as error:
            raise ParameterError(f"{table.path} is not UTF-8 at line {reader.line_num + 1}: {error.reason}") from None
        except csv.Error as error:
            raise ParameterError(f"{table.path} cannot be read at line {reader.line_num}: {error}") from None
        self.progress(1.0, table.path)

    def leave(self, row: Row, reason: str, what: str) -> None:
        """Note that a row is not imported."""
        self.left_out.append(LeftOut(row.table, row.line, reason, what))
