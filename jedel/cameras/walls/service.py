"""Saving and deleting walls."""

from typing import Any
from uuid import UUID

from jedel.access import Principal
from jedel.cameras.walls import errors, model, repository
from jedel.cameras.walls.schemas import SaveWall, WallView
from jedel.journal import Entry, Store, Tx, View
from jedel.kernel.errors import NotFound

COLLECTION = "walls"
Row = dict[str, Any]


async def listed(store: Store, who: Principal) -> list[WallView]:
    """One's own walls and the region's shared ones."""
    async with store.reading() as tx:
        own = await repository.of_account(tx.conn, who.region, who.id)
        shared = await repository.shared(tx.conn, who.region)
    return [WallView(**row) for row in (*own, *shared)]


async def save(store: Store, who: Principal, wall_id: UUID, body: SaveWall) -> WallView:
    """A new wall, or one of one's own as it is to be. Raises NotFound, NotYourWall, TooManyWalls,
    TilesDoNotFit."""
    if len(body.tiles) > (limit := model.LAYOUTS[body.layout]):
        raise errors.TilesDoNotFit(limit=limit)
    async with store.transaction() as tx:
        before = await repository.find(tx.conn, wall_id)
        if before is not None:
            _check(who, before)
            if await tx.recorded(body.id):
                return WallView(**before)
        elif await tx.recorded(body.id):
            raise NotFound(what="wall", id=wall_id)  # saved by this command, and deleted since
        else:
            await _check_room(tx, who, body.shared)
        row: Row = body.model_dump(mode="json", exclude={"id"}) | {
            "id": wall_id,
            "region": who.region,
            "account_id": before["account_id"] if before else who.id,
            "updated_at": tx.now,
        }
        await repository.save(tx.conn, row)
        view = WallView(**row)
        was_shared = before is not None and before["shared"]
        tx.record(
            Entry(
                *(body.id, who.region, "cameras.wall_saved", wall_id, who.actor),
                {"name": body.name, "layout": body.layout, "shared": body.shared},
                changed={COLLECTION: [view.model_dump()]} if body.shared else {},
                gone={COLLECTION: [str(wall_id)]} if was_shared and not body.shared else {},
            )
        )
    return view


async def delete(store: Store, who: Principal, wall_id: UUID, command: UUID) -> None:
    """Raises NotFound, NotYourWall."""
    async with store.transaction() as tx:
        if await tx.recorded(command):
            return
        row = await repository.find(tx.conn, wall_id)
        if row is None:
            raise NotFound(what="wall", id=wall_id)
        _check(who, row)
        await repository.delete(tx.conn, wall_id)
        gone = {COLLECTION: [str(wall_id)]} if row["shared"] else {}
        facts = {"name": row["name"]}
        tx.record(Entry(command, who.region, "cameras.wall_deleted", wall_id, who.actor, facts, gone=gone))


def _check(who: Principal, row: Row) -> None:
    if row["region"] != who.region or not (row["shared"] or row["account_id"] == who.id):
        raise NotFound(what="wall", id=row["id"])
    if not model.may_change(who, row["account_id"]):
        raise errors.NotYourWall(name=row["name"])


async def _check_room(tx: Tx, who: Principal, shared: bool) -> None:
    own = await repository.of_account(tx.conn, who.region, who.id)
    if len(own) >= model.OWN_MAX:
        raise errors.TooManyWalls(limit=model.OWN_MAX)
    if shared and len(await repository.shared(tx.conn, who.region)) >= model.SHARED_MAX:
        raise errors.TooManyWalls(limit=model.SHARED_MAX)


async def collection(tx: Tx, region: str) -> list[View]:
    """The live collection ``walls``: those that the region's seats share."""
    return [WallView(**row).model_dump() for row in await repository.shared(tx.conn, region)]
