"""What the journal says of alarms and incidents becomes open cameras, and closed ones.

Streams are warmed at the press itself, before there is an incident: the picture is to be there when the
first screen asks. Warming lets nobody see anything. Gateways are spoken to beside the transaction, which
holds locks that the next press needs. Who looks when the incident ends is let go by the gateways themselves,
which judge everybody again (jedel.cameras.rights.judging).
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from jedel.alarms import repository as alarms
from jedel.alarms.model import Alarm, AlarmState
from jedel.cameras.openings import repository, service
from jedel.cameras.openings.model import Part, comes_up, on_the_wall
from jedel.cameras.openings.service import WARM_S, Pictures
from jedel.dispatch import repository as incidents
from jedel.dispatch.model import Incident, State
from jedel.journal import Recorded, Tx
from jedel.kernel.errors import Problem
from jedel.kernel.ids import derived_id

log = structlog.get_logger()


class Openings:
    """Opens and closes. ``pictures``: the gateways, where this process reaches them."""

    name = "cameras.openings"
    kinds = frozenset(
        {
            *("alarms.raised", "alarms.level_raised"),
            *("dispatch.incident_opened", "dispatch.alarm_linked", "dispatch.joined", "dispatch.closed"),
        }
    )

    def __init__(self, pictures: Pictures | None = None) -> None:
        self._pictures = pictures
        self._beside: set[asyncio.Task[None]] = set()
        self._steps: dict[str, Callable[[Tx, Recorded], Awaitable[None]]] = {
            "alarms.raised": self._pressed,
            "alarms.level_raised": self._level_raised,
            "dispatch.incident_opened": self._by_alarm,
            "dispatch.alarm_linked": self._by_alarm,
            "dispatch.joined": self._joined,
            "dispatch.closed": self._closed,
        }

    async def react(self, tx: Tx, entry: Recorded) -> None:
        await self._steps[entry.kind](tx, entry)

    async def _pressed(self, tx: Tx, entry: Recorded) -> None:
        alarm = await alarms.alarm(tx.conn, entry.subject)
        if alarm is None or alarm.site is None or alarm.state is AlarmState.CLOSED:
            return
        spot = await repository.button(tx.conn, alarm.device_id)
        cameras = await service.chosen(tx, alarm.region, dict(alarm.site), spot)
        if not comes_up(alarm.device_kind, {part for _, part in cameras}):
            return
        inside = [row["id"] for row, part in cameras if part is Part.SITE]
        outside = [row["id"] for row, part in cameras if part is Part.STREET]
        streams = {row["id"]: row["stream"] for row, _ in cameras}
        for camera_id in on_the_wall(inside, outside):
            self._warm(f"camera/{camera_id}/{streams[camera_id]}")

    def _warm(self, stream: str) -> None:
        if self._pictures is None:
            return

        async def told(pictures: Pictures) -> None:
            try:
                await pictures.want(stream, WARM_S)
            except Problem as problem:  # no gateway: the cameras are opened all the same
                log.warning("a gateway was not told", code=problem.code)

        task = asyncio.create_task(told(self._pictures))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _level_raised(self, tx: Tx, entry: Recorded) -> None:
        await incidents.lock(tx.conn, entry.region)
        incident = await incidents.of_alarm(tx.conn, entry.subject)
        alarm = await alarms.alarm(tx.conn, entry.subject)
        if incident is not None and alarm is not None and incident.state is not State.CLOSED:
            await service.raise_for_alarm(tx, derived_id(entry.id, "cameras.raised"), incident, alarm)

    async def _by_alarm(self, tx: Tx, entry: Recorded) -> None:
        """An incident that a person opened says ``by: hand`` and no alarm: it opens nothing."""
        told = entry.data.get("alarm_id")
        if told is None or not entry.actor.startswith("system:"):
            return
        await incidents.lock(tx.conn, entry.region)
        incident = await incidents.find(tx.conn, entry.subject)
        alarm = await alarms.alarm(tx.conn, UUID(str(told)))
        await self._open(tx, entry, incident, alarm)

    async def _open(self, tx: Tx, entry: Recorded, incident: Incident | None, alarm: Alarm | None) -> None:
        if incident is None or alarm is None or incident.state is State.CLOSED:
            return
        if alarm.state is AlarmState.CLOSED or alarm.id not in incident.alarm_ids:
            return
        cause = derived_id(entry.id, f"cameras.opened.{alarm.id}")
        await service.open_for_alarm(tx, cause, incident, alarm)

    async def _joined(self, tx: Tx, entry: Recorded) -> None:
        """The incident that ended gives its alarms to the other, and what they opened with them."""
        if str(entry.data.get("joined")) != str(entry.subject):
            return
        await incidents.lock(tx.conn, entry.region)
        await service.close_all(tx, entry.id, entry.subject, entry.actor, "joined")
        into = await incidents.find(tx.conn, UUID(str(entry.data["into"])))
        told = entry.data.get("alarms")
        for alarm_id in told if isinstance(told, list) else ():
            await self._open(tx, entry, into, await alarms.alarm(tx.conn, UUID(str(alarm_id))))

    async def _closed(self, tx: Tx, entry: Recorded) -> None:
        await incidents.lock(tx.conn, entry.region)
        await service.close_all(tx, entry.id, entry.subject, entry.actor, "incident_closed")
