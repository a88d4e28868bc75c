"""Looks at the cameras of one gateway, by turns, a keyframe each.

Invariants
1. A camera is looked at by the gateway that its streams lie on, and by no other; one whose gateway died is
   looked at by another as soon as `roster` runs there again.
2. A look costs one keyframe: of the stream that runs, else of one pulled up to it and let go. What comes to
   us by itself is looked at while it comes; that it does not come is a fault only where it ought to.
3. No look begins while a wall of cameras begins (an alarm's), for `GIVES_WAY_S` at most: pictures that
   somebody waits for come first.
4. What is believed is written, then said (NATS): a screen never knows more than the record.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from psycopg_pool import PoolTimeout

from jedel.access.seal import SealFault
from jedel.cameras.health import keyframe, repository
from jedel.cameras.health.keyframe import Keyframe, NoKeyframe, Undecodable
from jedel.cameras.health.ledger import Ledger
from jedel.cameras.health.model import NEW_VIEW, Change, Code, Look, Standing, State, judged
from jedel.cameras.health.picture import Measured, Memory, measure, packed, remember, unpacked
from jedel.cameras.health.repository import Camera, Written
from jedel.journal import Store
from jedel.kernel.tasks import heed_cancel
from jedel.media.model import Fault, StreamSpec
from jedel.media.sources import Source
from jedel.media.streams import Streams

log = structlog.get_logger()

EVERY_S: Final = (7.0, 10.0)
"""Looks at a camera lie so far apart, by chance: a picture that comes round in a loop is not met at the same
place each time."""
AT_ONCE: Final = 48
"""Looks under way; those at cameras that do not answer wait longest."""
GIVES_WAY_S: Final = 3.0
ROSTER_S: Final = 10.0
SLICE: Final = 500
OVERLAP: Final = timedelta(seconds=60)
STORAGE_S: Final = 30.0
STORAGE_SILENT: Final = timedelta(minutes=3)
CLOCK_S: Final = 600.0
"""A camera that does not say its clock with its first packets is listened to longer so often."""
MAY_TURN: Final = frozenset({"ptz", "mobile", "drone", "badge"})


class Specs(Protocol):
    """A `jedel.media.book.Book`."""

    async def spec(self, stream_id: str) -> StreamSpec | None: ...


@dataclass(slots=True)
class _Watched:
    camera: Camera
    due_s: float
    standing: Standing = field(default_factory=Standing)
    memory: Memory = field(default_factory=Memory)
    clock_error_s: float | None = None
    clock_at_s: float = float("-inf")
    recording: bool = False
    looking: bool = False


class Prober:
    """``mine``: whether a stream lies on this gateway; ``make``: a source for a spec; ``recording``: streams
    of which something is written now."""

    def __init__(
        self,
        store: Store,
        nats: Client | None,
        specs: Specs,
        streams: Streams,
        mine: Callable[[str], bool],
        make: Callable[[StreamSpec], Source | None],
        recording: Callable[[], Iterable[str]] = tuple,
        *,
        every_s: tuple[float, float] = EVERY_S,
    ) -> None:
        self._store, self._nats, self._specs, self._streams = store, nats, specs, streams
        self._mine, self._make, self._recording, self._every_s = mine, make, recording, every_s
        self._all: dict[UUID, Camera] = {}
        self._watched: dict[UUID, _Watched] = {}
        self._since: datetime | None = None
        self._short: set[UUID] = set()
        self._ledger = Ledger(store, nats)
        self._threads = ThreadPoolExecutor(1, "camera-health")
        self._room = asyncio.Semaphore(AT_ONCE)
        self._dice = SystemRandom()
        self.looks = 0
        self.broken = 0
        """Looks that ended in a way that nobody foresaw."""

    async def run(self) -> None:
        """Until cancelled."""
        if self._nats is not None:
            await self._nats.subscribe(NEW_VIEW, cb=self._new_view)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._again(self.roster, ROSTER_S))
                tasks.create_task(self._again(self._storage, STORAGE_S))
                tasks.create_task(self._again(self._ledger.flush, 1.0))
                tasks.create_task(self._turns(tasks))
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _again(self, what: Callable[[], Any], every_s: float) -> None:
        while True:
            try:
                await what()
            except (psycopg.Error, PoolTimeout, OSError, NatsError) as error:
                log.warning("health of cameras waits for the database", error=repr(error))
            heed_cancel()
            await asyncio.sleep(every_s)

    async def roster(self) -> None:
        """Which cameras are this gateway's now."""
        async with self._store.reading() as tx:
            found, gone = await repository.cameras(tx.conn, self._since and self._since - OVERLAP)
            self._since = tx.now
        self._all.update((camera.id, camera) for camera in found)
        for camera_id in gone:
            self._all.pop(camera_id, None)
        mine: dict[UUID, Camera] = {}
        for nth, camera in enumerate(list(self._all.values())):
            if self._mine(camera.stream):
                mine[camera.id] = camera
            if nth % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        for camera_id in self._watched.keys() - mine.keys():
            del self._watched[camera_id]
        new = [camera for camera in mine.values() if camera.id not in self._watched]
        for camera in mine.values():
            if camera.id in self._watched:
                self._watched[camera.id].camera = camera
        async with self._store.reading() as tx:
            known = await repository.known(tx.conn, [camera.id for camera in new])
        for camera in new:
            self._watched[camera.id] = self._begin(camera, known.get(camera.id))

    def _begin(self, camera: Camera, row: dict[str, Any] | None) -> _Watched:
        due = time.monotonic() + self._dice.uniform(0, self._every_s[0])
        watched = _Watched(camera, due)
        if row is not None:
            state = repository.NAMES[row["state"]]
            watched.standing = Standing(state, Code(row["code"]) if row["code"] else None)
            watched.memory.views = unpacked(row["views"] or b"")
            watched.recording = row["recording"]
            if watched.standing.code is Code.FROZEN:
                watched.memory.usual = 1.0  # it was seen to change once: an equal picture is frozen at once
        return watched

    async def _storage(self) -> None:
        async with self._store.reading() as tx:
            self._short = await repository.storage_short(tx.conn, tx.now, STORAGE_SILENT)

    async def _turns(self, tasks: asyncio.TaskGroup) -> None:
        turned_at = time.monotonic()
        while True:
            now = time.monotonic()
            if now - turned_at < GIVES_WAY_S and self._streams.bursting():
                await asyncio.sleep(0.1)
                continue
            turned_at = now
            due = [each for each in self._watched.values() if each.due_s <= now and not each.looking]
            due.sort(key=lambda each: each.due_s)
            for watched in due:
                await self._room.acquire()
                watched.looking = True
                tasks.create_task(self._look(watched))
            await asyncio.sleep(0.1)

    async def _look(self, watched: _Watched) -> None:
        try:
            if watched.camera.id in self._watched:  # it may have gone to another gateway meanwhile
                await self.look(watched.camera.id)
        except (psycopg.Error, PoolTimeout, OSError, SealFault) as error:
            log.warning("a camera could not be looked at", camera=str(watched.camera.id), error=repr(error))
        except Exception:
            # Supervised: whatever a camera sends, the gateway and the looks at all others go on.
            self.broken += 1
            log.exception("a look at a camera failed", camera=str(watched.camera.id))
        finally:
            watched.looking = False
            watched.due_s = time.monotonic() + self._dice.uniform(*self._every_s)
            self._room.release()

    async def look(self, camera_id: UUID) -> Code | None:
        """Look at one camera of ours now; what this look found."""
        watched = self._watched[camera_id]
        camera, measured, detail = watched.camera, None, ""
        try:
            found = await self._keyframe(watched)
            if found is None:
                if camera.pushed:
                    was = watched.standing.state
                    self._tell(watched, watched.standing.rest(self._store.clock.now()), was)
                return None
            measured, seen = await asyncio.get_running_loop().run_in_executor(
                self._threads, _measured, found, watched.memory
            )
        except (NoKeyframe, Undecodable) as error:
            detail, seen = str(error), {}
        code = judged(
            Look(
                seen=measured.seen if measured else None,
                fixed=camera.kind not in MAY_TURN,
                usual=watched.memory.usual,
                clock_error_s=watched.clock_error_s,
                storage_short=camera_id in self._short,
                still=watched.memory.still + 1,
            )
        )
        self.looks += 1
        if measured is None:
            watched.memory.small = None
            learned = False
        else:
            learned = remember(watched.memory, measured, well=code is None and watched.standing.sure)
        self._believe(watched, code, detail)
        if watched.standing.state is not State.UNKNOWN:
            self._ledger.looked(camera_id, seen, packed(watched.memory.views) if learned else None)
        return code

    def _believe(self, watched: _Watched, code: Code | None, detail: str) -> None:
        was = watched.standing.state
        self._tell(watched, watched.standing.look(code, detail, self._store.clock.now()), was)

    def _tell(self, watched: _Watched, change: Change | None, was: State) -> None:
        camera = watched.camera
        running = frozenset(self._recording())
        main = camera.stream.rpartition("/")[0] + "/main"
        recording = watched.standing.state is State.UP and bool(running & {camera.stream, main})
        if change is not None:
            written = Written(camera, change.state, change.code, change.detail, change.since, recording, was)
        elif recording != watched.recording and watched.standing.state is State.UP:
            written = Written(camera, State.UP, None, "", None, recording, was)
        else:
            return
        watched.recording = recording
        self._ledger.changed(written)

    async def _keyframe(self, watched: _Watched) -> Keyframe | None:
        """None: the camera is switched off, nobody knows it any longer, or it sends nothing and need not."""
        camera = watched.camera
        name = camera.stream
        running = self._streams.find(name)
        if camera.pushed and (running is None or running.hub.fault is not None or not running.hub.tracks):
            if camera.owes:
                raise NoKeyframe(Fault.NO_PUBLISHER)
            return None
        if running is not None and (running.hub.tracks or running.hub.fault):
            return await keyframe.of_running(running)
        spec = await self._specs.spec(name)
        if spec is None:
            return None
        listen = time.monotonic() - watched.clock_at_s >= CLOCK_S
        found = await keyframe.pulled(spec, self._make, clock=listen)
        if listen or found.clock_error_s is not None:
            watched.clock_error_s, watched.clock_at_s = found.clock_error_s, time.monotonic()
        return found

    async def _new_view(self, message: Msg) -> None:
        """Somebody says that what the camera shows is right."""
        text = message.data.decode(errors="replace")
        for camera_id, watched in self._watched.items():
            if str(camera_id) == text:
                watched.memory.views.clear()
                watched.due_s = 0.0


def _measured(found: Keyframe, memory: Memory) -> tuple[Measured, dict[str, Any]]:
    grey, width, height = keyframe.brightness(found)
    return measure(grey, memory), {"codec": found.track.codec, "width": width, "height": height}
