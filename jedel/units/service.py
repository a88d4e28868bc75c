"""What can be done with units. `take`, `advance` and `free` are dispatch's, inside its own transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from jedel.access import Principal
from jedel.journal import Entry, Store, Tx, View
from jedel.kernel.errors import Forbidden, NotFound, WrongRegion
from jedel.kernel.geo import Point
from jedel.units import model, repository
from jedel.units.errors import CallSignTaken, StatusNotPossible, StatusOutdated, UnitNotFree, UnitOnIncident
from jedel.units.hot import HotUnits
from jedel.units.model import Party, Refusal, Unit, UnitStatus
from jedel.units.roads import Roads
from jedel.units.schemas import ChangeShift, ChangeStatus, NewUnit, UnitView

POOL = 50
"""Units, nearest as the crow flies, for which the road time is asked."""


def view(unit: Unit) -> View:
    """The unit as entries and snapshots carry it."""
    return UnitView.of(unit).model_dump(mode="json")


async def collection(tx: Tx, region: str) -> list[View]:
    """All units of a region, for live snapshots."""
    return [view(unit) for unit in await repository.of_region(tx.conn, region)]


async def get(tx: Tx, unit_id: UUID, region: str | None = None) -> Unit:
    """A unit. Raises NotFound, and WrongRegion where `region` is given and is not the unit's."""
    return _own(await repository.find(tx.conn, unit_id), unit_id, region)


async def add(store: Store, who: Principal, body: NewUnit) -> Unit:
    """A new unit, off shift. Raises CallSignTaken."""
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await get(tx, body.id, who.region)
        unit = Unit(
            id=body.id,
            region=who.region,
            call_sign=body.call_sign,
            kind=body.kind,
            vehicle=body.vehicle,
            crew=tuple(body.crew),
            skills=tuple(body.skills),
            district=body.district,
            status=UnitStatus.OFF_SHIFT,
            since=tx.now,
            silent=False,
            shift_started_at=None,
            incident_id=None,
        )
        if not await repository.insert(tx.conn, unit, tx.now):
            raise CallSignTaken(call_sign=body.call_sign)
        _record(tx, body.id, "units.added", unit, who.actor, {"call_sign": unit.call_sign})
    return unit


async def change_status(store: Store, who: Principal, unit_id: UUID, body: ChangeStatus) -> Unit:
    """A step that people make. Raises StatusNotPossible, UnitOnIncident, StatusOutdated, Forbidden."""
    async with store.transaction() as tx:
        party = _party(who, unit_id)
        done = await tx.recorded(body.id)
        before = await _lock(tx, unit_id, who.region)
        if done:
            return before
        unit = _step(before, body.status, party, _moment(tx, before, body.at))
        await repository.save(tx.conn, unit)
        data = {"from": before.status, "to": unit.status, "by": party, "since": unit.since}
        _record(tx, body.id, "units.status_changed", unit, who.actor, data)
    return unit


async def change_shift(store: Store, who: Principal, unit_id: UUID, body: ChangeShift) -> Unit:
    """Begin or end a shift, or name its crew; nothing happens where all that is so already."""
    async with store.transaction() as tx:
        party = _party(who, unit_id)
        done = await tx.recorded(body.id)
        before = await _lock(tx, unit_id, who.region)
        if done:
            return before
        unit, kind = before, "units.crew_changed"
        if body.on != (before.status is not UnitStatus.OFF_SHIFT):
            to = UnitStatus.AVAILABLE if body.on else UnitStatus.OFF_SHIFT
            unit = _step(before, to, party, _moment(tx, before, None))
            kind = "units.shift_started" if body.on else "units.shift_ended"
        if body.crew is not None:
            unit = replace(unit, crew=tuple(body.crew))
        if unit != before:
            await repository.save(tx.conn, unit)
            _record(tx, body.id, kind, unit, who.actor, {"crew": list(unit.crew)})
    return unit


async def take(tx: Tx, unit_id: UUID, incident_id: UUID, region: str | None = None) -> View:
    """Give the unit an incident; its new view, for the caller's entry.

    Raises UnitNotFree, NotFound, and WrongRegion where `region` is given and is not the unit's. A silent
    unit may be taken: the duty officer may have it on the radio. It is never proposed.
    """
    before = await _lock(tx, unit_id, region)
    at = _moment(tx, before, None)
    if model.refusal(before, UnitStatus.ASSIGNED, Party.DISPATCH, at) is not None:
        raise UnitNotFree(call_sign=before.call_sign, now=before.status)
    return await _save(tx, model.moved(before, UnitStatus.ASSIGNED, at, incident_id))


async def advance(tx: Tx, unit_id: UUID, status: UnitStatus) -> View:
    """Move a unit on its incident: en route, on scene. Raises StatusNotPossible, NotFound."""
    before = await _lock(tx, unit_id, None)
    return await _save(tx, _step(before, status, Party.DISPATCH, _moment(tx, before, None)))


async def free(tx: Tx, unit_id: UUID) -> View:
    """Take the incident from a unit: available again. Raises StatusNotPossible, NotFound."""
    before = await _lock(tx, unit_id, None)
    if before.status not in model.ON_INCIDENT:
        raise StatusNotPossible(call_sign=before.call_sign, now=before.status, wanted=UnitStatus.AVAILABLE)
    return await _save(tx, model.moved(before, UnitStatus.AVAILABLE, _moment(tx, before, None)))


@dataclass(frozen=True, slots=True)
class NearUnit:
    """A unit and its way to a place; by straight line where `estimated`."""

    unit: Unit
    point: Point
    seconds: float
    metres: float
    estimated: bool


async def nearest(
    tx: Tx, hot: HotUnits, roads: Roads, region: str, point: Point, k: int, pool: int = POOL
) -> list[NearUnit]:
    """The up to `k` units that may go and are there soonest, in that order.

    Road times are asked for the `pool` nearest as the crow flies. A unit that was never located cannot be
    near anything and is left out.
    """
    mask = hot.mask(await repository.may_go(tx.conn, region))
    near = hot.nearest(point, pool, mask)
    units = await repository.by_ids(tx.conn, hot.ids(near.places))
    if not units:
        return []
    ids, points = hot.ids(near.places), hot.points(near.places)
    travel = roads.travel_times(points, point)
    rows = zip(ids, points.tolist(), travel.seconds, travel.metres, travel.guessed, strict=True)
    found = [
        NearUnit(units[unit_id], Point(*place), float(seconds), float(metres), bool(guessed))
        for unit_id, place, seconds, metres, guessed in rows
    ]
    return sorted(found, key=lambda near: (near.seconds, near.unit.call_sign))[:k]


def _own(unit: Unit | None, unit_id: UUID, region: str | None) -> Unit:
    if unit is None:
        raise NotFound(what="unit", id=unit_id)
    if region is not None and unit.region != region:
        raise WrongRegion(what="unit", id=unit_id)
    return unit


async def _lock(tx: Tx, unit_id: UUID, region: str | None) -> Unit:
    return _own(await repository.lock(tx.conn, unit_id), unit_id, region)


def _party(who: Principal, unit_id: UUID) -> Party:
    if who.kind == "account":
        return Party.DESK
    if who.unit_id != unit_id:
        raise Forbidden
    return Party.CREW


def _moment(tx: Tx, unit: Unit, pressed_at: datetime | None) -> datetime:
    """When the step counts as made: never in the future, and never before the last one by our own clock."""
    now = max(tx.now, unit.since)  # a clock that was set back must not stop the work
    return now if pressed_at is None else min(pressed_at, now)


def _step(unit: Unit, to: UnitStatus, party: Party, at: datetime) -> Unit:
    params = {"call_sign": unit.call_sign, "now": unit.status, "wanted": to}
    match model.refusal(unit, to, party, at):
        case Refusal.NO_SUCH_STEP:
            raise StatusNotPossible(**params)
        case Refusal.NOT_YOURS:
            raise UnitOnIncident(**params)
        case Refusal.OUTDATED:
            raise StatusOutdated(**params)
    return model.moved(unit, to, at)


async def _save(tx: Tx, unit: Unit) -> View:
    await repository.save(tx.conn, unit)
    return view(unit)


def _record(tx: Tx, command: UUID, kind: str, unit: Unit, actor: str, data: dict[str, object]) -> None:
    tx.record(Entry(command, unit.region, kind, unit.id, actor, data, {"units": [view(unit)]}))
