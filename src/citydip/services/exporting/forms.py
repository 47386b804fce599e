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
        title: what it is, in a few words, by language.
        tools: names of programs and libraries that open it.
        packed: whether compressing it is worth while.
    """

    name: str
    media_type: str
    kind: str
    title: dict[str, str]
    tools: tuple[str, ...] = ()
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


_OF_TIES = ("licence", "type", "attestation", "status", "country", "region", "within", "on")


_RDF = ("Apache Jena", "rdflib", "Oxigraph", "Virtuoso")
_ROWS = ("pandas", "R", "LibreOffice Calc", "Excel")
_COLUMNS = ("pandas", "R (arrow)", "DuckDB", "Polars")
_PLACES = ("QGIS", "geopandas", "R (sf)")
_PERSIAN = {
    "cities": "شهرها",
    "ties": "پیوندها",
    "memberships": "عضویت‌ها",
    "events": "رویدادها",
    "people": "کسان و سمت‌ها",
}


def _graph(ending: str, media_type: str, form: str, whole: bool) -> Export:
    if whole:
        title = {"en": f"All named graphs, as {form}", "fa": f"همهٔ گراف‌های نام‌دار، به {form}"}
    else:
        title = {
            "en": f"All triples without their graphs, as {form}",
            "fa": f"همهٔ سه‌تایی‌ها بی گراف‌هایشان، به {form}",
        }
    return Export(f"graph.{ending}", media_type, "graph", title, _RDF)


def _table(name: str) -> tuple[Export, ...]:
    titles = {
        form: {"en": f"The table of {name}, as {form}", "fa": f"جدول {_PERSIAN[name]}، به {form}"}
        for form in ("CSV", "Parquet")
    }
    parquet = "application/vnd.apache.parquet"
    return (
        Export(f"{name}.csv", "text/csv", "table", titles["CSV"], _ROWS),
        Export(f"{name}.parquet", parquet, "table", titles["Parquet"], _COLUMNS, packed=False),
    )


EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (
        _graph("nq", "application/n-quads", "N-Quads", whole=True),
        _graph("trig", "application/trig", "TriG", whole=True),
        _graph("jsonld", "application/ld+json", "JSON-LD", whole=True),
        _graph("nt", "application/n-triples", "N-Triples", whole=False),
        _graph("ttl", "text/turtle", "Turtle", whole=False),
        _graph("rdf", "application/rdf+xml", "RDF/XML", whole=False),
        *(form for table in TABLES for form in _table(table)),
        Export(
            "tables.csv-metadata.json",
            "application/csvm+json",
            "about",
            {"en": "The columns of all tables, as CSVW", "fa": "ستون‌های همهٔ جدول‌ها، به CSVW"},
        ),
        Export(
            "tables.md",
            "text/markdown",
            "about",
            {"en": "The columns of all tables, to read", "fa": "ستون‌های همهٔ جدول‌ها، برای خواندن"},
        ),
        Export(
            "ties.graphml",
            "application/graphml+xml",
            "network",
            {"en": "The network of ties, as GraphML", "fa": "شبکهٔ پیوندها، به GraphML"},
            ("Gephi", "networkx", "igraph", "Cytoscape"),
        ),
        Export(
            "ties.gexf",
            "application/gexf+xml",
            "network",
            {"en": "The network of ties with their times, as GEXF", "fa": "شبکهٔ پیوندها با زمانشان، به GEXF"},
            ("Gephi",),
        ),
        Export(
            "cities.geojson",
            "application/geo+json",
            "map",
            {"en": "Cities as points, as GeoJSON", "fa": "شهرها به‌صورت نقطه، به GeoJSON"},
            _PLACES,
        ),
        Export(
            "ties.geojson",
            "application/geo+json",
            "map",
            {"en": "Ties as lines, as GeoJSON", "fa": "پیوندها به‌صورت خط، به GeoJSON"},
            _PLACES,
        ),
        Export(
            "ties.gpkg",
            "application/geopackage+sqlite3",
            "map",
            {"en": "Cities and ties, as a GeoPackage", "fa": "شهرها و پیوندها، به GeoPackage"},
            _PLACES,
            packed=False,
        ),
        Export(
            "attribution.txt",
            "text/plain",
            "about",
            {"en": "Licences of all graphs, and whom to name", "fa": "پروانهٔ همهٔ گراف‌ها و نام‌هایی که باید برده شود"},
        ),
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
