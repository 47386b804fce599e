"""The snapshot: one immutable directory with everything that is served, named by its content.

======================  ========================================================================
``graph.columns``       the union of graphs as columns, see `citydip.model.columns`
``graph.nq``            all triples with their graphs, one a line, sorted (N-Quads, UTF-8)
``graph.nt``            the union of graphs, each triple once (N-Triples)
``queries/*.rq``        the catalogue, the tables of exports and the internal queries
``snapshot.json``       version, counts by graph, what each rule computed
``search.sqlite``       which things go by which names, see `citydip.curation.search_index`
``wikidata.nt``         the graph in Wikidata's model, see `citydip.curation.wikidata_view`
======================  ========================================================================

The version is the first 16 hexadecimal digits of a SHA-256 digest over the names and contents of ``graph.nq`` and
``queries``: the same input gives the same version. The others follow from these. ``snapshots/current`` points to the
newest; it is replaced in one step.
"""

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.check import Checked, check, memory_of
from citydip.curation.columns import write_columns, write_union
from citydip.curation.description import describe, triples_by_graph
from citydip.curation.layout import Layout
from citydip.curation.networks.measuring import add_measures
from citydip.curation.progress import Progress, unseen
from citydip.curation.search_index import is_current, write_index
from citydip.curation.snapshot import COLUMNS, INDEX, UNION, VIEW, Snapshot, snapshot_path, write_pointer
from citydip.curation.wikidata_view import is_current_view, write_view
from citydip.model.columns import ABOUT
from citydip.model.errors import CheckError

__all__ = ["build"]

_QUERIES = ("catalogue", "export", "internal", "wikidata-view")


def build(
    layout: Layout,
    articles: Path | None,
    say: Callable[[str], None],
    *,
    full: bool = False,
    progress: Progress = unseen,
) -> Snapshot:
    """Run all checks and write a snapshot; where a check fails, nothing is written.

    Args:
        layout: where the files lie and the snapshots go.
        articles: folder of the articles' texts, or None.
        say: called with a line for each step.
        full: check everything anew, also what the last check saw and no edit can have affected.
        progress: called with the share of a step that is done, and its name.

    Returns:
        The snapshot, whether it was new or there already.

    Raises:
        CheckError: a check has findings.
        OSError: the snapshot cannot be written.
    """
    checked = check(layout, articles, say, full=full, progress=progress)
    if checked.findings:
        raise CheckError(checked.findings)
    say("measuring the network")
    checked.computed.append(add_measures(checked.workspace, memory_of(layout)))
    say("describing the graph")
    describe(checked)
    return _write(layout, checked, say)


def _write(layout: Layout, checked: Checked, say: Callable[[str], None]) -> Snapshot:
    quads = _sorted_quads(checked.workspace.store)
    contents = {"graph.nq": quads}
    for folder in _QUERIES:
        for path in layout.queries(folder):
            contents[f"queries/{folder}/{path.name}"] = path.read_bytes()
    version = _version(contents)
    counts = triples_by_graph(checked.workspace.store)
    about = {
        "version": version,
        "quads": sum(counts.values()),
        "graphs": dict(sorted(counts.items())),
        "rules": {c.rule: c.count for c in checked.computed},
    }
    contents["snapshot.json"] = json.dumps(about, indent=1, ensure_ascii=False).encode() + b"\n"
    store, views = checked.workspace.store, list(layout.queries("wikidata-view"))
    derived: dict[str, tuple[Callable[[Path], bool], Callable[[Path], None]]] = {
        INDEX: (lambda path: is_current(path, version), lambda path: write_index(store, path, version)),
        VIEW: (is_current_view, lambda path: write_view(store, views, path)),
        UNION: (lambda path: path.is_file(), lambda path: write_union(io.BytesIO(quads), path)),
        COLUMNS: (lambda path: (path / ABOUT).is_file(), lambda path: write_columns(io.BytesIO(quads), path)),
    }
    layout.snapshots.mkdir(parents=True, exist_ok=True)
    target = snapshot_path(layout.snapshots, version)
    if not target.exists():
        say(f"writing {target.name}")
        _write_directory(target, contents, {name: write for name, (_, write) in derived.items()})
    for name, (is_whole, write) in derived.items():
        if not is_whole(target / name):
            say(f"writing {name} of {target.name}")
            _renew(target / name, write)
    write_pointer(layout.snapshots, version)
    return Snapshot.open(target)


def _sorted_quads(store: ox.Store) -> bytes:
    lines = (store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    lines.sort()
    return b"".join(lines)


def _version(contents: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\n{len(contents[name])}\n".encode())
        digest.update(contents[name])
    return digest.hexdigest()[:16]


def _write_directory(target: Path, contents: dict[str, bytes], derived: Mapping[str, Callable[[Path], None]]) -> None:
    """Write a directory under another name and move it into place when it is whole.

    Args:
        target: the directory.
        contents: what is in it, by name.
        derived: what writes each file or folder that follows from the graph, by name.
    """
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
    try:
        for name, data in contents.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for name, write in derived.items():
            write(temporary / name)
        temporary.chmod(0o755)
        try:
            temporary.rename(target)
        except OSError:
            # Another build was quicker; equal names mean equal contents.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _renew(target: Path, write: Callable[[Path], None]) -> None:
    """Put what follows from the graph into a snapshot that has none, or one of another form, in one step."""
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent.parent))
    try:
        write(temporary / target.name)
        if target.is_dir():
            shutil.rmtree(target)
        (temporary / target.name).replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
