"""The table of importers: each command of ``citydip import`` that reads tables is a line here."""

from citydip.curation.importers.c40 import C40_IMPORTER
from citydip.curation.importers.cities import CITIES_IMPORTER
from citydip.curation.importers.city_names import CITY_NAMES_IMPORTER
from citydip.curation.importers.creative_cities import CREATIVE_CITIES_IMPORTER
from citydip.curation.importers.etmun import ETMUN_IMPORTER
from citydip.curation.importers.importing import Importer
from citydip.curation.importers.ties import TIES
from citydip.curation.importers.urbact import URBACT_IMPORTER

__all__ = ["IMPORTERS"]

IMPORTERS: tuple[Importer, ...] = (
    CITIES_IMPORTER,
    CITY_NAMES_IMPORTER,
    TIES,
    CREATIVE_CITIES_IMPORTER,
    C40_IMPORTER,
    ETMUN_IMPORTER,
    URBACT_IMPORTER,
)
"""In the order in which they are run on an empty folder."""
