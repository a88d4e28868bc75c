"""Routes of alerts: the list, answers, pictures, how often hits are false."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import FileResponse, Response

from jedel.access import CONSOLE, DeviceKind, Principal, Role, StoreDep, allow
from jedel.plates.pictures import Pictures, Which
from jedel.qorgau.alerts import answers, rates
from jedel.qorgau.alerts.errors import NoPicture
from jedel.qorgau.alerts.schemas import AlertView, Answer, RatesView

router = APIRouter(prefix="/api/qorgau", tags=["qorgau"])

SEES = allow(*CONSOLE, DeviceKind.TABLET)
ANSWERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR, DeviceKind.TABLET)


@router.get("/alerts", response_model=list[AlertView])
async def alerts(who: Annotated[Principal, SEES], store: StoreDep) -> Any:
    """The region's open alerts, the gravest first; for a tablet those that its unit is told of."""
    return await answers.of(store, who)


@router.post("/alerts/{alert_id}/answer", response_model=AlertView)
async def answer(alert_id: UUID, body: Answer, who: Annotated[Principal, ANSWERS], store: StoreDep) -> Any:
    """What the officer found: seen, confirmed (plate and vehicle), stopped, refuted (why), lost."""
    return await answers.answer(store, who, alert_id, body)


@router.get("/rates", response_model=RatesView)
async def false_hits(
    who: Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR)],
    store: StoreDep,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> Any:
    """How often officers found that it was not so: by camera, ground, source and reader; and what nobody was
    told of."""
    return await rates.of(store, who.region, timedelta(days=days))


@router.get("/alerts/{alert_id}/pictures/{which}", response_class=FileResponse)
async def picture(
    alert_id: UUID,
    which: Which,
    who: Annotated[Principal, SEES],
    store: StoreDep,
    request: Request,
    read: UUID | None = None,
) -> Response:
    """A picture of one of the alert's reads, the newest where none is named; for the console, and for a
    tablet while its unit is told of the alert."""
    async with store.reading() as tx:
        alert = await answers.own(tx, who, alert_id, told_now=True)
    at = answers.seen_at(alert, read)
    if at is None:
        raise NoPicture(which=which)
    pictures = Pictures(request.app.state.settings.blob_dir)
    found = await asyncio.to_thread(pictures.find, *at, which)
    if found is None:
        raise NoPicture(which=which)
    return FileResponse(found, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
