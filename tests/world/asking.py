"""Asking a store in a test."""

import pyoxigraph as ox

from citydip.model.terms import PREFIXES, shorten

__all__ = ["ask"]


def ask(store: ox.Store, pattern: str) -> list[dict[str, str]]:
    """Return the rows of a pattern: values by variable, without those that a row leaves empty; IRIs are shortened.

    A store as a server loads it has the union of its graphs; of one that a build has, the engine makes it.
    """
    loaded = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is not None
    query = f"SELECT * WHERE {{ {pattern} }}"
    solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=not loaded)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [
        {
            name: shorten(term.value) if isinstance(term, ox.NamedNode) else term.value
            for name in names
            if (term := row[name])
        }
        for row in solutions
    ]
