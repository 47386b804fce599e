"""The network of ties for network tools: GraphML, and GEXF with the times at which ties held.

Source: http://graphml.graphdrawing.org/specification.html, https://gexf.net/schema.html
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from citydip.curation.snapshot import Snapshot
from citydip.services.exporting.quads import Tell
from citydip.services.exporting.rows import Column, columns_of, export_query
from citydip.services.exporting.selecting import TIE_STATES, Selection
from citydip.services.exporting.tables import table_rows

__all__ = ["network_of", "spell_of", "write_gexf", "write_graphml"]

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document of XML 1.0 may have."""
_TYPES = {"integer": "long", "double": "double"}
_ENDS = frozenset({"ended", "suspended"})

Rows = Iterator[dict[str, Any]]


def network_of(snapshot: Snapshot, selection: Selection, tell: Tell) -> tuple[Rows, Rows]:
    """Return the cities and the ties of a network: those ties that are or were one, and the cities that they tie.

    Both can be gone through once. The ties wait in a temporary file, for the cities come before them in every format.

    Args:
        snapshot: what to ask.
        selection: which ties.
        tell: called with the share of the data that has been read.
    """
    tied: set[str] = set()
    waiting = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - it goes when the last tie is read
    for row in table_rows(snapshot, "ties", selection, lambda share: tell(share * 2 / 3)):
        if not TIE_STATES.isdisjoint(row.get("status", "").split()):
            tied |= {row["city_a"], row["city_b"]}
            waiting.write(json.dumps(row) + "\n")
    cities = table_rows(snapshot, "cities", selection, lambda share: tell(2 / 3 + share / 3))
    return (row for row in cities if row["city"] in tied), _read_again(waiting)


def _read_again(waiting: IO[str]) -> Rows:
    with waiting:
        waiting.seek(0)
        yield from map(json.loads, waiting)


def spell_of(tie: Mapping[str, Any]) -> dict[str, str]:
    """Return from when to when a tie surely held; empty where no source gives a date of its beginning.

    It begins on the latest day on which it can have begun, or on which it was first said to be there. It ends on the
    earliest day on which it can have ended. A tie that is said to be ended or suspended without a date has the one
    day that is known; any other is open, which means that no end is reported.

    Example:
        >>> spell_of({"begin_latest": "2016-09-30", "status": "signed"})
        {'start': '2016-09-30'}
    """
    begun = min((tie[name] for name in ("begin_latest", "attested_latest") if tie.get(name)), default="")
    if not begun:
        return {}
    if tie.get("end_earliest"):
        return {"start": begun, "end": max(begun, tie["end_earliest"])}
    if _ENDS.isdisjoint(str(tie.get("status", "")).split()):
        return {"start": begun}
    return {"start": begun, "end": begun}


class _Writer:
    """XML as it streams, with the characters that it may have."""

    def __init__(self, output: IO[bytes]):
        self.xml = XMLGenerator(output, "UTF-8", short_empty_elements=True)
        self.xml.startDocument()

    def start(self, name: str, **attributes: str) -> None:
        given = {key.replace("__", ":"): _clean(value) for key, value in attributes.items()}
        self.xml.startElement(name, AttributesImpl(given))

    def end(self, name: str) -> None:
        self.xml.endElement(name)
        self.xml.ignorableWhitespace("\n")

    def element(self, name: str, text: str = "", **attributes: str) -> None:
        self.start(name, **attributes)
        if text:
            self.xml.characters(_clean(text))
        self.end(name)


def _clean(text: str) -> str:
    """Return a text with a replacement sign for each character that XML does not allow."""
    return _FORBIDDEN.sub("\ufffd", text)


def _columns(snapshot: Snapshot) -> tuple[list[Column], list[Column]]:
    nodes = [c for c in columns_of(export_query(snapshot, "cities")) if c.name != "city"]
    edges = [
        c
        for c in columns_of(export_query(snapshot, "ties"))
        if c.name not in ("tie", "city_a", "city_b") and not c.name.startswith(("city_a_", "city_b_"))
    ]
    return nodes, edges


def _edge_names(ties: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each tie with a name of its own: an agreement of several cities has several edges."""
    seen: dict[str, int] = {}
    for tie in ties:
        number = seen[tie["tie"]] = seen.get(tie["tie"], 0) + 1
        yield tie["tie"] if number == 1 else f"{tie['tie']}#{number}", tie


def write_graphml(snapshot: Snapshot, selection: Selection, output: IO[bytes], words: str, tell: Tell) -> None:
    """Write the network as GraphML: undirected, each city a node and each tie an edge, with all their columns.

    Args:
        snapshot: what to ask.
        selection: which ties.
        output: where to.
        words: licences and attribution, which stand in the description of the document.
        tell: called with the share of the data that has been read.
    """
    cities, ties = network_of(snapshot, selection, tell)
    nodes, edges = _columns(snapshot)
    out = _Writer(output)
    out.start("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    out.element("desc", words)
    for domain, columns in (("node", nodes), ("edge", edges)):
        out.element("key", id=f"{domain}_label", **{"for": domain, "attr.name": "label", "attr.type": "string"})
        for c in columns:
            kind = "string" if c.several else _TYPES.get(c.type, "string")
            names = {"for": domain, "attr.name": c.name, "attr.type": kind}
            out.start("key", id=f"{domain}_{c.name}", **names)
            out.element("desc", c.description["en"])
            out.end("key")
    out.element("key", id="edge_tie", **{"for": "edge", "attr.name": "tie", "attr.type": "string"})
    out.start("graph", id="ties", edgedefault="undirected")
    for city in cities:
        out.start("node", id=city["city"])
        _data(out, "node", city, nodes, city.get("name_en", city["city"]))
        out.end("node")
    for name, tie in _edge_names(ties):
        out.start("edge", id=name, source=tie["city_a"], target=tie["city_b"])
        _data(out, "edge", tie, edges, tie.get("label_en", ""))
        out.element("data", tie["tie"], key="edge_tie")
        out.end("edge")
    out.end("graph")
    out.end("graphml")


def _data(out: _Writer, domain: str, row: dict[str, Any], columns: list[Column], label: Any) -> None:
    if label:
        out.element("data", label, key=f"{domain}_label")
    for column in columns:
        if column.name in row:
            out.element("data", str(row[column.name]), key=f"{domain}_{column.name}")


def write_gexf(snapshot: Snapshot, selection: Selection, output: IO[bytes], words: str, tell: Tell) -> None:
    """Write the network as GEXF 1.3, with the times at which ties surely held, for the timeline of Gephi.

    Args:
        snapshot: what to ask.
        selection: which ties.
        output: where to.
        words: licences and attribution, which stand in the description of the document.
        tell: called with the share of the data that has been read.
    """
    cities, ties = network_of(snapshot, selection, tell)
    nodes, edges = _columns(snapshot)
    out = _Writer(output)
    out.start("gexf", xmlns="http://gexf.net/1.3", xmlns__viz="http://gexf.net/1.3/viz", version="1.3")
    out.start("meta")
    out.element("creator", f"citydip, data version {snapshot.version}")
    out.element("description", words)
    out.end("meta")
    out.start("graph", defaultedgetype="undirected", mode="dynamic", timeformat="date", timerepresentation="interval")
    for domain, columns in (("node", nodes), ("edge", edges)):
        out.start("attributes", **{"class": domain, "mode": "static"})
        for c in columns:
            kind = "string" if c.several else _TYPES.get(c.type, "string")
            out.element("attribute", id=f"{domain}_{c.name}", title=c.name, type=kind)
        if domain == "edge":
            out.element("attribute", id="edge_tie", title="tie", type="string")
        out.end("attributes")
    out.start("nodes")
    for city in cities:
        out.start("node", id=city["city"], label=str(city.get("name_en", city["city"])))
        _values(out, "node", city, nodes)
        if "longitude" in city:
            out.element("viz:position", x=str(city["longitude"]), y=str(city["latitude"]), z="0.0")
        out.end("node")
    out.end("nodes")
    out.start("edges")
    for name, tie in _edge_names(ties):
        more = {"label": str(tie["label_en"])} if "label_en" in tie else {}
        spell = spell_of(tie)
        out.start("edge", id=name, source=tie["city_a"], target=tie["city_b"], **more, **spell)
        _values(out, "edge", tie, edges)
        if spell:
            out.start("spells")
            out.element("spell", **spell)
            out.end("spells")
        out.end("edge")
    out.end("edges")
    out.end("graph")
    out.end("gexf")


def _values(out: _Writer, domain: str, row: dict[str, Any], columns: list[Column]) -> None:
    out.start("attvalues")
    for column in columns:
        if column.name in row:
            out.element("attvalue", **{"for": f"{domain}_{column.name}", "value": str(row[column.name])})
    if domain == "edge":
        out.element("attvalue", **{"for": "edge_tie", "value": row["tie"]})
    out.end("attvalues")
