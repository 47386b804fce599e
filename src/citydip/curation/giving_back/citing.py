"""Which sources may go back to Wikidata as references, and what such a reference says.

What rests on Wikidata or Wikipedia would come back there as evidence for itself. So no list of ours is a reference, no
page of a wiki or of what is made from one, and nothing that copies or is derived from these.
"""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from citydip.curation.giving_back.rows import Cells
from citydip.curation.giving_back.statements import Item, Snak, Time, monolingual, url
from citydip.model.terms import BASE, PREFIXES

__all__ = ["why_not_citable", "written_reference"]

_WIKIS = (
    "wikipedia.org",
    "wikidata.org",
    "wikimedia.org",
    "wikivoyage.org",
    "wiktionary.org",
    "wikisource.org",
    "wikinews.org",
    "wikiquote.org",
    "mediawiki.org",
    "dbpedia.org",
    "wikiwand.com",
    "wikizero.com",
    "everybodywiki.com",
    "infogalactic.com",
    "fandom.com",
    "yago-knowledge.org",
)
"""Wikis that anybody edits, and what is made from them."""
_ORDER = ("P854", "P1476", "P123", "P577", "P1065", "P813")
"""The order of the parts of a reference."""


def _host_is(address: str, hosts: Iterable[str]) -> bool:
    # An archived copy has the address of the page in its own.
    texts = [urlsplit(address).hostname or ""]
    for scheme in ("http://", "https://"):
        _, found, inner = address[8:].partition(scheme)
        texts += [urlsplit(scheme + inner).hostname or ""] if found else []
    return any(text == host or text.endswith(f".{host}") for text in texts for host in hosts)


def why_not_citable(source: str, origins: Iterable[Cells]) -> str:
    """Return why a source is no reference for Wikidata; empty where it is one.

    Args:
        source: the IRI of the source.
        origins: rows of ``queries/giving-back/origins.rq`` about it: itself, and what it copies or is derived from.

    Example:
        >>> row = {"origin": "a", "kind": "https://w3id.org/citydip/id/source-kind/web-page", "address": "http://x.ir/1"}
        >>> why_not_citable("a", [row])
        ''
        >>> why_not_citable("a", [{**row, "address": "https://en.wikipedia.org/wiki/Tehran"}])
        'its source is Wikidata, Wikipedia or made from them'
    """
    own = ""
    for row in origins:
        address = row.get("address", "")
        if row["origin"] == source and address:
            own = address
        if address and _host_is(address, _WIKIS):
            return "its source is Wikidata, Wikipedia or made from them"
        if row["kind"] == PREFIXES["source-kind"] + "data-set":
            return "its source is an imported list"
    parts = urlsplit(own)
    if parts.scheme not in ("http", "https") or not parts.hostname or own.startswith(BASE):
        return "its source has no address on the web"
    if parts.path in ("", "/") and not parts.query:
        return "its source is a whole site and not a page"
    return ""


def written_reference(cells: Iterable[Cells], evidence: Iterable[Cells]) -> tuple[Snak, ...]:
    """Return a reference: address, title, publisher, day of publication, archived copy and day of retrieval.

    What is not known is left out: a title without a language, a publisher without an item, a date that is not exact.

    Args:
        cells: rows of ``queries/giving-back/references.rq`` about the source.
        evidence: rows of ``queries/giving-back/evidence.rq`` with the source as evidence of the statement.
    """
    parts: defaultdict[str, set[Snak]] = defaultdict(set)
    for row in cells:
        prop, text = row["property"].removeprefix(PREFIXES["wd"]), row["value"]
        if prop == "P854":
            parts[prop].add((prop, url(text)))
        elif prop == "P1476" and (title := monolingual(text, row.get("value@", ""))):
            parts[prop].add((prop, title))
        elif prop == "P577" and "precision" in row:
            parts[prop].add((prop, Time(text.partition("T")[0], int(row["precision"]))))
    for row in evidence:
        if "archived" in row:
            parts["P1065"].add(("P1065", url(row["archived"])))
        if "publisher" in row:
            parts["P123"].add(("P123", Item(row["publisher"].removeprefix(PREFIXES["wd"]))))
        if "retrieved" in row:
            parts["P813"].add(("P813", Time(row["retrieved"][:10], 11)))
    return tuple(snak for prop in _ORDER for snak in sorted(parts[prop], key=repr))
