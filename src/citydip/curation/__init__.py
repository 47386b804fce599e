"""From curated files to a snapshot: format, check, compute, pack (floor 1)."""
