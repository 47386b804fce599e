"""The step of the build that measures the network of ties and adds what it finds as a computed graph.

Distances between all pairs of cities take the longest, and most edits change no tie. So what was measured last is kept
beside what the last check saw, and taken again where nothing that it follows from has changed.
"""

import contextlib
import hashlib
import importlib.resources
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from citydip.curation.compute import Computed
from citydip.curation.networks.measures import LIBRARY, of_nodes, stats
from citydip.curation.networks.publishing import NAME, TITLE, Measured, as_quads
from citydip.curation.networks.ties import Selection, network_of, reciprocity
from citydip.curation.workspace import Workspace
from citydip.model.terms import PREFIXES

__all__ = ["add_measures"]

_QUERIES = ("network-ties", "network-dates", "network-sides")
_KEPT = "network-measures.json"
_RULE = str(NAME).rpartition("/")[2]


def add_measures(workspace: Workspace, memory: Path) -> Computed:
    """Add the measures of the standard selection of ties to the store of a workspace.

    Args:
        workspace: its ties are measured, and its store is added to.
        memory: the folder with what is kept; where it cannot be written, the next build measures again.

    Returns:
        How many triples were added.
    """
    paths = {path.stem: path for path in workspace.layout.queries("internal")}
    ties, dates, sides = (_rows(workspace.store, paths[name]) for name in _QUERIES)
    # Names and places of cities do not matter here.
    network = network_of(ties, dates, sides, {}, {})
    chosen = network.select(Selection())
    links, mutual = network.links(chosen), reciprocity(chosen, network)
    code = [file.read_text("utf-8") for file in importlib.resources.files(__package__).iterdir() if file.is_file()]
    basis = _digest([LIBRARY, sorted(code), links.names, links.pairs, links.weights, links.loops, mutual])
    text = _recall(memory / _KEPT, basis)
    if text is None:
        of_cities, modularity = of_nodes(links)
        figures = {**stats(links), **mutual, "modularity": modularity}
        text = as_quads(Measured(figures, of_cities), Selection())
        _keep(memory / _KEPT, basis, text)
    workspace.store.bulk_load(text.encode(), format=ox.RdfFormat.N_QUADS)
    return Computed(_RULE, TITLE, text.count("\n"))


def _rows(store: ox.Store, path: Path) -> list[dict[str, Any]]:
    found = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 - tells the type checker what a SELECT gives
    text = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
    rows: list[dict[str, Any]] = json.loads(text)["results"]["bindings"]
    return rows


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _recall(path: Path, basis: str) -> str | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        text: str = kept["text"]
        return text if kept["basis"] == basis and kept["digest"] == _digest(text) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, basis: str, text: str) -> None:
    with contextlib.suppress(OSError):
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps({"basis": basis, "digest": _digest(text), "text": text}), encoding="utf-8")
        temporary.replace(path)
