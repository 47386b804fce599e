"""The formats of results: names, media types and which kind of result each can carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from citydip.model.errors import ParameterError

__all__ = ["FORMATS", "Format", "Kind", "format_named", "formats_for"]


class Kind(StrEnum):
    """What a query gives: rows (SELECT), a truth value (ASK) or a graph (CONSTRUCT, DESCRIBE)."""

    ROWS = "rows"
    TRUTH = "truth"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Format:
    """One format of results.

    Args:
        name: short name, used in ``format=`` and on the command line.
        media_type: registered media type.
        extension: ending of files, without dot.
        graph: whether it carries graphs; else rows and truth values.
        aliases: further media types that ask for it.
        names: further short names that ask for it.
        marked: whether it can say at its end that it was cut.
    """

    name: str
    media_type: str
    extension: str
    graph: bool
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    marked: bool = True

    @property
    def content_type(self) -> str:
        """Return the media type with its character set."""
        return f"{self.media_type}; charset=utf-8"


FORMATS: tuple[Format, ...] = (
    Format("json", "application/sparql-results+json", "srj", graph=False, aliases=("application/json",)),
    Format("xml", "application/sparql-results+xml", "srx", graph=False, aliases=("application/xml", "text/xml")),
    Format("csv", "text/csv", "csv", graph=False, marked=False),
    Format("tsv", "text/tab-separated-values", "tsv", graph=False, marked=False),
    # Turtle is also Notation 3, which some clients ask for.
    Format(
        "turtle",
        "text/turtle",
        "ttl",
        graph=True,
        aliases=("application/x-turtle", "text/n3", "text/rdf+n3"),
        names=("n3",),
    ),
    Format("ntriples", "application/n-triples", "nt", graph=True, aliases=("text/plain",)),
    Format(
        "jsonld",
        "application/ld+json",
        "jsonld",
        graph=True,
        aliases=("application/json",),
        names=("json", "json-ld"),
        marked=False,
    ),
    Format(
        "rdfxml",
        "application/rdf+xml",
        "rdf",
        graph=True,
        aliases=("application/xml", "text/xml"),
        names=("xml", "rdf+xml"),
    ),
    Format("trig", "application/trig", "trig", graph=True),
    Format("nquads", "application/n-quads", "nq", graph=True),
)


def formats_for(kind: Kind) -> tuple[Format, ...]:
    """Return the formats that can carry a kind of result, the preferred first."""
    return tuple(f for f in FORMATS if f.graph is (kind is Kind.GRAPH))


def format_named(name: str | Sequence[str], kind: Kind) -> Format:
    """Return the format of a short name, ending or media type; of several names, that of the first that fits.

    Raises:
        ParameterError: there is no such format for this kind of result; the message lists those there are.

    Example:
        >>> format_named("csv", Kind.ROWS).media_type
        'text/csv'
    """
    fitting = formats_for(kind)
    names = [name] if isinstance(name, str) else name
    for wanted, candidate in product((n.strip().lower() for n in names), fitting):
        if wanted in (candidate.name, candidate.extension, candidate.media_type, *candidate.aliases, *candidate.names):
            return candidate
    there = ", ".join(f.name for f in fitting)
    raise ParameterError(f"there is no format {', '.join(names)!r} for {kind.value}; there are {there}")
