"""Languages of the interface and of what it shows: which one a reader wants, and which label there is for it."""

import re
from collections.abc import Mapping, Sequence

__all__ = ["DIRECTIONS", "INTERFACE", "accepted_languages", "best_language", "direction", "fallback"]

INTERFACE = ("en", "fa")
"""The languages of the interface, the first where a reader wants none of them."""

DIRECTIONS = {"fa": "rtl", "ar": "rtl", "ur": "rtl", "he": "rtl", "ckb": "rtl", "ug": "rtl"}
"""The languages that are written from right to left."""

_CHAIN = ("en", "fa", "ar", "")
_MOST_ACCEPTED = 8
_PART = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([0-9.]+))?\s*")


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr``.

    Example:
        >>> direction("fa"), direction("de")
        ('rtl', 'ltr')
    """
    return DIRECTIONS.get(language.partition("-")[0].lower(), "ltr")


def best_language(header: str | None, offered: Sequence[str] = INTERFACE) -> str:
    """Return the offered language that a header Accept-Language prefers, else the first of the offer.

    Region and script do not count: who asks for ``fa-IR`` gets ``fa``.

    Example:
        >>> best_language("de, fa-IR;q=0.8, en;q=0.5")
        'fa'
    """
    best, chosen = 0.0, offered[0]
    for part in (header or "")[:500].split(","):
        found = _PART.fullmatch(part)
        if not found or found[1].lower() not in offered:
            continue
        weight = _weight(found[2])
        if weight > best:
            best, chosen = weight, found[1].lower()
    return chosen


def accepted_languages(header: str | None) -> list[str]:
    """Return the languages that a header Accept-Language accepts, the best first, each with what it is a kind of.

    Example:
        >>> accepted_languages("en;q=0.5, fa-IR")
        ['fa-ir', 'fa', 'en']
    """
    weighed: list[tuple[float, str]] = []
    for part in (header or "")[:500].split(","):
        tag = part.partition(";")[0]
        found = _PART.fullmatch(part)
        if found and (weight := _weight(found[2])) > 0:
            weighed.append((weight, tag.strip().lower()))
    best = [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]
    return list(dict.fromkeys(name for tag in best for name in (tag, tag.partition("-")[0])))[:_MOST_ACCEPTED]


def _weight(text: str | None) -> float:
    try:
        return min(float(text), 1.0) if text else 1.0
    except ValueError:
        return 1.0


def fallback(texts: Mapping[str, str], wanted: str) -> tuple[str, str] | None:
    """Return the text for a reader and its language: the wanted one, else English, Persian, Arabic, or any.

    Args:
        texts: text by language tag; the empty tag is no language.
        wanted: the language that the reader wants.

    Returns:
        None where there is no text at all.

    Example:
        >>> fallback({"fa": "رشت", "de": "Rascht"}, "en")
        ('رشت', 'fa')
    """
    for language in (wanted, *_CHAIN):
        if texts.get(language):
            return texts[language], language
    for language in sorted(texts):
        if texts[language]:
            return texts[language], language
    return None
