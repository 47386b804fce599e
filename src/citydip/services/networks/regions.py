"""World regions by what people call them: a code of M49, an IRI, or a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from citydip.curation.networks.ties import Selection, is_country_code
from citydip.model.errors import ParameterError
from citydip.model.names import fold
from citydip.model.terms import expand

__all__ = ["Regions", "regions_of"]


@dataclass(frozen=True, slots=True)
class Regions:
    """The world regions of a version.

    Args:
        names: names by language, by IRI.
        known: IRI by code, and by name without case and marks.
    """

    names: Mapping[str, Mapping[str, str]]
    known: Mapping[str, str]

    def find(self, text: str) -> str:
        """Return the IRI of a region.

        Args:
            text: such as ``145``, ``world-region:western-asia`` or ``Western Asia``.

        Raises:
            ParameterError: there is no such region.
        """
        iri = expand(text)
        found = iri if iri in self.names else self.known.get(fold(text))
        if found is None:
            raise ParameterError(
                f"there is no world region {text[:80]!r}; give its M49 code such as 145, its IRI such as "
                "world-region:western-asia, or its name; the query regions lists them"
            )
        return found

    def choose(self, selection: Selection) -> Selection:
        """Return a selection with the IRIs of its regions, however they were given.

        Raises:
            ParameterError: there is no such region.
        """
        within = tuple(place if is_country_code(place) else self.find(place) for place in selection.within)
        return replace(selection, regions=tuple(map(self.find, selection.regions)), within=within)


def regions_of(rows: Sequence[Mapping[str, Any]]) -> Regions:
    """Return the regions that the rows of the internal query ``network-regions`` tell of."""
    names: dict[str, dict[str, str]] = {}
    known: dict[str, str] = {}
    for row in rows:
        iri = row["region"]["value"]
        labels = names.setdefault(iri, {})
        if "label" in row:
            labels[row["label"]["xml:lang"]] = row["label"]["value"]
        known |= {fold(text): iri for text in (row["code"]["value"], row["name"]["value"])}
    return Regions(names, known)
