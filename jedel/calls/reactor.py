"""Calls follow the incidents and alarms that they belong to."""

from dataclasses import replace
from uuid import UUID

from jedel.calls import repository, service
from jedel.calls.model import Call, EndReason
from jedel.journal import Recorded, Tx
from jedel.kernel.ids import derived_id
from jedel.media.recording.service import end_event


class CallReactor:
    """A call is linked to the incident of its press, moves with its alarm, and ends with either."""

    name = "calls.incidents"
    kinds = frozenset(
        {
            "dispatch.incident_opened",
            "dispatch.alarm_linked",
            "dispatch.joined",
            "dispatch.closed",
            "alarms.closed",
        }
    )

    async def react(self, tx: Tx, entry: Recorded) -> None:
        if entry.kind == "dispatch.closed":
            for call in await repository.live_of_incident(tx.conn, entry.subject):
                await end_event(tx, entry.subject)
                await _end(tx, call, entry, EndReason.INCIDENT)
        elif entry.kind == "alarms.closed":
            for call in await repository.live_of_alarms(tx.conn, [entry.subject]):
                await _end(tx, call, entry, EndReason.ALARM)
        else:
            await _link(tx, entry)


async def _end(tx: Tx, call: Call, entry: Recorded, reason: EndReason) -> None:
    await service.finish(tx, call, reason, derived_id(entry.id, f"calls.ended {call.id}"), entry.actor)


async def _link(tx: Tx, entry: Recorded) -> None:
    """Where its alarm is now, whatever the entry said: a later one may have moved it already."""
    data = entry.data
    named = data.get("alarms", [data.get("alarm_id")])
    alarms = [UUID(str(each)) for each in named if each] if isinstance(named, list) else []
    for call in await repository.live_of_alarms(tx.conn, alarms):
        assert call.alarm_id is not None
        incident_id = await repository.incident_of_alarm(tx.conn, call.alarm_id)
        if incident_id is None or incident_id == call.incident_id:
            continue
        linked = replace(call, incident_id=incident_id)
        await repository.save(tx.conn, linked)
        await service.keep(tx, linked)
        entry_id = derived_id(entry.id, f"calls.linked {call.id}")
        await service.record(tx, entry_id, "calls.linked", linked, service.ACTOR, {})
