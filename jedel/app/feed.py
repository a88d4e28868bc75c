"""One region's live feed in one web process: the tail of its journal, and who listens to it.

Invariants
1. Events leave in the order of the journal without a gap; what NATS did not bring is read from PostgreSQL.
2. A listener is given every event after its snapshot exactly once, or it is cut off and must take a new one.
3. Nobody waits for a slow listener: each has a bounded queue of its own.
"""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from jedel.access import Principal
from jedel.access.devices import DEVICE_BLOCKED, DEVICE_CODE_RENEWED
from jedel.access.standing import SESSION_ENDED
from jedel.app.frames import Wire, frame_of
from jedel.app.json import dumps
from jedel.journal import Collection, Recorded, Store, snapshot
from jedel.journal import repository as journal
from jedel.kernel.limits import FEED_QUEUE_MAX, FEED_TAIL_MAX

FILL_BATCH = 500

PRIVATE = re.compile(r'"kind":"(?:access|registers|lookups|journal)[.]')
"""Who signed in, who looked whom up: for the auditor, not for every screen of the region."""
HEAD_MAX = 400
CUT_OFF_BY = frozenset({DEVICE_BLOCKED, DEVICE_CODE_RENEWED, SESSION_ENDED})


@dataclass(slots=True)
class Event:
    """One journal entry on its way to screens; parsed only if somebody asks whom it concerns."""

    seq: int
    text: str
    _units: frozenset[str] | None = field(default=None)
    _left: frozenset[str] = frozenset()

    def units(self) -> frozenset[str]:
        """Ids of the units that the event changed, that are assigned to an incident or told of an alert that
        it changed, or that are not told any longer."""
        if self._units is None:
            said = orjson.loads(self.text)
            changed = said["changed"]
            ids = {unit["id"] for unit in changed.get("units", ())}
            for incident in changed.get("incidents", ()):
                ids |= {assignment["unit_id"] for assignment in incident.get("assignments", ())}
            if "alerts" in changed:
                told = {unit["unit_id"] for alert in changed["alerts"] for unit in alert["units"]}
                self._left = frozenset(said["data"].get("released", ())) - told
                ids |= told | self._left
            self._units = frozenset(ids)
        return self._units

    def text_for(self, unit_id: str) -> str:
        """The event for one of its `units`: one that is not told of the alert any longer hears that it is
        gone, and not where the car is now nor who was told instead."""
        if unit_id not in self.units() or unit_id not in self._left:
            return self.text
        said = orjson.loads(self.text)
        gone = {"alerts": [alert["id"] for alert in said["changed"]["alerts"]]}
        return dumps(said | {"actor": "", "data": {}, "changed": {}, "gone": gone}).decode()

    def cut_off(self) -> str | None:
        """The id of the device or session that may not listen any longer because of this event."""
        if not self.private():
            return None
        entry = orjson.loads(self.text)
        return str(entry["subject"]) if entry["kind"] in CUT_OFF_BY else None

    def private(self) -> bool:
        """Whether screens may know only that there was something, so that their numbers have no gap."""
        return PRIVATE.search(self.text, 0, HEAD_MAX) is not None

    def bare(self) -> str:
        """The event without what it says."""
        return f'{{"type":"event","seq":{self.seq},"kind":"","data":{{}},"changed":{{}},"gone":{{}}}}'


class Listener:
    """A screen's end of the feed: messages wait here until its socket takes them.

    Once it has a ``wire``, and the queue is empty, they go straight to the connection.
    """

    def __init__(self, after: int, unit_id: UUID | None = None, holder: Principal | None = None) -> None:
        self.after = after
        self.holder = {str(holder.id), str(holder.session_id)} if holder else set()
        self.ended = False
        self.unit_id = str(unit_id) if unit_id else None
        self.queue: asyncio.Queue[str | None] = asyncio.Queue(FEED_QUEUE_MAX)
        self.cut_off = False
        self.wire: Wire | None = None

    def end(self) -> None:
        """Whoever sits at this end may not listen any longer."""
        self.ended = True
        self._cut_off()

    def offer(self, event: Event) -> None:
        """Take an event; a listener that is too far behind is cut off instead."""
        if event.seq <= self.after or (self.unit_id is not None and self.unit_id not in event.units()):
            return
        self.after = event.seq
        self._put(event.text if self.unit_id is None else event.text_for(self.unit_id))

    def whisper(self, text: str) -> None:
        """Take a message that the next one replaces (positions): left out when the listener is behind."""
        behind = self.wire.behind() if self.wire else self.queue.qsize() >= FEED_QUEUE_MAX // 4
        if self.unit_id is None and not behind:
            self._put(text)

    def _put(self, text: str) -> None:
        if self.cut_off:
            return
        if self.wire is not None:
            if not self.wire.put(frame_of(text)):
                self._cut_off()
            return
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self._cut_off()

    def pass_on(self, wire: Wire) -> None:
        """Give all that waits to the wire, and everything after it: nothing awaits, so the order stays."""
        while not self.cut_off and not self.queue.empty():
            text = self.queue.get_nowait()
            assert text is not None
            if not wire.put(frame_of(text)):
                self._cut_off()
        self.wire = wire

    def _cut_off(self) -> None:
        self.cut_off = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class RegionFeed:
    """The events of one region as they happen."""

    def __init__(self, store: Store, collections: Mapping[str, Collection], region: str) -> None:
        self.store = store
        self.collections = collections
        self.region = region
        self.seq = -1
        self.tail: deque[Event] = deque(maxlen=FEED_TAIL_MAX)
        self.listeners: set[Listener] = set()
        self._filling = asyncio.Lock()
        self._snapshot: tuple[int, dict[str, Any]] | None = None
        self._snapshotting = asyncio.Lock()

    def heard(self, seq: int, raw: bytes) -> bool:
        """An event from NATS; False where it does not follow the last one and ``fill`` is needed."""
        if seq <= self.seq:
            return True
        if seq != self.seq + 1 or self._filling.locked():
            return False
        self._publish(Event(seq, raw.decode()))
        return True

    def _publish(self, event: Event) -> None:
        out = event.cut_off()
        if event.private():
            event = Event(event.seq, event.bare())
        self.seq = event.seq
        self.tail.append(event)
        for listener in self.listeners:
            if out is not None and out in listener.holder:
                listener.end()
            else:
                listener.offer(event)

    async def fill(self) -> None:
        """Read from the journal what is missing up to its head."""
        async with self._filling:
            if self.seq < 0:
                async with self.store.reading() as tx:
                    self.seq = await journal.head(tx.conn, self.region)
                return
            while entries := await self._after(self.seq):
                for entry in entries:
                    self._publish(Event(entry.seq, entry.event().decode()))

    async def _after(self, seq: int) -> list[Recorded]:
        async with self.store.reading() as tx:
            return await journal.after(tx.conn, self.region, seq, FILL_BATCH)

    async def join(self, listener: Listener, last: int | None) -> str | None:
        """Add a listener that knows everything up to ``last``; the snapshot it must begin with, if any."""
        if self.seq < 0:
            await self.fill()
        if last is not None and self._kept(last):
            listener.after = last
            text = None
        else:
            seq, state = await self._state()
            listener.after = seq
            text = self._unit_message(listener, state) if listener.unit_id else self._message(seq, state)
        # From here to the end nothing awaits: no event can come between the tail and the listening.
        for event in self.tail:
            listener.offer(event)
        self.listeners.add(listener)
        return text

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    def _kept(self, last: int) -> bool:
        """Whether everything after ``last`` is in the tail and fits a listener's queue with room left."""
        return 0 <= self.seq - last <= min(len(self.tail), FEED_QUEUE_MAX // 4)

    async def _state(self) -> tuple[int, dict[str, Any]]:
        """A snapshot that the tail continues without a gap; a fresh one serves all who wait for it."""
        async with self._snapshotting:
            kept = self._snapshot
            if kept is None or not self._kept(kept[0]):
                fresh = await snapshot(self.store, self.collections, self.region)
                kept = self._snapshot = (fresh.seq, dict(fresh.collections))
        if self.seq < kept[0]:
            await self.fill()
        return kept

    def _message(self, seq: int, state: dict[str, Any]) -> str:
        return dumps(self._head(seq) | {"collections": state}).decode()

    def _unit_message(self, listener: Listener, state: dict[str, Any]) -> str:
        """What concerns one unit, the tail's events laid over it: no crew is shown a moment of the past."""
        units = {str(unit["id"]): unit for unit in state["units"] if str(unit["id"]) == listener.unit_id}
        incidents = {str(incident["id"]): incident for incident in state["incidents"]}
        alerts = {alert["id"]: alert for alert in state.get("alerts", ())}
        for event in self.tail:
            if event.seq <= listener.after or listener.unit_id not in event.units():
                continue
            said = orjson.loads(event.text)
            units |= {each["id"]: each for each in said["changed"].get("units", ())}
            incidents |= {each["id"]: each for each in said["changed"].get("incidents", ())}
            alerts |= {each["id"]: each for each in said["changed"].get("alerts", ())}
            for gone in said["gone"].get("incidents", ()):
                incidents.pop(gone, None)
            for gone in said["gone"].get("alerts", ()):
                alerts.pop(gone, None)
        mine = [
            incident
            for incident in incidents.values()
            if any(
                str(assignment["unit_id"]) == listener.unit_id and assignment["status"] != "released"
                for assignment in incident["assignments"]
            )
        ]
        told_of = [
            alert
            for alert in alerts.values()
            if any(unit["unit_id"] == listener.unit_id for unit in alert["units"])
        ]
        listener.after = max(listener.after, self.seq)
        told = {"unit": units.get(listener.unit_id or ""), "incidents": mine, "alerts": told_of}
        return dumps(self._head(listener.after) | told).decode()

    def _head(self, seq: int) -> dict[str, Any]:
        return {"type": "snapshot", "region": self.region, "seq": seq}
