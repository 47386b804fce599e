"""Run the notebooks against a server and keep their outputs: ``make notebooks``."""

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def run(path: Path, target: Path) -> None:
    """Run a notebook from its first cell on, and write it with its outputs.

    Args:
        path: the notebook.
        target: where to write it.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails; nothing is written.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False).execute()
    # The version of Python that ran it says nothing, and would change the file.
    notebook.metadata.pop("language_info", None)
    target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def main() -> None:
    """Read the options, and run the notebooks one after another."""
    parser = argparse.ArgumentParser(description="Run the notebooks against a server, and keep their outputs.")
    parser.add_argument("site", nargs="?", default="http://127.0.0.1:7878", help="the address of the server")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write them; none: where they lie")
    parser.add_argument("--name", action="append", help="only this one; can be given several times")
    given = parser.parse_args()
    os.environ["CITYDIP_SITE"] = given.site if "://" in given.site else f"http://{given.site}"
    for path in sorted(HERE.glob("*.ipynb")):
        if not given.name or path.stem in given.name:
            print(path.stem, file=sys.stderr, flush=True)
            run(path, given.out / path.name)


if __name__ == "__main__":
    main()
