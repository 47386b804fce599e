"""Tests of what measures: the made-up graph and the questions on it."""
