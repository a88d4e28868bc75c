"""What people and tablets do to incidents. Every command may be sent again: the second time changes nothing.

Locks are taken in one order: the command's id, the region's incidents, units, alarms, the region's journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from jedel.access import Principal
from jedel.alarms import service as alarms
from jedel.alarms.errors import AlarmNotOpen
from jedel.dispatch import errors, repository, rights
from jedel.dispatch.day import local_day
from jedel.dispatch.model import Assignment, Caller, Incident, Step, Times, Way
from jedel.dispatch.proposals import Likeness, classes, propose
from jedel.dispatch.rights import Action
from jedel.dispatch.schemas import (
    AssignUnit,
    CloseIncident,
    JoinIncident,
    Note,
    OpenIncident,
    Progress,
    ReleaseUnit,
    SetPriority,
    incident_view,
)
from jedel.journal import Entry, Store, Tx, View
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.geo import Point
from jedel.kernel.ids import derived_id
from jedel.units import service as units
from jedel.units.model import UnitStatus

RECEIVED_PAST_MAX = timedelta(hours=12)
RECEIVED_FUTURE_MAX = timedelta(seconds=5)


@dataclass
class Changes:
    """What a command touched, for its journal entry."""

    incidents: list[UUID] = field(default_factory=list)
    units: dict[str, View] = field(default_factory=dict)
    alarms: list[View] = field(default_factory=list)
    alarms_gone: list[str] = field(default_factory=list)

    def unit(self, view: View) -> None:
        """The last view of a unit counts."""
        self.units[str(view["id"])] = view


def view_of(incident: Incident, likely: Iterable[Likeness] = ()) -> View:
    return incident_view(incident, list(likely)).model_dump(mode="json", by_alias=True)


async def views(tx: Tx, incidents: Iterable[Incident]) -> list[View]:
    """The views of incidents as they stand in this transaction, proposals included."""
    listed = list(incidents)
    return _views(listed, await repository.likenesses(tx.conn, [incident.id for incident in listed]))


def _views(listed: list[Incident], likely: repository.Proposals) -> list[View]:
    return [view_of(incident, likely.get(incident.id, ())) for incident in listed]


async def collection(tx: Tx, region: str) -> list[View]:
    """The live collection ``incidents``: all that are not closed."""
    return await views(tx, await repository.open_of_region(tx.conn, region))


async def record(
    tx: Tx, command: UUID, kind: str, subject: UUID, region: str, actor: str, data: View, changes: Changes
) -> View:
    """Journal a change whose state is written already; the subject's new view."""
    seen = _views(*await repository.several_with_proposals(tx.conn, changes.incidents))
    changed = {"incidents": [view for view in seen if view["state"] != "closed"]}
    gone = {"incidents": [str(view["id"]) for view in seen if view["state"] == "closed"]}
    more = {"units": list(changes.units.values())} if changes.units else {}
    more |= {"alarms": changes.alarms} if changes.alarms else {}
    left = {"alarms": changes.alarms_gone} if changes.alarms_gone else {}
    tx.record(Entry(command, region, kind, subject, actor, data, changed | more, gone | left))
    return next(view for view in seen if view["id"] == str(subject))


async def own(tx: Tx, who: Principal, incident_id: UUID) -> Incident:
    """An incident of the asker's region. Raises NotFound, WrongRegion."""
    return _mine(await repository.find(tx.conn, incident_id), who, incident_id)


def _mine(incident: Incident | None, who: Principal, incident_id: UUID) -> Incident:
    if incident is None:
        raise NotFound(what="incident", id=incident_id)
    if incident.region != who.region:
        raise WrongRegion(what="incident", id=incident_id)
    return incident


async def _begin(tx: Tx, who: Principal, incident_id: UUID, command: UUID) -> tuple[Incident, bool]:
    """The incident, which nobody else changes until the commit, and whether the command is done already."""
    done = await tx.recorded(command)
    found = await repository.lock_and_find(tx.conn, who.region, incident_id)
    incident = _mine(found, who, incident_id)
    if who.unit_id is not None and who.unit_id not in {a.unit_id for a in incident.assignments}:
        raise errors.OwnUnitOnly(number=incident.number)  # before a retry is answered with what it did
    return incident, done


async def _present(tx: Tx, incident: Incident) -> View:
    return (await views(tx, [incident]))[0]


async def open_by_hand(store: Store, who: Principal, body: OpenIncident, label: dict[str, str]) -> View:
    """A new incident from a call. ``label``: the place in words. Raises ReceivedTooEarlyOrLate."""
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await _present(tx, await own(tx, who, body.id))
        rights.check(who, Action.OPEN)
        await repository.lock(tx.conn, who.region)
        facts = classes()[body.cls]
        incident = Incident(
            id=body.id,
            region=who.region,
            number=await repository.next_number(tx.conn, who.region, local_day(tx.now)),
            cls=body.cls,
            priority=body.priority,
            place=Point(body.lon, body.lat),
            times=Times(_received(body.received_at, tx.now), tx.now, answered=tx.now),
            opened_by=who.actor,
            title=facts.title,
            label=label,
            callers=(Caller(body.caller.name, body.caller.phone),) if body.caller else (),
            units_wanted=facts.units,
        )
        data: View = {"class": body.cls, "priority": body.priority, "number": incident.number, "by": "hand"}
        data |= {"note": body.note} if body.note else {}
        return await opened(tx, body.id, incident, who.actor, data)


async def opened(tx: Tx, entry_id: UUID, incident: Incident, actor: str, data: View) -> View:
    """Write a new incident with its proposals, under the region's lock."""
    await repository.insert(tx.conn, incident, local_day(tx.now))
    near = await repository.open_near(tx.conn, incident.place, incident.region)
    found = propose(incident, near)
    await repository.save_likeness(tx.conn, incident.id, found)
    changes = Changes([incident.id, *(like.other_id for like in found)])
    return await record(
        tx, entry_id, "dispatch.incident_opened", incident.id, incident.region, actor, data, changes
    )


def _received(told: datetime | None, now: datetime) -> datetime:
    if told is None:
        return now
    if not now - RECEIVED_PAST_MAX <= told <= now + RECEIVED_FUTURE_MAX:
        raise errors.ReceivedTooEarlyOrLate(hours=RECEIVED_PAST_MAX // timedelta(hours=1))
    return min(told, now)


async def assign(store: Store, who: Principal, incident_id: UUID, body: AssignUnit, way: Way | None) -> View:
    """Send a unit, possibly instead of one that is released here, or taken from another incident.

    The incident's alarms are acknowledged by it: nobody need press twice while somebody waits.

    ``way``: how far it is, where that is known. Raises IncidentClosed, AlreadyAssigned, TooManyUnits,
    UnitNotFree, UnitNotOnIncident, NotFound and WrongRegion of the unit.
    """
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.ASSIGN, incident)
        incident.require_open()
        unit = await units.get(tx, body.unit_id, who.region)
        changes = Changes([incident.id])
        data: View = {"unit_id": unit.id, "call_sign": unit.call_sign}
        data |= {"eta_s": way.eta_s, "metres": way.metres, "estimated": way.estimated} if way else {}
        after = incident
        if body.from_incident is not None and body.from_incident != incident.id:
            data |= await _take_away(tx, who, incident, body, unit.call_sign)
        if body.instead_of is not None:
            replaced = incident.require_assigned(body.instead_of)
            after = after.release(body.instead_of, tx.now, f"→ {unit.call_sign}")
            changes.unit(await units.free(tx, body.instead_of))
            data |= {"instead_of": body.instead_of, "instead_of_call_sign": replaced.call_sign}
        work_id = derived_id(body.id, "dispatch.assignment")
        after = after.assign(work_id, unit.id, unit.call_sign, way, tx.now)
        changes.unit(await units.take(tx, unit.id, incident.id, who.region))
        changes.alarms = await alarms.acknowledge_by_sending(tx, incident.alarm_ids, who)
        data |= {"acknowledged": [view["id"] for view in changes.alarms]} if changes.alarms else {}
        await repository.save(tx.conn, incident, after)
        return await record(
            tx, body.id, "dispatch.unit_assigned", incident.id, who.region, who.actor, data, changes
        )


async def _take_away(tx: Tx, who: Principal, to: Incident, body: AssignUnit, call_sign: str) -> View:
    """Release the unit where it is; the other incident gets an entry of its own."""
    assert body.from_incident is not None
    other = await own(tx, who, body.from_incident)
    if other.active_of(body.unit_id) is None:
        raise errors.UnitNotOnIncident(call_sign=call_sign, number=other.number)
    reason = f"→ {to.number}"
    await repository.save(tx.conn, other, other.release(body.unit_id, tx.now, reason))
    left = Changes([other.id])
    left.unit(await units.free(tx, body.unit_id))
    data: View = {"unit_id": body.unit_id, "call_sign": call_sign, "reason": reason, "to": to.id}
    cause = derived_id(body.id, "dispatch.taken")
    await record(tx, cause, "dispatch.unit_released", other.id, who.region, who.actor, data, left)
    return {"from": other.id, "from_number": other.number}


async def release(store: Store, who: Principal, incident_id: UUID, body: ReleaseUnit) -> View:
    """Take a unit off. Raises IncidentClosed, NotAssigned, AssignmentEnded, NotOnScene, OwnUnitOnly."""
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.RELEASE, incident, body.unit_id)
        incident.require_open()
        work = incident.require_assigned(body.unit_id)
        await repository.save(tx.conn, incident, incident.release(body.unit_id, tx.now, body.reason))
        changes = Changes([incident.id])
        changes.unit(await units.free(tx, body.unit_id))
        data: View = {"unit_id": body.unit_id, "call_sign": work.call_sign, "reason": body.reason}
        return await record(
            tx, body.id, "dispatch.unit_released", incident.id, who.region, who.actor, data, changes
        )


async def progress(store: Store, who: Principal, incident_id: UUID, body: Progress) -> View:
    """A step of a unit. A step that is known already changes nothing and is no error.

    Raises IncidentClosed, NotAssigned, AssignmentEnded, OwnUnitOnly.
    """
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.PROGRESS, incident, body.unit_id)
        after = incident.progress(body.unit_id, body.status, tx.now, body.at)
        if after is incident:
            return await _present(tx, incident)
        before = incident.require_assigned(body.unit_id, body.at)
        await repository.save(tx.conn, incident, after)
        changes = Changes([incident.id])
        moved = after.require_assigned(body.unit_id, body.at).status is not before.status
        if moved:
            changes.unit(await units.advance(tx, body.unit_id, UnitStatus(body.status)))
        kind = "dispatch.unit_on_scene" if body.status is Step.ON_SCENE else "dispatch.unit_en_route"
        data: View = {
            "unit_id": body.unit_id,
            "call_sign": before.call_sign,
            "said": body.at,
            "late": not moved,
        }
        return await record(tx, body.id, kind, incident.id, who.region, who.actor, data, changes)


async def note(store: Store, who: Principal, incident_id: UUID, body: Note) -> View:
    """Words for the log. Raises IncidentClosed, OwnUnitOnly."""
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.NOTE, incident)
        incident.require_open()
        data: View = {"text": body.text, "said": body.at}
        changes = Changes([incident.id])
        return await record(tx, body.id, "dispatch.noted", incident.id, who.region, who.actor, data, changes)


async def set_priority(store: Store, who: Principal, incident_id: UUID, body: SetPriority) -> View:
    """Raises IncidentClosed."""
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.PRIORITY, incident)
        after = incident.with_priority(body.priority)
        if after is incident:
            return await _present(tx, incident)
        await repository.save(tx.conn, incident, after)
        data: View = {"from": incident.priority, "to": body.priority, "by": "hand"}
        changes = Changes([incident.id])
        return await record(
            tx, body.id, "dispatch.priority_changed", incident.id, who.region, who.actor, data, changes
        )


async def close(store: Store, who: Principal, incident_id: UUID, body: CloseIncident) -> View:
    """End it: its units are free and its alarms closed in the same transaction.

    Raises IncidentClosed, NotYourIncident, OwnUnitOnly, NotOnScene, OthersOnIncident, AssignmentEnded.
    """
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.CLOSE, incident)
        after = incident.close(body.result, body.text, tx.now)
        if who.unit_id is not None:  # a crew that was released meanwhile hears so, and closes nothing
            incident.require_assigned(who.unit_id, body.at)
        changes = Changes([incident.id, *await _likely(tx, incident)])
        await repository.save(tx.conn, incident, after)
        for work in incident.active:
            changes.unit(await units.free(tx, work.unit_id))
        for alarm_id in incident.alarm_ids:
            try:
                await alarms.close(tx, alarm_id, body.result, who)
            except AlarmNotOpen:
                continue  # somebody closed it by hand before
            changes.alarms_gone.append(str(alarm_id))
        data: View = {"result": body.result, "text": body.text, "number": incident.number}
        data |= {"units": [a.call_sign for a in incident.active], "alarms": changes.alarms_gone}
        return await record(tx, body.id, "dispatch.closed", incident.id, who.region, who.actor, data, changes)


async def join(store: Store, who: Principal, incident_id: UUID, body: JoinIncident) -> View:
    """Close one incident as the same event as another, which takes over its alarms, callers and units.

    Raises IncidentClosed (of either), SameIncident, NotFound.
    """
    async with store.transaction() as tx:
        incident, done = await _begin(tx, who, incident_id, body.id)
        if done:
            return await _present(tx, incident)
        rights.check(who, Action.JOIN, incident)
        incident.require_open()
        into = await own(tx, who, body.into)
        closed, grown = incident.join(into, tx.now)
        likely = await _likely(tx, incident)
        await repository.save(tx.conn, incident, closed)
        changes = Changes(list(dict.fromkeys([incident.id, into.id, *likely])))
        for place, work in enumerate(incident.active):
            grown = grown.adopt(work, derived_id(body.id, f"dispatch.moved.{place}"), tx.now)
            await _move_unit(tx, work, into.id, changes)
        await repository.save(tx.conn, into, grown)
        facts: View = {"joined": incident.id, "joined_number": incident.number, "into": into.id}
        facts |= {"into_number": into.number, "alarms": [str(a) for a in incident.alarm_ids]}
        facts |= {"units": [a.call_sign for a in incident.active]}
        view = await record(
            tx, body.id, "dispatch.joined", incident.id, who.region, who.actor, facts, changes
        )
        grew = derived_id(body.id, "dispatch.joined.into")
        await record(tx, grew, "dispatch.joined", into.id, who.region, who.actor, facts, changes)
        return view


async def _move_unit(tx: Tx, work: Assignment, into: UUID, changes: Changes) -> None:
    """The unit's own record: off the joined incident, onto the other, as far as it had come."""
    await units.free(tx, work.unit_id)
    changes.unit(await units.take(tx, work.unit_id, into))
    if work.status is not Step.ASSIGNED:
        changes.unit(await units.advance(tx, work.unit_id, UnitStatus(work.status)))


async def _likely(tx: Tx, incident: Incident) -> list[UUID]:
    """Incidents that have this one among their proposals and lose it when it closes."""
    found = await repository.likenesses(tx.conn, [incident.id])
    return [like.other_id for like in found.get(incident.id, ())]
