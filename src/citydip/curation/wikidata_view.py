"""The Wikidata view: this graph in Wikidata's model, computed at build from the queries in ``queries/wikidata-view``.

Each query ``P….rq`` says which of our triples and statements are statements of one property, ``qualifiers.rq`` which of
their dates are which qualifiers, ``evidence.rq`` and ``sources.rq`` what their references are, ``deprecated.rq`` which
nobody stands for any more. What is written here is the same for all of them.

A thing with an identifier of Wikidata is its item; any other keeps its own IRI.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from citydip.model.queryfile import QueryFile, parse_query_file
from citydip.model.terms import BASE, CD, PREFIXES
from citydip.model.wikibase import GREGORIAN, OWN, SOMEVALUE, WIKIDATA_PREFIXES, precise

__all__ = ["is_current_view", "write_view"]

_FORM = "citydip-wikidata-view-1"
"""The first line of the file says which form it has; another one is written anew."""

_W = WIKIDATA_PREFIXES
_XSD = PREFIXES["xsd"]
_TYPE = f"<{PREFIXES['rdf']}type>"
_LABEL = f"<{PREFIXES['rdfs']}label>"
_NAMED_AS = "P1932"
_BOUNDS = {"P580": ("P1319", "P8555"), "P582": ("P8554", "P1326"), "P585": ("P1319", "P1326"), "P577": ("", "")}
"""The qualifiers for the first and the last day of a date that no precision fits."""
_PLAIN = ("earliest", "latest", "expression", "property", "statement", "ended", "preferred")
"""Columns that say something of a statement, and are no qualifiers of it."""

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(slots=True)
class _Claim:
    """One statement of the view: its subject, value, rank, and our statement that says so, if one does."""

    subject: str
    value: str
    named: str
    ours: str = ""
    ended: bool = False
    preferred: bool = False
    further: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _View:
    """What is read once for all properties."""

    store: ox.Store
    items: dict[str, str]
    labels: dict[str, str]
    qualifiers: dict[str, list[tuple[str, tuple[str, str, str]]]]
    references: dict[str, list[str]]
    deprecated: set[str]
    out: IO[str]
    written: set[str] = field(default_factory=set)

    def write(self, *parts: str) -> None:
        self.out.write(f"{' '.join(parts)} .\n")

    def term(self, iri: str) -> str:
        """Return a thing as a term: its item, or its own IRI."""
        item = self.items.get(iri)
        return f"<{_W['wd']}{item}>" if item else f"<{iri}>"


def is_current_view(path: Path) -> bool:
    """Return whether a file holds a view of the form that is written today."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as lines:
        return lines.readline() == f"# {_FORM}\n"


def write_view(store: ox.Store, queries: Sequence[Path], path: Path) -> None:
    """Write the view of a graph, as N-Triples.

    Args:
        store: all graphs, the computed ones too.
        queries: the files of ``queries/wikidata-view``.
        path: where to.

    Raises:
        OSError: it cannot be written.
        SyntaxError: a query cannot be read.
    """
    files = {file.stem: parse_query_file(file.stem, file.read_text(encoding="utf-8")) for file in queries}
    with path.open("w", encoding="utf-8") as out:
        out.write(f"# {_FORM}\n")
        if not files:
            return
        view = _open(store, files, out)
        for name in sorted(files):
            prop = files[name].fields.get("property")
            if prop:
                _write_property(view, files[name], prop)
        _write_names(view, files)


def _rows(store: ox.Store, query: QueryFile) -> Iterator[dict[str, _Term]]:
    rows = store.query(query.text, use_default_graph_as_union=True, prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 - the files are SELECT
    names = [variable.value for variable in rows.variables]
    for row in rows:
        yield {name: value for name in names if (value := row[name]) is not None}


def _text(row: dict[str, _Term], name: str) -> str:
    value = row.get(name)
    return value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""


def _open(store: ox.Store, files: dict[str, QueryFile], out: IO[str]) -> _View:
    identifier = ox.NamedNode(str(CD.wikidataIdentifier))
    items = {
        quad.subject.value: quad.object.value
        for quad in store.quads_for_pattern(None, identifier, None, None)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }
    labels: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdfs"] + "label"), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            name = quad.subject.value
            if quad.object.language == "en" or (name not in labels and quad.object.language):
                labels[name] = quad.object.value
    view = _View(store, items, labels, defaultdict(list), defaultdict(list), set(), out)
    for row in _rows(store, files["qualifiers"]):
        date = (_text(row, "earliest"), _text(row, "latest"), _text(row, "expression"))
        view.qualifiers[_text(row, "statement")].append((_text(row, "property"), date))
    sources = _references(view, files["sources"])
    for row in _rows(store, files["evidence"]):
        reference = sources.get(_text(row, "source"))
        if reference:
            view.references[_text(row, "statement")].append(reference)
    view.deprecated = {_text(row, "statement") for row in _rows(store, files["deprecated"])}
    return view


def _references(view: _View, query: QueryFile) -> dict[str, str]:
    """Write a reference for each source; return their terms."""
    said: defaultdict[str, set[tuple[str, str, tuple[str, str, str]]]] = defaultdict(set)
    for row in _rows(view.store, query):
        date = (_text(row, "earliest"), _text(row, "latest"), _text(row, "expression"))
        said[_text(row, "source")].add((_text(row, "property"), str(row["value"]), date))
    terms = {}
    for source, parts in said.items():
        term = terms[source] = f"<{OWN}reference/{_digest(source, *sorted(map(str, parts)))}>"
        view.write(term, f"<{_W['pr']}P248>", f"<{source}>")
        for prop, value, date in sorted(parts):
            if prop == "P577":
                _write_date(view, term, prop, date, "pr", "prv")
            else:
                view.write(term, f"<{_W['pr']}{prop}>", value)
    return terms


def _digest(*parts: str) -> str:
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()


def _write_property(view: _View, query: QueryFile, prop: str) -> None:
    """Write the statements of one property."""
    claims: defaultdict[str, dict[tuple[str, str], _Claim]] = defaultdict(dict)
    for row in _rows(view.store, query):
        claim = _claim(view, row)
        claims[claim.subject].setdefault((claim.value, claim.ours), claim)
    item = query.fields.get("reference")
    shared = f"<{OWN}reference/{_digest(item)}>" if item else ""
    if shared and shared not in view.written:
        view.written.add(shared)
        view.write(shared, f"<{_W['pr']}P248>", f"<{_W['wd']}{item}>")
    for subject in sorted(claims):
        _write_claims(view, prop, [claims[subject][key] for key in sorted(claims[subject])], shared)


def _claim(view: _View, row: dict[str, _Term]) -> _Claim:
    """Return a row of a property's query as a statement."""
    value, named = row["value"], ""
    if isinstance(value, ox.NamedNode):
        term = view.term(value.value)
        # What has no item is named in the words that Wikidata would keep.
        named = view.labels.get(value.value, "") if term.startswith(f"<{BASE}") else ""
    elif isinstance(value, ox.Literal) and value.datatype.value == _XSD + "integer":
        term = f'"{value.value}"^^<{_XSD}decimal>'
    else:
        term = str(value).replace('"POINT(', '"Point(')
    further = [(name, view.term(_text(row, name))) for name in row if name not in (*_PLAIN, "subject", "value")]
    return _Claim(
        view.term(_text(row, "subject")),
        term,
        named,
        _text(row, "statement"),
        _text(row, "ended") == "true",
        _text(row, "preferred") == "true",
        further,
    )


def _write_claims(view: _View, prop: str, claims: list[_Claim], shared: str) -> None:
    """Write the statements of one property of one subject; the best of them are its plain triples too."""
    ranks = ["Deprecated" if c.ours in view.deprecated else "Preferred" if c.preferred else "Normal" for c in claims]
    best = "Preferred" if "Preferred" in ranks else "Normal"
    for claim, rank in zip(claims, ranks, strict=True):
        subject = claim.subject[1:-1]
        local = subject.removeprefix(_W["wd"]).removeprefix(BASE + "id/").replace("/", "-")
        said = " ".join((subject, prop, claim.value, claim.ours))
        node = f"<{OWN}statement/{local}-{uuid.uuid5(uuid.NAMESPACE_URL, said)}>"
        view.write(claim.subject, f"<{_W['p']}{prop}>", node)
        view.write(node, f"<{_W['ps']}{prop}>", claim.value)
        view.write(node, f"<{_W['wikibase']}rank>", f"<{_W['wikibase']}{rank}Rank>")
        if rank == best:
            view.write(node, _TYPE, f"<{_W['wikibase']}BestRank>")
            view.write(claim.subject, f"<{_W['wdt']}{prop}>", claim.value)
        if claim.ours:
            view.write(node, f"<{PREFIXES['dcterms']}source>", f"<{claim.ours}>")
        for reference in [*view.references.get(claim.ours, ()), *([shared] if shared else [])]:
            view.write(node, f"<{_W['prov']}wasDerivedFrom>", reference)
        _write_qualifiers(view, node, claim)
        if prop == "P625":
            _write_point(view, node, claim.value)


def _write_qualifiers(view: _View, node: str, claim: _Claim) -> None:
    if claim.named:
        view.write(node, f"<{_W['pq']}{_NAMED_AS}>", str(ox.Literal(claim.named)))
    for prop, value in claim.further:
        view.write(node, f"<{_W['pq']}{prop}>", value)
    dates = view.qualifiers.get(claim.ours, ())
    if claim.ended and not any(prop == "P582" for prop, _ in dates):
        # It has ended, and nobody says when.
        dates = [*dates, ("P582", ("", "", ""))]
    for prop, date in dates:
        _write_date(view, node, prop, date, "pq", "pqv")


def _write_date(view: _View, node: str, prop: str, date: tuple[str, str, str], short: str, full: str) -> None:
    """Write a date as one of Wikidata; what no precision fits is a value unknown there, with its bounds beside it."""
    found = precise(*date)
    if found:
        day, precision = found
        view.write(node, f"<{_W[short]}{prop}>", f'"{day}T00:00:00Z"^^<{_XSD}dateTime>')
        view.write(node, f"<{_W[full]}{prop}>", _time(view, day, precision))
        return
    bounds = _BOUNDS[prop]
    if not bounds[0]:
        return
    view.write(node, f"<{_W[short]}{prop}>", f"<{SOMEVALUE}{_digest(node, prop, *date)}>")
    for name, day in zip(bounds, date[:2], strict=True):
        if day:
            _write_date(view, node, name, (day, day, ""), short, full)


def _time(view: _View, day: str, precision: int) -> str:
    term = f"<{OWN}value/{_digest('time', day, str(precision))}>"
    if term not in view.written:
        view.written.add(term)
        view.write(term, _TYPE, f"<{_W['wikibase']}TimeValue>")
        view.write(term, f"<{_W['wikibase']}timeValue>", f'"{day}T00:00:00Z"^^<{_XSD}dateTime>')
        view.write(term, f"<{_W['wikibase']}timePrecision>", f'"{precision}"^^<{_XSD}integer>')
        view.write(term, f"<{_W['wikibase']}timeTimezone>", f'"0"^^<{_XSD}integer>')
        view.write(term, f"<{_W['wikibase']}timeCalendarModel>", f"<{GREGORIAN}>")
    return term


def _write_point(view: _View, node: str, value: str) -> None:
    longitude, _, latitude = value.partition("(")[2].partition(")")[0].partition(" ")
    term = f"<{OWN}value/{_digest('point', longitude, latitude)}>"
    view.write(node, f"<{_W['psv']}P625>", term)
    if term not in view.written:
        view.written.add(term)
        view.write(term, f"<{_W['wikibase']}geoLatitude>", f'"{float(latitude)}"^^<{_XSD}double>')
        view.write(term, f"<{_W['wikibase']}geoLongitude>", f'"{float(longitude)}"^^<{_XSD}double>')
        view.write(term, f"<{_W['wikibase']}geoGlobe>", f"<{_W['wd']}Q2>")


def _write_names(view: _View, files: dict[str, QueryFile]) -> None:
    """Write labels, and what properties are called and made of."""
    for row in _rows(view.store, files["names"]):
        view.write(view.term(_text(row, "subject")), str(row["predicate"]), str(row["value"]))
    for iri in sorted(view.items):
        view.write(view.term(iri), f"<{PREFIXES['skos']}exactMatch>", f"<{iri}>")
    known = {_W["wd"] + item for item in view.items.values()}
    for row in _rows(view.store, files["properties"]):
        entity, kind = str(row["entity"]), _text(row, "type")
        if _text(row, "entity") not in known:
            for tag in ("en", "fa"):
                view.write(entity, _LABEL, str(ox.Literal(_text(row, tag), language=tag)))
        if not kind:
            continue
        name = _text(row, "entity").removeprefix(_W["wd"])
        view.write(entity, _TYPE, f"<{_W['wikibase']}Property>")
        view.write(entity, f"<{_W['wikibase']}propertyType>", f"<{_W['wikibase']}{kind}>")
        for term, prefix in _PREDICATES.items():
            view.write(entity, f"<{_W['wikibase']}{term}>", f"<{_W[prefix]}{name}>")


_PREDICATES = {
    "directClaim": "wdt",
    "claim": "p",
    "statementProperty": "ps",
    "statementValue": "psv",
    "qualifier": "pq",
    "qualifierValue": "pqv",
    "reference": "pr",
    "referenceValue": "prv",
}
