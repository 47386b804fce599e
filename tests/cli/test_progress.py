"""A long step shows how far it is: a bar on a terminal, and plain lines where nobody looks."""

import io
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from citydip.cli.progress import showing

ROOT = Path(__file__).resolve().parents[2]
ESCAPE = "\x1b"
FORCING = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
"""Settings that would have a pipe taken for a terminal, or a terminal for a pipe."""


def shown(*, terminal: bool) -> str:
    """Return what two steps write."""
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    with showing(console) as (say, progress):
        say("reading [files]")
        progress(0.25, "reading files")
        progress(0.5, "reading files")
        say("checking shapes")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_where_there_is_no_terminal_each_step_is_a_line() -> None:
    assert shown(terminal=False) == "· reading [files]\n· checking shapes\n"


def test_on_a_terminal_a_bar_shows_the_share_that_is_done() -> None:
    text = shown(terminal=True)
    assert "50%" in text
    assert "━" in text
    assert "· reading" in text


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an ontology and no data, which is soon checked."""
    made = tmp_path_factory.mktemp("root")
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, made / folder)
    for folder in ("data", "queries"):
        (made / folder).mkdir()
    return made


def errors_of_check(root: Path, *, terminal: bool) -> str:
    """Return what ``citydip check`` writes to standard error."""
    command = [sys.executable, "-m", "citydip", "check", "--full", "--root", str(root)]
    settings = {name: value for name, value in os.environ.items() if name not in FORCING} | {"TERM": "xterm"}
    if not terminal:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=settings)
        return done.stderr
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=settings) as process:
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 1 << 16):
                parts.append(part)
        except OSError:  # Linux tells so that the other side has closed
            pass
        process.wait(timeout=120)
    os.close(ours)
    return b"".join(parts).decode()


def test_a_check_in_a_pipe_writes_lines_alone(root: Path) -> None:
    text = errors_of_check(root, terminal=False)
    assert "· checking shapes\n" in text
    assert "%" not in text
    assert ESCAPE not in text


def test_a_check_on_a_terminal_shows_a_bar(root: Path) -> None:
    text = errors_of_check(root, terminal=True)
    assert "checking shapes" in text
    assert "━" in text
    assert "%" in text
