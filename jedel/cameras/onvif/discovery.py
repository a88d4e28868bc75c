"""Cameras that answer a call on their own network (WS-Discovery)."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onveef import wsdiscovery

from jedel.media.model import SourceFault
from jedel.media.sources import guard

LISTEN_S: Final = 3.0
FOUND_MAX: Final = 200
INTERFACES_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """``url``: where it may be asked; ``name``, ``hardware``: as it calls itself."""

    url: str
    name: str
    hardware: str


async def discover(networks: Sequence[str], seconds: float = LISTEN_S) -> list[Heard]:
    """Those that answer within ``seconds`` from within the camera networks; we call only on interfaces of
    ours that lie in them."""
    known = guard.networks_of(networks)
    ours = [
        address
        for address in wsdiscovery.local_ipv4_addresses()
        if guard.allowed(ipaddress.ip_address(address), known)
    ][:INTERFACES_MAX]
    if not ours:
        return []
    found = await wsdiscovery.discover_async(timeout_s=seconds, interface_ip=ours, ttl=1)
    return await answers(found[:FOUND_MAX], networks)


async def answers(found: Sequence[wsdiscovery.DiscoveredDevice], networks: Sequence[str]) -> list[Heard]:
    """What they say, as far as it may be believed: an address outside the networks is none."""
    heard: dict[str, Heard] = {}
    for device in found:
        for url in device.xaddrs[:4]:
            try:
                target = guard.read(url)
                ipaddress.ip_address(target.host)  # a name would have our resolver asked for anything
                await guard.resolve(url, networks)
            except (SourceFault, ValueError):
                continue
            if target.scheme in ("http", "https"):
                heard[url] = Heard(url, _text(device.name), _text(device.hardware))
                break
    return list(heard.values())


def _text(said: str) -> str:
    return "".join(sign for sign in said[:200] if sign.isprintable())
