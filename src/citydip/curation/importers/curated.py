"""What the curated files know of places, so that an importer adds to their things and makes none twice."""

from collections import defaultdict
from dataclasses import dataclass, field

from citydip.curation.layout import Layout
from citydip.curation.turtle import read_turtle
from citydip.model.terms import CD, PREFIXES

__all__ = ["Curated", "read_curated"]

_LABEL = PREFIXES["rdfs"] + "label"
_LOCATED_IN = str(CD.locatedIn)
_GEONAMES = str(CD.geonamesIdentifier)
_WIKIDATA = str(CD.wikidataIdentifier)
_ISO = str(CD.isoCode)
_DIVISION = PREFIXES["division"]


@dataclass(slots=True)
class Curated:
    """Places of the curated files.

    Args:
        cities: IRI by GeoNames number.
        countries: IRI by ISO 3166-1 code.
        divisions: the administrative division that a city lies in, by the city's IRI.
        labels: label by IRI and language.
        wikidata: Wikidata identifier by IRI.
    """

    cities: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    wikidata: dict[str, str] = field(default_factory=dict)


def read_curated(layout: Layout) -> Curated:
    """Return what the curated files know of places.

    Raises:
        TurtleSyntaxError: a file is not Turtle.
        OSError: a file cannot be read.
    """
    found = Curated()
    by_identifier = {_GEONAMES: found.cities, _ISO: found.countries}
    for path in Layout(layout.root, layout.snapshots, imported=False).turtle_files():
        if not path.is_relative_to(layout.root / "data"):
            continue
        for triple in read_turtle(path).triples:
            subject, predicate = triple.subject.value, triple.predicate.value  # type: ignore[union-attr]
            if predicate in by_identifier:
                by_identifier[predicate][triple.object.value] = subject  # type: ignore[union-attr]
            elif predicate == _LOCATED_IN and triple.object.value.startswith(_DIVISION):  # type: ignore[union-attr]
                found.divisions[subject] = triple.object.value  # type: ignore[union-attr]
            elif predicate == _LABEL:
                found.labels[subject][triple.object.language or ""] = triple.object.value  # type: ignore[union-attr]
            elif predicate == _WIKIDATA:
                found.wikidata[subject] = triple.object.value  # type: ignore[union-attr]
    return found
