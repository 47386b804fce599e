"""Asking a store in a test."""

import pyoxigraph as ox

from citydip.model.terms import PREFIXES, shorten

__all__ = ["ask"]


def ask(store: ox.Store, pattern: str) -> list[dict[str, str]]:
    """Return the rows of a pattern: values by variable, without those that a row leaves empty; IRIs are shortened."""
    solutions = store.query(f"SELECT * WHERE {{ {pattern} }}", prefixes=PREFIXES)
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
