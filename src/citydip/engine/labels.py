"""The label service of Wikidata in a query, written as standard SPARQL.

``SERVICE wikibase:label { bd:serviceParam wikibase:language "fa,en" }`` gives each selected variable ``?cityLabel``,
``?cityDescription`` and ``?cityAltLabel`` the words for what ``?city`` is, in the first of the languages that has any.
No service is asked: the words stand in the graph. So the clause goes, and the end of its group gets an OPTIONAL for
each language, which every engine of SPARQL 1.1 reads the same way.

Source: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual#Label_service
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from citydip.engine.cursor import iri_of
from citydip.engine.structure import (
    Element,
    Graph,
    Group,
    Lateral,
    Minus,
    Optional,
    Part,
    Query,
    Select,
    Service,
    SubSelect,
    Triple,
    Triples,
    Union,
    edited,
    original_place,
    walk,
)
from citydip.engine.syntax import parse
from citydip.engine.tokens import Token, tokens
from citydip.model.errors import ParameterError, QuerySyntaxError

__all__ = ["AUTOMATIC", "LABEL_SERVICE", "Labelled", "edits_of_services", "labelled"]

LABEL_SERVICE = "http://wikiba.se/ontology#label"
"""The address by which queries name the label service; nothing is ever asked there."""
AUTOMATIC = "[AUTO_LANGUAGE]"
"""What stands for the languages of who asks."""

_PARAMETER = "http://www.bigdata.com/rdf#serviceParam"
_LANGUAGE = "http://wikiba.se/ontology#language"
_KINDS = {
    "http://www.w3.org/2000/01/rdf-schema#label": "Label",
    "http://www.w3.org/2004/02/skos/core#altLabel": "AltLabel",
    "http://schema.org/description": "Description",
    "https://schema.org/description": "Description",
}
_PATHS = {
    "Label": "<http://www.w3.org/2000/01/rdf-schema#label>",
    "AltLabel": "<http://www.w3.org/2004/02/skos/core#altLabel>",
    # Wikidata describes with schema:description; the terms of this graph have definitions, its data sets descriptions.
    "Description": "<http://schema.org/description>|<http://www.w3.org/2004/02/skos/core#definition>"
    "|<http://purl.org/dc/terms/description>",
}
_CLAUSE = re.compile(r"\bSERVICE\s+wikibase:label\s*\{[^{}]*\}", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MOST = 20
"""Languages that a chain may have."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A query without label services.

    Args:
        original: the query as it was sent.
        edits: its parts that are written anew.
        automatic: whether it depends on the languages of who asks.
    """

    original: str
    edits: tuple[tuple[Part, str], ...] = ()
    automatic: bool = False

    @property
    def text(self) -> str:
        """Return the query in standard SPARQL."""
        return edited(self.original, self.edits)

    def in_original(self, error: QuerySyntaxError) -> QuerySyntaxError:
        """Return an error with its place in the query as it was sent."""
        line, column = original_place(self.original, self.edits, error.line, error.column)
        return QuerySyntaxError(error.message, line=line, column=column, text=self.original)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Words that are to be found.

    Args:
        subject: what for, as the query writes it: a variable or an IRI.
        kind: Label, AltLabel or Description.
        target: the variable that gets them, without its question mark.
    """

    subject: str
    kind: str
    target: str


def labelled(text: str, languages: Sequence[str] = ()) -> Labelled:
    """Return a query with the label service written as standard SPARQL.

    Args:
        text: a query; one without the label service, or that cannot be read, stays as it is.
        languages: those of who asks, the best first, in the place of ``[AUTO_LANGUAGE]``.

    Raises:
        ParameterError: a clause says what the label service does not understand.

    Example:
        >>> query = 'SELECT ?xLabel { ?x a cd:City SERVICE wikibase:label { bd:serviceParam wikibase:language "fa" } }'
        >>> standard = labelled(query).text
        >>> "SERVICE" in standard, standard.count("OPTIONAL"), "AS ?xLabel" in standard
        (False, 1, True)
    """
    if "label" not in text or "SERVICE" not in text.upper():
        return Labelled(text)
    query = parse(text)
    if query is None:
        return Labelled(text, tuple(_unreadable(text)))
    if not any(_is_label(element) for element in walk(query)):
        return Labelled(text)
    made = _Edits(query, languages)
    made.scope(query.select, query.where)
    for element in walk(query):
        if isinstance(element, SubSelect):
            made.scope(element.select, element.select.where)
    left = [element for element in walk(query) if _is_label(element) and element not in made.done]
    if left:
        raise ParameterError("the label service cannot stand inside GRAPH or EXISTS; put it at the end of the query")
    return Labelled(text, tuple(made.edits), made.automatic)


def _unreadable(text: str) -> Iterator[tuple[Part, str]]:
    """Yield the edits that let the engine say why a query cannot be read, and not why it cannot have its service.

    Where the engine could read it all the same, the brace at its end lets nobody take it for a query without labels.
    """
    found = list(_CLAUSE.finditer(text))
    for clause in found:
        yield Part(*clause.span()), "".join("\n" if letter == "\n" else " " for letter in clause[0])
    if found:
        yield Part(len(text), len(text)), "\n}"


def _is_label(element: Element) -> bool:
    return isinstance(element, Service) and element.address == LABEL_SERVICE


def edits_of_services(query: Query, group: Group, services: Iterable[Service]) -> Iterator[tuple[Part, str]]:
    """Yield the edits that take services out of a group, so that each line keeps its number.

    Args:
        query: the query.
        group: the group.
        services: elements of it.
    """
    dots = {token.start for token in tokens(query.text) if token.key == "."}
    for service in services:
        before = group.elements[: group.elements.index(service)]
        end = service.end
        while query.text[end].isspace():
            end += 1
        part = Part(service.start, end + 1 if end in dots else service.end)
        # Patterns before it and behind it would run into each other.
        open_end = before and isinstance(before[-1], Triples) and query.text[before[-1].end - 1] != "."
        yield part, (" . " if open_end else " ") + "\n" * part.of(query.text).count("\n")


class _Edits:
    """What is to be written anew in a query.

    Args:
        query: the query.
        languages: those of who asks.
    """

    def __init__(self, query: Query, languages: Sequence[str]):
        self.query = query
        self.languages = languages
        self.edits: list[tuple[Part, str]] = []
        self.done: set[Element] = set()
        self.automatic = False
        self.tokens = tokens(query.text)
        self.taken = {token.text[1:] for token in self.tokens if token.key == "variable"}

    def scope(self, select: Select | None, where: Group | None) -> None:
        """Write anew what a SELECT, or another form, has in its groups."""
        if where is None:
            return
        before = len(self.taken)
        for group in _groups(where):
            services = [element for element in group.elements if _is_label(element)]
            if services:
                self.group(group, [s for s in services if isinstance(s, Service)], self.named(select, where))
        if select and select.star and len(self.taken) > before:
            # A new variable would show.
            star = next(t for t in self.tokens if t.key == "*" and t.start >= select.start)
            order = [t.text[1:] for t in self.tokens if t.key == "variable" and where.start < t.start < where.end]
            names = " ".join(f"?{name}" for name in dict.fromkeys(order) if name in where.visible)
            self.edits.append((Part(star.start, star.end), names))

    def named(self, select: Select | None, where: Group) -> frozenset[str]:
        """Return the variables that are asked for."""
        if select is None:
            head = range(self.query.prologue.end, where.start)
            return frozenset(t.text[1:] for t in self.tokens if t.key == "variable" and t.start in head)
        expressions = [column.expression for column in select.projected if column.expression]
        named = {column.variable for column in select.projected}
        return frozenset(named.union(*(e.variables for e in [*expressions, *select.modifiers.expressions])))

    def group(self, group: Group, services: list[Service], named: frozenset[str]) -> None:
        """Take the services out of a group, and put the OPTIONALs at its end."""
        others = [element for element in group.elements if not _is_label(element)]
        visible = frozenset[str]().union(*(element.visible for element in others))
        certain = frozenset[str]().union(*(element.certain for element in others))
        pieces: list[str] = []
        for service in services:
            chain, wanted = self.parameters(service)
            missing = [words for words in wanted or _automatic(named, visible) if words.target not in visible]
            pieces += [self.optionals(words, chain, certain) for words in missing]
        self.edits += edits_of_services(self.query, group, services)
        self.edits.append((Part(group.end - 1, group.end - 1), "".join(f" {piece}" for piece in pieces) + " "))
        self.done |= set(services)

    def parameters(self, service: Service) -> tuple[list[str], list[_Wanted]]:
        """Return the languages of a clause, and what it names by hand."""
        chain: list[str] = []
        wanted: list[_Wanted] = []
        for element in service.group.elements:
            if not isinstance(element, Triples):
                raise _misused("in it stand triple patterns alone")
            for subject in element.subjects:
                for triple in subject.triples or (None,):
                    self.parameter(triple, chain, wanted)
        return (list(dict.fromkeys(chain)) or ["en"])[:_MOST], wanted

    def parameter(self, triple: Triple | None, chain: list[str], wanted: list[_Wanted]) -> None:
        """Read one triple pattern of a clause."""
        if triple is None:
            raise _misused("brackets have no meaning in it")
        text = self.query.text
        # The first triple of a subject begins at the subject.
        subject, verb, value = triple.subject.of(text), triple.verb.of(text), triple.object.of(text)
        if self.iri(subject) == _PARAMETER:
            if self.iri(verb) != _LANGUAGE or value[0] not in "\"'":
                raise _misused('its parameter is wikibase:language with a text such as "fa,en"')
            for name in value.strip("\"'").split(","):
                self.language(name.strip(), chain)
            return
        kind = _KINDS.get(self.iri(verb) or "")
        if kind is None or value[0] not in "?$":
            raise _misused("it gives a variable by rdfs:label, skos:altLabel or schema:description")
        wanted.append(_Wanted(subject, kind, value[1:]))

    def language(self, name: str, chain: list[str]) -> None:
        if name == AUTOMATIC:
            self.automatic = True
            chain += [tag.lower() for tag in self.languages]
        elif _TAG.fullmatch(name):
            chain.append(name.lower())
        else:
            raise _misused(f"{name[:40]!r} is no language; write tags such as fa, with commas between")

    def iri(self, text: str) -> str | None:
        """Return the IRI that a term is, if it is one."""
        token: Token = tokens(text)[0]
        return iri_of(self.query, token) if token.key in ("iri", "name") else None

    def optionals(self, words: _Wanted, chain: Sequence[str], certain: frozenset[str]) -> str:
        """Return what gives a variable its words."""
        subject, start = words.subject, ""
        if subject[0] not in "?$":
            subject, start = self.fresh(words.target), f"BIND ({subject} AS {{0}}) "
        elif subject[1:] not in certain:
            # Of a subject that is not bound, a pattern would find everything; of a number it finds nothing.
            subject, start = self.fresh(words.target), f"BIND (COALESCE({subject}, 0) AS {{0}}) "
        target = f"?{words.target}"
        found = self.fresh(words.target) if words.kind == "Label" else target
        parts = [_optional(subject, words.kind, found, tag, self) for tag in chain]
        if words.kind == "Label":
            given = words.subject
            name = f'IF(ISIRI({given}), REPLACE(STR({given}), "^.*[/#]([^/#]+[/#]?)$", "$1"), STR({given}))'
            parts.append(f"BIND (COALESCE({found}, {name}) AS {target})")
        return start.format(subject) + " ".join(parts)

    def fresh(self, name: str) -> str:
        """Return a variable that the query does not have, named after another."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return f"?{name}"


def _optional(subject: str, kind: str, found: str, tag: str, made: _Edits) -> str:
    """Return the OPTIONAL for one language. The next one finds nothing where this one has, for its texts differ."""
    if kind == "AltLabel":
        one = made.fresh(found[1:])
        inner = f"{{ {subject} {_PATHS[kind]} {one} FILTER ({_spoken(one, tag)}) }} GROUP BY {subject}"
        joined = f'STRLANG(GROUP_CONCAT(STR({one}); SEPARATOR=", "), "{tag}")'
        return f"OPTIONAL {{ SELECT {subject} ({joined} AS {found}) {inner} }}"
    return f"OPTIONAL {{ {subject} {_PATHS[kind]} {found} FILTER ({_spoken(found, tag)}) }}"


def _spoken(variable: str, tag: str) -> str:
    """Return the test whether a text is in a language; stores keep the case of longer tags."""
    return f'LCASE(LANG({variable})) = "{tag}"' if "-" in tag else f'LANG({variable}) = "{tag}"'


def _automatic(named: frozenset[str], visible: frozenset[str]) -> Iterator[_Wanted]:
    """Yield what the names of variables ask for."""
    for name in sorted(named):
        for kind in ("AltLabel", "Label", "Description"):
            base = name.removesuffix(kind)
            if base != name and base in visible:
                yield _Wanted(f"?{base}", kind, name)
                break


def _groups(group: Group) -> Iterator[Group]:
    """Yield a group and those inside it that have its variables: not those of sub-queries, graphs and EXISTS."""
    yield group
    for element in group.elements:
        match element:
            case Group():
                yield from _groups(element)
            case Union(groups=groups):
                for one in groups:
                    yield from _groups(one)
            case Optional() | Minus() | Lateral():
                yield from _groups(element.group)
            case Graph() | _:
                pass


def _misused(words: str) -> ParameterError:
    return ParameterError(
        f"the label service cannot be read: {words}; write "
        'SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],fa,en" }'
    )
