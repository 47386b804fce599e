"""Query files: SPARQL with a header of comment lines that says what the query is for.

A header is a block of ``#+ key: value`` lines at the top of a ``.rq`` file. ``param``, ``example`` and ``choices`` may
stand several times::

    #+ title: Sister cities of a city
    #+ title-fa: شهرهای خواهرخواندهٔ یک شهر
    #+ summary: Cities that have signed a sister-city agreement with the city.
    #+ summary-fa: ...
    #+ view: map
    #+ page: 100
    #+ tags: ties, agreements
    #+ param: city iri city:urumqi | The city | شهر
    #+ example: city city:tehran
    #+ choices: city query cities-in-ties
    #+ param: status iri - | Only this status | تنها این وضعیت
    #+ choices: status list status:signed status:proposed

``view`` is the view that the result is shown in: table, map, network, timeline or chart. ``page`` is how many rows a
page has, or ``none`` where the answer is given whole: a graph, or a truth value.

A parameter is a name (a variable of the query), a type, a default and a description in two languages. The default
``-`` leaves the variable free, ``!`` demands a value. ``example`` is a value to show; without one it is the default.
``choices`` are the values to offer: a ``list`` of them, and then no other is taken; what a ``property`` leads to;
the things of a ``class``; the rows of an internal ``query``, which have them in ``?thing``.

A comment ``# as of: ?tie`` in the query says where it can be asked as of a time (`citydip.model.timed`). Checks have
``message`` and ``fix`` lines with ``{variable}`` in them.
"""

import re
from dataclasses import dataclass, field, replace

from citydip.model.errors import ParameterError

__all__ = ["PARAMETER_TYPES", "VIEWS", "Choices", "Parameter", "QueryFile", "parse_query_file"]

PARAMETER_TYPES = ("iri", "string", "integer", "date", "language")
VIEWS = ("table", "map", "network", "timeline", "chart")
"""The views that a result can be shown in."""
_KINDS = ("list", "property", "class", "query")
_LINE = re.compile(r"#\+ ?([a-z-]+): ?(.*)")
_PARAMETER = re.compile(r"(?P<name>[A-Za-z_]\w*) (?P<type>\w+) (?P<default>\S+) \| (?P<en>[^|]+?) \| (?P<fa>[^|]+)")
_NAMED = re.compile(r"(?P<name>[A-Za-z_]\w*) (?P<value>\S.*)")
_POINT = re.compile(r"\bgeo:asWKT\s+\?(\w+)")
_SELECTED = re.compile(r"^SELECT\b(.*?)\bWHERE\b", re.MULTILINE | re.DOTALL)
_AS_OF = re.compile(r"^\s*# as of(, no column)?:( \?\w+)+$", re.MULTILINE)
_MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Choices:
    """The values to offer for a parameter.

    Args:
        kind: ``list``, ``property``, ``class`` or ``query``.
        values: those of a list as written, or the one name of what they come from.
    """

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Args:
        name: the variable, without question mark.
        type: one of `PARAMETER_TYPES`.
        default: as written on a command line; None leaves the variable free.
        description: what it means, by language (``en``, ``fa``).
        required: whether a value must be given.
        example: a value to show; empty for none.
        choices: the values to offer; None where any may be meant.
    """

    name: str
    type: str
    default: str | None
    description: dict[str, str]
    required: bool = False
    example: str = ""
    choices: Choices | None = None

    @property
    def shown(self) -> str:
        """Return a value to show what the parameter takes: its example, else its default; empty for none."""
        return self.example or self.default or ""


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

    @property
    def view(self) -> str:
        """Return the view that its result is shown in."""
        return self.fields.get("view", "table")

    @property
    def page(self) -> int | None:
        """Return how many rows a page has; None where the answer is given whole."""
        size = self.fields.get("page", "none")
        return None if size == "none" else int(size)

    @property
    def datable(self) -> bool:
        """Return whether it can be asked as of a time."""
        return bool(_AS_OF.search(self.text))

    @property
    def shows_states(self) -> bool:
        """Return whether its rows can show which state each was in as of a time."""
        return self.datable and "# as of, no column:" not in self.text

    @property
    def points(self) -> tuple[str, ...]:
        """Return the columns that have places on a map, in the order of the columns.

        Example:
            >>> parse_query_file("x", "SELECT ?c ?p WHERE { ?c geo:asWKT ?p }").points
            ('p',)
        """
        selected = _SELECTED.search(self.body)
        names = re.findall(r"\?(\w+)", selected[1]) if selected else []
        placed = set(_POINT.findall(self.body))
        return tuple(name for name in names if name in placed)

    @property
    def sample(self) -> dict[str, str]:
        """Return values that a required parameter can be given to see what the query answers."""
        return {parameter.name: parameter.example for parameter in self.parameters if parameter.required}

    def title(self, language: str) -> str:
        """Return the title in English (``en``) or Persian (``fa``)."""
        return self.fields.get("title-fa" if language == "fa" else "title", self.name)

    def summary(self, language: str) -> str:
        """Return the summary in English (``en``) or Persian (``fa``)."""
        return self.fields.get("summary-fa" if language == "fa" else "summary", "")


def parse_query_file(name: str, text: str) -> QueryFile:
    r"""Return the query file of a text.

    Raises:
        ParameterError: a line of the header is malformed; the message has the file, the line and the form.

    Example:
        >>> parse_query_file("x", "#+ title: All\nSELECT * {}").title("en")
        'All'
    """
    fields: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        found = _LINE.fullmatch(line.rstrip())
        if not found:
            continue
        key, value = found[1], found[2].strip()
        try:
            if key == "param":
                parameter = _parameter(value)
                if parameter.name in parameters:
                    raise ParameterError(f"there is a parameter {parameter.name} already")
                parameters[parameter.name] = parameter
            elif key in ("example", "choices"):
                _add(parameters, key, value)
            else:
                _check(key, value)
                fields[key] = value
        except ParameterError as error:
            raise ParameterError(f"{name}.rq:{number}: {error}") from None
    for parameter in parameters.values():
        if parameter.required and not parameter.example:
            raise ParameterError(f"{name}.rq: {parameter.name} is required, so it needs a line '#+ example:'")
    return QueryFile(name, text, fields, tuple(parameters.values()))


def _parameter(line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found or found["type"] not in PARAMETER_TYPES:
        raise ParameterError(
            "a parameter line reads 'name type default | English | Persian' with a type of "
            f"{', '.join(PARAMETER_TYPES)}; this one reads {line!r}"
        )
    default = None if found["default"] in ("-", "!") else found["default"]
    words = {"en": found["en"], "fa": found["fa"].strip()}
    return Parameter(found["name"], found["type"], default, words, required=found["default"] == "!")


def _add(parameters: dict[str, Parameter], key: str, line: str) -> None:
    """Add an example or choices to a parameter that stands before."""
    found = _NAMED.fullmatch(line)
    if not found or found["name"] not in parameters:
        raise ParameterError(f"a line '#+ {key}:' begins with the name of a parameter above it, unlike {line!r}")
    parameter = parameters[found["name"]]
    if key == "example":
        parameters[parameter.name] = replace(parameter, example=found["value"])
        return
    kind, *values = found["value"].split()
    if kind not in _KINDS or not values or (kind != "list" and len(values) > 1):
        raise ParameterError(
            "choices read 'name list VALUE VALUE', 'name property cd:hasStatus', 'name class cd:City' or "
            f"'name query NAME', unlike {line!r}"
        )
    parameters[parameter.name] = replace(parameter, choices=Choices(kind, tuple(values)))


def _check(key: str, value: str) -> None:
    """Refuse a view or a page that there is not."""
    if key == "view" and value not in VIEWS:
        raise ParameterError(f"a view is {', '.join(VIEWS)}, not {value!r}")
    size = int(value) if value.isascii() and value.isdigit() else 0
    if key == "page" and value != "none" and not 0 < size <= _MOST_ROWS:
        raise ParameterError(f"a page has 1 to {_MOST_ROWS} rows, or is 'none', not {value!r}")
