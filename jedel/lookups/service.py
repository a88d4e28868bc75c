"""Asking the registers: the look-up is on record before anything is read."""

from datetime import date
from uuid import UUID

from jedel.access import Principal, names
from jedel.dispatch import repository as dispatch
from jedel.dispatch.model import Incident
from jedel.journal import Entry, Store, Tx
from jedel.journal import repository as journal
from jedel.jurisdictions import PurposeRule, purposes
from jedel.kernel.errors import NotFound
from jedel.kernel.limits import PAGE_MAX
from jedel.lookups import model, repository
from jedel.lookups.errors import AnswerExpired, IncidentNeeded, NumberMalformed, OtherQuestion, OwnLookUp
from jedel.lookups.model import LookUp, Question, Register, State
from jedel.lookups.reading import FORMS
from jedel.lookups.schemas import Ask
from jedel.registers import Malformed, PersonRecord, PhoneRecord, VehicleRecord, views
from jedel.registers import repository as registers
from jedel.registers.views import Part


async def ask(
    store: Store, who: Principal, body: Ask, register: Register, asked_by: str, typed: str
) -> tuple[LookUp, tuple[Part, ...] | None]:
    """The look-up and what is known; None while a second person is waited for.

    Raises:
        NumberMalformed, PurposeUnknown, PurposeBlocked, IncidentNeeded, CaseNeeded, OtherQuestion,
        AnswerExpired
    """
    try:
        number = FORMS[asked_by](typed)
    except Malformed as fault:
        raise NumberMalformed(number=typed) from fault
    question = Question(register, asked_by, number, body.purpose, body.incident_id, body.case_number)
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            made = await _earlier(tx, who, body.id, question)
        else:
            made = await _put(tx, who, body.id, question)
    if made.state is State.ASKED:
        return made, None
    if not made.open_for(who.id, store.clock.now()):
        raise AnswerExpired
    return made, await _answer(store, made)


async def _put(tx: Tx, who: Principal, look_up_id: UUID, question: Question) -> LookUp:
    rule = model.rule_for(question, purposes(), tx.now.date())
    if question.incident_id is not None:
        await _own_incident(tx, who, question.incident_id)
    state = State.ASKED if rule.second_person else State.GRANTED
    made = LookUp(
        *(look_up_id, who.region, tx.now, who.id, question.register, question.asked_by, question.asked),
        *(question.purpose, question.incident_id, question.case_number, state, None, None),
    )
    await repository.insert(tx.conn, made)
    reasons = model.unusual(await repository.history(tx.conn, made))
    await repository.flag(tx.conn, made, reasons)
    data = {
        "register": made.register,
        "by": made.asked_by,
        "asked": made.asked,
        "purpose": made.purpose,
        "incident_id": made.incident_id,
        "case_number": made.case_number,
        "state": made.state,
        "unusual": reasons,
    }
    tx.record(Entry(made.id, who.region, "lookups.asked", made.id, who.actor, data))
    return made


async def _own_incident(tx: Tx, who: Principal, incident_id: UUID) -> None:
    """The journal knows which incidents there are, and of which region."""
    entries = await journal.of_subject(tx.conn, incident_id, 1)
    if not entries or entries[0].region != who.region or not entries[0].kind.startswith("dispatch."):
        raise IncidentNeeded


async def _earlier(tx: Tx, who: Principal, look_up_id: UUID, question: Question) -> LookUp:
    made = await repository.find(tx.conn, look_up_id)
    if made is None or made.account_id != who.id or _question(made) != question:
        raise OtherQuestion
    return made


def _question(made: LookUp) -> Question:
    return Question(
        *(made.register, made.asked_by, made.asked, made.purpose, made.incident_id, made.case_number)
    )


async def _answer(store: Store, made: LookUp) -> tuple[Part, ...]:
    """What the registers know, what matters first; also that one of them cannot say."""
    async with store.reading() as tx:
        conn, by, asked, day = tx.conn, made.asked_by, made.asked, made.at.date()
        ages = await registers.ages(conn)
        match made.register:
            case Register.VEHICLE:
                plate, vin = _either(by == "plate", asked)
                car = await registers.vehicle(conn, plate=plate, vin=vin)
                nothing = VehicleRecord(plate, vin, day, None, (), (), (), (), ages)
                return views.vehicle(car or nothing)
            case Register.PERSON:
                iin, document = _either(by == "iin", asked)
                person = await registers.person(conn, iin=iin, document=document)
                nobody = PersonRecord(iin, document, None, day, (), (), (), (), ages)
                return views.person(person or nobody)
            case Register.PHONE:
                phone = await registers.phone(conn, asked)
                return views.phone(phone or PhoneRecord(asked, (), ages))


def _either(first: bool, asked: str) -> tuple[str | None, str | None]:
    return (asked, None) if first else (None, asked)


async def grant(store: Store, who: Principal, look_up_id: UUID, command_id: UUID) -> LookUp:
    """A second person's word; the asker may read the answer for a quarter of an hour."""
    async with store.transaction() as tx:
        made = await repository.find(tx.conn, look_up_id, lock=True)
        if made is None or made.region != who.region:
            raise NotFound(what="look_up", id=look_up_id)
        if made.account_id == who.id:
            raise OwnLookUp
        if made.state is State.ASKED and not await tx.recorded(command_id):
            if tx.now - made.at > model.GRANT_LIFE:
                raise AnswerExpired
            await repository.grant(tx.conn, look_up_id, who.id, tx.now)
            tx.record(Entry(command_id, who.region, "lookups.granted", look_up_id, who.actor))
        granted = await repository.find(tx.conn, look_up_id)
    assert granted is not None
    return granted


def todays_purposes(day: date) -> list[PurposeRule]:
    """What may be chosen today."""
    return [rule for rule in purposes().values() if rule.valid(day) and not rule.blocked]


async def waiting(store: Store, who: Principal) -> tuple[list[LookUp], dict[UUID, str]]:
    """Look-ups of the region that wait for a second person, and who asks."""
    async with store.reading() as tx:
        found = await repository.waiting(tx.conn, who.region, tx.now - model.GRANT_LIFE, PAGE_MAX)
        return found, await names(tx.conn, [each.account_id for each in found])


async def incidents(store: Store, who: Principal) -> list[Incident]:
    """The region's open incidents, the newest first: what a look-up may be for."""
    async with store.reading() as tx:
        found = await dispatch.open_of_region(tx.conn, who.region)
    return sorted(found, key=lambda each: each.times.opened, reverse=True)[:PAGE_MAX]
