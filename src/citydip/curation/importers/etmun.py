"""ETMUN: members of 59 city networks in 2016 to 2018, Europe-centred, with places and years of joining.

The tables state no licence, so what is made of them stays with whoever runs the importer: the folder is not tracked,
and its graph is marked as not to be passed on. Places are joined by the GeoNames numbers of the table's author;
where the country of the number is not that of the row, and the name does not settle it, the row is left out. Where the
name in the list is none of the place's, the evidence is only implied.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.etmun_networks import KNOWN_MEMBERS, NETWORKS, network_node
from citydip.curation.importers.importing import DataSet, Importer, Run
from citydip.curation.importers.known_cities import KnownCities, KnownCity, read_known_cities
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
from citydip.curation.importers.nodes import both, describe, persian
from citydip.curation.importers.tables import Row, Table
from citydip.curation.importers.unlicensed import DESCRIPTION, describe_unlicensed
from citydip.model.names import fold, slug

__all__ = ["ETMUN_IMPORTER", "MEMBERSHIPS", "NETWORK_TABLE"]

NETWORK_TABLE = Table(
    "etmun-city-networks/networks.csv",
    {
        "code": "number in the Yearbook of International Organizations, or W and a number",
        "name": "name in English",
        "acronym": "how it is called for short",
        "date_as_given": "year of founding; may be empty",
        "url": "addresses, separated by semicolons",
    },
)
MEMBERSHIPS = Table(
    "etmun-city-networks/memberships.csv",
    {
        "network": "short name of the network",
        "network_code": "its code in the table of networks",
        "member": "name of the member on the network's list",
        "locality": "where the member is",
        "iso2": "code of the country, mostly ISO 3166-1; may be empty",
        "status": "what the network calls the membership",
        "entity": "City, Municipality, Region and so on; may be empty",
        "year_joined": "a year, or a phase of CIVITAS; may be empty",
        "geonames": "number of the locality in GeoNames; may be empty",
    },
)

_NAME = "etmun"
_COMMON = "common"
_SOURCE = "source:etmun"
_LISTS = "etmun-member-lists"
_CITIES = {"City", "Municipality"}
_PARTNERS = {"Partners", "Associated Partner"}
_ENDED = {"Former Member"}
_PHASE = re.compile(r"(?P<first>[0-9]{4})-(?P<last>[0-9]{4}) - (?P<name>.+)")
_TERRITORIES = dict.fromkeys(("gf", "gp", "nc", "re"), "fr") | dict.fromkeys(("gg", "je"), "gb")
_TERRITORIES |= dict.fromkeys(("hk", "mo"), "cn") | {"ax": "fi", "fo": "dk"}
"""The country that a list may give for a territory with a code of its own."""
_WRITTEN = {"rks": "xk"}
"""Codes of the table that are not those of ISO 3166-1, or of its users."""

_RIGHTS = (
    "Data of the doctoral thesis of Pauline Gourdon (Paris 1), from the lists of the networks. Facts only are kept; "
    "ask the author before passing on the whole."
)
_TITLES = both("Members of city networks, by ETMUN", "اعضای شبکه‌های شهری، برگرفته از ETMUN")
_ABOUT = both(
    "Who is a member of 59 city networks, as their lists had it in 2016 to 2018. Imported here, not to be passed on.",
    "اعضای ۵۹ شبکهٔ شهری، چنان‌که فهرست‌هایشان در ۲۰۱۶ تا ۲۰۱۸ داشته‌اند. همین‌جا وارد شده است و نباید بازپخش شود.",
)
_GROUND = both(
    "The lists were read in 2016 to 2018; some of the rows have joined in 2019.",
    "فهرست‌ها در ۲۰۱۶ تا ۲۰۱۸ خوانده شده‌اند و برخی سطرها در ۲۰۱۹ پیوسته‌اند.",
)
_IN_PHASE = both(
    "The list gives the phase of CIVITAS in which the city took part, and no year.",
    "فهرست دورهٔ برنامهٔ CIVITAS را می‌گوید که شهر در آن بوده است و نه سال را.",
)


@dataclass(slots=True)
class _Making:
    """What one run knows while it reads.

    Args:
        run: the run.
        cities: of the graph.
        networks: by code, with their names.
        bodies: name of each member that is no city, by the last part of its IRI; its first spelling counts.
    """

    run: Run
    cities: KnownCities
    networks: dict[str, Named] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Member:
    """The member of a row.

    Args:
        named: who.
        key: the last part of its IRI, or its number.
        part: the file that its statements go into.
        fits: whether its name in the list is one of its names.
    """

    named: Named
    key: str
    part: str
    fits: bool = True


def _make(run: Run) -> None:
    making = _Making(run, read_known_cities(run.layout))
    parts = run.parts[_NAME]
    parts.add(DESCRIPTION, describe_unlicensed(_NAME, _SOURCE, _TITLES, _ABOUT, _RIGHTS))
    parts.add(_COMMON, date(_LISTS, "2016/2019", ground=_GROUND))
    for row in run.reading.read(NETWORK_TABLE):
        if row["code"] not in NETWORKS:
            run.reading.leave(row, "the importer does not know this network", row["name"])
            continue
        making.networks[row["code"]] = network_node(row["code"], row["name"])
        run.figures["networks"] += 1
        parts.add(_COMMON, _network(row, making.networks[row["code"]]))
    for row in run.reading.read(MEMBERSHIPS):
        reason = _member(making, row)
        if reason:
            run.reading.leave(row, reason, f"{row['member']} in {row['network']}")


def _network(row: Row, network: Named) -> Iterator[ox.Triple]:
    """Yield a network and its founding."""
    yield from _network_itself(row, network)
    if not re.fullmatch(r"[0-9]{4}", row["date_as_given"]):
        return
    name, year = f"etmun-founding-of-{slug(network.node.partition(':')[2])}", row["date_as_given"]
    yield from date(f"etmun-year-{year}", year)
    yield from evidence(name, _SOURCE, row)
    yield from describe(
        f"assertion:{name}",
        {
            "a": "cd:Assertion",
            "cd:datedOn": f"date:etmun-year-{year}",
            "cd:hasAssertionKind": "assertion-kind:history",
            "cd:hasEvidence": f"evidence:{name}",
            "cd:hasStatus": "status:stated",
            "cd:hasSubject": network.node,
            "cd:topic": both("founding", "بنیادگذاری"),
            "rdfs:label": both(
                f"{network.english} was founded in {year}, by ETMUN",
                f"{persian(network.persian)} به گفتهٔ ETMUN در {persian(year)} بنیاد گذاشته شد",
            ),
        },
    )


def _network_itself(row: Row, network: Named) -> Iterator[ox.Triple]:
    if NETWORKS[row["code"]].names is None:
        pages = [
            address if "://" in address else f"http://{address}" for address in row["url"].replace(";", " ").split()
        ]
        yield from organization(network.node, row["name"], kind="cd:CityNetwork", acronym=row["acronym"], pages=pages)


def _member(making: _Making, row: Row) -> str | None:
    """Add what a row says; return why it says nothing that can be taken in, or None."""
    code, parts = row["network_code"], making.run.parts[_NAME]
    if code not in NETWORKS:
        return "the importer does not know this network"
    if code not in making.networks:
        # One network is among the members' only: its short name is all there is.
        making.networks[code] = network_node(code, row["network"])
        parts.add(_COMMON, organization(NETWORKS[code].node, row["network"], kind="cd:CityNetwork"))
    if row["status"] in _PARTNERS:
        return "the list has it as a partner, not as a member"
    found = _city(making, row) if row["entity"] in _CITIES else _body(making, row)
    if isinstance(found, str):
        return found
    starts = _start(making, row)
    proof = f"etmun-{slug(line_of(row))}"
    confidence = "confidence:stated" if found.fits else "confidence:implied"
    parts.add(found.part, evidence(proof, _SOURCE, row, confidence=confidence, listed_as=row["member"]))
    network = making.networks[code]
    name = "-".join(
        filter(None, ("etmun", slug(row["network"]), found.key, slug(row["status"]), slug(row["year_joined"])))
    )
    status = "status:ended" if row["status"] in _ENDED else "status:in-force"
    says = Membership(
        name,
        found.named,
        network,
        status,
        [f"evidence:{proof}"],
        listed_status=row["status"],
        starts=starts,
        attested=f"date:{_LISTS}",
    )
    parts.add(found.part, membership(says))
    making.run.figures["memberships of cities" if row["entity"] in _CITIES else "memberships of other bodies"] += 1
    return None


def _city(making: _Making, row: Row) -> _Member | str:
    """Return the city of a row, or why there is none."""
    city = making.cities.by_number.get(row["geonames"])
    if city is None:
        return "the graph has no city of its GeoNames number" if row["geonames"] else "it has no GeoNames number"
    if not _in_country(making, row, city):
        return "neither its country nor its name fits its GeoNames number"
    fits = bool({fold(row["member"]), fold(row["locality"])} & city.names)
    making.run.figures["cities whose name in the list is one of the place's" if fits else "cities of another name"] += 1
    return _Member(named_city(city), city.number, city.country, fits)


def _in_country(making: _Making, row: Row, city: KnownCity) -> bool:
    """Return whether a place lies in the country of its row, or is the largest of the row's name."""
    code = row["iso2"].lower()
    if city.country == _WRITTEN.get(code, code) or _TERRITORIES.get(city.country) == code:
        return True
    largest = {making.cities.largest(row[column]) for column in ("member", "locality")}
    return city in largest


def _body(making: _Making, row: Row) -> _Member | str:
    """Return the body of a row that is no city, or why there is none; the body is written too."""
    name = " ".join(row["member"].split()).strip("* ")
    if name in KNOWN_MEMBERS:
        known = KNOWN_MEMBERS[name]
        return _Member(known, known.node.partition(":")[2], _COMMON)
    if not slug(name):
        return "its name has no Latin letter"
    code = row["iso2"].lower() if re.fullmatch(r"[A-Z]{2}", row["iso2"]) else ""
    key = "-".join(filter(None, (slug(name), code)))
    name = making.bodies.setdefault(key, name)
    making.run.parts[_NAME].add(code or _COMMON, organization(f"organization:{key}", name))
    return _Member(Named(f"organization:{key}", name, persian(name)), key, code or _COMMON)


def _start(making: _Making, row: Row) -> str | None:
    """Write the date on which a member joined, and return its prefixed name."""
    written = row["year_joined"]
    if re.fullmatch(r"[0-9]{4}", written):
        name, expression, ground = f"etmun-year-{written}", written, None
    elif match := _PHASE.fullmatch(written):
        name, expression = f"etmun-{slug(match['name'])}", f"{match['first']}/{match['last']}"
        ground = _IN_PHASE
    else:
        if written:
            making.run.figures["years that cannot be read"] += 1
        return None
    about = date(name, expression, written=written if ground else None, ground=ground)
    making.run.parts[_NAME].add(_COMMON, about)
    return f"date:{name}"


ETMUN_IMPORTER = Importer(
    "etmun",
    "Members of 59 city networks; states no licence, so what it makes stays here.",
    (NETWORK_TABLE, MEMBERSHIPS),
    (DataSet(_NAME, "Members of city networks by ETMUN (no licence stated), made by: citydip import etmun"),),
    _make,
    shipped=False,
)
"""Makes ``data/world/etmun``."""
