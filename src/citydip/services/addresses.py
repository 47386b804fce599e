"""The addresses of other services: which ones a query may name, and where on the network they may lead.

An address is on the operator's list or it is not: it is compared letter by letter, and nothing is made of it first.
Where its name leads is looked up here, and what asks the service then connects to the very address that was vetted,
so that a name which leads elsewhere the next moment gains nothing by that.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from citydip.model.errors import ParameterError, ServiceFailedError

__all__ = ["Address", "is_open", "read_addresses", "resolve"]

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>/[^\s<>\"{}|\\^`#,\x00-\x20\x7f-\U0010ffff]*)?"
)
_PORTS = {"http": 80, "https": 443}
_OWN = tuple(
    map(ipaddress.ip_network, "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7".split())
)
"""Networks of one's own: private ones, that of carriers, and this machine."""
_GLOBAL = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out to the public; it leaves out what has an IPv4 address within (mapped, NAT64)."""
_TUNNELS = tuple(map(ipaddress.ip_network, "192.88.99.0/24 2001::/23 2002::/16 3fff::/20".split()))
"""Networks within those of the public that lead on into others (6to4, Teredo), or stand for examples."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a service.

    Args:
        text: the address as it is on the list, and as it must stand in a query.
        scheme: ``http`` or ``https``.
        host: name or number of the machine, without brackets.
        port: its port.
        target: path and query string.
    """

    text: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Return host and port as a request names them."""
        return self.text.removeprefix(f"{self.scheme}://").partition("/")[0]


def read_addresses(text: str) -> Mapping[str, Address]:
    """Return the addresses of a list with commas, by their text.

    Raises:
        ParameterError: one is no address that could be asked; the message says what is wanted.

    Example:
        >>> list(read_addresses("https://query.wikidata.org/sparql, http://[2001:db8::1]:8080/"))
        ['https://query.wikidata.org/sparql', 'http://[2001:db8::1]:8080/']
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _ADDRESS.fullmatch(part)
        port = int(match["port"] or _PORTS[match["scheme"]]) if match else 0
        if match is None or port > 65535:
            raise ParameterError(
                "CITYDIP_SERVICES must list addresses such as https://example.org/sparql, with commas between, a host "
                f"in small ASCII letters, and neither user nor fragment; {part!r} is none"
            )
        found[part] = Address(part, match["scheme"], match["host"].strip("[]"), port, match["target"] or "/")
    return found


def is_open(number: str, *, private: bool) -> bool:
    """Return whether an address of the network may be connected to.

    Args:
        number: an IPv4 or IPv6 address.
        private: whether networks of one's own are open too; those of the link, of groups and of no one never are.

    Example:
        >>> [is_open(n, private=False) for n in ("192.0.32.8", "10.0.0.1", "169.254.169.254", "::ffff:192.0.32.8")]
        [True, False, False, False]
    """
    address = ipaddress.ip_address(number)
    if private and any(address in network for network in _OWN):
        return True
    if address.version == 6 and address not in _GLOBAL:
        return False
    if any(address in network for network in _TUNNELS):
        return False
    return address.is_global and not address.is_multicast


async def resolve(address: Address, *, private: bool) -> list[str]:
    """Return the addresses of the network that a service's name leads to, in the order to try them.

    Raises:
        ServiceFailedError: the name leads nowhere, or to an address that must not be connected to.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ServiceFailedError(f"the service {address.text} cannot be reached: its name is not known") from None
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not numbers or not all(is_open(number, private=private) for number in numbers):
        raise ServiceFailedError(
            f"the service {address.text} is not asked: its name leads to an address that is not public"
        )
    return numbers
