"""A real OpenRefine, headless on loopback, driven by the commands that its own pages send."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

__all__ = ["OpenRefine", "Project", "running_openrefine"]

Json = dict[str, Any]
_ALL_ROWS = json.dumps({"facets": [], "mode": "row-based"})


class OpenRefine:
    """A running OpenRefine.

    Args:
        address: where it listens.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, timeout=60)

    def command(self, name: str, params: Json | None = None, /, **form: Any) -> Any:
        """Send a command that changes something, and return what it says.

        Args:
            name: of the command.
            params: parameters of the address.
            form: fields; what is no text is sent as JSON.
        """
        token = self.client.get("/command/core/get-csrf-token").json()["token"]
        data = {key: value if isinstance(value, str) else json.dumps(value) for key, value in form.items()}
        answer = self.client.post(f"/command/core/{name}", params={**(params or {}), "csrf_token": token}, data=data)
        answer.raise_for_status()
        said = answer.json()
        assert said.get("code") in ("ok", "pending", None), said
        return said

    def create(self, name: str, table: str) -> "Project":
        """Return a new project of a table of comma-separated values."""
        token = self.client.get("/command/core/get-csrf-token").json()["token"]
        options = {"encoding": "UTF-8", "separator": ",", "headerLines": 1, "guessCellValueTypes": False}
        answer = self.client.post(
            "/command/core/create-project-from-upload",
            params={"csrf_token": token},
            files={"project-file": (f"{name}.csv", table.encode())},
            data={"project-name": name, "format": "text/line-based/*sv", "options": json.dumps(options)},
        )
        assert answer.status_code == 302, answer.text
        return Project(self, parse_qs(urlsplit(answer.headers["location"]).query)["project"][0])


class Project:
    """A table in OpenRefine.

    Args:
        refine: the OpenRefine.
        number: of the project.
    """

    def __init__(self, refine: OpenRefine, number: str) -> None:
        self.refine = refine
        self.number = number

    def get(self, name: str, **params: Any) -> Any:
        """Return what a command says that changes nothing."""
        answer = self.refine.client.get(f"/command/core/{name}", params={"project": self.number, **params})
        answer.raise_for_status()
        return answer.json()

    def run(self, name: str, params: Json | None = None, /, **form: Any) -> Any:
        """Send a command, wait until its process has ended, and return what was said at first."""
        said = self.refine.command(name, {"project": self.number, **(params or {})}, engine=_ALL_ROWS, **form)
        end = time.monotonic() + 60
        while self.get("get-processes")["processes"]:
            assert time.monotonic() < end, "OpenRefine does not come to an end"
            time.sleep(0.1)
        return said

    def guess_types(self, column: str, service: str) -> list[Json]:
        """Return the types that OpenRefine guesses a column to be of."""
        given = {"project": self.number, "columnName": column, "service": service}
        found: list[Json] = self.refine.command("guess-types-of-column", given)["types"]
        return found

    def column(self, name: str) -> list[Json]:
        """Return the cells of a column: the value as ``v``, what is known of its matching as ``r``."""
        columns = self.get("get-models")["columnModel"]["columns"]
        place = next(one["cellIndex"] for one in columns if one["name"] == name)
        answer = self.get("get-rows", start=0, limit=1000)
        recons = answer["pool"]["recons"]
        found = []
        for row in answer["rows"]:
            cell = row["cells"][place] if place < len(row["cells"]) else None
            found.append({**cell, "r": recons.get(cell.get("r"))} if cell else {"v": None, "r": None})
        return found

    def export(self, columns: list[Json]) -> list[str]:
        """Return the lines of the table as comma-separated values."""
        options = {"format": "csv", "separator": ",", "lineSeparator": "\n", "encoding": "UTF-8", "columns": columns,
                   "outputColumnHeaders": True, "outputBlankRows": True}  # fmt: skip
        token = self.refine.client.get("/command/core/get-csrf-token").json()["token"]
        form = {"project": self.number, "format": "csv", "engine": _ALL_ROWS, "options": json.dumps(options)}
        answer = self.refine.client.post("/command/core/export-rows/table.csv", data={**form, "csrf_token": token})
        answer.raise_for_status()
        return answer.text.splitlines()


@contextlib.contextmanager
def running_openrefine(folder: Path) -> Iterator[OpenRefine]:
    """Run OpenRefine until the block ends; begin the block when it answers.

    Args:
        folder: an empty folder for its projects.
    """
    program = shutil.which("openrefine")
    if program is None:
        pytest.skip("there is no OpenRefine; install it with: apt-get install openrefine")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    options = ["-i", "127.0.0.1", "-p", str(port), "-d", str(folder), "-m", "400M"]
    options += ["-x", "refine.headless=true", "-x", f"java.io.tmpdir={folder}"]
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    with (folder / "output").open("wb") as output:
        # It is a shell script that starts Java: both are ended together.
        process = subprocess.Popen([program, *options], cwd=folder, env=environment, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
    refine = OpenRefine(f"http://127.0.0.1:{port}")
    try:
        end = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.TransportError):
                refine.client.get("/command/core/get-version").raise_for_status()
                break
            assert process.poll() is None, (folder / "output").read_text(errors="replace")
            assert time.monotonic() < end, "OpenRefine does not answer"
            time.sleep(0.2)
        yield refine
    finally:
        refine.client.close()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
