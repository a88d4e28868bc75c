"""Work orders, and what screens ask about the health of cameras."""

import csv
import io
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from jedel.access import Principal
from jedel.cameras import service as registry
from jedel.cameras.health import orders, repository
from jedel.cameras.health.errors import OrderStep
from jedel.cameras.health.orders import OPEN_AFTER, Order, OrderState
from jedel.cameras.health.schemas import AcceptView, OrderView, StepOrder
from jedel.dispatch.day import zone_at
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id, new_id

ACTOR: Final = "system:health"
BATCH: Final = 500
LANGUAGES: Final = ("kk", "ru", "en")


def order_view(order: Order) -> OrderView:
    told = {name: value for name, value in asdict(order).items() if name in OrderView.model_fields}
    return OrderView(**told, text={lang: orders.text(order, lang, _local(order.since)) for lang in LANGUAGES})


def _local(at: datetime) -> datetime:
    return at.astimezone(zone_at(at))


async def open_orders(store: Store) -> int:
    """A work order for each fault that lasts, one entry in the journal for all of a region; how many."""
    async with store.transaction() as tx:
        due = await repository.due(tx.conn, tx.now - OPEN_AFTER, BATCH)
        by_region: dict[str, list[Order]] = {}
        for fault in due:
            order_id = derived_id(fault["id"], "cameras.work_order")
            await repository.open_order(tx.conn, order_id, fault, ACTOR, tx.now)
            made = await repository.find_order(tx.conn, order_id)
            assert made is not None
            by_region.setdefault(made.region, []).append(made)
        for region, opened in by_region.items():
            _record(tx, new_id(), region, "cameras.work_orders_opened", ACTOR, opened)
    return len(due)


async def finish_orders(store: Store) -> int:
    """Orders whose camera sees again are done; how many."""
    async with store.transaction() as tx:
        found = await repository.mended(tx.conn, BATCH)
        by_region: dict[str, list[Order]] = {}
        for order in found:
            done = order.step(OrderState.DONE, "", order.until or tx.now)
            assert done is not None
            await repository.save_order(tx.conn, done, ACTOR)
            by_region.setdefault(order.region, []).append(done)
        for region, done_ones in by_region.items():
            _record(tx, new_id(), region, "cameras.work_orders_done", ACTOR, done_ones)
    return len(found)


def _record(tx: Tx, command: UUID, region: str, kind: str, actor: str, some: list[Order]) -> None:
    """Who sends letters reads it from here: the entry holds what the owner is told."""
    told = [
        {
            "id": str(each.id), "number": each.number, "camera_id": str(each.camera_id), "code": each.code,
            "state": each.state, "owner": each.owner, "contact": each.contact, "note": each.note,
            "text": {lang: orders.text(each, lang, _local(each.since)) for lang in LANGUAGES},
        }
        for each in some
    ]  # fmt: skip
    tx.record(Entry(command, region, kind, some[0].id, actor, {"count": len(some), "orders": told}))


async def step(store: Store, who: Principal, order_id: UUID, body: StepOrder) -> OrderView:
    """An order goes on. Raises NotFound, OrderStep."""
    async with store.transaction() as tx:
        order = await repository.find_order(tx.conn, order_id, lock=True)
        if order is None or order.region != who.region:
            raise NotFound(what="work_order", id=order_id)
        if await tx.recorded(body.id):
            return order_view(order)
        after = order.step(OrderState(body.state), body.note, tx.now)
        if after is None:
            raise OrderStep(state=order.state, to=body.state)
        await repository.save_order(tx.conn, after, who.actor)
        _record(tx, body.id, who.region, "cameras.work_order_changed", who.actor, [after])
    return order_view(after)


async def accept_view(store: Store, who: Principal, camera_id: UUID, body: AcceptView) -> None:
    """What the camera shows now is what it should show. Raises NotFound."""
    async with store.transaction() as tx:
        camera = await registry.own(tx.conn, who, camera_id)
        if await tx.recorded(body.id):
            return
        await repository.forget_views(tx.conn, camera_id)
        facts = {"number": camera.number, "name": camera.name}
        tx.record(Entry(body.id, who.region, "cameras.view_accepted", camera_id, who.actor, facts))


COLUMNS: Final = (
    "number", "state", "code", "camera_number", "camera_name", "owner", "contact", "since", "until",
    "opened_at", "sent_at", "acknowledged_at", "done_at", "note",
)  # fmt: skip
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula."""


def as_csv(found: list[OrderView]) -> str:
    """Work orders for those who send letters: with what the owner is told in each language."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *(f"text_{lang}" for lang in LANGUAGES)])
    for order in found:
        row = order.model_dump(mode="json")
        cells = [row[name] for name in COLUMNS] + [order.text[lang] for lang in LANGUAGES]
        writer.writerow([as_cell(cell) for cell in cells])
    return out.getvalue()


def as_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
