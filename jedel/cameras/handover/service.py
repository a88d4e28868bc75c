"""Offering a camera, and what becomes of the offer."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from jedel.access import Principal, names
from jedel.cameras import repository as cameras
from jedel.cameras import service as registry
from jedel.cameras.errors import CameraTaken, DecidedAlready, HandoverHeld, HandoverWaiting, NoSuchRegion
from jedel.cameras.handover import repository
from jedel.cameras.handover.schemas import HandoverView, Offer, Outcome, RegionView, Settle
from jedel.cameras.model import Camera, Zone, inside, words
from jedel.journal import Entry, Store, Tx
from jedel.jurisdictions import DEMO_REGION, regions
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id


def others(who: Principal) -> list[RegionView]:
    """The regions that a camera may be offered to, by code; the generated city is none of them."""
    apart = {who.region, DEMO_REGION}
    return [
        RegionView(region=code, name=name) for code, name in sorted(regions().items()) if code not in apart
    ]


async def offer(store: Store, who: Principal, camera_id: UUID, body: Offer) -> HandoverView:
    """Raises NotFound, NoSuchRegion, HandoverHeld, HandoverWaiting."""
    if body.to_region == who.region or body.to_region not in regions():
        raise NoSuchRegion(region=body.to_region)
    async with store.transaction() as tx:
        camera = await registry.own(tx.conn, who, camera_id, lock=True)
        if not await tx.recorded(body.id):
            _may_go(camera)
            row = {
                "id": body.id, "camera_id": camera_id, "from_region": who.region, "note": body.note,
                "to_region": body.to_region, "offered_by": who.id, "offered_at": tx.now,
            }  # fmt: skip
            if not await repository.offer(tx.conn, row):
                raise HandoverWaiting
            _record_both(tx, body.id, who, camera_id, "cameras.offered", row)
        return await _one(tx, who, body.id)


async def waiting(store: Store, who: Principal) -> list[HandoverView]:
    """What the region offers and is offered."""
    async with store.reading() as tx:
        return await _views(tx, await repository.waiting(tx.conn, who.region))


async def settle(store: Store, who: Principal, handover_id: UUID, body: Settle) -> HandoverView:
    """Raises NotFound, DecidedAlready, HandoverHeld, CameraTaken."""
    async with store.transaction() as tx:
        row = await repository.find(tx.conn, handover_id)
        mine = "from_region" if body.outcome is Outcome.WITHDRAWN else "to_region"
        if row is None or row[mine] != who.region:
            raise NotFound(what="handover", id=handover_id)
        if not await tx.recorded(body.id):
            if row["outcome"] is not None:
                raise DecidedAlready
            await repository.decide(tx.conn, handover_id, who.id, body.outcome, tx.now)
            if body.outcome is Outcome.ACCEPTED:
                await _move(tx, row)
            _record_both(tx, body.id, who, row["camera_id"], f"cameras.handover_{body.outcome}", row)
        return await _one(tx, who, handover_id)


async def _move(tx: Tx, row: dict[str, Any]) -> None:
    camera = await cameras.find(tx.conn, row["camera_id"], lock=True)
    if camera is None or camera.region != row["from_region"]:
        raise DecidedAlready
    _may_go(camera)
    # the site stays behind, for sites belong to a region's map; what hung inside hangs inside still
    zone = camera.zone or (Zone.CORRIDOR if inside(camera) else None)
    moved = replace(camera, region=row["to_region"], site_id=None, zone=zone, updated_at=tx.now)
    try:
        await cameras.update(tx.conn, moved, words(registry.own_texts(moved)))
    except UniqueViolation:
        raise CameraTaken(what="external_id") from None
    await repository.leave(tx.conn, camera.id, tx.now)


def _may_go(camera: Camera) -> None:
    if camera.device_id is not None or camera.unit_id is not None:
        raise HandoverHeld


def _record_both(
    tx: Tx, command: UUID, who: Principal, camera_id: UUID, kind: str, row: dict[str, Any]
) -> None:
    """In the journals of both regions: the command's own entry where it was given."""
    facts = {name: row[name] for name in ("from_region", "to_region", "note")}
    for region in (row["from_region"], row["to_region"]):
        entry_id = command if region == who.region else derived_id(command, "the other region")
        tx.record(Entry(entry_id, region, kind, camera_id, who.actor, facts))


async def _one(tx: Tx, who: Principal, handover_id: UUID) -> HandoverView:
    row = await repository.find(tx.conn, handover_id)
    if row is None or who.region not in (row["from_region"], row["to_region"]):
        raise NotFound(what="handover", id=handover_id)
    return (await _views(tx, [row]))[0]


async def _views(tx: Tx, rows: list[dict[str, Any]]) -> list[HandoverView]:
    called = await names(tx.conn, [row["offered_by"] for row in rows])
    return [
        HandoverView(
            **{name: value for name, value in row.items() if name != "offered_by"},
            offered_by_name=called.get(row["offered_by"], ""),
        )
        for row in rows
    ]
