"""Importers: tables are read row by row, parts are written whole, sorted and in files of a bounded size."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.curation.formatting import format_turtle
from citydip.curation.importers.importing import DataSet, Importer, Report, Run, run_importer
from citydip.curation.importers.parts import FILE_SIZE, Parts
from citydip.curation.importers.tables import Reading, Table
from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.errors import NotFoundError, ParameterError
from citydip.model.names import slug
from citydip.model.terms import PREFIXES

TABLE = Table("list/pairs.csv", {"a": "one side", "b": "the other"})
LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")


def city(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["city"] + name)


def named(name: str, label: str) -> ox.Triple:
    return ox.Triple(city(name), LABEL, ox.Literal(label, language="en"))


def reading(tmp_path: Path, text: str | bytes) -> Reading:
    path = tmp_path / TABLE.path
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Reading(tmp_path, lambda share, table: None)


def test_rows_come_with_the_line_on_which_they_begin(tmp_path: Path) -> None:
    rows = reading(tmp_path, 'b,a,c\n1, 2 ,"x\ny"\n3,4,z\n')
    assert [(row.line, row["a"], row["b"]) for row in rows.read(TABLE)] == [(2, "2", "1"), (4, "4", "3")]
    assert rows.rows == {TABLE.path: 2}


def test_a_row_with_too_few_fields_is_left_out_by_line_and_the_others_are_read(tmp_path: Path) -> None:
    rows = reading(tmp_path, "a,b\n1,2\n3\n5,6\n")
    assert [row["a"] for row in rows.read(TABLE)] == ["1", "5"]
    assert [(row.line, row.what) for row in rows.left_out] == [(3, "3")]
    assert rows.rows == {TABLE.path: 3}


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert [row["a"] for row in reading(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n").read(TABLE)] == ["1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,c\n1,2\n", "has no column b; it has a, c"),
        ("", "has no column a, b"),
        (b"a,b\n1,2\n\xff,3\n", "not UTF-8 at line 3"),
        (b'a,b\n1,"2"3\n', "cannot be read at line 2"),
    ],
)
def test_a_table_that_is_not_as_known_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        list(reading(tmp_path, text).read(TABLE))


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no list/pairs\.csv"):
        list(Reading(tmp_path, lambda share, table: None).read(TABLE))


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    shares: list[float] = []
    rows = reading(tmp_path, "a,b\n" + "1,2\n" * 5000)
    rows.progress = lambda share, table: shares.append(share)
    assert len(list(rows.read(TABLE))) == 5000
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_parts_are_formatted_files_and_writing_them_again_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "cities"
    for changed in (True, False):
        with Parts("Cities.") as parts:
            for name in ("b", "a", "b"):
                parts.add("ir", [named(name, name.upper())])
            parts.add("tr", [named("c", "C")])
            assert parts.subjects() == 3
            assert parts.triples() == 3
            assert parts.write(folder) is changed
    assert sorted(path.name for path in folder.iterdir()) == ["ir.ttl", "tr.ttl"]
    for path in folder.iterdir():
        assert format_turtle(path, path.read_text()) == path.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["cities"]


def test_a_file_that_is_no_longer_made_goes_away(tmp_path: Path) -> None:
    for part in ("ir", "tr"):
        with Parts("Cities.") as parts:
            parts.add(part, [named("a", "A")])
            assert parts.write(tmp_path / "cities")
    assert [path.name for path in (tmp_path / "cities").iterdir()] == ["tr.ttl"]


def test_a_part_that_is_too_long_is_split_between_subjects(tmp_path: Path) -> None:
    with Parts("Cities.") as parts:
        for number in range(4000):
            parts.add("it", [named(f"c{number:04d}", "ن" * 200), named(f"c{number:04d}", "x" * 200)])
        parts.write(tmp_path / "cities")
    paths = sorted((tmp_path / "cities").iterdir())
    assert [path.name for path in paths] == [f"it-{number}.ttl" for number in range(1, len(paths) + 1)]
    assert len(paths) > 2
    assert all(path.stat().st_size <= FILE_SIZE for path in paths)
    subjects = [{t.subject for t in read_turtle(path).triples} for path in paths]
    assert sum(map(len, subjects)) == 4000
    assert len(set.union(*subjects)) == 4000


def importer(tmp_path: Path, lines: list[str]) -> tuple[Importer, Layout]:
    table = tmp_path / "in" / TABLE.path
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("a,b\n" + "".join(line + "\n" for line in lines))

    def make(run: Run) -> None:
        for row in run.reading.read(TABLE):
            if row["a"] == row["b"]:
                run.reading.leave(row, "a city is not its own sister", row["a"])
                continue
            run.figures["pairs"] += 1
            run.parts["ties"].add("x", [named(row["a"], row["b"])])

    return Importer("ties", "Ties.", (TABLE,), (DataSet("ties", "Ties."),), make), Layout(tmp_path, tmp_path / "s")


def run(tmp_path: Path, lines: list[str]) -> Report:
    what, layout = importer(tmp_path, lines)
    return run_importer(what, layout, tmp_path / "in", lambda line: None, lambda share, table: None)


def test_a_run_reports_what_came_of_each_row(tmp_path: Path) -> None:
    report = run(tmp_path, ["m,n", "o,o", "p,q", "r"])
    assert (report.read, report.imported) == (4, 2)
    assert report.figures == {"pairs": 2}
    assert {(g.reason, g.count) for g in report.left_out} == {
        ("a city is not its own sister", 1),
        ("the row has not the 2 fields of the table", 1),
    }
    kept = json.loads((tmp_path / "data/world/ties/report.json").read_text())
    assert kept["left out"][0]["rows"] == [{"table": TABLE.path, "line": 3, "what": "o"}]
    assert kept["data sets"] == {"ties": {"subjects": 2, "triples": 2}}


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    run(tmp_path, ["m,n"])
    before = {path.name: path.read_text() for path in (tmp_path / "data/world/ties").iterdir()}
    what, layout = importer(tmp_path, ["p,q"])
    (tmp_path / "in" / TABLE.path).write_text('a,b\np,q\n"never closed,r\n')
    with pytest.raises(ParameterError):
        run_importer(what, layout, tmp_path / "in", lambda line: None, lambda share, table: None)
    assert {path.name: path.read_text() for path in (tmp_path / "data/world/ties").iterdir()} == before
    assert [path.name for path in (tmp_path / "data/world").iterdir()] == ["ties"]


@given(st.text())
def test_a_slug_is_fit_for_an_iri(name: str) -> None:
    made = slug(name)
    assert made == slug(made)
    assert all(part.isascii() and part.isalnum() and part == part.lower() for part in made.split("-") if made)


NAMES = [
    ("Iași", "iasi"),
    ("’s-Hertogenbosch", "s-hertogenbosch"),
    ("Łódź", "lodz"),
    ("İzmir", "izmir"),
    ("تهران", ""),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_a_slug_keeps_what_can_be_kept(name: str, expected: str) -> None:
    assert slug(name) == expected
