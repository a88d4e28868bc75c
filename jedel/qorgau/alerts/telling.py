"""Which units are told of an alert, and which are not any longer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from jedel.journal import Tx
from jedel.kernel.geo import Point
from jedel.kernel.ids import derived_id
from jedel.places import Networks
from jedel.plates.cameras.model import Camera
from jedel.qorgau.alerts import repository
from jedel.qorgau.alerts.answers import record
from jedel.qorgau.alerts.model import LESSER, Alert, Said
from jedel.qorgau.alerts.patrols import PatrolPicture
from jedel.qorgau.alerts.repository import Told
from jedel.qorgau.alerts.views import View
from jedel.qorgau.approach import Approach, Meeting, Patrols
from jedel.units import repository as units

AT_IT: Final = frozenset({Said.SEEN, Said.CONFIRMED})
"""Answers of a unit that has the car before it: it stays told, whatever the roads say."""
Busy = dict[UUID, tuple[int, UUID]]
"""Units that are told of an open alert: its priority and id."""
KEEP: Final = 0.6
"""A unit that was told stays so unless another's chance is better by this share: no to and fro."""


class Teller:
    """Of one worker."""

    def __init__(self, networks: Networks, patrols: PatrolPicture) -> None:
        self._networks = networks
        self._patrols = patrols
        self._approaches: dict[str, Approach] = {}

    async def meetings(
        self, tx: Tx, alert: Alert, camera: Camera, heading: float | None
    ) -> tuple[list[Meeting], Busy]:
        """The one or two units that can meet the car best, one for lesser grounds, none that has an alert as
        grave; and who is told of what now."""
        patrols = await self._patrols.of(tx.conn, alert.region)
        busy = await repository.busy(tx.conn, alert.region)
        free = [
            nth
            for nth, unit_id in enumerate(patrols.ids)
            if (has := busy.get(unit_id)) is None or has[1] == alert.id or has[0] > alert.priority
        ]
        ready = Patrols([patrols.ids[nth] for nth in free], patrols.lonlat[free])
        approach = self._approaches.get(alert.region)
        if approach is None:
            approach = self._approaches[alert.region] = Approach(self._networks.of(alert.region))
        gone_s = (tx.now - alert.last_at).total_seconds()
        place = Point(camera.lon, camera.lat)
        found = approach.meet(place, heading, gone_s, ready, many=1 if alert.priority >= LESSER else 2)
        mine = {unit_id for unit_id, (_, alert_id) in busy.items() if alert_id == alert.id}
        kept = [nth for nth, unit_id in enumerate(ready.ids) if unit_id in mine]
        if kept and not mine & {meeting.unit_id for meeting in found}:
            told = Patrols([ready.ids[nth] for nth in kept], ready.lonlat[kept])
            again = approach.meet(place, heading, gone_s, told, many=1)
            if again and found and again[0].chance >= KEEP * found[0].chance:
                return again, busy
        return found, busy

    async def tell(self, tx: Tx, alert: Alert, met: Sequence[Meeting], busy: Busy, cause: UUID) -> list[UUID]:
        """Tell them; the units that are not told of it any longer. What a graver alert takes from another is
        recorded there."""
        now_told = (await repository.told(tx.conn, [alert.id]))[alert.id]
        chosen = {meeting.unit_id for meeting in met}
        stays = {unit.unit_id for unit in now_told if unit.answer in AT_IT}
        released = [unit.unit_id for unit in now_told if unit.unit_id not in chosen | stays]
        await repository.release(tx.conn, alert.id, released, tx.now)
        known = await units.by_ids(tx.conn, [meeting.unit_id for meeting in met])
        await self._take(tx, alert, [meeting.unit_id for meeting in met], busy, cause)
        for meeting in met:
            unit = known.get(meeting.unit_id)
            if unit is not None:
                await repository.tell(tx.conn, alert.id, _told(tx, meeting, unit.call_sign))
        return released

    async def _take(self, tx: Tx, alert: Alert, unit_ids: Sequence[UUID], busy: Busy, cause: UUID) -> None:
        """Take units from lesser alerts: their tablets show the graver one alone."""
        for unit_id in unit_ids:
            _, other_id = busy.get(unit_id, (0, alert.id))
            if other_id == alert.id:
                continue
            other = await repository.find(tx.conn, other_id, lock=True)
            if other is None or not other.open:
                continue
            await repository.release(tx.conn, other_id, [unit_id], tx.now)
            data: View = {"alert_id": other_id, "why": "graver", "for": alert.id}
            entry_id = derived_id(cause, f"qorgau.taken {other_id} {unit_id}")
            await record(tx, entry_id, "qorgau.alert_moved", other, "system:qorgau", data, [unit_id])


def _told(tx: Tx, meeting: Meeting, call_sign: str) -> Told:
    meet = {
        "lon": round(meeting.at.lon, 6),
        "lat": round(meeting.at.lat, 6),
        "label": meeting.label,
        "compass": meeting.compass,
        "street": meeting.street,
    }
    return Told(
        unit_id=meeting.unit_id,
        call_sign=call_sign,
        told_at=tx.now,
        meets_at=tx.now + timedelta(seconds=meeting.car_s),
        meet=meet,
        chance=meeting.chance,
        answer=None,
    )
