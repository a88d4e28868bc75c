"""Routes: which cameras do not see, since when, and who was asked to mend them."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from jedel.access import STAFF, Principal, Role, StoreDep, allow
from jedel.cameras import service as registry
from jedel.cameras.health import repository, service
from jedel.cameras.health.model import NEW_VIEW, Code
from jedel.cameras.health.schemas import (
    AcceptView,
    FaultView,
    OrderBrief,
    OrderView,
    StepOrder,
    SummaryView,
    UnavailableView,
)
from jedel.cameras.tiles import camera_map_of
from jedel.cameras.tiles.model import DOWN, RECORDING, UNKNOWN, UP
from jedel.kernel.schema import Time

router = APIRouter(prefix="/api", tags=["cameras"])

READERS = allow(*STAFF)
MENDERS = allow(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DUTY_OFFICER)
PAGE_MAX = 500
ORDERS_MAX = 2_000


@router.get("/camera-health")
async def summary(who: Annotated[Principal, READERS], store: StoreDep, request: Request) -> SummaryView:
    """How many of the region's cameras see."""
    held = await camera_map_of(request).ready()
    counts = np.bincount(held.picture.layer(who.region).state, minlength=4).tolist()
    async with store.reading() as tx:
        codes = await repository.codes(tx.conn, who.region)
        waiting = await repository.orders_open(tx.conn, who.region)
    return SummaryView(
        up=counts[UP] + counts[RECORDING],
        recording=counts[RECORDING],
        down=counts[DOWN],
        unknown=counts[UNKNOWN],
        faults={Code(code): count for code, count in codes.items()},
        orders_open=waiting,
    )


@router.get("/camera-health/unavailable")
async def unavailable(
    who: Annotated[Principal, READERS],
    store: StoreDep,
    site_id: UUID | None = None,
    before: Time | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> list[UnavailableView]:
    """The region's cameras that are down, the last to fail first; `before`: a time, for the next page."""
    async with store.reading() as tx:
        rows = await repository.unavailable(tx.conn, who.region, site_id, before, limit)
    found = []
    for row in rows:
        order_id, number, state = (row.pop(f"order_{name}") for name in ("id", "number", "state"))
        order = OrderBrief(id=order_id, number=number, state=state) if order_id else None
        found.append(UnavailableView(**{**row, "detail": row["detail"] or ""}, order=order))
    return found


@router.get("/cameras/{camera_id}/faults")
async def faults(
    camera_id: UUID,
    who: Annotated[Principal, READERS],
    store: StoreDep,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> list[FaultView]:
    """When one camera did not see, the last time first."""
    async with store.reading() as tx:
        await registry.own(tx.conn, who, camera_id)
        rows = await repository.faults(tx.conn, camera_id, tx.now - timedelta(days=days), limit)
    return [FaultView(**row) for row in rows]


@router.post("/cameras/{camera_id}/view", status_code=204)
async def accept_view(
    camera_id: UUID,
    body: AcceptView,
    who: Annotated[Principal, MENDERS],
    store: StoreDep,
    request: Request,
) -> None:
    """The camera was turned on purpose: what it shows now is right."""
    await service.accept_view(store, who, camera_id, body)
    nats = request.app.state.nats
    if nats is not None and nats.is_connected:
        await nats.publish(NEW_VIEW, str(camera_id).encode())


@router.get("/camera-work-orders", response_model=list[OrderView])
async def orders(
    who: Annotated[Principal, READERS],
    store: StoreDep,
    state: Literal["opened", "sent", "acknowledged", "done"] | None = None,
    camera_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=ORDERS_MAX)] = 200,
    form: Literal["json", "csv"] = "json",
) -> list[OrderView] | Response:
    """The region's work orders, the last first; `form=csv` for whoever sends the letters."""
    async with store.reading() as tx:
        found = await repository.orders(tx.conn, who.region, state, camera_id, limit)
        stamp = tx.now
    views = [service.order_view(order) for order in found]
    return _file(service.as_csv(views), stamp) if form == "csv" else views


def _file(text: str, at: datetime) -> Response:
    name = f"work-orders-{at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/camera-work-orders/{order_id}")
async def step(
    order_id: UUID, body: StepOrder, who: Annotated[Principal, MENDERS], store: StoreDep
) -> OrderView:
    """The owner was told, has answered, or is done."""
    return await service.step(store, who, order_id, body)
