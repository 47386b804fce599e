"""The table of importers: each command of ``citydip import`` that reads tables is a line here."""

from citydip.curation.importers.importing import Importer

__all__ = ["IMPORTERS"]

IMPORTERS: tuple[Importer, ...] = ()
"""In the order in which they are run on an empty folder."""
