"""The notebooks run from the first cell to the last, and the figures of the study are those of the whole graph."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from citydip.curation.snapshot import Snapshot
from tests.conftest import ROOT
from tests.web.conftest import serving

FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
STUDY = "figures-of-published-studies"

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    """Return what a cell has printed; a failure and a warning are nothing that it prints."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


def run(path: Path, snapshots: Path, folder: Path) -> Any:
    """Run a notebook against a server over a folder of snapshots, as ``make notebooks`` does, and return it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITYDIP_")}
    with serving(snapshots, "--timeout", "300", seconds=300) as address:
        command = [sys.executable, str(FOLDER / "run.py"), address, "--out", str(folder), "--name", path.stem]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return read(folder / path.name)


@every_notebook
def test_a_notebook_begins_with_what_a_newcomer_needs(path: Path) -> None:
    first = "".join(cell.source for cell in read(path).cells[:2])
    for wanted in ("make serve", "pip install", "CITYDIP_SITE"):
        assert wanted in first


@every_notebook
def test_a_notebook_is_kept_with_the_outputs_of_one_run(path: Path) -> None:
    cells = code(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), "make notebooks"
    assert all(output.output_type == "stream" and output.name == "stdout" for cell in cells for output in cell.outputs)
    assert len([cell for cell in cells if printed(cell)]) >= 4


def test_there_are_three_notebooks_and_the_study_is_one() -> None:
    assert len(NOTEBOOKS) == 3
    assert STUDY in [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.stem != STUDY], ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_curated_graph(path: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    cells = code(run(path, snapshot.path.parent, tmp_path))
    assert all(cell.execution_count for cell in cells)
    # The numbers are others than those of the whole graph that are kept; the same cells print.
    assert [bool(printed(cell)) for cell in cells] == [bool(printed(cell)) for cell in code(read(path))]


def test_the_figures_of_published_studies_are_redone_on_the_whole_graph(
    world_snapshot: Snapshot, tmp_path: Path
) -> None:
    path = FOLDER / f"{STUDY}.ipynb"
    found = code(run(path, world_snapshot.path.parent, tmp_path))
    kept = code(read(path))
    assert [printed(cell) for cell in found] == [printed(cell) for cell in kept], "if that is right: make notebooks"
    assert any("KONECT" in printed(cell) for cell in kept)
