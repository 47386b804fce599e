"""Tests of the refresh from Wikidata, against a double of its query service."""
