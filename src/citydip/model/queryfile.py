"""Query files: SPARQL with a header of comment lines that says what the query is for.

A header is a block of ``#+ key: value`` lines at the top of a ``.rq`` file. ``param`` may stand several times::

    #+ title: Sister cities of a city
    #+ title-fa: شهرهای خواهرخواندهٔ یک شهر
    #+ summary: Cities that have signed a sister-city agreement with the city.
    #+ summary-fa: ...
    #+ view: map
    #+ tags: ties, agreements
    #+ param: city iri city:urumqi | The city | شهر

``view`` is the view that the query page shows the result in: table, map, network, timeline or chart.

A parameter is a name (a variable of the query), a type, a default and a description in two languages; the
default ``-`` leaves the variable free. Checks have ``message`` and ``fix`` lines with ``{variable}`` in them.
"""

import re
from dataclasses import dataclass, field

from citydip.model.errors import ParameterError

__all__ = ["PARAMETER_TYPES", "Parameter", "QueryFile", "parse_query_file"]

PARAMETER_TYPES = ("iri", "string", "integer", "date", "language")
_LINE = re.compile(r"#\+ ?([a-z-]+): ?(.*)")
_PARAMETER = re.compile(r"(?P<name>[A-Za-z_]\w*) (?P<type>\w+) (?P<default>\S+) \| (?P<en>[^|]+?) \| (?P<fa>[^|]+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Args:
        name: the variable, without question mark.
        type: one of `PARAMETER_TYPES`.
        default: as written on a command line; None leaves the variable free.
        description: what it means, by language (``en``, ``fa``).
    """

    name: str
    type: str
    default: str | None
    description: dict[str, str]


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A query with its header.

    Args:
        name: the file's name without ending.
        text: the query, header included.
        fields: header lines by key, the last of each key.
        parameters: in the order of the file.
    """

    name: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()

    @property
    def body(self) -> str:
        """Return the query without its header."""
        lines = self.text.splitlines()
        start = next((i for i, line in enumerate(lines) if not line.startswith("#+")), len(lines))
        return "\n".join(lines[start:]).strip()

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags, sorted as written."""
        return tuple(tag.strip() for tag in self.fields.get("tags", "").split(",") if tag.strip())

    def title(self, language: str) -> str:
        """Return the title in English (``en``) or Persian (``fa``)."""
        return self.fields.get("title-fa" if language == "fa" else "title", self.name)

    def summary(self, language: str) -> str:
        """Return the summary in English (``en``) or Persian (``fa``)."""
        return self.fields.get("summary-fa" if language == "fa" else "summary", "")


def parse_query_file(name: str, text: str) -> QueryFile:
    r"""Return the query file of a text.

    Raises:
        ParameterError: a parameter line is malformed; the message shows the form.

    Example:
        >>> parse_query_file("x", "#+ title: All\nSELECT * {}").title("en")
        'All'
    """
    fields: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        found = _LINE.fullmatch(line.rstrip())
        if not found:
            continue
        key, value = found[1], found[2].strip()
        if key == "param":
            parameters.append(_parameter(name, value))
        else:
            fields[key] = value
    return QueryFile(name, text, fields, tuple(parameters))


def _parameter(query: str, line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found or found["type"] not in PARAMETER_TYPES:
        raise ParameterError(
            f"{query}: a parameter line reads 'name type default | English | Persian' with a type of "
            f"{', '.join(PARAMETER_TYPES)}; this one reads {line!r}"
        )
    default = None if found["default"] == "-" else found["default"]
    return Parameter(found["name"], found["type"], default, {"en": found["en"], "fa": found["fa"].strip()})
