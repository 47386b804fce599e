"""Catalogue queries as texts that one can run and change: with their parameters filled in and their names on top."""

from collections.abc import Mapping

from citydip.engine.binding import bind
from citydip.engine.wording import worded
from citydip.model.queryfile import QueryFile

__all__ = ["example_text", "values_of_example"]

_KEPT = ("title", "view")
"""What the text keeps of the header."""


def values_of_example(query: QueryFile, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an example's parameters, as written: those given, else the defaults; empty for none.

    Args:
        query: the example.
        given: values by parameter; others than its parameters are passed over, and so are empty ones. What is
            required and not given has the value that the header shows.
    """
    known = {p.name: p.default or (p.example if p.required else "") for p in query.parameters}
    return {name: given.get(name, "").strip() or value for name, value in known.items()}


def example_text(query: QueryFile, given: Mapping[str, str]) -> str:
    r"""Return the text of an example with terms in the place of its parameters.

    Args:
        query: the example.
        given: values of parameters, as `values_of_example` takes them.

    Raises:
        ParameterError: a value is not of its parameter's type.

    Example:
        >>> from citydip.model.queryfile import parse_query_file
        >>> text = "#+ title: T\n#+ param: c iri - | C | ش\nASK { ?c a <x:y> }"
        >>> print(example_text(parse_query_file("x", text), {"c": "city:rasht"}).splitlines()[1][:48])
        ASK { <https://w3id.org/citydip/id/city/rasht> a
    """
    values = {name: value for name, value in values_of_example(query, given).items() if value}
    head = "".join(f"#+ {key}: {query.fields[key]}\n" for key in _KEPT if key in query.fields)
    body, terms = query.body, bind(query, values)
    # Catalogue queries declare their prefixes themselves; those that wording puts before them are left off.
    start = len(worded(body, {})) - len(body)
    return head + worded(body, terms)[start:] + "\n"
