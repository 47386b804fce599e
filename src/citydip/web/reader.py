"""Who reads a page: the language of the interface and of the content, and how names, numbers and dates look in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request
from markupsafe import Markup, escape

from citydip.model.languages import INTERFACE, best_language, direction, fallback
from citydip.model.names import persian_digits
from citydip.model.terms import BASE, CD, shorten
from citydip.services.things import Node
from citydip.services.vocabulary import Vocabulary
from citydip.web.messages import say
from citydip.web.other_terms import OTHER_TERMS

__all__ = ["Reader", "language_of", "reader_of"]


_ELSEWHERE = {
    str(CD.wikidataIdentifier): "https://www.wikidata.org/wiki/",
    str(CD.geonamesIdentifier): "https://www.geonames.org/",
}
"""Where the things are that identifiers of others name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What templates ask to write for one reader.

    Args:
        language: of the interface.
        content: of names and texts of the data.
        base: the address of the service, without a slash at the end.
        chosen: the languages that the address names, to be kept in links.
        vocabulary: the names of terms.
        path: of the page, as an address has it.
        query: what the address asks, but for the language.
    """

    language: str
    content: str
    base: str
    chosen: Mapping[str, str]
    vocabulary: Vocabulary
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()

    @property
    def root(self) -> str:
        """Return the path of the service, as clients see it: links within a page need no more."""
        return urlsplit(self.base).path

    def say(self, key: str, **filled: object) -> str:
        """Return a text of the interface."""
        return say(key, self.language, **filled)

    @property
    def direction(self) -> str:
        """Return the direction of the interface."""
        return direction(self.language)

    def number(self, value: float | str) -> str:
        """Return a number with separated thousands and the reader's digits."""
        text = f"{int(value):,}" if isinstance(value, int) or str(value).lstrip("-").isdigit() else str(value)
        return persian_digits(text).replace(",", "٬") if self.language == "fa" else text

    def size(self, count: int) -> str:
        """Return a number of bytes as a reader sees it: with three digits, and a prefix of a thousand."""
        value, unit = float(count), "B"
        for larger in ("kB", "MB", "GB"):
            if value < 999.5:
                break
            value, unit = value / 1000, larger
        return f"{self.digits(f'{value:.3g}')} {unit}"

    def comma(self) -> str:
        """Return what stands between the parts of a list."""
        return "، " if self.language == "fa" else ", "

    def arrow(self) -> str:
        """Return the sign that leads on, in the direction of reading."""
        return "←" if self.direction == "rtl" else "→"

    def year(self, value: int) -> str:
        """Return a year with the reader's digits, which nothing separates."""
        return persian_digits(str(value)) if self.language == "fa" else str(value)

    def digits(self, text: str) -> str:
        """Return a text with the reader's digits."""
        return persian_digits(text) if self.language == "fa" else text

    def words(self, texts: Mapping[str, str], otherwise: str = "") -> Markup:
        """Return the text for this reader, marked with its language and direction where they are not the page's."""
        found = fallback(texts, self.content)
        if found is None:
            return escape(otherwise)
        text, language = found
        if not language or language == self.language:
            return Markup("<bdi>{}</bdi>").format(text) if not language else escape(text)
        return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction(language), text)

    def plain(self, texts: Mapping[str, str], otherwise: str = "") -> str:
        """Return the text for this reader without marks, as for a title."""
        found = fallback(texts, self.content)
        return found[0] if found else otherwise

    def term(self, iri: str) -> Markup:
        """Return the name of a class, property or concept."""
        return self.words(self.vocabulary.labels.get(iri) or OTHER_TERMS.get(iri, {}), shorten(iri))

    @property
    def chosen_query(self) -> str:
        """Return what keeps the chosen languages at the end of an address; empty where none was chosen."""
        return f"?{urlencode(self.chosen)}" if self.chosen else ""

    def address(self, path: str, **query: str) -> str:
        """Return the address of a path of this service within it, with the languages that the reader chose."""
        given = {**self.chosen, **query}
        return self.root + path + (f"?{urlencode(given)}" if given else "")

    def place(self, iri: str) -> str:
        """Return where an IRI leads: things and terms of this graph to their pages here, others to themselves."""
        if not iri.startswith(BASE):
            return iri if iri.startswith(("http://", "https://")) else ""
        path, sign, part = iri.removeprefix(BASE).partition("#")
        if path == "ontology" and part:
            return self.address(f"/codebook/{part}")
        if path.startswith("id/"):
            path = "page/" + path.removeprefix("id/")
        return self.address("/" + path) + sign + part

    def link(self, node: Node) -> Markup:
        """Return a node as a link with its name, or as text where it is none."""
        if not node.is_iri:
            return self.literal(node)
        name = self.words(node.labels or self.vocabulary.labels.get(node.value, {}), _short(node.value))
        place = self.place(node.value)
        return Markup('<a href="{}">{}</a>').format(place, name) if place else name

    def value(self, predicate: str, node: Node) -> Markup:
        """Return what a property leads to; an identifier that others have given leads to their page."""
        pattern = _ELSEWHERE.get(predicate)
        if pattern is None:
            return self.link(node)
        return Markup('<a href="{}">{}</a>').format(pattern + node.value, node.value)

    def literal(self, node: Node) -> Markup:
        """Return a literal: texts with their language, numbers with the reader's digits."""
        if node.language:
            return self.words({node.language: node.value})
        kind = node.datatype.rsplit("#", 1)[-1]
        if kind in ("integer", "decimal", "nonNegativeInteger"):
            return escape(self.number(node.value))
        if kind == "wktLiteral":
            return Markup("<bdi>{}</bdi>").format(_coordinates(node.value))
        return Markup("<bdi>{}</bdi>").format(node.value)

    def date(self, node: Node) -> Markup:
        """Return a date in both calendars, the one of the reader's language first."""
        own, other = ("cd:solarHijriText", "cd:gregorianText")
        if self.language != "fa":
            own, other = other, own
        first, second = (self.plain(node.texts(name)) for name in (own, other))
        if not first and not second:
            return self.link(node)
        if not second or first == second:
            return escape(first or second)
        return Markup('{} <span class="quiet">({})</span>').format(first, second)

    def in_language(self, language: str) -> str:
        """Return the address of this page in another language."""
        return f"{self.root}{self.path}?{urlencode([*self.query, ('lang', language)])}"

    def others(self) -> list[tuple[str, str]]:
        """Return the other languages of the interface with their own names."""
        names = {"en": "English", "fa": "فارسی"}
        return [(language, names[language]) for language in INTERFACE if language != self.language]


def language_of(request: Request) -> str:
    """Return the language of the interface that a request asks for: ``lang=``, else the header Accept-Language."""
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in INTERFACE else best_language(request.headers.get("accept-language"))


def reader_of(request: Request, base: str, vocabulary: Vocabulary) -> Reader:
    """Return the reader of a request: the language of the interface, and of the content by ``content=``."""
    chosen = {}
    for name in ("lang", "content"):
        value = request.query_params.get(name, "")
        if value.isascii() and value.isalpha() and len(value) <= 8:
            chosen[name] = value
    language = language_of(request)
    path = quote(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
    query = tuple(pair for pair in request.query_params.multi_items() if pair[0] != "lang")
    return Reader(language, chosen.get("content", language), base, chosen, vocabulary, path, query)


def _short(iri: str) -> str:
    """Return the short form of an IRI for people: outside addresses without their scheme."""
    return iri.split("://", 1)[-1].removeprefix("www.").rstrip("/") if not iri.startswith(BASE) else shorten(iri)


def _coordinates(wkt: str) -> str:
    """Return the latitude and longitude of a point as people write them.

    Example:
        >>> _coordinates("POINT(51.39 35.69)")
        '35.69° N, 51.39° E'
    """
    try:
        east, north = (float(part) for part in wkt.partition("(")[2].rstrip(") ").split())
    except ValueError:
        return wkt
    return f"{abs(north):g}° {'N' if north >= 0 else 'S'}, {abs(east):g}° {'E' if east >= 0 else 'W'}"
