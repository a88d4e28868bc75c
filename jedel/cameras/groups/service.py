"""Making groups and filling them."""

from uuid import UUID

from jedel.access import Principal
from jedel.cameras.errors import GroupNameTaken
from jedel.cameras.groups import repository
from jedel.cameras.groups.schemas import ChangeMembers, GroupView, NewGroup, RenameGroup
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound

GROUPS_MAX = 500


async def of_region(store: Store, who: Principal) -> list[GroupView]:
    async with store.reading() as tx:
        return [GroupView(**row) for row in await repository.of_region(tx.conn, who.region, GROUPS_MAX)]


async def add(store: Store, who: Principal, body: NewGroup) -> GroupView:
    """Raises GroupNameTaken."""
    async with store.transaction() as tx:
        if not await tx.recorded(body.id):
            if not await repository.insert(tx.conn, body.id, who.region, body.name, tx.now):
                raise GroupNameTaken(name=body.name)
            tx.record(
                Entry(body.id, who.region, "cameras.group_added", body.id, who.actor, {"name": body.name})
            )
        return await _own(tx, who, body.id)


async def rename(store: Store, who: Principal, group_id: UUID, body: RenameGroup) -> GroupView:
    """Raises NotFound, GroupNameTaken."""
    async with store.transaction() as tx:
        before = await _own(tx, who, group_id)
        if await tx.recorded(body.id):
            return before
        if not await repository.rename(tx.conn, group_id, body.name):
            raise GroupNameTaken(name=body.name)
        facts = {"name": body.name, "before": before.name}
        tx.record(Entry(body.id, who.region, "cameras.group_renamed", group_id, who.actor, facts))
        return await _own(tx, who, group_id)


async def remove(store: Store, who: Principal, group_id: UUID, command: UUID) -> None:
    """Raises NotFound."""
    async with store.transaction() as tx:
        if await tx.recorded(command):
            return
        group = await _own(tx, who, group_id)
        await repository.delete(tx.conn, group_id)
        tx.record(
            Entry(command, who.region, "cameras.group_removed", group_id, who.actor, {"name": group.name})
        )


async def change_members(store: Store, who: Principal, group_id: UUID, body: ChangeMembers) -> GroupView:
    """Raises NotFound."""
    async with store.transaction() as tx:
        group = await _own(tx, who, group_id)
        if await tx.recorded(body.id):
            return group
        added = await repository.add(tx.conn, group_id, who.region, body.add)
        removed = await repository.remove(tx.conn, group_id, body.remove)
        facts = {"name": group.name, "added": added, "removed": removed}
        tx.record(Entry(body.id, who.region, "cameras.group_changed", group_id, who.actor, facts))
        return await _own(tx, who, group_id)


async def _own(tx: Tx, who: Principal, group_id: UUID) -> GroupView:
    row = await repository.find(tx.conn, who.region, group_id)
    if row is None:
        raise NotFound(what="group", id=group_id)
    return GroupView(**row)
