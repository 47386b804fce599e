"""Prepared exports: files that a server makes once for a version of the data, when they are first asked for.

They lie in ``EXPORTS/VERSION-SOFTWARE``, beside each a small file with its SHA-256. A process of its own makes one at
a time, so that queries are not held up and its memory goes back. Selections differ without end, so only the newest of
them are kept.
"""

import asyncio
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from citydip import __version__
from citydip.curation.snapshot import Snapshot, snapshot_path
from citydip.model.errors import ExportBusyError, ExportError
from citydip.model.settings import Settings
from citydip.services.exporting.forms import Export
from citydip.services.exporting.packing import digest_of, replaced
from citydip.services.exporting.selecting import Selection
from citydip.services.making import AGAIN, Making, exports_folder, running

__all__ = ["Prepared", "PreparedFile"]

_SHARE = re.compile(rb"(\d+) %")
_SUM = ".sha256"
_KEPT = 32
"""Selections that are kept of each version."""
_WAITING = 16
"""Files that may wait to be made."""


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that is there.

    Args:
        path: where it lies.
        digest: its SHA-256, as hexadecimal digits.
    """

    path: Path
    digest: str


class Prepared:
    """The prepared exports of a folder of snapshots; close it at the end.

    Args:
        snapshots: the folder of snapshots.
        settings: where exports go (``exports``), and how long a request may wait for one (``timeout``).
    """

    def __init__(self, snapshots: Path, settings: Settings):
        self.snapshots = snapshots
        self.folder = exports_folder(settings, snapshots)
        self._making = Making(_WAITING, "too many exports are being made; ask again later", settings.timeout)
        self._shares: dict[Path, int] = {}

    def folder_of(self, version: str) -> Path:
        """Return the folder with the exports of a version, as this version of the software makes them."""
        return self.folder / f"{version}-{__version__}"

    def ready(self, snapshot: Snapshot) -> Iterator[tuple[str, PreparedFile]]:
        """Yield the whole exports of a version that are there, by name."""
        for sums in sorted(self.folder_of(snapshot.version).glob("*" + _SUM)):
            path = sums.with_name(sums.name.removesuffix(_SUM))
            if found := _found(path):
                yield path.name, found

    async def file(self, snapshot: Snapshot, export: Export, packing: str, selection: Selection) -> PreparedFile:
        """Return the file of an export, making it where it is not there.

        Args:
            snapshot: what is exported.
            export: which form of it.
            packing: ``gz``, ``zst`` or nothing.
            selection: which part of it.

        Raises:
            ExportBusyError: it is not there yet; the message says how far it is.
            ExportError: it cannot be made.
            ServiceBusyError: too many others are to be made first.
        """
        name = export.name + (f".{packing}" if packing else "")
        folder = self.folder_of(snapshot.version)
        path = folder / "selected" / selection.key / name if selection.key else folder / name
        if found := await asyncio.to_thread(_found, path):
            return found
        if not await self._making.made(path, lambda: self._make(snapshot, name, selection, path)):
            share = self._shares.get(path, 0)
            raise ExportBusyError(f"{name} is being made, and is {share} % done; ask again in {AGAIN} s", AGAIN)
        found = await asyncio.to_thread(_found, path)
        if found is None:
            raise ExportError(f"{name} was made, and is not there any more; ask again")
        return found

    async def _make(self, snapshot: Snapshot, name: str, selection: Selection, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._clear(path)
        except OSError as error:
            raise ExportError(
                f"exports cannot be made here, for {self.folder} cannot be written to ({error.strerror}); "
                "the operator can set CITYDIP_EXPORTS to a folder that can"
            ) from None
        try:
            await self._run(snapshot, name, selection, path)
        finally:
            self._shares.pop(path, None)

    async def _run(self, snapshot: Snapshot, name: str, selection: Selection, path: Path) -> None:
        """Let ``citydip export`` make a file, and note how far it is."""
        command = [
            sys.executable,
            "-m",
            "citydip",
            "export",
            name,
            "--out",
            str(path),
            "--data-version",
            snapshot.version,
        ]
        command += ["--snapshots", str(self.snapshots)]
        for filter_name, value in selection.given.items():
            command.append(f"--{filter_name}={value if isinstance(value, str) else ','.join(value)}")
        said = b""
        # What is set aside meanwhile can be as large as the graph, and /tmp may be small.
        async with running(command, {"TMPDIR": str(path.parent)}) as process:
            assert process.stderr is not None  # noqa: S101 - it is a pipe
            while line := await process.stderr.readline():
                if share := _SHARE.search(line):
                    self._shares[path] = int(share[1])
                else:
                    said = line
            await process.wait()
        if process.returncode != 0:
            raise ExportError(
                f"{name} could not be made: {said.decode(errors='replace').strip() or 'the process ended'}"
            )
        await asyncio.to_thread(_note, path)

    def _clear(self, path: Path) -> None:
        """Remove the exports of versions that are no more, and selections beyond the number that is kept."""
        for folder in self.folder.iterdir():
            version = folder.name.partition("-")[0]
            if re.fullmatch(r"[0-9a-f]{16}-.*", folder.name) and not snapshot_path(self.snapshots, version).is_dir():
                shutil.rmtree(folder, ignore_errors=True)
        if path.parent.parent.name == "selected":
            others = [folder for folder in path.parent.parent.iterdir() if folder != path.parent]
            others.sort(key=lambda folder: folder.stat().st_mtime)
            for folder in others[: max(len(others) + 1 - _KEPT, 0)]:
                shutil.rmtree(folder, ignore_errors=True)

    async def close(self) -> None:
        """End what is being made."""
        await self._making.close()


def _found(path: Path) -> PreparedFile | None:
    """Return a file with its digest where both are there."""
    try:
        digest = path.with_name(path.name + _SUM).read_text(encoding="ascii").split()[0]
    except (OSError, IndexError):
        return None
    return PreparedFile(path, digest) if path.is_file() else None


def _note(path: Path) -> None:
    """Write the SHA-256 of a file beside it, in the form that sha256sum reads."""
    with replaced(path.with_name(path.name + _SUM)) as sums:
        sums.write_text(f"{digest_of(path)}  {path.name}\n", encoding="ascii")
