"""Asking the registers: the look-up is on record before anything is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from jedel.access import Principal, names
from jedel.dispatch import repository as dispatch
from jedel.dispatch.model import Incident
from jedel.journal import Connection, Entry, Store, Tx
from jedel.journal import repository as journal
from jedel.jurisdictions import PurposeRule, purposes
from jedel.kernel.errors import NotFound
from jedel.kernel.limits import PAGE_MAX
from jedel.lookups import interests, model, reading, repository, tablets
from jedel.lookups.errors import (
    AlreadyDecided,
    AnswerExpired,
    IncidentNeeded,
    NumberMalformed,
    OtherQuestion,
    OwnLookUp,
)
from jedel.lookups.model import LookUp, Question, Register, State
from jedel.lookups.reading import FORMS
from jedel.lookups.schemas import Ask, Known
from jedel.registers import Malformed, PersonRecord, PhoneRecord, VehicleRecord, views
from jedel.registers import repository as registers
from jedel.registers.views import Part

ASKED: Final = "lookups.asked"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from which tablet. ``key_file``: of the digests of what staff declared."""

    who: Principal
    device: Principal | None
    key_file: Path


async def ask(
    store: Store, asker: Asker, body: Ask, register: Register, asked_by: str, typed: str
) -> tuple[LookUp, tuple[Part, ...] | None]:
    """The look-up and what is known; None while a second person is waited for, and where he refused.

    Raises:
        NumberMalformed, PurposeUnknown, PurposeBlocked, IncidentNeeded, CaseNeeded, OtherQuestion,
        AnswerExpired, TabletNeeded, WrongRegion
    """
    try:
        number = FORMS[asked_by](typed)
    except Malformed as fault:
        raise NumberMalformed(number=typed) from fault
    question = Question(register, asked_by, number, body.purpose, body.incident_id, body.case_number)
    made = await permit(store, asker, body.id, question)
    return made, await _answer(store, made) if made.state is State.GRANTED else None


async def permit(
    store: Store,
    asker: Asker,
    look_up_id: UUID,
    question: Question,
    kind: str = ASKED,
    more: Mapping[str, object] | None = None,
) -> LookUp:
    """Put the question on record, or find it there; only where it is granted may anything be read for it.

    ``kind``: of the journal entry, with ``more`` (plain JSON) in it. Said again with the same id, question
    and ``more``, it is the same look-up.

    Raises:
        PurposeUnknown, PurposeBlocked, IncidentNeeded, CaseNeeded, OtherQuestion, AnswerExpired,
        TabletNeeded, WrongRegion
    """
    async with store.transaction() as tx:
        await tablets.seat(tx, asker.who, asker.device)
        if await tx.recorded(look_up_id):
            made = await _earlier(tx, asker.who, look_up_id, question, more or {})
        else:
            made = await _put(tx, asker, look_up_id, question, kind, more or {})
    if made.state is not State.REFUSED and made.expired(store.clock.now()):
        raise AnswerExpired
    return made


async def _put(
    tx: Tx, asker: Asker, look_up_id: UUID, question: Question, kind: str, more: Mapping[str, object]
) -> LookUp:
    rule, who = model.rule_for(question, purposes(), tx.now.date()), asker.who
    if question.incident_id is not None:
        await _own_incident(tx, who, question.incident_id)
    state = State.ASKED if rule.second_person else State.GRANTED
    made = LookUp(
        *(look_up_id, who.region, tx.now, who.id, question.register, question.asked_by, question.asked),
        *(question.purpose, question.incident_id, question.case_number, state),
        device_id=asker.device.id if asker.device else None,
    )
    await record(tx, made, who.actor, asker.key_file, more, kind)
    return made


async def record(
    tx: Tx,
    made: LookUp,
    actor: str,
    key_file: Path,
    more: Mapping[str, object] | None = None,
    kind: str = ASKED,
) -> None:
    """Row, flags and journal entry of a look-up."""
    await repository.insert(tx.conn, made)
    past = await repository.past(tx.conn, made, made.at - tablets.HELD_WITHIN)
    found = model.unusual(
        model.History(
            past.recent,
            past.reasons,
            off_shift=await tablets.off_shift(tx, past.tablet),
            other_region=await _from_elsewhere(tx, made),
            own_interest=past.declared and await interests.touched(tx, made, key_file),
        )
    )
    await repository.flag(tx.conn, made, found)
    data = {
        "register": made.register,
        "by": made.asked_by,
        "asked": made.asked,
        "purpose": made.purpose,
        "incident_id": made.incident_id,
        "case_number": made.case_number,
        "state": made.state,
        "unusual": found,
        "account_id": made.account_id,
        "device_id": made.device_id,
        "offline_at": made.offline_at,
    }
    tx.record(Entry(made.id, made.region, kind, made.id, actor, data | dict(more or {})))


async def _from_elsewhere(tx: Tx, made: LookUp) -> bool:
    """By whatever number the vehicle is asked for."""
    plate = made.asked if made.asked_by == "plate" else None
    if made.asked_by == "vin" and made.incident_id is None:
        car = await registers.vehicle(tx.conn, vin=made.asked)
        plate = car.plate if car else None
    return plate is not None and model.from_elsewhere(
        made.region, reading.plate_region(plate), made.incident_id
    )


async def _own_incident(tx: Tx, who: Principal, incident_id: UUID) -> None:
    """The journal knows which incidents there are, and of which region."""
    entries = await journal.of_subject(tx.conn, incident_id, 1)
    if not entries or entries[0].region != who.region or not entries[0].kind.startswith("dispatch."):
        raise IncidentNeeded


async def _earlier(
    tx: Tx, who: Principal, look_up_id: UUID, question: Question, more: Mapping[str, object]
) -> LookUp:
    made = await repository.find(tx.conn, look_up_id)
    if made is None or made.account_id != who.id or _question(made) != question:
        raise OtherQuestion
    if more:
        entries = await journal.of_subject(tx.conn, look_up_id, PAGE_MAX)
        said = next((entry.data for entry in entries if entry.id == look_up_id), {})
        if any(said.get(name) != value for name, value in more.items()):
            raise OtherQuestion
    return made


def _question(made: LookUp) -> Question:
    return Question(
        *(made.register, made.asked_by, made.asked, made.purpose, made.incident_id, made.case_number)
    )


async def _answer(store: Store, made: LookUp) -> tuple[Part, ...]:
    """What the registers know, what matters first; also that one of them cannot say."""
    # not one transaction: a table that is replaced meanwhile stays for those who have begun to read it
    async with store.glance() as tx:
        conn, by, asked, day = tx.conn, made.asked_by, made.asked, made.at.date()
        known = await registers.in_force(conn)
        match made.register:
            case Register.VEHICLE:
                plate, vin = _either(by == "plate", asked)
                car = await registers.vehicle(conn, plate=plate, vin=vin, known=known)
                nothing = VehicleRecord(plate, vin, day, None, (), (), (), (), known.ages)
                return views.vehicle(car or nothing)
            case Register.PERSON:
                iin, document = _either(by == "iin", asked)
                person = await registers.person(conn, iin=iin, document=document, known=known)
                nobody = PersonRecord(iin, document, None, day, (), (), (), (), known.ages)
                return views.person(person or nobody)
            case Register.PHONE:
                phone = await registers.phone(conn, asked, known=known)
                return views.phone(phone or PhoneRecord(asked, (), known.ages))
            case Register.READS:
                raise NotFound(what="look_up", id=made.id)  # answered where reads are


def _either(first: bool, asked: str) -> tuple[str | None, str | None]:
    return (asked, None) if first else (None, asked)


async def decider(store: Store, made: LookUp) -> str | None:
    """What the second person is called."""
    if made.decided_by is None:
        return None
    async with store.reading() as tx:
        return (await names(tx.conn, [made.decided_by])).get(made.decided_by)


async def grant(store: Store, who: Principal, look_up_id: UUID, command_id: UUID) -> None:
    """A second person's word; the asker may read the answer for a quarter of an hour.

    Raises:
        NotFound, OwnLookUp, AnswerExpired, AlreadyDecided
    """
    async with store.transaction() as tx:
        if await _undecided(tx, who, look_up_id, command_id):
            await repository.grant(tx.conn, look_up_id, who.id, tx.now)
            tx.record(Entry(command_id, who.region, "lookups.granted", look_up_id, who.actor))


async def refuse(store: Store, who: Principal, look_up_id: UUID, command_id: UUID, reason: str) -> None:
    """A second person's no, with what the asker is told. Raises as `grant`."""
    async with store.transaction() as tx:
        if await _undecided(tx, who, look_up_id, command_id):
            await repository.refuse(tx.conn, look_up_id, who.id, tx.now, reason)
            data = {"reason": reason}
            tx.record(Entry(command_id, who.region, "lookups.refused", look_up_id, who.actor, data))


async def _undecided(tx: Tx, who: Principal, look_up_id: UUID, command_id: UUID) -> bool:
    """Whether the command decides it; False where the command was said before."""
    made = await repository.find(tx.conn, look_up_id, lock=True)
    if made is None or made.region != who.region:
        raise NotFound(what="look_up", id=look_up_id)
    if made.account_id == who.id:
        raise OwnLookUp
    if await tx.recorded(command_id):
        return False
    if made.state is not State.ASKED:
        raise AlreadyDecided
    if made.expired(tx.now):
        raise AnswerExpired
    return True


def todays_purposes(day: date) -> list[PurposeRule]:
    """What may be chosen today."""
    return [rule for rule in purposes().values() if rule.valid(day) and not rule.blocked]


async def waiting(store: Store, who: Principal) -> tuple[list[LookUp], Known]:
    """Look-ups of the region that wait for a second person, and who asks."""
    async with store.reading() as tx:
        found = await repository.waiting(tx.conn, who.region, tx.now - model.GRANT_LIFE, PAGE_MAX)
        return found, await known(tx.conn, found)


async def known(conn: Connection, found: Sequence[LookUp]) -> Known:
    """What those who asked and decided, their tablets and the incidents are called."""
    ids = {one for each in found for one in (each.account_id, each.decided_by, each.device_id) if one}
    numbers = {each.incident_id for each in found if each.incident_id}
    incidents = await dispatch.several(conn, list(numbers)) if numbers else []
    return Known(await names(conn, list(ids)), {each.id: each.number for each in incidents})


async def incidents(store: Store, who: Principal) -> list[Incident]:
    """The region's open incidents, the newest first: what a look-up may be for."""
    async with store.reading() as tx:
        found = await dispatch.open_of_region(tx.conn, who.region)
    return sorted(found, key=lambda each: each.times.opened, reverse=True)[:PAGE_MAX]
