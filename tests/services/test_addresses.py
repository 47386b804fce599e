"""Which services may be named, and where on the network they may lead."""

import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.model.errors import ParameterError, ServiceFailedError
from citydip.services.addresses import is_open, read_addresses, resolve


def test_an_address_is_taken_apart_and_otherwise_left_as_it_is() -> None:
    listed = read_addresses(" https://a.example/sparql?x=%7e , http://[2001:db8::1]:8080/ ,, http://b.example")
    assert list(listed) == ["https://a.example/sparql?x=%7e", "http://[2001:db8::1]:8080/", "http://b.example"]
    first, second, third = listed.values()
    assert (first.scheme, first.host, first.port, first.target) == ("https", "a.example", 443, "/sparql?x=%7e")
    assert (second.host, second.port, second.authority) == ("2001:db8::1", 8080, "[2001:db8::1]:8080")
    assert (third.port, third.target, third.authority) == (80, "/", "b.example")


@pytest.mark.parametrize(
    "address",
    [
        "a.example/sparql",
        "ftp://a.example/",
        "file:///etc/passwd",
        "https://user@a.example/",
        "https://user:word@a.example/",
        "https://a.example/#part",
        "https://A.example/",
        "https://é.example/",
        "https://a.example:0/",
        "https://a.example:70000/",
        "https://a.example:/",
        "https://a.example/a b",
        "https://a.example/é",
        "https://a.example/<x>",
        "https:///sparql",
        "https://.example/",
        "https://a.example\\@b.example/",
        "https://[fe80::1%eth0]/",
        "http://a.example?query",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_address(address: str) -> None:
    with pytest.raises(ParameterError, match="CITYDIP_SERVICES must list addresses"):
        read_addresses(f"https://fine.example/,{address}")


OUTSIDE = ["1.1.1.1", "192.0.32.8", "9.9.9.9", "2606:4700::1111", "2a00:1450:4001::1"]
OWN = ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.9.1", "100.64.0.1", "::1"]
OWN += ["fc00::1", "fd12:3456::1"]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:1.1.1.1",
    "64:ff9b::7f00:1",
    "64:ff9b::101:101",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]


def test_public_addresses_are_open() -> None:
    assert [number for number in OUTSIDE if not is_open(number, private=False)] == []
    assert [number for number in OUTSIDE if not is_open(number, private=True)] == []


def test_addresses_of_ones_own_are_open_only_where_the_operator_says_so() -> None:
    assert [number for number in OWN if is_open(number, private=False)] == []
    assert [number for number in OWN if not is_open(number, private=True)] == []


@pytest.mark.parametrize("private", [False, True])
def test_addresses_of_the_link_of_groups_of_no_one_and_those_with_another_one_within_never_are(private: bool) -> None:
    assert [number for number in NEVER if is_open(number, private=private)] == []


@given(st.ip_addresses())
def test_what_is_open_to_all_is_what_the_world_can_reach(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_open(str(address), private=False):
        assert address.is_global
        closed = ("private", "loopback", "link_local", "multicast", "reserved", "unspecified")
        assert [kind for kind in closed if getattr(address, "is_" + kind)] == []


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_comes_in_within_an_ipv6_address(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for within in (0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_open(str(ipaddress.IPv6Address(within)), private=False)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "0", "017700000001"]
)
def test_whatever_a_host_is_called_where_it_leads_decides(host: str) -> None:
    (address,) = read_addresses(f"http://{host}:8080/").values()
    with pytest.raises(ServiceFailedError, match=r"not public|not known"):
        asyncio.run(resolve(address, private=False))


def test_a_name_that_leads_to_one_closed_address_among_open_ones_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    (address,) = read_addresses("http://two.example/").values()

    async def ask(numbers: list[str]) -> list[str]:
        async def known(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(0, 0, 0, "", (number, 80)) for number in numbers]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", known, raising=False)
        return await resolve(address, private=False)

    assert asyncio.run(ask(["1.1.1.1", "2606:4700::1111", "1.1.1.1"])) == ["1.1.1.1", "2606:4700::1111"]
    with pytest.raises(ServiceFailedError, match="not public"):
        asyncio.run(ask(["1.1.1.1", "10.0.0.1"]))
