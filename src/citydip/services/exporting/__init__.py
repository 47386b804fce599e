"""Exports: the graph, its tables, networks and maps as files that other tools open."""
