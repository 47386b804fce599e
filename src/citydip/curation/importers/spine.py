"""The cities of the world as every other importer finds them: by their GeoNames number."""

from dataclasses import dataclass

from citydip.curation.layout import IMPORTED, Layout
from citydip.curation.turtle import read_turtle
from citydip.model.errors import NotFoundError
from citydip.model.names import slug
from citydip.model.terms import CD, ID

__all__ = ["CITIES", "SpineCity", "city_iri", "read_spine"]

CITIES = "cities"
"""The data set of the cities, below ``data/world``."""

_GEONAMES = str(CD.geonamesIdentifier)


@dataclass(frozen=True, slots=True)
class SpineCity:
    """A city of the spine.

    Args:
        iri: its IRI.
        country: ISO 3166-1 code in small letters; it names the part that the city's statements lie in.
    """

    iri: str
    country: str


def read_spine(layout: Layout) -> dict[str, SpineCity]:
    """Return the cities by GeoNames number, from the files that the importer of cities wrote.

    Raises:
        NotFoundError: there are none yet.
    """
    cities: dict[str, SpineCity] = {}
    for path in sorted((layout.root / "data" / IMPORTED / CITIES).glob("*.ttl")):
        country = path.stem.partition("-")[0]
        for triple in read_turtle(path).triples:
            if triple.predicate.value == _GEONAMES:
                cities[triple.object.value] = SpineCity(triple.subject.value, country)  # type: ignore[union-attr]
    if not cities:
        raise NotFoundError("there are no cities below data/world/cities; run: citydip import cities SOURCE")
    return cities


def city_iri(name: str, geonames: str) -> str:
    """Return the IRI of a city that no curated file knows: its name, and the number that makes it one of a kind.

    A name without a Latin letter leaves the number alone.

    Example:
        >>> city_iri("Saint-Denis", "2980916")
        'https://w3id.org/citydip/id/city/saint-denis-2980916'
    """
    return str(ID["city/" + "-".join(filter(None, (slug(name), geonames)))])
