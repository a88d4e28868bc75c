"""Routes of the auditor, and of telling the person looked up."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from jedel.access import Principal, Role, StoreDep, allow
from jedel.journal import Store
from jedel.lookups import audit, telling
from jedel.lookups.model import Register, Wanted
from jedel.lookups.schemas import FindLookUps, FlagSeen, FlagView, HeadView, LookUpView, ToldView, WhoAsked

router = APIRouter(prefix="/api/audit", tags=["audit"])

AUDITORS = allow(Role.AUDITOR)
TELLERS = allow(Role.AUDITOR, Role.SUPERVISOR)

SAMPLE_MAX = 50


@router.get("/lookups")
async def look_ups(
    who: Annotated[Principal, AUDITORS],
    store: StoreDep,
    account: UUID | None = None,
    purpose: Annotated[str | None, Query(max_length=40)] = None,
    register: Register | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> list[LookUpView]:
    """Who asked what, when and why; the newest first, a page before ``before``."""
    return await _page(store, who, Wanted(account, None, purpose, register, since, before))


@router.post("/lookups")
async def find(body: FindLookUps, who: Annotated[Principal, AUDITORS], store: StoreDep) -> list[LookUpView]:
    """The same of one number. It is in the body: addresses get logged."""
    wanted = Wanted(body.account, body.asked, body.purpose, body.register_, body.since, body.before)
    return await _page(store, who, wanted)


async def _page(store: Store, who: Principal, wanted: Wanted) -> list[LookUpView]:
    found, known = await audit.page(store, who, wanted)
    return [LookUpView.of(each, known) for each in found]


@router.get("/sample")
async def sample(
    who: Annotated[Principal, AUDITORS],
    store: StoreDep,
    count: Annotated[int, Query(ge=1, le=SAMPLE_MAX)] = 10,
) -> list[LookUpView]:
    """Look-ups of the last day, drawn by chance."""
    found, known = await audit.sample(store, who, count)
    return [LookUpView.of(each, known) for each in found]


@router.get("/flags")
async def flags(who: Annotated[Principal, AUDITORS], store: StoreDep, seen: bool = False) -> list[FlagView]:
    """Unusual look-ups that nobody has looked at yet; with ``seen`` those that somebody has."""
    found, known = await audit.flags(store, who, seen=seen)
    return [
        FlagView(
            look_up=LookUpView.of(each["look_up"], known),
            reason=each["reason"],
            seen_by=known.names.get(each["seen_by"]),
            seen_at=each["seen_at"],
            note=each["note"],
        )
        for each in found
    ]


@router.post("/flags/{look_up_id}/seen", status_code=204)
async def seen(
    look_up_id: UUID, body: FlagSeen, who: Annotated[Principal, AUDITORS], store: StoreDep
) -> None:
    """The auditor has looked at it."""
    await audit.seen(store, who, look_up_id, body.id, body.note)


@router.get("/journal")
async def heads(who: Annotated[Principal, AUDITORS], store: StoreDep) -> HeadView:
    """How far the region's journal goes and how far it is signed."""
    entries, head = await audit.heads(store, who)
    if head is None:
        return HeadView(entries=entries, signed=None, at=None, key=None, root=None)
    return HeadView(entries=entries, signed=head.size, at=head.at, key=head.key, root=head.root.hex())


@router.post("/who-asked")
async def who_asked(body: WhoAsked, who: Annotated[Principal, TELLERS], store: StoreDep) -> list[ToldView]:
    """What a person may be told of the look-ups about them. The ИИН is in the body: addresses get logged."""
    return await telling.who_asked(store, who, body.id, body.iin)
