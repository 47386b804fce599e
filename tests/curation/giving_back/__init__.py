"""Tests of what goes back to Wikidata."""
