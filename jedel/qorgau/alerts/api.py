"""Routes of alerts: the list, answers, pictures, how often hits are false."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from jedel.access import CONSOLE, DeviceKind, Principal, Role, StoreDep, allow
from jedel.qorgau.alerts import answers, rates
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
