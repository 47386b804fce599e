"""Countries and territories: the ISO 3166-1 codes that cities use, with names and languages as Unicode CLDR gives them.

Tables call countries by more than these: by codes of three letters, which CLDR has as aliases, and by short and former
names, which CLDR marks as variants and Babel leaves out; those stand below.

Babel, which carries CLDR, is needed to import and not to build or serve: ``pip install 'citydip[import]'``.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from citydip.curation.importers.curated import Curated
from citydip.model.errors import NotFoundError
from citydip.model.names import slug
from citydip.model.terms import CD, PREFIXES

__all__ = ["LANGUAGES", "Countries", "names_of_territories"]

LANGUAGES = ("en", "fa", "ar", "tr", "fr", "es", "de", "ru", "zh", "ur")
"""The languages of the names: that of the project, those of Iran's neighbours and partners, and those of the UN."""

_EVERYDAY: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "AE": ("UAE", "Emirates"),
        "BA": ("Bosnia", "BiH"),
        "BN": ("Brunei Darussalam",),
        "BO": ("Plurinational State of Bolivia",),
        "CD": ("DRC", "DR Congo", "Democratic Republic of the Congo", "Congo-Kinshasa", "Zaire"),
        "CG": ("Republic of the Congo", "Congo-Brazzaville"),
        "CI": ("Ivory Coast",),
        "CN": ("PRC", "PR China", "People's Republic of China", "Mainland China"),
        "CV": ("Cabo Verde",),
        "CZ": ("Czech Republic",),
        "GB": ("UK", "Great Britain", "Britain"),
        "GM": ("The Gambia",),
        "HK": ("Hong Kong",),
        "IR": ("Islamic Republic of Iran", "Persia"),
        "KP": ("DPRK",),
        "KR": ("Republic of Korea", "Korea", "ROK"),
        "LA": ("Lao PDR",),
        "MD": ("Republic of Moldova",),
        "MK": ("Macedonia",),
        "MM": ("Myanmar", "Burma"),
        "MO": ("Macao", "Macau"),
        "NL": ("Holland", "The Netherlands"),
        "PS": ("Palestine", "State of Palestine"),
        "RU": ("Russian Federation",),
        "SY": ("Syrian Arab Republic",),
        "SZ": ("Swaziland",),
        "TL": ("East Timor",),
        "TR": ("Turkey",),
        "TW": ("Taiwan, ROC", "Chinese Taipei"),
        "TZ": ("United Republic of Tanzania",),
        "US": ("USA", "US", "U.S.", "U.S.A.", "United States of America", "America"),
        "VA": ("Holy See",),
        "VE": ("Bolivarian Republic of Venezuela",),
        "VN": ("Viet Nam",),
    },
    "fa": {
        "AE": ("امارات",),
        "BA": ("بوسنی",),
        "CN": ("جمهوری خلق چین",),
        "GB": ("انگلستان", "انگلیس"),
        "IR": ("جمهوری اسلامی ایران",),
        "KR": ("کره",),
        "US": ("آمریکا", "امریکا", "ایالات متحده آمریکا"),
    },
}
"""Short, official and former names that tables write and CLDR's first names are not."""

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_OTHER = ox.NamedNode(PREFIXES["skos"] + "altLabel")
_HIDDEN = ox.NamedNode(PREFIXES["skos"] + "hiddenLabel")
_ISO = ox.NamedNode(str(CD.isoCode))
_OFFICIAL = ox.NamedNode(str(CD.officialLanguage))
_COUNTRY = ox.NamedNode(str(CD.Country))


class Countries:
    """The countries of a run: each code is one IRI.

    Args:
        curated: what the curated files know.

    Raises:
        NotFoundError: Babel is not installed.
    """

    def __init__(self, curated: Curated):
        self._curated = curated
        self._names = {language: _names(language) for language in LANGUAGES}
        self._codes = _codes()

    def iri(self, code: str) -> str | None:
        """Return the IRI of a country, or None where CLDR does not know the code.

        Args:
            code: of ISO 3166-1, two capital letters, or XK.
        """
        known = self._curated.countries.get(code)
        name = self._names["en"].get(code)
        return known or (PREFIXES["country"] + slug(name) if name else None)

    def triples(self, codes: Iterable[str]) -> Iterator[ox.Triple]:
        """Yield what is to be said of countries; of curated ones only what the curated files do not say.

        A name by which CLDR calls a country otherwise than a curated file is a further name.
        """
        for code in sorted(codes):
            iri = self.iri(code)
            if iri is None:
                continue
            node, labels = ox.NamedNode(iri), self._curated.labels.get(iri, {})
            if code not in self._curated.countries:
                yield ox.Triple(node, _TYPE, _COUNTRY)
                yield ox.Triple(node, _ISO, ox.Literal(code))
            for language in LANGUAGES:
                name = self._names[language].get(code)
                if name and name != labels.get(language):
                    predicate = _OTHER if language in labels else _LABEL
                    yield ox.Triple(node, predicate, ox.Literal(name, language=language))
            for language, everyday in _EVERYDAY.items():
                for name in everyday.get(code, ()):
                    if name not in (labels.get(language), self._names[language].get(code)):
                        yield ox.Triple(node, _OTHER, ox.Literal(name, language=language))
            for language in _official(code):
                yield ox.Triple(node, _OFFICIAL, ox.Literal(language))
            for long in self._codes.get(code, ()):
                yield ox.Triple(node, _HIDDEN, ox.Literal(long, language="und"))


def names_of_territories(language: str) -> dict[str, str]:
    """Return the names that CLDR gives countries and world regions in a language, by their codes of ISO 3166-1 and M49.

    Args:
        language: one of `LANGUAGES`.

    Raises:
        NotFoundError: Babel is not installed.
    """
    try:
        from babel import Locale  # noqa: PLC0415 - needed to import cities only
    except ModuleNotFoundError:
        raise NotFoundError("names of countries come from Babel; run: pip install 'citydip[import]'") from None
    return {code: str(name) for code, name in Locale(language).territories.items()}


def _names(language: str) -> dict[str, str]:
    return {code: name for code, name in names_of_territories(language).items() if len(code) == len("IR")}


def _official(code: str) -> list[str]:
    """Return the tags of the languages that are official in a whole country, by law or in fact.

    Example:
        >>> _official("CH")
        ['de', 'fr', 'gsw', 'it']
    """
    from babel.languages import get_official_languages  # noqa: PLC0415 - needed to import cities only

    return sorted(tag.replace("_", "-") for tag in get_official_languages(code, de_facto=True))


def _codes() -> dict[str, list[str]]:
    """Return the codes of three letters that mean a country, by its code of two."""
    from babel.core import get_global  # noqa: PLC0415 - needed to import cities only

    found: dict[str, list[str]] = {}
    for alias, codes in sorted(get_global("territory_aliases").items()):
        if len(alias) == len("IRN") and alias.isalpha() and len(codes) == 1:
            found.setdefault(codes[0], []).append(alias)
    return found
