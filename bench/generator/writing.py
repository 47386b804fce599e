"""Writing quads as N-Quads, one at a time, and counting them."""

from typing import TextIO

from rdflib import RDF, RDFS, XSD

from citydip.model.calendars import Calendar
from citydip.model.dates import bounds_of, text_of
from citydip.model.terms import CD, GRAPH, ID, OA

__all__ = ["Quads", "cd", "computed", "graph", "integer", "oa", "text", "thing"]

TYPE, LABEL = RDF.type.n3(), RDFS.label.n3()


def cd(name: str) -> str:
    """Return a term of the ontology as N-Quads writes it."""
    return f"<{CD}{name}>"


def oa(name: str) -> str:
    """Return a term of the Web Annotation vocabulary."""
    return f"<{OA}{name}>"


def thing(kind: str, slug: object) -> str:
    """Return a thing.

    Example:
        >>> thing("city", "c1")
        '<https://w3id.org/citydip/id/city/c1>'
    """
    return f"<{ID}{kind}/{slug}>"


def graph(name: str) -> str:
    """Return the name of a graph."""
    return f"<{GRAPH}{name}>"


def computed(rule: str) -> str:
    """Return the graph of a rule."""
    return graph(f"computed/{rule}")


def text(value: str, language: str = "") -> str:
    """Return a literal; the value must need no escape."""
    return f'"{value}"@{language}' if language else f'"{value}"'


def integer(value: int) -> str:
    """Return a whole number."""
    return f'"{value}"^^<{XSD}integer>'


class Quads:
    """A file of quads.

    Args:
        file: where they go.
    """

    def __init__(self, file: TextIO):
        self.file = file
        self.count = 0
        self._dates: set[str] = set()

    def add(self, where: str, subject: str, predicate: str, *objects: str) -> None:
        """Write one quad for each object."""
        for value in objects:
            self.file.write(f"{subject} {predicate} {value} {where} .\n")
        self.count += len(objects)

    def describe(self, where: str, subject: str, types: tuple[str, ...], english: str, persian: str) -> None:
        """Write the types and labels of a thing."""
        self.add(where, subject, TYPE, *types)
        self.add(where, subject, LABEL, text(english, "en"), text(persian, "fa"))

    def date(self, where: str, expression: str) -> str:
        """Return the date of an expression, with its bounds and words written when it first appears."""
        date = thing("date", "on-" + expression)
        if expression not in self._dates:
            self._dates.add(expression)
            bounds = bounds_of(expression, Calendar.GREGORIAN)
            rule = computed("dates")
            self.add(where, date, TYPE, cd("Date"))
            self.add(where, date, cd("expression"), text(expression))
            self.add(where, date, cd("hasCalendar"), thing("calendar", "gregorian"))
            self.add(rule, date, cd("earliestDay"), f'"{bounds.earliest}"^^<{XSD}date>')
            self.add(rule, date, cd("latestDay"), f'"{bounds.latest}"^^<{XSD}date>')
            for language in ("en", "fa"):
                words = text(text_of(bounds, Calendar.GREGORIAN, language, expression), language)
                self.add(rule, date, LABEL, words)
                self.add(rule, date, cd("gregorianText"), words)
                solar = text(text_of(bounds, Calendar.SOLAR_HIJRI, language), language)
                self.add(rule, date, cd("solarHijriText"), solar)
        return date
