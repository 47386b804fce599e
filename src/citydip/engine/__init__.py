"""A query in, rows or a graph out: guarding, binding, killable workers, result formats (floor 1)."""
