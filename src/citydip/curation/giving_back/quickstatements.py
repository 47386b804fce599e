"""Statements in the languages of QuickStatements: commands divided by tabs (V1), and a table (V2, CSV).

A statement with several references is written once for each: QuickStatements adds nothing twice, and adds the further
reference to the statement that is there then. All versions of it do so, and only newer ones know other ways.

Source: https://www.wikidata.org/wiki/Help:QuickStatements.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence

from citydip.curation.giving_back.statements import Item, Snak, Statement, Text, Time, Value

__all__ = ["as_csv", "as_v1", "spelled"]

_MONTH, _DAY = 10, 11


def spelled(value: Value) -> str:
    """Return a value as QuickStatements writes it.

    What lies below the precision of a time is zero, as at Wikidata. A time without a calendar is Gregorian (Q1985727);
    one of the Julian calendar ends in ``/J``.

    Example:
        >>> spelled(Time("2016-09-23", 11)), spelled(Time("2016-01-01", 9)), spelled(Time("1500-01-01", 9, True))
        ('+2016-09-23T00:00:00Z/11', '+2016-00-00T00:00:00Z/9', '+1500-00-00T00:00:00Z/9/J')
        >>> spelled(Text('a "b"', "en"))
        'en:"a "b""'
    """
    if isinstance(value, Item):
        return value.qid
    if isinstance(value, Text):
        return f'{value.language}:"{value.text}"'
    if isinstance(value, Time):
        year, month, day = value.day.split("-")
        month = month if value.precision >= _MONTH else "00"
        day = day if value.precision >= _DAY else "00"
        return f"+{year}-{month}-{day}T00:00:00Z/{value.precision}{'/J' if value.julian else ''}"
    return f'"{value.text}"'


def _rows(statements: Iterable[Statement]) -> Iterable[tuple[Statement, tuple[Snak, ...]]]:
    """Yield each statement with each of its references, and one without any alone."""
    for statement in statements:
        for reference in statement.references or ((),):
            yield statement, reference


def as_v1(statements: Iterable[Statement]) -> str:
    r"""Return statements as commands of V1, a line for each reference of each statement.

    Example:
        >>> as_v1([Statement("Q1", "P190", Item("Q2"), (("P585", Time("2016-01-01", 9)),))])
        'Q1\tP190\tQ2\tP585\t+2016-00-00T00:00:00Z/9\n'
    """
    lines = []
    for statement, reference in _rows(statements):
        fields = [statement.subject, statement.property, spelled(statement.value)]
        for name, value in statement.qualifiers:
            fields += [name, spelled(value)]
        for name, value in reference:
            fields += [f"S{name[1:]}", spelled(value)]
        lines.append("\t".join(fields) + "\n")
    return "".join(lines)


def as_csv(statements: Sequence[Statement]) -> str:
    r"""Return statements as the table of V2, a row for each reference of each statement.

    After the column of a property come those of its qualifiers (``qal580``) and of a reference, whose first column is
    written with a large letter (``S854``) and the others with a small one (``s1476``). QuickStatements skips an empty
    cell.

    Example:
        >>> as_csv([Statement("Q1", "P190", Item("Q2"), (("P585", Time("2016-01-01", 9)),))])
        'qid,P190,qal585\nQ1,Q2,+2016-00-00T00:00:00Z/9\n'
    """
    header, places = _header(statements)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for statement, reference in _rows(statements):
        row = [""] * len(header)
        row[0] = statement.subject
        row[places[statement.property, "", "", 0]] = spelled(statement.value)
        for part, snaks in (("qal", statement.qualifiers), ("s", reference)):
            seen: Counter[str] = Counter()
            for name, value in snaks:
                row[places[statement.property, part, name, seen[name]]] = spelled(value)
                seen[name] += 1
        writer.writerow(row)
    return out.getvalue()


def _header(statements: Sequence[Statement]) -> tuple[list[str], dict[tuple[str, str, str, int], int]]:
    """Return the columns, and the place of each by property, part, property of the part, and number among its like."""
    header, places = ["qid"], {}
    for prop in dict.fromkeys(statement.property for statement in statements):
        places[prop, "", "", 0] = len(header)
        header.append(prop)
        own = [(statement, reference) for statement, reference in _rows(statements) if statement.property == prop]
        for part, each in (("qal", [s.qualifiers for s, _ in own]), ("s", [reference for _, reference in own])):
            most: Counter[str] = Counter()
            for snaks in each:
                most |= Counter(name for name, _ in snaks)
            first = True
            for name, times in most.items():
                for number in range(times):
                    places[prop, part, name, number] = len(header)
                    header.append(f"{'S' if part == 's' and first else part}{name[1:]}")
                    first = False
    return header, places
