"""Quotations against the articles: does every quote stand where its evidence says that it stands?

Positions count characters (Unicode code points) from 0 in the article's text as read from its file, the end
excluded, as in the text position selector of the W3C Web Annotation model. A quote that was found is sealed: a
digest of quote, position and article travels with it, so that a later change shows without the article.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from citydip.curation.workspace import Workspace
from citydip.model.findings import Finding
from citydip.model.terms import CD, OA

__all__ = ["LONGEST_QUOTE", "Quote", "check_quotes", "check_seals", "locate", "quotes_of", "read_article", "seal"]

LONGEST_QUOTE = 15
"""The most words that a quotation may have."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation and the source that it is taken from.

    Args:
        source: IRI of the source.
        selector: IRI of the selector node.
        exact: the quoted words, in the spelling of the source.
        prefix: what stands right before them, where they occur more than once; else empty.
        start: position of the first character, or None.
        end: position after the last, or None.
        seal: the digest, or None.
        text_file: name of the article's file.
        text_digest: SHA-256 of the article's bytes.
    """

    source: str
    selector: str
    exact: str
    prefix: str
    start: int | None
    end: int | None
    seal: str | None
    text_file: str
    text_digest: str


_QUERY = f"""
PREFIX cd: <{CD}> PREFIX oa: <{OA}>
SELECT DISTINCT ?source ?selector ?exact ?prefix ?start ?end ?seal ?file ?digest WHERE {{
  ?evidence oa:hasSelector ?selector ; oa:hasSource ?source .
  ?selector oa:exact ?exact .
  ?source cd:textFile ?file ; cd:textDigest ?digest .
  OPTIONAL {{ ?selector oa:prefix ?prefix }}
  OPTIONAL {{ ?selector oa:start ?start }}
  OPTIONAL {{ ?selector oa:end ?end }}
  OPTIONAL {{ ?selector cd:quoteSeal ?seal }}
}} ORDER BY ?selector"""


def quotes_of(store: ox.Store) -> Iterator[Quote]:
    """Yield the quotations of a store whose source has a text file, in the order of their IRIs."""
    solutions = store.query(_QUERY, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 - tells the type checker what a SELECT gives
    for row in solutions:
        values = {name: row[name].value if row[name] else None for name in ("prefix", "start", "end", "seal")}
        yield Quote(
            row["source"].value,
            row["selector"].value,
            row["exact"].value,
            values["prefix"] or "",
            None if values["start"] is None else int(values["start"]),
            None if values["end"] is None else int(values["end"]),
            values["seal"],
            row["file"].value,
            row["digest"].value,
        )


def seal(quote: Quote, start: int, end: int) -> str:
    """Return the seal of a quote at a position: 16 hexadecimal digits."""
    text = "\n".join((quote.text_digest, str(start), str(end), quote.exact))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def locate(quote: Quote, text: str) -> int:
    """Return the position of a quote in an article's text.

    A quote that stands where its position says stays there; else it is looked for behind its prefix.

    Raises:
        ValueError: the quote is not there, or stands at several places and no prefix tells them apart.
    """
    if quote.start is not None and text.startswith(quote.exact, quote.start):
        return quote.start
    needle = quote.prefix + quote.exact
    first = text.find(needle)
    if first < 0:
        raise ValueError("the quote does not stand in the article")
    if text.find(needle, first + 1) >= 0:
        raise ValueError(
            "the quote stands at several places of the article; give oa:prefix (the words before it) or oa:start"
        )
    return first + len(quote.prefix)


def check_seals(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each quotation that was changed since it was last found in its article.

    This check needs no article. Where no quotation of a source fits, the source is named once.
    """
    by_source: dict[str, list[Quote]] = defaultdict(list)
    for quote in quotes_of(workspace.store):
        by_source[quote.source].append(quote)
    for source, quotes in by_source.items():
        wrong = [(quote, message) for quote in quotes if (message := _broken_seal(quote))]
        fix = f"restore what was changed, or run: citydip anchor --articles DIR (DIR holds {quotes[0].text_file})"
        if len(wrong) == len(quotes) > 1:
            message = f"none of its {len(quotes)} quotations fits its seal: was cd:textDigest changed?"
            yield workspace.place("quote-seal", message, fix, source, str(CD.textDigest))
            continue
        for quote, message in wrong:
            yield workspace.place("quote-seal", message, fix, quote.selector, str(OA.exact))


def _broken_seal(quote: Quote) -> str | None:
    """Return what is wrong with the position and seal of a quotation, or None."""
    if quote.start is None or quote.end is None or quote.seal is None:
        return "the quote has no position and seal yet: nobody has proved that it stands in the article"
    if quote.end - quote.start != len(quote.exact):
        return f"the quote has {len(quote.exact)} characters, its position has {quote.end - quote.start}"
    if seal(quote, quote.start, quote.end) != quote.seal:
        return "the quote or its position was changed after it had been proved against the article"
    return None


def check_quotes(workspace: Workspace, articles: Path) -> Iterator[Finding]:
    """Yield a finding for each quotation that does not stand in its article at its place, and each missing article.

    Args:
        workspace: the parsed files.
        articles: folder of the articles' text files.
    """
    texts: dict[str, str | None] = {}
    for quote in quotes_of(workspace.store):
        if quote.text_file not in texts:
            texts[quote.text_file], problem = read_article(articles, quote)
            if problem:
                yield problem
        text = texts[quote.text_file]
        if text is None or quote.start is None or quote.end is None:
            continue
        if text[quote.start : quote.end] != quote.exact:
            there = text[quote.start : quote.end].replace("\n", " ")
            fix = "copy the quote from the article, then run: citydip anchor --articles " + str(articles)
            message = f"the article reads «{there}» at {quote.start}-{quote.end}, not the quote"
            yield workspace.place("quote", message, fix, quote.selector, str(OA.exact))


def read_article(articles: Path, quote: Quote) -> tuple[str | None, Finding | None]:
    """Return the text of a quotation's article, or a finding where it is missing or not the text that was curated."""
    path = articles / quote.text_file
    if not path.is_file():
        return None, Finding("article", f"there is no {path.name} in {path.parent}", "name the folder of the articles")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != quote.text_digest:
        message = f"{path.name} is not the text that was curated: its SHA-256 digest differs"
        return None, Finding("article", message, "fetch the text that the source's cd:textDigest names")
    return data.decode("utf-8"), None
