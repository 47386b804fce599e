"""The properties that rows can be compared by, and that tables can be filled with: a name for each, and what it asks.

A property is one of those below, or any property of the graph by its prefixed name or IRI, or a path of such
properties: ``/`` goes on, ``^`` goes backwards, ``|`` is either of two, ``+`` goes any number of times.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from citydip.model.errors import ParameterError
from citydip.model.terms import PREFIXES

__all__ = ["IDENTIFIERS", "PROPERTIES", "Property", "Value", "property_named"]

IDENTIFIERS = ("wikidata", "geonames", "locode", "iso")
"""Properties that are identifiers."""
_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*>"
_STEP = rf"\^?(?:{_IRI}|[a-z][a-z-]*:[A-Za-z0-9_][A-Za-z0-9_-]*)[+*?]?"
_PATH = re.compile(rf"{_STEP}(?:[/|]{_STEP}){{0,7}}")
_PREFIXES = re.compile(rf"{_IRI}|([a-z][a-z-]*):")
_PLACES = ("City", "AdministrativeDivision", "Venue")
_ACTORS = ("City", "Municipality", "Organization", "Person", "CityNetwork")


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a thing has for a property.

    Args:
        iri: the thing that it is; empty for a literal.
        text: the literal, or the label of the thing.
        language: of the text.
        datatype: local name of the literal's datatype, such as ``integer``.
        names: all names of the thing.
        earliest: the first day of a date.
        latest: the last day of a date.
    """

    iri: str = ""
    text: str = ""
    language: str = ""
    datatype: str = ""
    names: tuple[str, ...] = ()
    earliest: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property.

    Args:
        id: what it is called in requests.
        labels: by language.
        description: what it says, in English.
        pattern: SPARQL that leads from ``?thing`` to ``?value``.
        kinds: local names of the classes whose things have it; none for all.
        value: local name of the class of its values, where they are things of one class.
    """

    id: str
    labels: Mapping[str, str]
    description: str
    pattern: str
    kinds: tuple[str, ...] = ()
    value: str = ""


def _one(
    name: str, en: str, fa: str, words: str, pattern: str, kinds: tuple[str, ...] = (), value: str = ""
) -> Property:
    return Property(name, {"en": en, "fa": fa}, words, pattern, kinds, value)


_TIED = "cd:tiedWith|cd:reportedlyTwinnedWith"
_DATES = "cd:attestedOn|cd:startsOn|cd:endsOn|cd:signedOn|cd:datedOn|cd:decidedOn"
PROPERTIES: dict[str, Property] = {
    one.id: one
    for one in (
        _one("country", "country", "کشور", "The country that it lies in; a name or an ISO 3166 code.",
             "?thing cd:locatedIn+|(cd:actsForCity/cd:locatedIn+) ?value . ?value a cd:Country .",
             (*_PLACES, "Municipality"), "Country"),
        _one("division", "division", "تقسیم کشوری", "A division of a country that it lies in, such as a province.",
             "?thing cd:locatedIn+ ?value . ?value a cd:AdministrativeDivision .", _PLACES, "AdministrativeDivision"),
        _one("coordinates", "coordinates", "مختصات", "Latitude and longitude in degrees, or WKT.",
             "?thing geo:asWKT ?value .", _PLACES),
        _one("population", "population", "جمعیت", "How many live there.", "?thing cd:population ?value .", ("City",)),
        _one("partner", "partner city", "شهر همکار", "A city that it is tied with, or said to be.",
             f"?thing {_TIED} ?value .", ("City",), "City"),
        _one("sister", "sister city", "خواهرشهر", "A city that it is surely twinned with.",
             "?thing cd:twinnedWith ?value .", ("City",), "City"),
        _one("mayor", "mayor", "شهردار", "A mayor of the city, at any time.", "?value cd:mayorOf ?thing .",
             ("City",), "Person"),
        _one("mayorOf", "mayor of", "شهردارِ", "A city whose mayor the person was at any time.",
             "?thing cd:mayorOf ?value .", ("Person",), "City"),
        _one("post", "post", "سمت", "A post that the person held.", "?thing cd:holdsPost ?value .",
             ("Person",), "Post"),
        _one("network", "network", "شبکه", "An organization that it is a member of.", "?thing cd:memberOf ?value .",
             _ACTORS, "Organization"),
        _one("member", "member", "عضو", "A member of the organization.", "?value cd:memberOf ?thing .",
             ("Organization", "CityNetwork")),
        _one("city", "city", "شهر", "The city that it acts for, or where it took place.",
             "?thing cd:actsForCity|(^cd:about/cd:atPlace) ?value . ?value a cd:City .",
             ("Municipality", "Organization", "Event"), "City"),
        _one("date", "date", "تاریخ", "A date of a statement about it; a year, a month or a day.",
             f"?statement cd:about ?thing ; {_DATES} ?value .",
             ("Person", "Event", "Agreement", "CityNetwork"), "Date"),
        _one("type", "type", "نوع", "Its class.", "?thing a ?value ."),
        _one("wikidata", "Wikidata identifier", "شناسهٔ ویکی‌داده", "Such as Q3616.",
             "?thing cd:wikidataIdentifier ?value ."),
        _one("geonames", "GeoNames identifier", "شناسهٔ ژئونیمز", "Such as 112931.",
             "?thing cd:geonamesIdentifier ?value .", _PLACES),
        _one("locode", "UN/LOCODE", "کد UN/LOCODE", "Such as IRTHR.", "?thing cd:unLocode ?value .", ("City",)),
        _one("iso", "ISO code", "کد ایزو", "ISO 3166 code of a country.", "?thing cd:isoCode ?value .", ("Country",)),
        _one("name", "name", "نام", "Its labels, in all languages.", "?thing rdfs:label ?value ."),
        _one("otherName", "other name", "نام دیگر", "Its other names.", "?thing skos:altLabel ?value ."),
    )
}  # fmt: skip
"""The properties with names of their own, by name."""


def property_named(name: str) -> Property:
    """Return a property by its name, or what a path asks.

    Raises:
        ParameterError: it is neither; the message says what a path looks like.

    Example:
        >>> property_named("cd:locatedIn/rdfs:label").pattern
        '?thing cd:locatedIn/rdfs:label ?value .'
    """
    if name in PROPERTIES:
        return PROPERTIES[name]
    prefixes = set(_PREFIXES.findall(name)) - {""}
    if not _PATH.fullmatch(name) or not prefixes <= PREFIXES.keys():
        raise ParameterError(
            f"there is no property {name[:80]!r} here; give one of {', '.join(PROPERTIES)}, "
            "or a path of properties of the graph such as cd:locatedIn/rdfs:label or ^cd:mayorOf"
        )
    return Property(name, {"en": name}, "", f"?thing {name} ?value .")
