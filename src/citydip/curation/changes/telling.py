"""Differences told as changes of things: of which class, of what kind, and in a sentence of each language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import pyoxigraph as ox

from citydip.curation.changes.comparing import Difference
from citydip.curation.changes.naming import Names, Term, read_lines
from citydip.curation.changes.succession import Succession
from citydip.curation.changes.words import PREDICATES, rank_of
from citydip.model.languages import INTERFACE
from citydip.model.names import persian_digits
from citydip.model.terms import CD, ID, PREFIXES, shorten

__all__ = ["Change", "Teller"]

_TYPE = PREFIXES["rdf"] + "type"
_STATUS, _EVIDENCE, _STATUS_OF = str(CD.hasStatus), str(CD.hasEvidence), str(CD.statusOf)
_ENDS, _DATE = str(CD.endsOn), str(CD.Date)
_OVER = {str(ID["status/" + name]) for name in ("ended", "superseded", "cancelled")}
_IN_SCHEME = PREFIXES["skos"] + "inScheme"
_ORDER = ("status", "dates", "parties", "names", "evidence", "other")
_VALUES = 3
"""Values of one property that a sentence names."""
_CLAUSES = 5
"""Properties that a sentence tells."""
_CD = str(CD)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing.

    Args:
        iri: the thing; as N-Quads write it, where it has no IRI.
        kind: one of `citydip.curation.changes.words.KINDS`.
        aspects: what of it changed, of `citydip.curation.changes.words.ASPECTS`.
        klass: the IRI of its class; empty where it has none.
        rank: the place of the class among changes, by `citydip.curation.changes.words.rank_of`.
        names: what it is called, by language.
        sentences: what became of it, by language.
        sources: IRIs of the sources that say so, or of the graphs, where no source does.
        becomes: IRIs of what a retired thing became.
        removed: statements that went, as N-Quads.
        added: statements that came, as N-Quads.
    """

    iri: str
    kind: str
    aspects: tuple[str, ...]
    klass: str
    rank: int
    names: dict[str, str]
    sentences: dict[str, str]
    sources: tuple[str, ...]
    becomes: tuple[str, ...]
    removed: str
    added: str


class Teller:
    """Tells what differences mean.

    Args:
        names: what things are called.
        succession: what became of retired things.
    """

    def __init__(self, names: Names, succession: Succession):
        self.names = names
        self.succession = succession

    def tell(self, difference: Difference) -> Change:
        """Return a difference as a change."""
        kind = self.succession.kind(difference)
        iri = difference.subject.decode().removeprefix("<").removesuffix(">")
        removed, added = list(read_lines(difference.removed)), list(read_lines(difference.added))
        current = list(read_lines(difference.new or difference.old))
        klass = _class_of(current) or _class_of(read_lines(difference.old))
        proofs = [quad.object.value for quad in added if quad.predicate.value == _EVIDENCE and _is_iri(quad.object)]
        proofs = proofs or _values(current, _EVIDENCE)
        sources = self.names.sources(proofs, difference.added or difference.removed)
        becomes = tuple(target.decode()[1:-1] for target in self.succession.targets.get(difference.subject, ()))
        told = _Told(self, iri, kind, klass, current, removed, added, sources, becomes)
        return Change(
            iri,
            kind,
            _aspects(removed, added) if kind == "changed" else (),
            klass,
            rank_of(klass.removeprefix(_CD) if klass.startswith(_CD) and not _is_term(iri, current) else ""),
            {language: self.names.name(iri, language) for language in INTERFACE},
            {language: told.sentence(language) for language in INTERFACE},
            tuple(sources),
            becomes,
            b"".join(difference.removed).decode(),
            b"".join(difference.added).decode(),
        )

    def origins(self, iri: str) -> list[str]:
        """Return the IRIs of retired things whose place a thing takes."""
        found = self.succession.origins.get(f"<{iri}>".encode(), ())
        return [origin.decode()[1:-1] for origin in found]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence is made of."""

    teller: Teller
    iri: str
    kind: str
    klass: str
    current: list[ox.Quad]
    removed: list[ox.Quad]
    added: list[ox.Quad]
    sources: list[str]
    becomes: Sequence[str]

    def sentence(self, language: str) -> str:
        """Return the sentence in a language."""
        names, en = self.teller.names, language == "en"
        name = _quoted(names.name(self.iri, language), language)
        klass = names.name(self.klass, language) if self.klass else ("thing" if en else "چیز")
        if self.kind in ("renamed", "merged", "split"):
            into = [_quoted(names.name(each, language), language) for each in self.becomes]
            listed = _joined(into, language)
            if self.kind == "renamed":
                old, new = shorten(self.iri), shorten(self.becomes[0])
                text = f"{name} is {new} now, and was {old}" if en else f"{name} اکنون {new} است و {old} بود"
            elif self.kind == "merged":
                text = f"{name} was merged into {listed}" if en else f"{name} در {listed} ادغام شد"
            else:
                text = f"{name} was split into {listed}" if en else f"{name} به {listed} تقسیم شد"
            return f"{_capital(klass)} {text}."
        if self.kind == "successor":
            listed = _joined([shorten(each) for each in self.teller.origins(self.iri)], language)
            return f"{name} takes the place of {listed}." if en else f"{name} جای {listed} را می‌گیرد."
        if self.kind == "follows":
            return (
                f"{_capital(klass)} {name} points to what has a new identifier, and says nothing else."
                if en
                else f"{klass} {name} به چیزی با شناسهٔ تازه اشاره می‌کند و جز این تغییری ندارد."
            )
        if self.kind == "changed":
            matters = names.dated(self.iri)[:_VALUES] if self.klass == _DATE else ()
            if matters:
                listed = _joined([_quoted(names.name(each, language), language) for each in matters], language)
                name = f"{name} of {listed}" if en else f"{name} برای {listed}"
            return f"{_capital(klass)} {name}: {self._clauses(language)}{self._source(language)}."
        matter = _values(self.current, _STATUS_OF)
        status = _values(self.current, _STATUS)
        if self.kind == "added" and matter and status:
            of, to = (names.value(ox.NamedNode(each[0]), language) for each in (matter, status))
            text = f"Status of {of} told as {to}: {name}" if en else f"وضعیت {of}، {to}: {name}"
            return f"{text}{self._source(language)}."
        state = ""
        if status:
            shown = names.value(ox.NamedNode(status[0]), language)
            state = f", status {shown}" if en else f"، وضعیت {shown}"
        verb = {"added": ("New", "تازه"), "removed": ("Removed", "حذف‌شده")}[self.kind]
        head = f"{verb[0]} {klass}" if en else f"{klass} {verb[1]}"
        return f"{head}: {name}{state}{self._source(language)}."

    def _source(self, language: str) -> str:
        """Return the sources in brackets."""
        shown = [self.teller.names.name(each, language) for each in self.sources[:_VALUES]]
        more = len(self.sources) - len(shown)
        if not shown:
            return ""
        listed = ("; " if language == "en" else "؛ ").join(shown)
        if language == "en":
            return f" (source: {listed}{f'; and {more} more' if more else ''})"
        return f" (منبع: {listed}{f'؛ و {_fa(more)} منبع دیگر' if more else ''})"

    def _clauses(self, language: str) -> str:
        """Return what changed, property by property."""
        predicates = {quad.predicate.value for quad in (*self.removed, *self.added)}
        order = sorted(predicates, key=lambda each: (_ORDER.index(_aspect(each)), each))
        clauses = [self._clause(predicate, language) for predicate in order[:_CLAUSES]]
        more = len(order) - _CLAUSES
        if more > 0:
            clauses.append(f"and {more} more" if language == "en" else f"و {_fa(more)} مورد دیگر")
        return ("; " if language == "en" else "؛ ").join(clauses)

    def _clause(self, predicate: str, language: str) -> str:
        en = language == "en"
        word = self._word(predicate, language)
        went, came = (_objects(quads, predicate) for quads in (self.removed, self.added))
        # Whoever reads a language reads what changed in it, and what changed in others where nothing did in it.
        own = [[term for term in terms if not _is_foreign(term, language)] for terms in (went, came)]
        if [bool(terms) for terms in own] == [bool(went), bool(came)]:
            went, came = own
        gone, come = self._shown(went, predicate, language), self._shown(came, predicate, language)
        if gone == come:
            # The same statement stands in another graph, or rests on other evidence of the same source.
            return f"{word} said anew" if en else f"{word} از نو گفته شد"
        if gone and come:
            return f"{word} changed from {gone} to {come}" if en else f"{word} از {gone} به {come} تغییر کرد"
        if come:
            return f"new {word}: {come}" if en else f"{word} تازه: {come}"
        return f"no longer {word}: {gone}" if en else f"{word} دیگر نیست: {gone}"

    def _word(self, predicate: str, language: str) -> str:
        if predicate in PREDICATES:
            return PREDICATES[predicate][1 if language == "en" else 2]
        return _quoted(self.teller.names.name(predicate, language), language)

    def _shown(self, terms: list[Term], predicate: str, language: str) -> str:
        names = self.teller.names
        if predicate == _EVIDENCE:
            iris = [term.value for term in terms if isinstance(term, ox.NamedNode)]
            terms = [ox.NamedNode(source) for source in names.sources(iris, ())] or terms
        values = list(dict.fromkeys(names.value(term, language) for term in terms))
        more = len(values) - _VALUES
        if more > 0:
            values[_VALUES:] = [f"{more} more" if language == "en" else f"{_fa(more)} مورد دیگر"]
        return _joined(values, language)


def _class_of(quads: Iterable[ox.Quad]) -> str:
    """Return the class by which a thing is listed: ours before others', the one that comes first before the rest."""
    found = {q.object.value for q in quads if q.predicate.value == _TYPE and _is_iri(q.object)}
    ours = sorted((rank_of(each.removeprefix(_CD)), each) for each in found if each.startswith(_CD))
    return ours[0][1] if ours else min(found, default="")


def _is_term(iri: str, quads: Iterable[ox.Quad]) -> bool:
    """Return whether a thing is a term: of an ontology, or a concept of a scheme."""
    return not iri.startswith(str(ID)) or any(quad.predicate.value == _IN_SCHEME for quad in quads)


def _aspect(predicate: str) -> str:
    return PREDICATES.get(predicate, ("other",))[0]


def _aspects(removed: list[ox.Quad], added: list[ox.Quad]) -> tuple[str, ...]:
    found = {_aspect(quad.predicate.value) for quad in (*removed, *added)}
    ended = any(
        quad.predicate.value == _ENDS or (quad.predicate.value == _STATUS and quad.object.value in _OVER)
        for quad in added
        if _is_iri(quad.object)
    )
    return (("ended",) if ended else ()) + tuple(each for each in _ORDER if each in found)


def _values(quads: Iterable[ox.Quad], predicate: str) -> list[str]:
    return [quad.object.value for quad in quads if quad.predicate.value == predicate and _is_iri(quad.object)]


def _is_iri(term: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode)


def _objects(quads: Iterable[ox.Quad], predicate: str) -> list[Term]:
    """Return what a property leads to; the lists of shapes, which have no IRIs, are passed over."""
    found = (quad.object for quad in quads if quad.predicate.value == predicate)
    return [term for term in found if isinstance(term, ox.NamedNode | ox.Literal)]


def _is_foreign(term: Term, language: str) -> bool:
    """Return whether a term is a text in another language of the interface."""
    return isinstance(term, ox.Literal) and term.language in INTERFACE and term.language != language


def _quoted(text: str, language: str) -> str:
    return f"“{text}”" if language == "en" else f"«{text}»"


def _joined(values: Sequence[str], language: str) -> str:
    """Return values as a list in words."""
    if len(values) < 2:
        return "".join(values)
    comma, last = (", ", " and ") if language == "en" else ("، ", " و ")
    return comma.join(values[:-1]) + last + values[-1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fa(number: int) -> str:
    return persian_digits(str(number))
