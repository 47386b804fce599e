"""Citations at a version of the data, in the forms that people and reference managers read.

Source: https://github.com/citation-style-language/schema (CSL-JSON)
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ParameterError
from citydip.model.languages import INTERFACE, fallback
from citydip.model.terms import BASE
from citydip.services.graph import ServedGraph
from citydip.services.things import read_thing

__all__ = ["CITATIONS", "citation_of", "cite", "cite_query", "cite_version", "issued_of"]

CITATIONS = {
    "text": "text/plain",
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl": "application/vnd.citationstyles.csl+json",
}
"""Media type by the name of a form."""

_PUBLISHER = "citydip, an open knowledge graph of city diplomacy"
_ESCAPED = str.maketrans({"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "#": r"\#"})
_ISSUED = re.compile(rb'> <http://purl\.org/dc/terms/issued> "(\d{4}-\d\d-\d\d)"')


def cite(
    form: str, *, title: str, iri: str, version: str, address: str, sources: Sequence[str] = (), issued: str = ""
) -> str:
    """Return the citation of a thing.

    Args:
        form: one of `CITATIONS`.
        title: its label.
        iri: its permanent identifier.
        version: the version of the data.
        address: where that version of it is read.
        sources: addresses or names of the sources that it rests on.
        issued: the day from which the data are; empty where it is not known.

    Raises:
        ParameterError: there is no such form.

    Example:
        >>> iri, page = "https://w3id.org/citydip/id/city/rasht", "https://example.org/version/0f/page/city/rasht"
        >>> cite("text", title="Rasht", iri=iri, version="0f", address=page, sources=["Mehr"]).split(". ")[-1]
        'Rests on: Mehr.'
    """
    if form not in CITATIONS:
        raise ParameterError(f"there is no citation {form!r}; there are: {', '.join(CITATIONS)}")
    if form == "text":
        rests = f" Rests on: {'; '.join(sources)}." if sources else ""
        return f"{title}. {_PUBLISHER}, data version {version}. {iri}. Read at {address}.{rests}"
    name = "citydip-" + iri.rstrip("/").rsplit("/", 1)[-1]
    note = f"Data version {version}" + (f"; rests on: {'; '.join(sources)}" if sources else "")
    if form == "bibtex":
        fields = {"title": title, "publisher": _PUBLISHER, "url": address, "note": note}
        fields |= {"year": issued[:4]} if issued else {}
        lines = [
            f"  {field} = {{{text.translate(_ESCAPED) if field != 'url' else text}}}," for field, text in fields.items()
        ]
        return "\n".join([f"@misc{{{name},", *lines, f"  howpublished = {{{iri}}}", "}", ""])
    if form == "csl":
        item = {
            "id": name,
            "type": "dataset",
            "title": title,
            "publisher": _PUBLISHER,
            "version": version,
            "URL": address,
            "archive_location": iri,
            "note": note,
        }
        dated = {"issued": {"date-parts": [[int(part) for part in issued.split("-")]]}} if issued else {}
        return json.dumps([item | dated], ensure_ascii=False, indent=1) + "\n"
    rows = [("TY", "DATA"), ("TI", title), ("PB", _PUBLISHER), ("ET", version), ("UR", address), ("ID", iri)]
    rows += [("PY", issued[:4]), ("DA", issued.replace("-", "/"))] if issued else []
    rows += [("N1", f"Rests on: {source}") for source in sources]
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in rows) + "ER  - \r\n"


def cite_version(form: str, *, version: str, base: str, issued: str = "") -> str:
    """Return the citation of a version of the data.

    Args:
        form: one of `CITATIONS`.
        version: which version.
        base: the address of the service, without a slash at its end.
        issued: as in `cite`.

    Raises:
        ParameterError: there is no such form.
    """
    title, address = "An open knowledge graph of city diplomacy", f"{base}/version/{version}/"
    return cite(form, title=title, iri=f"{BASE}version/{version}", version=version, address=address, issued=issued)


def cite_query(form: str, *, name: str, title: str, version: str, base: str, issued: str = "") -> str:
    """Return the citation of a query of the catalogue, with the version of the data that its answer is of.

    Args:
        form: one of `CITATIONS`.
        name: the query's name.
        title: its title.
        version: which version.
        base: the address of the service, without a slash at its end.
        issued: as in `cite`.

    Raises:
        ParameterError: there is no such form.
    """
    address = f"{base}/version/{version}/query/{name}"
    return cite(form, title=title, iri=f"{BASE}query/{name}", version=version, address=address, issued=issued)


async def citation_of(graph: ServedGraph, name: str, form: str, *, language: str, base: str) -> str:
    """Return the citation of what a name means, at the version that is served.

    Args:
        graph: the served graph.
        name: ``version``, ``query/NAME``, or a thing by its kind and name, such as ``city/rasht``.
        form: one of `CITATIONS`.
        language: of titles.
        base: the address of the service, without a slash at its end.

    Raises:
        NotFoundError: there is no such thing or query.
        ParameterError: there is no such form.
    """
    version, issued = graph.snapshot.version, await asyncio.to_thread(issued_of, graph.snapshot)
    if name == "version":
        return cite_version(form, version=version, base=base, issued=issued)
    if name.startswith("query/"):
        query = graph.catalogue[name.removeprefix("query/")]
        title = query.title(language if language in INTERFACE else "en")
        return cite_query(form, name=query.name, title=title, version=version, base=base, issued=issued)
    thing = await read_thing(graph, f"{BASE}id/{name}")

    def text(texts: Mapping[str, str], otherwise: str) -> str:
        found = fallback(texts, language)
        return found[0] if found else otherwise

    return cite(
        form,
        title=text(thing.labels, name),
        iri=thing.iri,
        version=version,
        address=f"{base}/version/{version}/page/{name}",
        sources=[text(node.labels, node.value) for node in thing.sources.values()],
        issued=issued,
    )


def issued_of(snapshot: Snapshot) -> str:
    """Return the newest day on which a graph of a snapshot was issued; empty where none says so.

    Raises:
        OSError: the data cannot be read.
    """
    beginning = f"<{BASE}graph/".encode()
    with snapshot.data.open("rb") as file:
        # The lines are in order, so those about graphs stand together.
        about = takewhile(lambda line: line < beginning + b"\xff", file)
        days = [m[1] for line in about if line.startswith(beginning) and (m := _ISSUED.search(line))]
    return max(days, default=b"").decode()
