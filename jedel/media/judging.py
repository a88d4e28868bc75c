"""Whoever has a picture or sends one is judged again every `CHECK_EVERY_S`, and as soon as the journal says
what may have ended a right.

Invariants
1. A right is judged by the room that gave it, for all who hold one at once; the gateway knows no rights.
2. Who may no longer is let go within `CHECK_EVERY_S` and the time of one look; why stands in the journal.
3. While nothing can be judged (PostgreSQL is away) what runs goes on, and nobody new is let in: who asks is
   judged before he comes here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import orjson
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from psycopg_pool import PoolTimeout

from jedel.kernel.tasks import heed_cancel
from jedel.media import metrics
from jedel.media.control import Grant
from jedel.media.gateway import Gateway, Viewer
from jedel.media.model import Mask

log = structlog.get_logger()

CHECK_EVERY_S: Final = 2.0
NOT_OFTENER_S: Final = 0.1
ENTRIES: Final = "jedel.journal.*"
UNSAID_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has open. ``viewer``: its id; ``kind``: webrtc, mse, rtsp, publisher or another's name;
    ``masks``: that the stream is known to have; ``action``: what he does."""

    viewer: str
    kind: str
    stream: str
    grant: Grant
    masks: tuple[Mask, ...] = ()
    action: str = "live"


@dataclass(frozen=True, slots=True)
class Ended:
    """Whose picture ended, and why (a code)."""

    held: Held
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ended``: why, by the viewers who may no longer; ``changed``: streams that are others by now."""

    ended: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


class Judge(Protocol):
    """Rooms that give rights. ``wakes``: kinds of the journal's entries after which they may judge
    otherwise."""

    @property
    def wakes(self) -> frozenset[str]: ...

    async def judge(self, held: Sequence[Held]) -> Verdict:
        """Of all that is held, also what it knows nothing of."""
        ...

    async def write_down(self, ended: Sequence[Ended]) -> None:
        """In the journal. The same again changes nothing."""
        ...


class Checking:
    """Of one gateway."""

    def __init__(self, gateway: Gateway, judges: Sequence[Judge], nats: Client | None = None) -> None:
        self._gateway, self._judges, self._nats = gateway, tuple(judges), nats
        self._wakes = frozenset(kind for judge in judges for kind in judge.wakes)
        self._woken = asyncio.Event()
        self._unsaid: list[Ended] = []

    async def run(self) -> None:
        """Until cancelled."""
        if self._nats is not None:
            await self._nats.subscribe(ENTRIES, cb=self._hear)
        while True:
            try:
                await self.check()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("rights not judged; what runs goes on", error=repr(error))
            heed_cancel()
            await asyncio.sleep(NOT_OFTENER_S)
            try:
                async with asyncio.timeout(CHECK_EVERY_S - NOT_OFTENER_S):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def check(self) -> None:
        """Look at everybody once."""
        held = {viewer.id: held_of(viewer) for viewer in self._gateway.viewers.values()}
        changed: set[str] = set()
        if held:
            for judge in self._judges:
                verdict = await judge.judge(list(held.values()))
                changed |= verdict.changed
                for viewer, why in verdict.ended.items():
                    self._end(held[viewer], why)
        for stream in changed:
            await self._gateway.streams.changed(stream)
        await self._say()

    def _end(self, held: Held, why: str) -> None:
        if not self._gateway.end(held.viewer, why):
            return
        log.info("may look no longer", who=held.grant.who, stream=held.stream, by=held.kind, why=why)
        metrics.RIGHTS_ENDED.labels(why).inc()
        self._unsaid = [*self._unsaid, Ended(held, why)][-UNSAID_MAX:]

    async def _say(self) -> None:
        """What could not be said is said at the next look."""
        if self._unsaid:
            said = list(self._unsaid)
            for judge in self._judges:
                await judge.write_down(said)
            self._unsaid = [each for each in self._unsaid if each not in said]

    async def _hear(self, message: Msg) -> None:
        if not self._gateway.viewers:
            return
        try:
            entry = orjson.loads(message.data)
        except orjson.JSONDecodeError:
            return
        if isinstance(entry, dict) and entry.get("kind") in self._wakes:
            self._woken.set()


def held_of(viewer: Viewer) -> Held:
    """What a gateway's viewer has open."""
    spec = viewer.stream.spec
    return Held(viewer.id, viewer.kind, spec.id, viewer.grant, spec.masks)
