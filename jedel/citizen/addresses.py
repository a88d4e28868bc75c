"""Whose question it is, as far as the network tells. Pure.

An address is believed from ``X-Forwarded-For`` only as far as trusted proxies wrote it: from the right, up to
the first address that is none of them. Whatever a caller writes there himself stands further left.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

NOBODY = b"nobody"
"""Callers without an address (a socket file) share one."""

HOPS_MAX = 16
"""More proxies than that are not followed."""


def networks(text: str) -> tuple[Network, ...]:
    """Networks or single addresses, with commas between them.

    Raises:
        ValueError: one of them is neither.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_key(peer: str | None, forwarded: Sequence[str], trusted: tuple[Network, ...]) -> bytes:
    """Four bytes of an IPv4 address, or the eight of an IPv6 network (one household has 2^64 addresses).

    Args:
        peer: at the other end of the connection.
        forwarded: the headers ``X-Forwarded-For``, as they came.
    """
    if peer is None:
        return NOBODY
    if forwarded and trusted and _trusted(peer, trusted):
        hops = [hop.strip() for header in forwarded for hop in header.split(",")]
        for hop in reversed(hops[-HOPS_MAX:]):
            if _key(hop) is None:
                break
            peer = hop
            if not _trusted(hop, trusted):
                break
    return _key(peer) or NOBODY


@lru_cache(maxsize=4096)
def _trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in trusted if network.version == found.version)


@lru_cache(maxsize=4096)
def _key(address: str) -> bytes | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped.packed if found.ipv4_mapped else found.packed[:8]
    return found.packed
