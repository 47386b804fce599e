"""Names of persons and organizations as Wikidata has them: those that fit become labels, and none is made up."""

import re
from collections.abc import Mapping

from citydip.curation.importers.nodes import Value, both, persian, text

__all__ = ["english_name", "labels", "persian_name"]

# What the shapes of names refuse: letters of the other script, titles, stand-ins for unknown names.
_ARABIC = re.compile("[\u0600-\u06ff]")
_NOT_PERSIAN = re.compile("[يكى٠-٩0-9]")
_TITLE = re.compile(
    "(Dr|Eng|Engineer|Prof|Professor|Mr|Mrs|Ms|Mayor|Ambassador|دکتر|مهندس|پروفسور|استاد|آقای|خانم|شهردار|سفیر)[.]? "
)
_NOTHING = re.compile(
    r"\s*(-9+|n/?a|null|none|nil|tbd|unknown|unnamed|[?]+|-+|نامعلوم|نامشخص|ناشناس)\s*", re.IGNORECASE
)
_NOTE = both(
    "Wikidata has no Persian label; where one is wanted, the build shows the Latin one.",
    "ویکی‌داده برچسب فارسی ندارد؛ هرجا نامی لازم باشد، گراف ساخته‌شده نام لاتین را نشان می‌دهد.",
)


def _fits(name: str, language: str) -> bool:
    wrong = _ARABIC if language == "en" else _NOT_PERSIAN if language == "fa" else None
    if wrong and wrong.search(name):
        return False
    return bool(name.strip()) and not _TITLE.match(name) and not _NOTHING.fullmatch(name)


def english_name(given: Mapping[str, str]) -> str:
    """Return the English label, or the one for all languages where it is in Latin letters; empty without either.

    Example:
        >>> english_name({"mul": "Sadiq Khan"}), english_name({"fa": "صادق خان"})
        ('Sadiq Khan', '')
    """
    return next((given[code].strip() for code in ("en", "mul") if _fits(given.get(code, ""), "en")), "")


def persian_name(given: Mapping[str, str], otherwise: str) -> str:
    """Return how a thing is called in a Persian sentence: by its Persian label, else by its Latin name."""
    return given["fa"].strip() if _fits(given.get("fa", ""), "fa") else persian(otherwise)


def labels(given: Mapping[str, str]) -> dict[str, list[Value]]:
    """Return labels, hidden labels and a note, by predicate: what the shapes of names refuse is kept for search alone.

    Args:
        given: labels by language, with one that `english_name` finds.
    """
    said: dict[str, list[Value]] = {"rdfs:label": [text(english_name(given), "en")]}
    for language, name in sorted(given.items()):
        if language in ("en", "mul") or not name.strip():
            continue
        predicate = "rdfs:label" if _fits(name, language) else "skos:hiddenLabel"
        said.setdefault(predicate, []).append(text(name.strip(), language))
    if not _fits(given.get("fa", ""), "fa"):
        said["skos:editorialNote"] = _NOTE
    return said
