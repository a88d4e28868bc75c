"""Routes of the lists: who is looked for, on what ground, who said so, and how the grounds stand."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.kernel.limits import PAGE_MAX
from jedel.qorgau.watch import lists, service, standing
from jedel.qorgau.watch.load import BELL
from jedel.qorgau.watch.model import State
from jedel.qorgau.watch.repository import Wanted
from jedel.qorgau.watch.schemas import (
    Approve,
    End,
    LegalGroundView,
    ListTerms,
    OfPlate,
    Propose,
    SettingsView,
    Shorten,
    WatchEntryView,
    WatchListView,
)

router = APIRouter(prefix="/api/qorgau/watch", tags=["qorgau"])

READERS = allow(*CONSOLE, Role.AUDITOR)
PROPOSERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR)
SECOND_PERSONS = allow(Role.SUPERVISOR)

OPEN = (State.PROPOSED, State.ACTIVE)

Reader = Annotated[Principal, READERS]
Proposer = Annotated[Principal, PROPOSERS]
Second = Annotated[Principal, SECOND_PERSONS]


async def ring(request: Request) -> None:
    """Tell the workers to look now; nothing waits for NATS, and they look by themselves."""
    nats = request.app.state.nats
    if nats.is_connected:
        await nats.publish(BELL)


@router.get("")
async def entries(
    who: Reader,
    store: StoreDep,
    state: Annotated[list[State] | None, Query()] = None,
    before: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> list[WatchEntryView]:
    """Entries of the region, the newest first; open ones if no state is named."""
    return await service.page(store, who, Wanted(tuple(state or OPEN), None, before), limit)


@router.post("/of-plate")
async def entries_of_plate(body: OfPlate, who: Reader, store: StoreDep) -> list[WatchEntryView]:
    """Entries of the region for one plate, the newest first; in the body, since addresses get logged."""
    states = tuple(body.states or OPEN)
    return await service.page(store, who, Wanted(states, service.plate_of(body.plate), None), PAGE_MAX)


@router.get("/grounds", dependencies=[READERS])
async def grounds(store: StoreDep) -> list[LegalGroundView]:
    """The closed list of legal grounds, as it is today."""
    return standing.grounds(store)


@router.get("/settings", dependencies=[READERS])
async def settings(store: StoreDep) -> SettingsView:
    """What the registers are asked for, what is in force, and which grounds are off because a register is
    too old."""
    return await standing.settings(store)


@router.post("", status_code=201)
async def propose(body: Propose, who: Proposer, store: StoreDep) -> WatchEntryView:
    """Propose that a plate be looked for; nothing is, until a second person approves."""
    return await service.propose(store, who, body)


@router.get("/lists")
async def all_lists(who: Reader, store: StoreDep) -> list[WatchListView]:
    """Files of entries, the newest first."""
    return await lists.page(store, who)


@router.post("/lists/{list_id}", status_code=201)
async def propose_list(
    list_id: UUID,
    who: Proposer,
    store: StoreDep,
    request: Request,
    terms: Annotated[ListTerms, Query()],
) -> WatchListView:
    """Propose a file of plates as a whole; its CSV is the request's body, `plate` in the first line."""
    raw = await lists.content(request.stream())
    return await lists.propose(store, who, list_id, terms, raw)


@router.post("/lists/{list_id}/approve")
async def approve_list(
    list_id: UUID, body: Approve, who: Second, store: StoreDep, request: Request
) -> WatchListView:
    """The second person's word for all of it."""
    made = await lists.approve(store, who, list_id, body.id)
    await ring(request)
    return made


@router.post("/lists/{list_id}/refuse")
async def refuse_list(list_id: UUID, body: End, who: Second, store: StoreDep) -> WatchListView:
    """The second person's no."""
    return await lists.refuse(store, who, list_id, body.id, body.reason)


@router.post("/lists/{list_id}/revoke")
async def revoke_list(
    list_id: UUID, body: End, who: Proposer, store: StoreDep, request: Request
) -> WatchListView:
    """Nothing of it is looked for any more."""
    made = await lists.revoke(store, who, list_id, body.id, body.reason)
    await ring(request)
    return made


@router.post("/{entry_id}/approve")
async def approve(
    entry_id: UUID, body: Approve, who: Second, store: StoreDep, request: Request
) -> WatchEntryView:
    """The second person's word: the plate is looked for from now on."""
    made = await service.approve(store, who, entry_id, body.id)
    await ring(request)
    return made


@router.post("/{entry_id}/refuse")
async def refuse(entry_id: UUID, body: End, who: Second, store: StoreDep) -> WatchEntryView:
    """The second person's no; the proposer reads why."""
    return await service.refuse(store, who, entry_id, body.id, body.reason)


@router.post("/{entry_id}/revoke")
async def revoke(
    entry_id: UUID, body: End, who: Proposer, store: StoreDep, request: Request
) -> WatchEntryView:
    """The plate is not looked for any more."""
    made = await service.revoke(store, who, entry_id, body.id, body.reason)
    await ring(request)
    return made


@router.post("/{entry_id}/shorten")
async def shorten(
    entry_id: UUID, body: Shorten, who: Proposer, store: StoreDep, request: Request
) -> WatchEntryView:
    """An earlier last day; a later one is a new entry."""
    made = await service.shorten(store, who, entry_id, body.id, body.until)
    await ring(request)
    return made
