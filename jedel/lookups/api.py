"""Routes: asking the registers, a second person's word, the auditor's view."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.lookups import audit, reading, service
from jedel.lookups.model import LookUp, Register, State
from jedel.lookups.schemas import (
    Answer,
    AskPerson,
    AskPhone,
    AskVehicle,
    FlagSeen,
    FlagView,
    Grant,
    LookUpView,
    PurposeView,
    ReadingView,
    ReadText,
    ReasonView,
)
from jedel.registers.views import Part

router = APIRouter(prefix="/api", tags=["lookups"])

ASKERS = allow(*CONSOLE, Role.OFFICER)
SECOND_PERSONS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR)
AUDITORS = allow(Role.AUDITOR)

SAMPLE_MAX = 50


@router.get("/lookups/purposes", dependencies=[ASKERS])
async def purposes(store: StoreDep) -> list[PurposeView]:
    """What the registers may be asked for today."""
    return [PurposeView.of(rule) for rule in service.todays_purposes(store.clock.now().date())]


@router.get("/lookups/incidents")
async def incidents(who: Annotated[Principal, ASKERS], store: StoreDep) -> list[ReasonView]:
    """Open incidents of the region, the newest first: what a look-up may be for."""
    return [ReasonView.of(each) for each in await service.incidents(store, who)]


@router.post("/lookups/read", dependencies=[ASKERS])
async def read(body: ReadText) -> list[ReadingView]:
    """What a typed or spoken number may be, the likeliest first. No register is asked."""
    return [ReadingView.of(each) for each in reading.readings(body.text)]


@router.post("/lookups/vehicle")
async def ask_vehicle(
    body: AskVehicle, who: Annotated[Principal, ASKERS], store: StoreDep, response: Response
) -> Answer:
    """A vehicle by plate or VIN; 202 while a second person is waited for."""
    asked_by = "plate" if body.plate is not None else "vin"
    typed = body.plate or body.vin or ""
    return _answer(response, *await service.ask(store, who, body, Register.VEHICLE, asked_by, typed))


@router.post("/lookups/person")
async def ask_person(
    body: AskPerson, who: Annotated[Principal, ASKERS], store: StoreDep, response: Response
) -> Answer:
    """A person by ИИН or document number; 202 while a second person is waited for."""
    asked_by = "iin" if body.iin is not None else "document"
    typed = body.iin or body.document or ""
    return _answer(response, *await service.ask(store, who, body, Register.PERSON, asked_by, typed))


@router.post("/lookups/phone")
async def ask_phone(
    body: AskPhone, who: Annotated[Principal, ASKERS], store: StoreDep, response: Response
) -> Answer:
    """A phone by IMEI."""
    return _answer(response, *await service.ask(store, who, body, Register.PHONE, "imei", body.imei))


@router.get("/lookups/waiting")
async def waiting(who: Annotated[Principal, SECOND_PERSONS], store: StoreDep) -> list[LookUpView]:
    """Look-ups that wait for a second person, the oldest first."""
    return _views(*await service.waiting(store, who))


@router.post("/lookups/{look_up_id}/grant", status_code=204)
async def grant(
    look_up_id: UUID, body: Grant, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> None:
    """Let a colleague's look-up be answered."""
    await service.grant(store, who, look_up_id, body.id)


@router.get("/audit/lookups")
async def look_ups(
    who: Annotated[Principal, AUDITORS],
    store: StoreDep,
    account: UUID | None = None,
    asked: Annotated[str | None, Query(max_length=40)] = None,
    before: datetime | None = None,
) -> list[LookUpView]:
    """Who asked what, when and why; the newest first."""
    return _views(*await audit.page(store, who, account, asked, before))


@router.get("/audit/sample")
async def sample(
    who: Annotated[Principal, AUDITORS],
    store: StoreDep,
    count: Annotated[int, Query(ge=1, le=SAMPLE_MAX)] = 10,
) -> list[LookUpView]:
    """Look-ups of the last day, drawn by chance."""
    return _views(*await audit.sample(store, who, count))


@router.get("/audit/flags")
async def flags(who: Annotated[Principal, AUDITORS], store: StoreDep) -> list[FlagView]:
    """Unusual look-ups that nobody has looked at yet."""
    found, named = await audit.flags(store, who)
    return [FlagView(look_up=LookUpView.of(each["look_up"], named), reason=each["reason"]) for each in found]


@router.post("/audit/flags/{look_up_id}/seen", status_code=204)
async def seen(
    look_up_id: UUID, body: FlagSeen, who: Annotated[Principal, AUDITORS], store: StoreDep
) -> None:
    """The auditor has looked at it."""
    await audit.seen(store, who, look_up_id, body.id, body.note)


def _answer(response: Response, made: LookUp, parts: tuple[Part, ...] | None) -> Answer:
    if made.state is State.ASKED:
        response.status_code = 202
    return Answer(id=made.id, state=made.state, parts=None if parts is None else list(parts))


def _views(found: list[LookUp], named: dict[UUID, str]) -> list[LookUpView]:
    return [LookUpView.of(each, named) for each in found]
