"""Calls from their ring to their end. Every command may be sent again: the second time changes nothing.

Locks are taken in one order: the command's id, the region's incidents (only where a call begins), the call,
its alarm, the region's journal.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from jedel.access import Principal
from jedel.alarms import service as alarms
from jedel.calls import repository
from jedel.calls.errors import CallOver, CallWithoutPress, TooManyLines
from jedel.calls.model import (
    LINES_MAX,
    SHOWN_LINES,
    SIGNS,
    Call,
    CallState,
    EndReason,
    Help,
    HelpState,
    Language,
    Line,
    Patrol,
    help_of,
)
from jedel.calls.schemas import CallView, HelpView, LineView, PostCallView, PostView, Write
from jedel.dispatch import repository as dispatch
from jedel.dispatch.model import Step
from jedel.journal import Entry, Store, Tx, View
from jedel.kernel.errors import Forbidden, NotFound, WrongRegion
from jedel.kernel.ids import derived_id
from jedel.media.recording.service import record_on_event

ACTOR = "system:calls"


# what screens see


def line_view(line: Line) -> LineView:
    return LineView(id=line.id, nth=line.nth, at=line.at, side=line.side, code=line.code, text=line.text)


async def views(tx: Tx, calls: Sequence[Call]) -> list[View]:
    """As the collection ``calls`` has them."""
    said = await repository.lines(tx.conn, [call.id for call in calls], SHOWN_LINES)
    return [_view(call, said[call.id]) for call in calls]


def _view(call: Call, lines: Sequence[Line]) -> View:
    known = {name: getattr(call, name) for name in CallView.model_fields if name != "lines"}
    return CallView(**known, lines=[line_view(line) for line in lines]).model_dump(mode="json")


async def collection(tx: Tx, region: str) -> list[View]:
    """The live collection ``calls``: all that are not ended."""
    return await views(tx, await repository.live_of_region(tx.conn, region))


async def record(tx: Tx, command: UUID, kind: str, call: Call, actor: str, data: View) -> View:
    """Journal a change whose state is written already; the call's new view."""
    (view,) = await views(tx, [call])
    changed = {"calls": [view]} if call.live else {}
    gone = {} if call.live else {"calls": [str(call.id)]}
    facts: View = {"call_id": call.id, "device_name": call.device_name, "test": call.test} | data
    tx.record(Entry(command, call.region, kind, call.subject, actor, facts, changed, gone))
    return view


async def keep(tx: Tx, call: Call) -> None:
    """Record the person's side for the incident, as soon as there is one; the officer's voice is recorded
    whenever it is there (`CallStreams`)."""
    if call.incident_id is not None and call.camera_id is not None:
        picture = f"camera/{call.camera_id}/main"
        await record_on_event(tx, call.region, [picture], call.incident_id, reason="call")


# the post


async def ring(
    store: Store, who: Principal, call_id: UUID, signal_id: UUID, language: Language
) -> PostCallView:
    """A press becomes a call, or joins the one that is going on.

    Raises CallWithoutPress, CallOver (the alarm is closed already).
    """
    async with store.transaction() as tx:
        if await tx.recorded(call_id):
            return await _for_post(tx, await own(tx, who, call_id))
        # whoever opens the incident of this press holds this lock: either we see it, or our reactor sees us
        await dispatch.lock(tx.conn, who.region)
        press = await repository.signal(tx.conn, who.id, signal_id)
        if press is None or press["kind"] not in ("press", "test"):
            raise CallWithoutPress(signal=signal_id)
        alarm_id: UUID | None = press["alarm_id"]
        if press["alarm_state"] == "closed":
            raise CallOver(id=call_id)
        going = await repository.live_of_device(tx.conn, who.id, lock=True)
        if going is not None and not (going.test and alarm_id is not None):
            return await _for_post(tx, going)
        if going is not None:
            await finish(tx, going, EndReason.PRESS, derived_id(call_id, "calls.test_ended"), ACTOR)
        call = Call(
            id=call_id,
            region=who.region,
            device_id=who.id,
            device_name=press["name"],
            camera_id=await repository.camera_of_device(tx.conn, who.id),
            signal_id=signal_id,
            alarm_id=alarm_id,
            incident_id=await repository.incident_of_alarm(tx.conn, alarm_id) if alarm_id else None,
            state=CallState.RINGING,
            test=alarm_id is None,
            language=language,
            rang_at=tx.now,
            heard_at=tx.now,
        )
        await repository.add(tx.conn, call)
        await keep(tx, call)
        await record(tx, call_id, "calls.rang", call, who.actor, {"language": language})
        return await _for_post(tx, call)


async def post(store: Store, who: Principal) -> PostView:
    """What a post that starts, or waits, has to know."""
    async with store.reading() as tx:
        call = await repository.live_of_device(tx.conn, who.id)
        return PostView(
            device_id=who.id,
            name=who.name,
            test_until=await repository.test_until(tx.conn, who.id),
            now=tx.now,
            call=await _for_post(tx, call) if call else None,
        )


async def hear(store: Store, who: Principal, call_id: UUID) -> PostCallView:
    """The post asks how its call goes; by that the officer knows that it is there."""
    async with store.reading() as tx:
        call = await own(tx, who, call_id)
        if call.hear(tx.now) is call:
            return await _for_post(tx, call)
    async with store.transaction() as tx:
        before = await own(tx, who, call_id, lock=True)
        call = before.hear(tx.now)
        if call is not before:
            await repository.save(tx.conn, call)
        if before.state is CallState.LOST and call.live:
            away_s = round((tx.now - before.heard_at).total_seconds(), 1)
            entry_id = derived_id(call.id, f"back {tx.now.isoformat()}")
            await record(tx, entry_id, "calls.back", call, who.actor, {"away_s": away_s})
        return await _for_post(tx, call)


async def speak(
    store: Store, who: Principal, call_id: UUID, command: UUID, language: Language
) -> PostCallView:
    """The person chose another language."""
    async with store.transaction() as tx:
        done = await tx.recorded(command)
        call = await own(tx, who, call_id, lock=True)
        if not done and call.language != language:
            call.require_live()
            call = replace(call, language=language)
            await repository.save(tx.conn, call)
            await record(tx, command, "calls.language", call, who.actor, {"language": language})
        return await _for_post(tx, call)


async def _for_post(tx: Tx, call: Call) -> PostCallView:
    lines = (await repository.lines(tx.conn, [call.id], SHOWN_LINES))[call.id]
    help_ = await _help(tx, call)
    return PostCallView(
        id=call.id,
        state=call.state,
        test=call.test,
        language=call.language,
        answered=call.answered_by is not None,
        end_reason=call.end_reason,
        lines=[line_view(line) for line in lines],
        help=HelpView(state=help_.state, minutes=help_.minutes),
    )


async def _help(tx: Tx, call: Call) -> Help:
    incident = await dispatch.find(tx.conn, call.incident_id) if call.incident_id else None
    if incident is None:
        return Help(HelpState.NONE)
    return help_of(
        [
            Patrol(
                there=work.status is Step.ON_SCENE,
                eta_s=work.way.eta_s if work.way else None,
                since=work.en_route_at or work.assigned_at,
            )
            for work in incident.active
        ],
        tx.now,
    )


# the officer


async def answer(
    store: Store, who: Principal, call_id: UUID, command: UUID, instead_of: UUID | None
) -> tuple[View, UUID | None]:
    """Speak with the person; the alarm is acknowledged by it. The view, and from whom it was taken over.

    Raises CallOver, AnsweredAlready.
    """
    async with store.transaction() as tx:
        done = await tx.recorded(command)
        before = await own(tx, who, call_id, lock=True)
        call = before if done else before.answer(who.id, who.name, instead_of, tx.now)
        if call is before:
            return (await views(tx, [call]))[0], None
        await repository.save(tx.conn, call)
        data: View = {"waited_s": round((tx.now - call.rang_at).total_seconds(), 1)}
        if before.answered_by is not None:
            data = {"taken_from": before.answered_name}
        view = await record(tx, command, "calls.answered", call, who.actor, data)
        if call.alarm_id is not None:
            await alarms.acknowledge_in(tx, who, call.alarm_id, derived_id(command, "calls.acknowledged"))
        return view, before.answered_by


async def end(store: Store, who: Principal, call_id: UUID, command: UUID) -> View:
    """The conversation is over. Raises CallOver."""
    async with store.transaction() as tx:
        done = await tx.recorded(command)
        call = await own(tx, who, call_id, lock=True)
        if done:
            return (await views(tx, [call]))[0]
        return await finish(tx, call, EndReason.OFFICER, command, who.actor)


async def finish(tx: Tx, call: Call, reason: EndReason, command: UUID, actor: str) -> View:
    """End it in the caller's transaction, which holds its lock. Raises CallOver."""
    over = call.end(reason, tx.now)
    await repository.save(tx.conn, over)
    lasted = round((tx.now - call.answered_at).total_seconds(), 1) if call.answered_at else None
    return await record(tx, command, "calls.ended", over, actor, {"reason": reason, "lasted_s": lasted})


async def write(store: Store, who: Principal, call_id: UUID, body: Write) -> Call:
    """A line of either side; a post has signs only. Raises CallOver, TooManyLines, Forbidden."""
    from_post = who.kind == "device"
    if from_post and body.code not in SIGNS:
        raise Forbidden
    async with store.transaction() as tx:
        done = await tx.recorded(body.id)
        call = await own(tx, who, call_id, lock=True)
        if done:
            return call
        call.require_live()
        last = (await repository.lines(tx.conn, [call.id], 1))[call.id]
        nth = last[0].nth + 1 if last else 1
        if nth > LINES_MAX:
            raise TooManyLines(limit=LINES_MAX)
        side = "post" if from_post else "desk"
        line = Line(body.id, nth, tx.now, side, body.code, body.text, who.actor)  # type: ignore[arg-type]
        await repository.add_line(tx.conn, call.id, line)
        data: View = {"side": side, "code": body.code, "text": body.text}
        await record(tx, body.id, "calls.said", call, who.actor, data)
        return call


async def one(store: Store, who: Principal, call_id: UUID) -> View:
    """A call of the region, also one that is ended."""
    async with store.reading() as tx:
        return (await views(tx, [await own(tx, who, call_id)]))[0]


async def to_speak(store: Store, who: Principal, call_id: UUID) -> Call:
    """The call whose answering officer this is. Raises CallOver, NotYourCall."""
    async with store.glance() as tx:
        call = await own(tx, who, call_id)
    call.require_answered_by(who.id)
    return call


async def to_listen(store: Store, who: Principal, call_id: UUID) -> Call:
    """The post's own call. Raises CallOver."""
    async with store.glance() as tx:
        call = await own(tx, who, call_id)
    call.require_live()
    return call


async def own(tx: Tx, who: Principal, call_id: UUID, *, lock: bool = False) -> Call:
    """A call of the asker's region; of a device only its own. Raises NotFound, WrongRegion."""
    call = await repository.find(tx.conn, call_id, lock=lock)
    if call is None or (who.kind == "device" and call.device_id != who.id):
        raise NotFound(what="call", id=call_id)
    if call.region != who.region:
        raise WrongRegion(what="call", id=call_id)
    return call
