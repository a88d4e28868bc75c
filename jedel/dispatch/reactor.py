"""Alarms become incidents: what dispatch does when the alarm room has journalled something.

Each entry is reacted to exactly once (journal.reactor), and every id is derived from the entry's, so a
reaction that is repeated after a crash makes nothing twice. The table ``incident_alarm`` holds "one incident
per alarm" besides.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from jedel.alarms import repository as alarms
from jedel.alarms.model import Alarm, AlarmState
from jedel.alarms.signals import Level
from jedel.dispatch import repository, service
from jedel.dispatch.day import local_day
from jedel.dispatch.model import ALARMS_MAX, Incident, IncidentClass, Priority, State, Times
from jedel.dispatch.proposals import classes
from jedel.dispatch.service import Changes
from jedel.journal import Recorded, Tx, View
from jedel.kernel.geo import Point
from jedel.kernel.ids import derived_id
from jedel.places import repository as places

ACTOR = "system:dispatch"

LOCKDOWN_UNITS = 2
"""Units wanted at a lockdown."""

UNKNOWN_PLACE = {"kk": "Орны белгісіз", "ru": "Место неизвестно", "en": "Place unknown"}


class AlarmReactor:
    """Opens, links, raises and answers incidents as alarms are raised and acknowledged."""

    name = "dispatch.alarms"
    kinds = frozenset({"alarms.raised", "alarms.level_raised", "alarms.acknowledged"})

    async def react(self, tx: Tx, entry: Recorded) -> None:
        """A press in test mode never gets here: it is journalled as ``alarms.tested``."""
        await repository.lock(tx.conn, entry.region)
        incident = await repository.of_alarm(tx.conn, entry.subject)
        if entry.kind == "alarms.acknowledged":
            if incident is not None:
                await _answer(tx, entry, incident)
            return
        alarm = await alarms.alarm(tx.conn, entry.subject)
        if alarm is None or alarm.state is AlarmState.CLOSED:
            return  # a person has dealt with it while this process was away
        if incident is not None:
            await _raise(tx, entry, incident, alarm)
            return
        await _open_or_link(tx, entry, alarm)


async def _answer(tx: Tx, entry: Recorded, incident: Incident) -> None:
    if incident.state is State.CLOSED:
        return
    after = incident.answer(entry.at)
    if after is incident:
        return
    await repository.save(tx.conn, incident, after)
    data: View = {"alarm_id": str(entry.subject)}
    changes = Changes([incident.id])
    cause = derived_id(entry.id, "dispatch.answered")
    who = entry.actor  # the log says who took the alarm, not that dispatch heard of it
    await service.record(tx, cause, "dispatch.answered", incident.id, entry.region, who, data, changes)


async def _raise(tx: Tx, entry: Recorded, incident: Incident, alarm: Alarm) -> None:
    """The alarm went from staff help to lockdown. Its incident is open: closing one closes its alarms."""
    after = _with(incident, alarm)
    if after == incident:
        return
    await repository.save(tx.conn, incident, after)
    data: View = {"from": incident.priority, "to": after.priority, "by": "alarm", "level": alarm.level}
    data |= {"alarm_id": str(alarm.id), "units_wanted": after.units_wanted}
    cause = derived_id(entry.id, "dispatch.raised")
    changes = Changes([incident.id])
    await service.record(
        tx, cause, "dispatch.priority_changed", incident.id, entry.region, ACTOR, data, changes
    )


def _with(incident: Incident, alarm: Alarm) -> Incident:
    """The incident with this alarm at its level; a lockdown also gives it its words."""
    after = incident.with_alarm(alarm.id, Priority(alarm.priority), _units_wanted(incident.cls, alarm))
    if alarm.level is Level.LOCKDOWN:
        after = replace(after, title=classes()[incident.cls].lockdown)
    return after


async def _open_or_link(tx: Tx, entry: Recorded, alarm: Alarm) -> None:
    site_id = UUID(str(alarm.site["id"])) if alarm.site else None
    if site_id is not None:
        present = await repository.open_at_site(tx.conn, alarm.region, site_id)
        there = [one for one in present if len(one.alarm_ids) < ALARMS_MAX]
        if there:
            await _link(tx, entry, there[-1], alarm)
            return
    await _open(tx, entry, alarm, site_id)


async def _link(tx: Tx, entry: Recorded, incident: Incident, alarm: Alarm) -> None:
    after = _with(incident, alarm)
    await repository.save(tx.conn, incident, after)
    data: View = {"alarm_id": str(alarm.id), "device_name": alarm.device_name, "level": alarm.level}
    if after.priority is not incident.priority:
        data |= {"from": incident.priority, "to": after.priority}
    cause = derived_id(entry.id, "dispatch.linked")
    changes = Changes([incident.id])
    await service.record(tx, cause, "dispatch.alarm_linked", incident.id, entry.region, ACTOR, data, changes)


async def _open(tx: Tx, entry: Recorded, alarm: Alarm, site_id: UUID | None) -> None:
    incident_id = derived_id(entry.id, "dispatch.incident")
    cls = _class(alarm)
    facts = classes()[cls]
    place, label = await _place(tx, alarm)
    incident = Incident(
        id=incident_id,
        region=alarm.region,
        number=await repository.next_number(tx.conn, alarm.region, local_day(tx.now)),
        cls=cls,
        priority=Priority(alarm.priority),
        place=place or Point(0.0, 0.0),
        place_known=alarm.site is not None,
        times=Times(received=alarm.received_at, opened=tx.now),
        opened_by=ACTOR,
        title=facts.lockdown if alarm.level is Level.LOCKDOWN else facts.title,
        label=label,
        site_id=site_id,
        site=alarm.site,
        alarm_ids=(alarm.id,),
        units_wanted=_units_wanted(cls, alarm),
    )
    data: View = {"class": cls, "priority": alarm.priority, "number": incident.number, "by": "alarm"}
    data |= {"alarm_id": str(alarm.id), "device_name": alarm.device_name, "level": alarm.level}
    await service.opened(tx, incident_id, incident, ACTOR, data)


def _units_wanted(cls: IncidentClass, alarm: Alarm) -> int:
    return LOCKDOWN_UNITS if alarm.level is Level.LOCKDOWN else classes()[cls].units


def _class(alarm: Alarm) -> IncidentClass:
    """What an alarm is called; a panel is what its site is."""
    if alarm.device_kind == "post":
        return IncidentClass.SOS_POST
    if alarm.device_kind == "panic_button" or (alarm.site or {}).get("kind") == "school":
        return IncidentClass.SCHOOL_ALARM
    return IncidentClass.OTHER


async def _place(tx: Tx, alarm: Alarm) -> tuple[Point | None, Mapping[str, str]]:
    """Where the alarm's site is; else the middle of the region's map, under a label that says so."""
    if alarm.site is not None:
        site: Mapping[str, Any] = alarm.site
        label = {x: site["name"][x] or site["name"]["ru"] or alarm.device_name for x in ("kk", "ru", "en")}
        return Point(site["lon"], site["lat"]), label
    row = await places.map_in_force(tx.conn, alarm.region)
    label = {x: f"{words}: {alarm.device_name}" for x, words in UNKNOWN_PLACE.items()}
    return Point(row["lon"], row["lat"]) if row else None, label
