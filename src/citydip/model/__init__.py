"""Terms, dates, names, errors, settings: pure functions without input or output (floor 0)."""
