"""The organizations of ETMUN as things of the graph: one organization, one IRI, whatever list names it."""

from dataclasses import dataclass

from citydip.curation.importers.members import Named

__all__ = ["KNOWN_MEMBERS", "NETWORKS", "Network", "network_node"]


@dataclass(frozen=True, slots=True)
class Network:
    """A city network.

    Args:
        slug: the last part of its IRI.
        names: its names in English and Persian where the curated files describe it; None where only ETMUN does.
    """

    slug: str
    names: tuple[str, str] | None = None

    @property
    def node(self) -> str:
        """Return its prefixed name."""
        return f"organization:{self.slug}"


NETWORKS = {
    "00535": Network("alliance-of-european-cultural-cities"),
    "01901": Network("acr-plus"),
    "01903": Network("european-textile-collectivities-association"),
    "01963": Network("association-of-european-cities-and-regions-for-culture"),
    "02164": Network("aimf"),
    "02194": Network("international-association-of-peace-messenger-cities"),
    "02221": Network("association-of-local-democracy-agencies"),
    "02723": Network("c40", ("C40", "C۴۰")),
    "03083": Network("cideu"),
    "03210": Network("cittaslow"),
    "03220": Network("civitas"),
    "03241": Network("climate-alliance"),
    "03755": Network("conference-of-atlantic-arc-cities"),
    "04080": Network("covenant-of-mayors"),
    "04433": Network("amphictyony"),
    "04477": Network("energy-cities"),
    "04621": Network("eurocities"),
    "04886": Network("citelec"),
    "04982": Network("european-association-of-historic-towns-and-regions"),
    "05411": Network("european-cities-against-drugs"),
    "05412": Network("european-cities-marketing"),
    "06139": Network("european-forum-for-urban-security"),
    "06283": Network("european-historic-thermal-towns-association"),
    "06530": Network("european-metropolitan-transport-authorities"),
    "06609": Network("clip-network"),
    "06621": Network("european-network-of-digital-cities"),
    "07023": Network("hyer"),
    "07675": Network("european-walled-towns"),
    "08304": Network("fmdv"),
    "08378": Network("forum-of-adriatic-and-ionian-cities"),
    "08926": Network("group-of-european-municipalities-with-nuclear-facilities"),
    "09763": Network("aivp"),
    "09839": Network("international-association-of-educating-cities"),
    "10509": Network("international-cities-of-peace"),
    "10538": Network("european-coalition-of-cities-against-racism"),
    "13705": Network("kimo"),
    "13900": Network("league-of-historical-cities", ("League of Historical Cities", "League of Historical Cities")),
    "13935": Network("luci"),
    "13963": Network("iclei"),
    "13996": Network("major-cities-of-europe"),
    "14044": Network("medcities"),
    "14360": Network("metrex"),
    "15051": Network("organization-of-world-heritage-cities"),
    "15491": Network("polis"),
    "15871": Network("reves"),
    "15872": Network("european-network-of-wine-cities"),
    "16693": Network("coppem"),
    "17030": Network("union-of-baltic-cities"),
    "17035": Network("union-of-the-capitals-of-the-european-union"),
    "17038": Network("union-of-central-and-south-eastern-european-capitals"),
    "17692": Network("metropolis", ("Metropolis", "متروپلیس")),
    "18332": Network("world-winter-cities-association-for-mayors"),
    "F3238": Network("who-european-healthy-cities-network"),
    "W1": Network("eurotowns"),
    "W2": Network("cities-for-a-nuclear-free-europe"),
    "W3": Network("european-new-towns-and-pilot-cities-platform"),
    "W4": Network("eixo-atlantico"),
    "W5": Network("baltic-metropoles"),
    "W6": Network("nordic-city-network"),
}
"""By the code that the tables give it. Those with names are organizations of the curated register."""

KNOWN_MEMBERS = {
    "Organisation of Islamic Capitals and Cities (OICC)": Named(
        "organization:organization-of-islamic-capitals-and-cities",
        "the Organization of Islamic Capitals and Cities",
        "مجمع شهرها و پایتخت‌های اسلامی",
    ),
}
"""Members that are organizations of the curated register, by their name in the table."""


def network_node(code: str, name: str) -> Named:
    """Return a network, under the name that a table has for it where the curated files have none.

    Raises:
        KeyError: the code is not known.
    """
    network = NETWORKS[code]
    english, in_persian = network.names or (name, name)
    return Named(network.node, english, in_persian)
