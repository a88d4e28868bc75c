"""Routes: reads kept for cases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from jedel.access import Principal, Role, allow
from jedel.plates.desk import desk_of
from jedel.plates.store.evidence import service
from jedel.plates.store.evidence.repository import Row
from jedel.plates.store.evidence.schemas import EvidenceView, KeepRead, OfCase, ReleaseRead
from jedel.plates.store.search.api import SearchDesk
from jedel.plates.store.search.service import Desk, view

router = APIRouter(prefix="/api/plates", tags=["plates"])

KEEPERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR)


@router.post("/reads/{read_id}/evidence")
async def keep(
    read_id: UUID,
    body: KeepRead,
    who: Annotated[Principal, KEEPERS],
    desk: SearchDesk,
    request: Request,
) -> EvidenceView:
    """Keep a read and its pictures for a case until its retention ends, whatever becomes of the original."""
    row = await service.keep(desk.store, desk_of(request).pictures, who, read_id, body)
    return await _view(desk, who, row)


@router.post("/evidence/of-case")
async def of_case(body: OfCase, who: Annotated[Principal, KEEPERS], desk: SearchDesk) -> list[EvidenceView]:
    """The reads that a case keeps, the newest first; that they were looked at is on record."""
    return [await _view(desk, who, row) for row in await service.of_case(desk.store, who, body.case_number)]


@router.post("/evidence/{evidence_id}/until")
async def set_until(
    evidence_id: UUID,
    body: ReleaseRead,
    who: Annotated[Principal, allow(Role.SUPERVISOR)],
    desk: SearchDesk,
) -> EvidenceView:
    """Keep it longer, or no longer: with a day that is past it is released."""
    return await _view(desk, who, await service.set_until(desk.store, who, evidence_id, body))


async def _view(desk: Desk, who: Principal, row: Row) -> EvidenceView:
    return EvidenceView(
        id=row["evidence_id"],
        case_number=row["case_number"],
        until=row["until"],
        kept_by=row["kept_by"],
        kept_at=row["kept_at"],
        read=await view(desk, who, row),
    )
