"""Lines of N-Quads, as snapshots hold them: sorted, each with a graph that is an IRI."""

from collections.abc import Iterable, Iterator

__all__ = ["triples_of"]


def triples_of(quads: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield quads without their graphs, as lines of N-Triples, each once where equal ones come one after the other.

    Args:
        quads: lines of N-Quads, each with a graph that is an IRI.

    Example:
        >>> list(triples_of([b'<urn:a> <urn:p> "b" <urn:g> .\n', b'<urn:a> <urn:p> "b" <urn:h> .\n']))
        [b'<urn:a> <urn:p> "b" .\n']
    """
    last = b""
    for line in quads:
        # A literal may hold anything, so that the graph is what follows the last space before an IRI.
        triple = line[: line.rindex(b" <")] + b" .\n"
        if triple != last:
            last = triple
            yield triple
