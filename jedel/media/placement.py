"""Which gateway has a stream: the one that already runs it, else the one that the camera's id falls to.

Invariant: all streams of one owner (``camera/<uuid>``) lie on one gateway, so that its main and its sub
stream are pulled by the same process. Where two gateways run the same owner (each was alone for a moment),
both see it in each other's words, and the one that `Live.owner` does not name lets go.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.media.control import HERE

SAID_EVERY_S: Final = 0.5
GONE_AFTER_S: Final = 2.0
GATEWAYS_MAX: Final = 256
OWNERS_MAX: Final = 2000
"""Owners of streams that one gateway may name as running."""
BYTES_MAX: Final = 512 * 1024


def owner_of(stream: str) -> str:
    """``camera/<uuid>/main#masked`` → ``camera/<uuid>``."""
    return "/".join(stream.split("#", 1)[0].split("/")[:2])


@dataclass(frozen=True, slots=True)
class Here:
    """What a gateway says of itself.

    ``id``: of this process, ``name``: of its place (machine and number; a process that replaces another keeps
    it). ``internal``: host:port of the bytes for web processes. ``running``: owners whose streams it runs.
    """

    id: str
    name: str
    internal: str
    addresses: tuple[str, ...] = ()
    running: frozenset[str] = frozenset()
    streams: int = 0
    viewers: int = 0
    at_us: int = 0
    leaving: bool = False

    def said(self) -> bytes:
        """For the wire."""
        return orjson.dumps(
            {
                "id": self.id,
                "name": self.name,
                "internal": self.internal,
                "addresses": list(self.addresses),
                "running": sorted(self.running)[:OWNERS_MAX],
                "streams": self.streams,
                "viewers": self.viewers,
                "at_us": self.at_us,
                "leaving": self.leaving,
            }
        )


def heard(raw: bytes) -> Here | None:
    """A gateway's words; None where they are none."""
    if len(raw) > BYTES_MAX:
        return None
    try:
        said: Mapping[str, Any] = orjson.loads(raw)
        return Here(
            id=str(said["id"]),
            name=str(said["name"]),
            internal=str(said["internal"]),
            addresses=tuple(map(str, said["addresses"])),
            running=frozenset(map(str, said["running"][:OWNERS_MAX])),
            streams=int(said["streams"]),
            viewers=int(said["viewers"]),
            at_us=int(said["at_us"]),
            leaving=bool(said["leaving"]),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def ranked(names: Iterable[str], owner: str) -> list[str]:
    """Rendezvous hashing: all names, the one that the owner falls to first. A name that comes or goes moves
    only what falls to it."""
    return sorted(names, key=lambda name: _weight(name, owner), reverse=True)


@lru_cache(maxsize=1 << 17)
def _weight(name: str, owner: str) -> bytes:
    return hashlib.blake2b(f"{name}\0{owner}".encode(), digest_size=8).digest()


@dataclass
class Live:
    """The gateways that are alive; ``now`` is any clock that only rises, in seconds."""

    now: Callable[[], float] = time.monotonic
    _here: dict[str, tuple[Here, float]] = field(default_factory=dict)

    def take(self, here: Here) -> None:
        """A gateway said that it is there, or that it is leaving."""
        if here.leaving:
            self._here.pop(here.id, None)
        elif here.id in self._here or len(self._here) < GATEWAYS_MAX:
            self._here[here.id] = here, self.now()

    def forget(self, gateway: str) -> None:
        """It does not answer: until it speaks again it is not there."""
        self._here.pop(gateway, None)

    def all(self) -> list[Here]:
        """Those that spoke within `GONE_AFTER_S`."""
        limit = self.now() - GONE_AFTER_S
        for gone in [each for each, (_, at) in self._here.items() if at < limit]:
            del self._here[gone]
        return [here for here, _ in self._here.values()]

    def heard_at(self, gateway: str) -> float:
        """When it last spoke, by ``now``."""
        found = self._here.get(gateway)
        return found[1] if found is not None else float("-inf")

    def find(self, gateway: str) -> Here | None:
        """A living gateway by its id."""
        return next((here for here in self.all() if here.id == gateway), None)

    def order(self, stream: str) -> list[Here]:
        """Whom to ask for a stream, the best first."""
        owner, alive = owner_of(stream), self.all()
        by_name: dict[str, list[Here]] = {}
        for here in alive:
            by_name.setdefault(here.name, []).append(here)
        falls = [here for name in ranked(by_name, owner) for here in by_name[name]]
        return sorted(falls, key=lambda here: owner not in here.running)  # stable: the rank stays within

    def owner(self, stream: str) -> Here | None:
        """Who has the stream, or should."""
        return next(iter(self.order(stream)), None)


async def follow(nats: Client, live: Live, heard_one: Callable[[], None]) -> None:
    """Hear from now on who is alive."""

    async def hear(message: Msg) -> None:
        here = heard(message.data)
        if here is not None:
            live.take(here)
            heard_one()

    await nats.subscribe(HERE, cb=hear)
