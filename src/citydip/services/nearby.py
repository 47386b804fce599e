"""What a reader may have meant by an IRI that the graph does not know."""

import contextlib
import difflib
from collections.abc import Sequence

from citydip.model.errors import CitydipError
from citydip.model.languages import fallback
from citydip.model.terms import CD, ID
from citydip.services.graph import ServedGraph
from citydip.services.labelling import Shown
from citydip.services.search import Question
from citydip.services.vocabulary import read_vocabulary

__all__ = ["near"]

_MOST = 5


async def near(graph: ServedGraph, iri: str, languages: Sequence[str]) -> list[Shown]:
    """Return things or terms with a name near to the end of an IRI, those of its own kind first.

    Args:
        graph: where to look.
        iri: below our base; of another nothing is near.
        languages: of the labels that the reader wants, the first one first.

    Example:
        ``…/id/city/mashad`` is near to ``…/id/city/mashhad``.
    """
    if iri.startswith(str(CD)):
        return await _terms(graph, iri, languages)
    kind, _, name = iri.removeprefix(str(ID)).partition("/")
    words = name.replace("-", " ").replace("_", " ").strip()
    if not iri.startswith(str(ID)) or not words:
        return []
    # Without an index, or while the search is busy, the answer is as good without suggestions.
    with contextlib.suppress(CitydipError):
        found = await graph.search.ask(Question(words, tuple(languages), limit=20, facets=False))
        things = [hit.thing for hit in found.hits]
        return sorted(things, key=lambda thing: not thing.iri.startswith(f"{ID}{kind}/"))[:_MOST]
    return []


async def _terms(graph: ServedGraph, iri: str, languages: Sequence[str]) -> list[Shown]:
    labels = (await graph.once(read_vocabulary)).labels
    names = {term.removeprefix(str(CD)).casefold(): term for term in labels if term.startswith(str(CD))}
    chosen = difflib.get_close_matches(iri.removeprefix(str(CD)).casefold(), names, n=_MOST)
    found = []
    for term in (names[name] for name in chosen):
        label, language = fallback(labels[term], languages[0]) or (term, "")
        found.append(Shown(term, label, language))
    return found
