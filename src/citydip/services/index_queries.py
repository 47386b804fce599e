"""What a search index is asked, in SQL.

Each query is put together here once, of constants; what a user gives is bound. Each can be narrowed to things of given
kinds, countries and networks, by the parameters of these names: JSON arrays of numbers, or NULL. What gives names gives
thing, text, key and kind of each.
"""

__all__ = [
    "COUNTRY",
    "EXACT",
    "FACETS",
    "IDENTIFIED",
    "INSIDE",
    "KEYS",
    "LAST_NAME",
    "LAST_THING",
    "PREFIX",
    "SOUND",
    "WORDED",
]

FACETS = ("kind", "country", "network")
"""By what results are counted and chosen."""

_CHOSEN = "".join(
    f"""
    AND (:{facet} IS NULL OR EXISTS (
        SELECT 1 FROM facet WHERE facet.thing = name.thing AND facet.facet = '{facet}'
        AND facet.value IN (SELECT value FROM json_each(:{facet}))))"""
    for facet in FACETS
)
IDENTIFIED = (
    "SELECT thing FROM identifier AS name WHERE key IN (:key, :end)" + _CHOSEN + " UNION "
    "SELECT id FROM (SELECT id, id AS thing FROM thing WHERE iri = :iri) AS name WHERE TRUE" + _CHOSEN
)
"""Things with an identifier (``key``, ``end``) or address (``iri``)."""
EXACT = "SELECT thing FROM name WHERE key = :key" + _CHOSEN + " ORDER BY thing"
"""Things with a name that is the ``key``."""
_BETWEEN = " AND thing BETWEEN :first AND :last"
PREFIX = (
    "SELECT DISTINCT thing FROM name INDEXED BY name_key WHERE key > :key AND key < :after"
    + (_BETWEEN + _CHOSEN)
    + " ORDER BY thing LIMIT :most"
)
"""Things with a name that begins with the ``key`` and goes on."""
SOUND = "SELECT thing, text, key, kind FROM name INDEXED BY name_sound WHERE sound = :sound AND sound <> ''" + _CHOSEN
"""Names with the consonants ``sound``."""
KEYS = "SELECT thing, text, key, kind FROM name WHERE key IN (SELECT value FROM json_each(:keys))" + _CHOSEN
"""Names that are one of the ``keys``."""
WORDED = (
    "SELECT name.thing, name.text, name.key, name.kind FROM wording CROSS JOIN name ON name.id = wording.rowid "
    "WHERE wording MATCH :match AND wording.rowid BETWEEN :first_name AND :last_name"
    + _CHOSEN
    + " ORDER BY wording.rowid"
)
"""Names that FTS5 finds by words (``match``)."""
INSIDE = (
    "SELECT name.thing FROM spelling CROSS JOIN name ON name.id = spelling.rowid "
    "WHERE spelling MATCH :match AND spelling.rowid BETWEEN :first_name AND :last_name"
    " AND NOT EXISTS (SELECT 1 FROM json_each(:words) WHERE instr(name.key, json_each.value) = 0)"
    + _CHOSEN
    + " ORDER BY spelling.rowid"
)
"""Things with a name that has all of the ``words`` within, which FTS5 finds by pieces (``match``)."""
COUNTRY = (
    "SELECT thing FROM name WHERE key = :key AND EXISTS "
    "(SELECT 1 FROM facet WHERE thing = name.thing AND facet = 'country' AND value = name.thing)"
)
"""Countries with a name that is the ``key``."""
LAST_THING = "SELECT CAST(value AS INTEGER) FROM about WHERE name = 'last'"
"""The last thing that is no statement."""
LAST_NAME = "SELECT COALESCE(MAX(id), 0) FROM name WHERE thing <= ?"
"""The last name of the things up to one."""
