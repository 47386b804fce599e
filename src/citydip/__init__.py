"""An open knowledge graph of city diplomacy: which cities are tied to which, and who says so."""

__all__ = ["__version__"]

__version__ = "0.1.0"
