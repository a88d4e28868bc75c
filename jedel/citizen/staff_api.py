"""Routes of the police: citizens' reports of phones, vehicles that are not shown."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from jedel.access import Principal, Role, StoreDep, allow
from jedel.citizen import reports
from jedel.citizen.model import Reason, ReportState
from jedel.citizen.schemas import Decide, HiddenView, Hide, ReportView, Show

router = APIRouter(prefix="/api", tags=["citizen"])

DECIDERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.OFFICER)
HIDERS = allow(Role.SUPERVISOR)
OVERSEERS = allow(Role.SUPERVISOR, Role.AUDITOR)


@router.get("/phone-reports")
async def phone_reports(
    who: Annotated[Principal, DECIDERS], store: StoreDep, state: ReportState = ReportState.WAITING
) -> list[ReportView]:
    """The region's reports: waiting ones the oldest first, decided ones the newest first."""
    found, named = await reports.page(store, who, state)
    return [ReportView.of(each, named) for each in found]


@router.post("/phone-reports/{report_id}/approve")
async def approve(
    report_id: UUID, body: Decide, who: Annotated[Principal, DECIDERS], store: StoreDep
) -> ReportView:
    """The phone is in the register from now on."""
    return await _decide(store, who, report_id, body.id, ReportState.APPROVED, body.reason)


@router.post("/phone-reports/{report_id}/refuse")
async def refuse(
    report_id: UUID, body: Decide, who: Annotated[Principal, DECIDERS], store: StoreDep
) -> ReportView:
    """The phone does not get into the register."""
    return await _decide(store, who, report_id, body.id, ReportState.REFUSED, body.reason)


async def _decide(
    store: StoreDep, who: Principal, report_id: UUID, command_id: UUID, state: ReportState, reason: Reason
) -> ReportView:
    decided = await reports.decide(store, who, report_id, command_id, state, reason)
    return ReportView.of(decided, {who.id: who.name} if decided.decided_by == who.id else {})


@router.get("/hidden-vehicles")
async def hidden(who: Annotated[Principal, OVERSEERS], store: StoreDep) -> list[HiddenView]:
    """Vehicles for which citizens are answered as if there were none."""
    return [HiddenView.model_validate(each) for each in await reports.hidden(store, who)]


@router.post("/hidden-vehicles", status_code=204)
async def hide(body: Hide, who: Annotated[Principal, HIDERS], store: StoreDep) -> None:
    """Do not show a vehicle to citizens, until a day."""
    await reports.hide(store, who, body)


@router.post("/hidden-vehicles/{hidden_id}/show", status_code=204)
async def show(hidden_id: UUID, body: Show, who: Annotated[Principal, HIDERS], store: StoreDep) -> None:
    """Show it again."""
    await reports.show(store, who, hidden_id, body.id)
