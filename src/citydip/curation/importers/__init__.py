"""Importers: each makes the Turtle files of one data set, ``data/world/<set>/<part>.ttl``, from its tables."""
