"""The table of importers: each command of ``citydip import`` that reads tables is a line here."""

from citydip.curation.importers.cities import CITIES_IMPORTER
from citydip.curation.importers.importing import Importer
from citydip.curation.importers.ties import TIES

__all__ = ["IMPORTERS"]

IMPORTERS: tuple[Importer, ...] = (CITIES_IMPORTER, TIES)
"""In the order in which they are run on an empty folder."""
