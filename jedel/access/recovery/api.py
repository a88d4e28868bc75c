"""Routes: asking to be let in again, and letting in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from jedel.access.gate import StoreDep, allow, public
from jedel.access.model import Principal, Role
from jedel.access.recovery import service as recoveries
from jedel.access.recovery.repository import Recovery
from jedel.kernel.schema import Body, ShortText, View

router = APIRouter(prefix="/api/recoveries", tags=["access"])

Helper = Annotated[Principal, allow(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)]


class AskRecovery(Body):
    login: ShortText


class Decide(Body):
    id: UUID


class RecoveryView(View):
    """``approved_at``: a code was given out that nobody has used yet."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    role: Role
    asked_at: datetime
    expires_at: datetime
    approved_at: datetime | None

    @classmethod
    def of(cls, recovery: Recovery) -> "RecoveryView":
        return cls(**{name: getattr(recovery, name) for name in cls.model_fields})


class RecoveryCode(View):
    """The one-time code to hand over in person, shown once."""

    recovery: RecoveryView
    code: str
    expires_at: datetime


@router.post("", status_code=202, dependencies=[public()])
async def ask_recovery(body: AskRecovery, store: StoreDep) -> None:
    """Ask to be let in again; the answer is the same whether there is such an account or not."""
    await recoveries.ask(store, body.login)


@router.get("")
async def recoveries_asked(who: Helper, store: StoreDep) -> list[RecoveryView]:
    """Those whom one may let in again, the first to ask first."""
    return [RecoveryView.of(each) for each in await recoveries.asked(store, who)]


@router.post("/{recovery_id}/approve")
async def approve_recovery(recovery_id: UUID, body: Decide, who: Helper, store: StoreDep) -> RecoveryCode:
    """The code to hand over, after making sure in person who it is."""
    found, code, until = await recoveries.approve(store, who, recovery_id, body.id)
    return RecoveryCode(recovery=RecoveryView.of(found), code=code, expires_at=until)


@router.post("/{recovery_id}/refuse", status_code=204)
async def refuse_recovery(recovery_id: UUID, body: Decide, who: Helper, store: StoreDep) -> None:
    """It was not the person."""
    await recoveries.refuse(store, who, recovery_id, body.id)
