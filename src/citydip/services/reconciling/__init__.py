"""Reconciliation: rows of a table matched with things of the graph, and columns added to them."""
