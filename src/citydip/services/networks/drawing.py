"""What all figures share: colours, words in each language, numbers, and the sheet that they are drawn on."""

import functools
import importlib.resources
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from citydip.model.names import persian_digits

__all__ = ["FAINT", "FILL", "INK", "LAND", "Sheet", "land"]

INK, FAINT, FILL, LAND = "#1d3557", "#c9d1dc", "#2a6f97", "#e9e5dc"
_HEAD, _FOOT = 34, 26
"""What a sheet has above and below the picture, for its title and its notes."""
_LETTER = 6.2
"""The width of a letter of a title, on the average; a longer one is set in smaller letters."""
_LATIN, _ARABIC = "sans-serif", "Vazirmatn, 'Noto Sans Arabic', 'Noto Naskh Arabic', Tahoma, sans-serif"
_WORDS = {
    "degree": {"en": "Partners", "fa": "شمار طرف‌ها"},
    "cities": {"en": "Cities", "fa": "شمار شهرها"},
    "year": {"en": "Year", "fa": "سال"},
    "ties": {"en": "Ties", "fa": "شمار پیوندها"},
    "degrees": {"en": "Cities by their number of partners", "fa": "شهرها به شمار طرف‌هایشان"},
    "years": {"en": "Ties by the year in which they began", "fa": "پیوندها به سال آغازشان"},
    "countries": {"en": "Ties by country and country", "fa": "پیوندها کشور به کشور"},
    "map": {
        "en": "Ties between countries, and the cities that have them",
        "fa": "پیوندهای میان کشورها و شهرهای دارای آن‌ها",
    },
    "ego": {"en": "Partners of {name}", "fa": "طرف‌های پیوند {name}"},
    "dated": {"en": "{some} of {all} ties have a date", "fa": "{some} از {all} پیوند تاریخ دارد"},
    "of-countries": {"en": "{some} of {all} countries", "fa": "{some} کشور از {all}"},
    "of-pairs": {"en": "{some} of {all} pairs of countries", "fa": "{some} جفت کشور از {all}"},
    "of-partners": {"en": "{some} of {all} partners", "fa": "{some} طرف از {all}"},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a figure is drawn on.

    Args:
        language: of its words, ``en`` or ``fa``.
        version: of the data, which stands below the picture.
    """

    language: str = "en"
    version: str = ""

    def say(self, key: str, **given: str) -> str:
        """Return words in the language of the figure."""
        return _WORDS[key][self.language].format(**given)

    def number(self, number: int) -> str:
        """Return a number as the language writes it, with a sign between thousands."""
        return persian_digits(f"{number:,}").replace(",", "٬") if self.language == "fa" else f"{number:,}"

    def year(self, year: int) -> str:
        """Return a year as the language writes it."""
        return persian_digits(str(year)) if self.language == "fa" else str(year)

    def text(self, x: float, y: float, words: str, anchor: str = "middle", more: str = "") -> str:
        """Return words at a place.

        Args:
            x: from the left.
            y: of the line that letters stand on, from the top.
            words: what is written.
            anchor: which part of them stands at the place: ``start``, ``middle`` or ``end``.
            more: further attributes, with a space before.
        """
        # A font of one script has letters of the other in a look of its own, or none.
        other = self.language == "fa" and not any("\u0600" <= letter <= "\u06ff" for letter in words)
        font = f' font-family="{_LATIN}"' if other else ""
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{font}{more}>{escape(words)}</text>'

    def whole(self, view: tuple[float, float, float, float], title: str, parts: Iterable[str], note: str = "") -> str:
        """Return the figure as SVG, with its title above and notes below.

        Args:
            view: left, top, width and height of the picture.
            title: what it shows.
            parts: the picture.
            note: what is to be known of it; empty for nothing.
        """
        left, top, width, height = view
        frame = f'x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}"'
        middle, bottom = left + width / 2, top + height + _FOOT
        size = min(16.0, 16 * (width - 20) / max(len(title) * _LETTER * 16 / 12, 1))
        written = [
            self.text(middle, top - 12, self._inward(title), more=f' font-size="{size:.1f}"'),
            self.text(middle, bottom - 9, self._inward(note), more=' font-size="11"') if note else "",
            # Latin letters stand by themselves, for they have a font of their own.
            self.text(left + width - 10, bottom - 9, f"citydip {self.version}", "end", ' font-size="8"'),
        ]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="{left:.0f} {top - _HEAD:.0f} {width:.0f} {height + _HEAD + _FOOT:.0f}" role="img" '
            f'font-family="{_ARABIC if self.language == "fa" else _LATIN}" font-size="12" fill="{INK}">'
            f"<title>{escape(title)}</title>{''.join(written)}"
            f'<clipPath id="picture"><rect {frame}/></clipPath>'
            f'<g clip-path="url(#picture)">{"".join(parts)}</g></svg>\n'
        )

    def _inward(self, words: str) -> str:
        # Signs that tell the direction: not everything that draws SVG knows its attribute for that.
        return f"\u2067{words}\u2069" if self.language == "fa" else words


@functools.cache
def land() -> str:
    """Return the coasts as data of an SVG path, on the sheet of `citydip.model.projection`; empty where none is there.

    They are built together with the scripts of the site, of the shapes of Natural Earth.
    """
    file = importlib.resources.files("citydip").joinpath("web", "static", "built", "land.svg")
    try:
        found = re.search(r'<path d="([^"]*)"', file.read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1] if found else ""
