"""Making an export: one function for all of them, into a file that is there whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

from citydip.curation.snapshot import Snapshot
from citydip.services.exporting.forms import Export
from citydip.services.exporting.licences import attribution, chosen_graphs
from citydip.services.exporting.maps import write_geojson, write_geopackage
from citydip.services.exporting.networks import write_gexf, write_graphml
from citydip.services.exporting.packing import replaced, writing
from citydip.services.exporting.quads import Tell, write_graph
from citydip.services.exporting.selecting import Selection
from citydip.services.exporting.tables import as_json, csvw, dictionary, write_csv, write_parquet

__all__ = ["make", "write"]


def make(
    snapshot: Snapshot, export: Export, packing: str, selection: Selection, target: Path, tell: Tell | None = None
) -> None:
    """Make an export and put it where it belongs; what was there is replaced when the new file is whole.

    Args:
        snapshot: what is exported.
        export: which form of it.
        packing: ``gz``, ``zst`` or nothing.
        selection: which part of it.
        target: where to.
        tell: called with the share that is done, from 0 to 1.

    Raises:
        ExportError: the folder cannot be written to, or a library is not there.
        SnapshotError: the snapshot was built before there were such exports.
        OSError: the data cannot be read.
    """
    tell = tell or (lambda _: None)
    words = attribution(snapshot, selection.licence)
    with replaced(target) as path:
        if export.ending == "parquet":
            write_parquet(snapshot, export.name.partition(".")[0], selection, path, words, tell)
        elif export.ending == "gpkg":
            write_geopackage(snapshot, selection, path, words, tell)
        else:
            with writing(path, packing) as output:
                write(snapshot, export, selection, output, tell)


def write(snapshot: Snapshot, export: Export, selection: Selection, output: IO[bytes], tell: Tell) -> None:
    """Write an export that is a stream to a file that is open.

    Args:
        snapshot: what is exported.
        export: which form of it; neither Parquet nor GeoPackage, which need a file of their own.
        selection: which part of it.
        output: where to.
        tell: called with the share that is done, from 0 to 1.
    """
    words = attribution(snapshot, selection.licence)
    table, ending = export.name.partition(".")[0], export.ending
    if export.kind == "graph":
        graphs = chosen_graphs(snapshot, selection.licence)
        write_graph(snapshot.data, ending, output, graphs=graphs, words=words, tell=tell)
    elif export.kind == "table":
        write_csv(snapshot, table, selection, output, tell)
    elif export.kind == "map":
        write_geojson(snapshot, table, selection, output, words, tell)
    elif export.kind == "network":
        writers: dict[str, Callable[..., None]] = {"graphml": write_graphml, "gexf": write_gexf}
        writers[ending](snapshot, selection, output, words, tell)
    else:
        texts = {"attribution.txt": words.encode, "tables.md": lambda: dictionary(snapshot).encode()}
        output.write(texts.get(export.name, lambda: as_json(csvw(snapshot)))())
