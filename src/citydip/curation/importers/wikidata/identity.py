"""Whether an item of Wikidata is the thing that our mapping says: where it lies, in which country, under which name."""

import re
from collections.abc import Iterator

from citydip.curation.importers.wikidata.claims import Item
from citydip.curation.importers.wikidata.ours import OurCity, Ours
from citydip.curation.importers.wikidata.report import Finding
from citydip.model.geography import NEAR, distance
from citydip.model.names import fold
from citydip.model.terms import shorten

__all__ = ["check_city", "check_names", "point_of"]

_POINT = re.compile(r"Point\((-?[0-9.]+(?:[eE]-?\d+)?) (-?[0-9.]+(?:[eE]-?\d+)?)\)", re.IGNORECASE)


def point_of(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude of coordinates of Wikidata; None where they are not on Earth.

    Example:
        >>> point_of("Point(51.4 35.7)"), point_of("<http://www.wikidata.org/entity/Q405> Point(1 2)")
        ((51.4, 35.7), None)
    """
    found = _POINT.fullmatch(text)
    return (float(found[1]), float(found[2])) if found else None


def check_city(item: str, says: Item | None, city: OurCity) -> Iterator[Finding]:
    """Yield what speaks against a city and an item being one."""
    name = shorten(city.iri)
    if says is None:
        yield Finding("item", name, item, "Wikidata says nothing of the item: it is deleted, or merged into another")
        return
    points = [point for text in says.points if (point := point_of(text))]
    if points and city.point:
        far = min(distance(*point, *city.point) for point in points)
        if far > NEAR:
            yield Finding("coordinates", name, item, f"the coordinates lie {far:.0f} km apart")
    codes = {code.lower() for code in says.countries.values() if code}
    if codes and city.country and city.country not in codes:
        shown = ", ".join(sorted(codes)).upper()
        yield Finding("country", name, item, f"the country is {shown} at Wikidata and {city.country.upper()} here")


def check_names(made: dict[str, str], items: dict[str, Item], ours: Ours) -> Iterator[Finding]:
    """Yield persons and organizations that bear the name of one that is ours, and may be the same.

    Args:
        made: QIDs of what is new here, by prefixed name.
        items: what Wikidata says of them.
        ours: what the graph knows.
    """
    for node, item in sorted(made.items()):
        kind = node.partition(":")[0]
        same = {thing for label in items[item].labels.values() for thing in ours.names.get(fold(label), ())}
        for thing in sorted(shorten(iri) for iri in same):
            if thing.startswith(kind + ":"):
                what = f"{node} has the same name: map it in data/mappings.ttl if it is the same"
                yield Finding("name", thing, item, what)
