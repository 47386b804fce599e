"""The exports there are: name, media type, and which selections each takes."""

import difflib
from dataclasses import dataclass

from citydip.model.errors import NotFoundError

__all__ = ["EXPORTS", "PACKINGS", "TABLES", "Export", "export_named", "split_packing"]

TABLES = ("cities", "ties", "memberships", "events", "people")
"""The tables; each is a query of ``queries/export``."""
PACKINGS = {"gz": "application/gzip", "zst": "application/zstd"}
"""Media type by the ending of a compressed file."""


@dataclass(frozen=True, slots=True)
class Export:
    """One export.

    Args:
        name: the file's name.
        media_type: its media type.
        kind: ``graph``, ``table``, ``network``, ``map`` or ``about``.
        title: what it is, in a few words.
        packed: whether compressing it is worth while.
    """

    name: str
    media_type: str
    kind: str
    title: str
    packed: bool = True

    @property
    def ending(self) -> str:
        """Return the ending of the name, without the dot."""
        return self.name.rpartition(".")[2]

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the names of the selections that it takes."""
        if self.kind == "about":
            return ()
        return _OF_TIES if self.kind == "network" or self.name.startswith("ties.") else ("licence",)


_OF_TIES = ("licence", "type", "attestation", "status", "country", "within", "on")


def _table(name: str) -> tuple[Export, ...]:
    return (
        Export(f"{name}.csv", "text/csv", "table", f"The table of {name}, as CSV"),
        Export(f"{name}.parquet", "application/vnd.apache.parquet", "table", f"The table of {name}, as Parquet", False),
    )


EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (
        Export("graph.nq", "application/n-quads", "graph", "All named graphs, as N-Quads"),
        Export("graph.trig", "application/trig", "graph", "All named graphs, as TriG"),
        Export("graph.jsonld", "application/ld+json", "graph", "All named graphs, as JSON-LD"),
        Export("graph.nt", "application/n-triples", "graph", "All triples without their graphs, as N-Triples"),
        Export("graph.ttl", "text/turtle", "graph", "All triples without their graphs, as Turtle"),
        Export("graph.rdf", "application/rdf+xml", "graph", "All triples without their graphs, as RDF/XML"),
        *(form for table in TABLES for form in _table(table)),
        Export("tables.csv-metadata.json", "application/csvm+json", "about", "The columns of all tables, as CSVW"),
        Export("tables.md", "text/markdown", "about", "The columns of all tables, to read"),
        Export("ties.graphml", "application/graphml+xml", "network", "The network of ties, as GraphML"),
        Export("ties.gexf", "application/gexf+xml", "network", "The network of ties with their times, as GEXF"),
        Export("cities.geojson", "application/geo+json", "map", "Cities as points, as GeoJSON"),
        Export("ties.geojson", "application/geo+json", "map", "Ties as lines, as GeoJSON"),
        Export("ties.gpkg", "application/geopackage+sqlite3", "map", "Cities and ties, as a GeoPackage", False),
        Export("attribution.txt", "text/plain", "about", "Licences of all graphs, and whom to name"),
    )
}
"""Each export by its name."""


def split_packing(name: str) -> tuple[str, str]:
    """Return the name of an export without the ending of its compression, and that ending.

    Example:
        >>> split_packing("graph.nt.gz")
        ('graph.nt', 'gz')
    """
    stem, _, ending = name.rpartition(".")
    return (stem, ending) if ending in PACKINGS else (name, "")


def export_named(name: str) -> tuple[Export, str]:
    """Return the export of a file's name, and the ending of its compression, which may be empty.

    Raises:
        NotFoundError: there is none; the message names the nearest.
    """
    plain, packing = split_packing(name)
    export = EXPORTS.get(plain)
    if export is None or (packing and not export.packed):
        near = difflib.get_close_matches(plain, EXPORTS, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(EXPORTS)}"
        raise NotFoundError(f"there is no export named {name!r}; {hint}")
    return export, packing
