"""URBACT: the partners of its networks of cities, each of which lasted a few years.

The table comes with that of ETMUN and states no licence either: what is made of it stays with whoever imports it.
"""

import re

from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.known_cities import read_known_cities
from citydip.curation.importers.members import (
    Membership,
    Named,
    date,
    evidence,
    line_of,
    membership,
    named_city,
    organization,
)
from citydip.curation.importers.nodes import both, persian
from citydip.curation.importers.tables import Row, Table
from citydip.curation.importers.unlicensed import DESCRIPTION, describe_unlicensed
from citydip.model.names import slug

__all__ = ["PARTNERS", "URBACT_IMPORTER"]

PARTNERS = Table(
    "etmun-city-networks/urbact.csv",
    {
        "network": "name of the network",
        "start": "year in which it began",
        "end": "year in which it ended; NA where it had not",
        "city": "name of the partner",
        "status": "Partner or Lead Partner",
        "url": "address of the network; NA where there is none",
        "geonames": "number of the partner in GeoNames",
    },
)

_NAME = "urbact"
_COMMON = "common"
_SOURCE = "source:urbact"
_YEAR = re.compile(r"[0-9]{4}")
_RIGHTS = (
    "A table of the doctoral thesis of Pauline Gourdon (Paris 1), from the pages of URBACT. Facts only are kept; "
    "ask the author before passing on the whole."
)
_TITLES = both("Partners of URBACT networks", "شریکان شبکه‌های URBACT")
_ABOUT = both(
    "Which cities were partners of the networks of URBACT, from 2000 on. Imported here, and not to be passed on.",
    "شهرهایی که از سال ۲۰۰۰ شریک شبکه‌های URBACT بوده‌اند. همین‌جا وارد شده است و نباید بازپخش شود.",
)


def _make(run: Run) -> None:
    cities = read_known_cities(run.layout)
    parts = run.parts[_NAME]
    parts.add(DESCRIPTION, describe_unlicensed(_NAME, _SOURCE, _TITLES, _ABOUT, _RIGHTS))
    for row in run.reading.read(PARTNERS):
        city = cities.by_number.get(row["geonames"])
        if city is None:
            reason = "the graph has no city of its GeoNames number"
            run.reading.leave(row, reason, f"{row['city']} in {row['network']}")
            continue
        network = _network(run, row)
        starts, ends = _year(run, row["start"]), _year(run, row["end"])
        proof = f"urbact-{slug(line_of(row))}"
        parts.add(city.country, evidence(proof, _SOURCE, row, listed_as=row["city"]))
        says = Membership(
            f"{network.node.partition(':')[2]}-{city.number}-{slug(row['status'])}",
            named_city(city),
            network,
            "status:ended" if ends else "status:in-force",
            [f"evidence:{proof}"],
            listed_status=row["status"],
            starts=starts,
            ends=ends,
        )
        parts.add(city.country, membership(says))
        run.figures["partners"] += 1


def _network(run: Run, row: Row) -> Named:
    """Write the network of a row, and return it."""
    node, name = f"organization:urbact-{slug(row['network'])}", f"{row['network']} (URBACT)"
    pages = [row["url"]] if row["url"].startswith("http") else []
    run.parts[_NAME].add(_COMMON, organization(node, name, kind="cd:CityNetwork", pages=pages))
    return Named(node, name, persian(name))


def _year(run: Run, written: str) -> str | None:
    """Write the date of a year, and return its prefixed name; None where the table has no year."""
    if not _YEAR.fullmatch(written):
        return None
    run.parts[_NAME].add(_COMMON, date(f"urbact-year-{written}", written))
    return f"date:urbact-year-{written}"


URBACT_IMPORTER = Importer(
    "urbact",
    "Partners of the networks of URBACT; states no licence, so what it makes stays here.",
    (PARTNERS,),
    (DataSet(_NAME, "Partners of URBACT networks (no licence stated), made by: citydip import urbact"),),
    _make,
    shipped=False,
)
"""Makes ``data/world/urbact``."""
