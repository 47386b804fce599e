"""Joins by columns: what queries over very many rows are computed with, many terms at once.

`citydip.curation.columns` writes the columns of a graph when it is built, `store` opens them. `reading` and `ending`
say whether a query can be computed from them, and how; `solutions` joins, `conditions` filters, `results` groups,
counts and sorts; `answering` does all of it. The engine stays what says how terms compare and look.
"""
