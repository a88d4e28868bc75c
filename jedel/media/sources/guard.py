"""Where a camera's address may lead: into the camera networks and nowhere else.

A name is resolved once; every address that it has must lie in the networks, and we connect to the address
that was checked, never to the name again, so that a DNS that changes its mind leads nowhere.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from jedel.media.model import Fault, SourceFault

PORTS: Final = {"rtsp": 554, "srt": 9000, "http": 80, "https": 443}
RESOLVE_S: Final = 3.0
ADDRESSES_MAX: Final = 32
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""``lookup(host, port)``: its addresses as text. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an address says, before anything is looked up."""

    scheme: str
    host: str
    port: int


def read(url: str) -> Target:
    """Raises SourceFault: not an address of a camera, or one with tricks in it."""
    if len(url) > 2048 or any(ord(sign) < 33 or ord(sign) == 127 for sign in url) or "\\" in url:
        raise SourceFault(Fault.REFUSED_ADDRESS, "signs that no address has")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SourceFault(Fault.REFUSED_ADDRESS, "not an address") from None
    if parts.scheme not in PORTS:
        raise SourceFault(Fault.REFUSED_ADDRESS, "a scheme that no camera has")
    if not host or "@" in parts.netloc or "%" in host:
        raise SourceFault(Fault.REFUSED_ADDRESS, "credentials or signs in the host's place")
    return Target(parts.scheme, host, port or PORTS[parts.scheme])


def networks_of(texts: Sequence[str]) -> list[Network]:
    """Raises ValueError."""
    return [ipaddress.ip_network(text.strip(), strict=False) for text in texts if text.strip()]


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Never a multicast, unspecified or link-local address, whatever the networks say."""
    meant = plain(address)
    if meant.is_multicast or meant.is_unspecified or meant.is_link_local:
        return False
    return any(meant.version == network.version and meant in network for network in networks)


async def by_dns(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


async def resolve(url: str, networks: Sequence[str], lookup: Lookup = by_dns) -> tuple[str, int]:
    """The address and port to connect to for ``url``. Raises SourceFault: REFUSED_ADDRESS where any of the
    host's addresses lies outside ``networks`` (CIDR), UNREACHABLE where it has none.

    The resolver is asked also for what looks like an address: ``0x7f.1``, ``2130706433`` and ``0177.0.0.1``
    are addresses to it, and are judged by what it says.
    """
    target = read(url)
    try:
        known = networks_of(networks)
    except ValueError:
        raise SourceFault(Fault.REFUSED_ADDRESS, "the networks are not readable") from None
    try:
        async with asyncio.timeout(RESOLVE_S):
            texts = await lookup(target.host, target.port)
    except (OSError, TimeoutError, UnicodeError):
        raise SourceFault(Fault.UNREACHABLE, "its name is not known") from None
    try:
        addresses = [ipaddress.ip_address(text) for text in texts[:ADDRESSES_MAX]]
    except ValueError:
        raise SourceFault(Fault.REFUSED_ADDRESS, "an address with a zone") from None
    if not addresses:
        raise SourceFault(Fault.UNREACHABLE, "its name has no address")
    if not all(allowed(each, known) for each in addresses):
        raise SourceFault(Fault.REFUSED_ADDRESS, "outside the camera networks")
    return str(plain(addresses[0])), target.port
