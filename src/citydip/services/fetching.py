"""One question to another service: what is sent, what may come back, and how long and how large it may be.

Only results in JSON are taken. XML would bring entities and a second parser, and every service speaks JSON.
"""

import asyncio
import contextlib
import ssl
import zlib
from collections.abc import Mapping
from urllib.parse import urljoin

import httpx

from citydip import __version__
from citydip.model.errors import ServiceBusyError, ServiceFailedError, ServiceTimeoutError
from citydip.model.settings import Settings
from citydip.services.addresses import Address, resolve

__all__ = ["Fetcher"]

_RESULTS = "application/sparql-results+json"
_REDIRECTS = (301, 302, 307, 308)
_MOST_REDIRECTS = 3
_CUT = ("citydip-cut", "x-sparql-maxrows", "x-sql-state")
"""Headers by which services say that an answer is not whole: those of this software, and of Virtuoso."""
_AT_ONCE = 8
"""Questions to one service that may be under way at once, whoever asks them."""


class Fetcher:
    """Asks the services that an operator has listed, and no others.

    Args:
        services: their addresses, by text.
        settings: how long and how large an answer may be, and where on the network a service may be.
    """

    def __init__(self, services: Mapping[str, Address], settings: Settings):
        self.services = services
        self.seconds = settings.service_timeout
        self.private = bool(settings.service_private)
        self.largest = settings.service_size << 20
        self._places = {address: asyncio.Semaphore(_AT_ONCE) for address in services}
        # The certificates that this machine trusts: an operator can add those of services of their own.
        self._tls = ssl.create_default_context()

    async def fetch(self, address: str, query: str) -> bytes:
        """Return what a service answers to a query: the body, decoded.

        Args:
            address: one that is on the list.
            query: SPARQL.

        Raises:
            ServiceTimeoutError: it does not answer in time.
            ServiceFailedError: it cannot be reached, or answers with something else than results of a query.
            ServiceBusyError: so many questions are under way that this one found no place in time.
        """
        places = self._places[address]
        try:
            async with asyncio.timeout(self.seconds):
                await places.acquire()
        except TimeoutError:
            raise ServiceBusyError(f"too many queries ask the service {address}; try again in a few seconds") from None
        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(self.services[address], query)
        except (TimeoutError, httpx.TimeoutException):
            raise ServiceTimeoutError(
                f"the service {address} did not answer within {self.seconds:g} s; ask it for less"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ServiceFailedError(f"the service {address} cannot be reached, or broke off its answer") from None
        finally:
            places.release()

    async def _follow(self, service: Address, query: str) -> bytes:
        """Ask a service, and those that it sends on to, as long as they are on the list."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._ask(service, query)
            if isinstance(answer, bytes):
                return answer
            if answer not in self.services:
                raise ServiceFailedError(
                    f"the service {service.text} sends on to another address, which is not on the operator's list"
                )
            service = self.services[answer]
        raise ServiceFailedError(f"the service {service.text} sends on and on")

    async def _ask(self, service: Address, query: str) -> bytes | str:
        """Return the answer of a service, or the address that it sends on to."""
        numbers = await resolve(service, private=self.private)
        # A client of its own, and so a connection of its own: one that was opened and vetted for one name must not
        # serve another one.
        patience = httpx.Timeout(None, connect=self.seconds / len(numbers))
        async with httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=patience) as client:
            for number in numbers[:-1]:
                with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._ask_at(client, number, service, query)
            return await self._ask_at(client, numbers[-1], service, query)

    async def _ask_at(self, client: httpx.AsyncClient, number: str, service: Address, query: str) -> bytes | str:
        host = f"[{number}]" if ":" in number else number
        request = client.build_request(
            "POST",
            f"{service.scheme}://{host}:{service.port}{service.target}",
            data={"query": query},
            headers={
                "Host": service.authority,
                "Accept": _RESULTS,
                "Accept-Encoding": "gzip",
                "User-Agent": f"citydip/{__version__}",
            },
            # The certificate must be that of the name, whatever number it has led to.
            extensions={"sni_hostname": service.host},
        )
        response = await client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTS:
                with contextlib.suppress(ValueError):
                    return urljoin(service.text, str(response.headers.get("location", "")))
            if response.status_code != 200:
                raise ServiceFailedError(f"the service {service.text} answered with status {response.status_code}")
            content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if content_type != _RESULTS:
                raise ServiceFailedError(f"the service {service.text} answered with something else than {_RESULTS}")
            if any(name in response.headers for name in _CUT):
                raise ServiceFailedError(f"the service {service.text} has cut its answer; ask it for less")
            return await self._read(response, service)
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response, service: Address) -> bytes:
        """Return the body of a response, up to the cap; what comes packed is unpacked no further than that."""
        too_large = ServiceFailedError(
            f"the service {service.text} answered with more than {self.largest} bytes; ask it for less"
        )
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip"):
            raise ServiceFailedError(f"the service {service.text} packed its answer as nobody asked it to")
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if coding == "gzip" else None
        body = bytearray()
        async for piece in response.aiter_raw():
            try:
                body += unpacking.decompress(piece, self.largest + 1 - len(body)) if unpacking else piece
            except zlib.error:
                raise ServiceFailedError(f"the service {service.text} packed its answer wrongly") from None
            if len(body) > self.largest:
                raise too_large
            if unpacking and unpacking.eof:
                break
        if unpacking and not unpacking.eof:
            raise ServiceFailedError(f"the service {service.text} broke off its answer")
        return bytes(body)
