"""Statements as Wikidata has them: an item, a property, a value, qualifiers and references."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Item", "Snak", "Statement", "Text", "Time", "Url", "Value", "monolingual", "unique", "url"]


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """An item, by its QID."""

    qid: str


@dataclass(frozen=True, slots=True, order=True)
class Time:
    """A time.

    Args:
        day: its first day, such as ``2016-09-23``.
        precision: how much of it is meant: 11 day, 10 month, 9 year, 8 decade, 7 century.
        julian: whether it is in the Julian calendar; else in the proleptic Gregorian one.
    """

    day: str
    precision: int
    julian: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text in a language; made by `monolingual`."""

    text: str
    language: str


@dataclass(frozen=True, slots=True, order=True)
class Url:
    """An address; made by `url`."""

    text: str


Value = Item | Time | Text | Url
Snak = tuple[str, Value]
"""A property and its value."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement.

    Args:
        subject: the QID that it is about.
        property: such as ``P190``.
        value: what it says.
        qualifiers: in the order in which they are written.
        references: each a row of property and value.
    """

    subject: str
    property: str
    value: Value
    qualifiers: tuple[Snak, ...] = ()
    references: tuple[tuple[Snak, ...], ...] = ()


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)*")
_UNSAFE = re.compile(r'[\s"|<>\\^`{}“”\x00-\x1f\x7f-\x9f]')


def monolingual(text: str, language: str) -> Text | None:
    r"""Return a text in a language as QuickStatements can write it; None where it cannot.

    White space is one space, and control characters are gone, as in any text of Wikidata. A vertical bar would divide
    commands. There is no way to write one, and changed it would be another title.

    Args:
        text: the text.
        language: its language tag; that of no language, ``und`` and the like, is none.

    Example:
        >>> monolingual('The "Silk\tRoad"', "en")
        Text(text='The "Silk Road"', language='en')
        >>> monolingual("News | Site", "en") is None
        True
    """
    words = " ".join(text.split())
    cleaned = " ".join("".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cs")).split())
    tag = language.lower()
    if not cleaned or "|" in cleaned or not _LANGUAGE.fullmatch(tag) or tag in ("und", "mul", "zxx", "mis"):
        return None
    return Text(cleaned, tag)


def url(address: str) -> Url:
    """Return an address as QuickStatements can write it: what divides or ends values there is percent-encoded.

    Example:
        >>> url('http://x/a|b "c"')
        Url(text='http://x/a%7Cb%20%22c%22')
    """
    return Url(_UNSAFE.sub(lambda found: quote(found[0], safe=""), address.strip()))


def unique(snaks: Iterable[Snak]) -> tuple[Snak, ...]:
    """Return properties and values, each once, in their order."""
    return tuple(dict.fromkeys(snaks))
