"""Anchoring: find each quotation in its article and write its position and seal into the Turtle file."""

from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF

from citydip.curation.formatting import format_triples
from citydip.curation.quotes import locate, quotes_of, read_article, seal
from citydip.curation.workspace import Workspace
from citydip.model.findings import Finding
from citydip.model.terms import CD, OA

__all__ = ["anchor"]

_START, _END, _SEAL = (ox.NamedNode(str(p)) for p in (OA.start, OA.end, CD.quoteSeal))
_TYPE = ox.NamedNode(str(RDF.type))
_KINDS = (OA.TextQuoteSelector, OA.TextPositionSelector)
_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")


def anchor(workspace: Workspace, articles: Path) -> tuple[dict[Path, str], list[Finding]]:
    """Return new texts of the files whose quotations could be anchored, and what could not.

    Nothing is written; the caller does that when it has seen the findings.

    Args:
        workspace: the parsed files.
        articles: folder of the articles' text files.

    Returns:
        New text by file, and a finding for each quotation that does not stand in its article, and each article that is
        missing or not the text that was curated.
    """
    placed: dict[str, tuple[int, int, str]] = {}
    findings: dict[str, Finding] = {}
    for quote in quotes_of(workspace.store):
        text, missing = read_article(articles, quote)
        if text is None:
            if missing:
                findings[quote.text_file] = missing
            continue
        try:
            start = locate(quote, text)
        except ValueError as error:
            fix = "copy the words from the article in its own spelling, or tell one place from the other as said"
            findings[quote.selector] = workspace.place("quote", str(error), fix, quote.selector, str(OA.exact))
            continue
        end = start + len(quote.exact)
        if (quote.start, quote.end) != (start, end) or quote.seal != seal(quote, start, end):
            placed[quote.selector] = (start, end, seal(quote, start, end))
    changed: dict[Path, str] = {}
    for file in workspace.files.values():
        here = {t.subject.value for t in file.triples if isinstance(t.subject, ox.NamedNode)} & placed.keys()
        if not here:
            continue
        old = (_START, _END, _SEAL)
        triples = [
            t
            for t in file.triples
            if not (isinstance(t.subject, ox.NamedNode) and t.subject.value in here and t.predicate in old)
        ]
        for selector in here:
            start, end, digest = placed[selector]
            node = ox.NamedNode(selector)
            triples += [ox.Triple(node, _TYPE, ox.NamedNode(str(kind))) for kind in _KINDS]
            triples.append(ox.Triple(node, _START, ox.Literal(str(start), datatype=_INTEGER)))
            triples.append(ox.Triple(node, _END, ox.Literal(str(end), datatype=_INTEGER)))
            triples.append(ox.Triple(node, _SEAL, ox.Literal(digest)))
        header = [line for line in file.text.splitlines() if line.startswith("#")]
        text = "".join(line + "\n" for line in header) + ("\n" if header else "")
        changed[file.path] = text + format_triples(
            triples,
            file.prefixes | {"cd": str(CD), "oa": str(OA), "xsd": "http://www.w3.org/2001/XMLSchema#"},
        )
    return changed, list(findings.values())
