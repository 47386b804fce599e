"""Joins by columns: what queries over very many rows are computed with, many terms at once.

`writing` makes the columns of a graph when it is built, `store` opens them. `reading` says whether a query can be
computed from them, and how; `solutions` joins, `conditions` filters, `answering` groups, sorts and writes. The engine
stays what says how terms compare, sort and look: what is computed here is proven equal to it on random graphs.
"""
