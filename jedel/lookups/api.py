"""Routes: asking the registers, from consoles and tablets; a second person's word."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from jedel.access import CONSOLE, DeviceKind, Principal, Role, StoreDep, allow
from jedel.journal import Store
from jedel.lookups import interests, offline, reading, service
from jedel.lookups.model import LookUp, Register, State
from jedel.lookups.schemas import (
    Answer,
    AskedOffline,
    AskPerson,
    AskPhone,
    AskVehicle,
    Declare,
    Grant,
    LookUpView,
    PurposeView,
    ReadingView,
    ReadText,
    ReasonView,
    Refuse,
    WantedList,
)
from jedel.lookups.service import Asker
from jedel.lookups.tablets import TabletDep
from jedel.registers.views import Part

router = APIRouter(prefix="/api", tags=["lookups"])

ASKERS = allow(*CONSOLE, Role.OFFICER)
SECOND_PERSONS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR)


@router.get("/lookups/purposes", dependencies=[allow(*CONSOLE, Role.OFFICER, Role.AUDITOR)])
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
    body: AskVehicle,
    who: Annotated[Principal, ASKERS],
    tablet: TabletDep,
    store: StoreDep,
    request: Request,
    response: Response,
) -> Answer:
    """A vehicle by plate or VIN; 202 while a second person is waited for."""
    asked_by = "plate" if body.plate is not None else "vin"
    typed = body.plate or body.vin or ""
    asker = Asker(who, tablet, _key(request))
    found = await service.ask(store, asker, body, Register.VEHICLE, asked_by, typed)
    return await _answer(store, response, *found)


@router.post("/lookups/person")
async def ask_person(
    body: AskPerson,
    who: Annotated[Principal, ASKERS],
    tablet: TabletDep,
    store: StoreDep,
    request: Request,
    response: Response,
) -> Answer:
    """A person by ИИН or document number; 202 while a second person is waited for."""
    asked_by = "iin" if body.iin is not None else "document"
    typed = body.iin or body.document or ""
    asker = Asker(who, tablet, _key(request))
    found = await service.ask(store, asker, body, Register.PERSON, asked_by, typed)
    return await _answer(store, response, *found)


@router.post("/lookups/phone")
async def ask_phone(
    body: AskPhone,
    who: Annotated[Principal, ASKERS],
    tablet: TabletDep,
    store: StoreDep,
    request: Request,
    response: Response,
) -> Answer:
    """A phone by IMEI."""
    asker = Asker(who, tablet, _key(request))
    found = await service.ask(store, asker, body, Register.PHONE, "imei", body.imei)
    return await _answer(store, response, *found)


@router.get("/lookups/waiting")
async def waiting(who: Annotated[Principal, SECOND_PERSONS], store: StoreDep) -> list[LookUpView]:
    """Look-ups that wait for a second person, the oldest first."""
    found, known = await service.waiting(store, who)
    return [LookUpView.of(each, known) for each in found]


@router.post("/lookups/{look_up_id}/grant", status_code=204)
async def grant(
    look_up_id: UUID, body: Grant, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> None:
    """Let a colleague's look-up be answered."""
    await service.grant(store, who, look_up_id, body.id)


@router.post("/lookups/{look_up_id}/refuse", status_code=204)
async def refuse(
    look_up_id: UUID, body: Refuse, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> None:
    """Do not let a colleague's look-up be answered; the colleague reads why."""
    await service.refuse(store, who, look_up_id, body.id, body.reason)


@router.get("/lookups/wanted-list", responses={304: {"description": "the tablet has this version"}})
async def wanted_list(
    who: Annotated[Principal, allow(DeviceKind.TABLET)], store: StoreDep, request: Request, response: Response
) -> WantedList:
    """Wanted plates for a tablet to keep while it has no link; 304 by ``If-None-Match``."""
    found = await offline.wanted(store, who, request.headers.get("if-none-match", "").strip('"') or None)
    if found is None:
        return Response(status_code=304)  # type: ignore[return-value]
    response.headers["ETag"] = f'"{found.version}"'
    response.headers["Cache-Control"] = "no-store"
    return found


@router.post("/lookups/offline", status_code=204)
async def asked_offline(
    body: AskedOffline,
    who: Annotated[Principal, allow(DeviceKind.TABLET)],
    store: StoreDep,
    request: Request,
) -> None:
    """Put on record what an officer asked of the tablet's list without a link."""
    await offline.asked(store, who, body, _key(request))


@router.put("/lookups/interests/{account_id}", status_code=204)
async def declare(
    account_id: UUID,
    body: Declare,
    who: Annotated[Principal, allow(Role.ADMINISTRATOR)],
    store: StoreDep,
    request: Request,
) -> None:
    """Whose look-ups by this account go to the auditor: the employee's own ИИН and relatives'."""
    await interests.declare(store, who, account_id, body, _key(request))


def _key(request: Request) -> Path:
    file: Path = request.app.state.settings.lookups_key
    return file


async def _answer(store: Store, response: Response, made: LookUp, parts: tuple[Part, ...] | None) -> Answer:
    if made.state is State.ASKED:
        response.status_code = 202
    return Answer(
        id=made.id,
        state=made.state,
        kind=made.register,
        by=made.asked_by,
        asked=made.asked,
        at=made.at,
        decided_by=await service.decider(store, made),
        refusal=made.refusal,
        parts=None if parts is None else list(parts),
    )
