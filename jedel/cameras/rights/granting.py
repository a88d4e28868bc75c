"""Giving and taking rights, and what the clock does to them."""

from typing import Any
from uuid import UUID

from jedel.access import Principal, names, region_of_account
from jedel.cameras import service as registry
from jedel.cameras.errors import NoSuchGroup, OwnRight, RightNamesNobody
from jedel.cameras.groups import repository as groups
from jedel.cameras.rights import repository
from jedel.cameras.rights.model import Action, Effect, Rule
from jedel.cameras.rights.schemas import MayView, NewRight, RightView
from jedel.cameras.rights.service import decide
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, TooMany
from jedel.kernel.ids import derived_id
from jedel.units import repository as units

RIGHTS_MAX = 500
"""Of one region; all of them are looked at for each decision."""


async def may(store: Store, who: Principal, camera_id: UUID) -> dict[Action, MayView]:
    """What the asker may do with a camera now. Raises NotFound."""
    async with store.reading() as tx:
        camera = await registry.own(tx.conn, who, camera_id)
        found = {action: await decide(tx.conn, who, camera, action, tx.now) for action in Action}
    return {
        action: MayView(
            allowed=each.allowed,
            why=each.why,
            until=each.until,
            unmasked=each.unmasked,
            incidents=list(each.incidents),
        )
        for action, each in found.items()
    }


async def of_region(store: Store, who: Principal) -> list[RightView]:
    """The newest first."""
    async with store.reading() as tx:
        return await _views(tx, await repository.listed(tx.conn, who.region, RIGHTS_MAX))


async def add(store: Store, who: Principal, body: NewRight) -> RightView:
    """Raises OwnRight, RightNamesNobody, NoSuchGroup, TooMany."""
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await _one(tx, who, body.id)
        await _check(tx, who, body)
        row = body.model_dump(mode="python") | {
            "region": who.region,
            "actions": sorted(body.actions),
            "weekly": [
                {"days": sorted(each.days), "start": each.start, "end": each.end} for each in body.weekly
            ],
            "created_at": tx.now,
            "created_by": who.actor,
        }
        rule = repository.rule_of(row)
        await repository.insert(tx.conn, row | {"applied": rule.in_force(tx.now)})
        tx.record(Entry(body.id, who.region, "cameras.right_given", body.id, who.actor, _told(row)))
        return await _one(tx, who, body.id)


async def take(store: Store, who: Principal, right_id: UUID, command: UUID) -> None:
    """Raises NotFound, OwnRight."""
    async with store.transaction() as tx:
        row = await repository.find(tx.conn, right_id)
        if row is None or row["region"] != who.region:
            raise NotFound(what="right", id=right_id)
        if row["ended_at"] is not None or await tx.recorded(command):
            return
        rule = repository.rule_of(row)
        if rule.effect is Effect.DENY and _is_own(who, rule.role, rule.account_id):
            raise OwnRight
        await repository.end(tx.conn, right_id, tx.now)
        tx.record(Entry(command, who.region, "cameras.right_taken", right_id, who.actor, _told(row)))


async def turn(store: Store) -> None:
    """Rules whose time began or ended since the last look, into the journal: it wakes whoever judges."""
    async with store.transaction() as tx:
        for rule, applied in await repository.timed(tx.conn):
            now = rule.in_force(tx.now)
            if now == applied:
                continue
            await repository.apply(tx.conn, rule.id, now)
            kind = "cameras.right_began" if now else "cameras.right_ended"
            entry_id = derived_id(rule.id, f"{kind}/{tx.now.timestamp()}")
            tx.record(Entry(entry_id, rule.region, kind, rule.id, "system:cameras"))


async def _check(tx: Tx, who: Principal, body: NewRight) -> None:
    if await repository.count(tx.conn, who.region) >= RIGHTS_MAX:
        raise TooMany(limit=RIGHTS_MAX)
    if sum(each is not None for each in (body.role, body.account_id, body.unit_id)) != 1:
        raise RightNamesNobody
    if body.account_id is not None and await region_of_account(tx.conn, body.account_id) != who.region:
        raise RightNamesNobody
    if body.unit_id is not None:
        unit = await units.find(tx.conn, body.unit_id)
        if unit is None or unit.region != who.region:
            raise RightNamesNobody
    if body.group_id is not None and await groups.find(tx.conn, who.region, body.group_id) is None:
        raise NoSuchGroup(id=body.group_id)
    if body.effect is Effect.ALLOW and _is_own(who, body.role, body.account_id):
        raise OwnRight


def _is_own(who: Principal, role: object, account_id: UUID | None) -> bool:
    return account_id == who.id or role == who.role


async def _one(tx: Tx, who: Principal, right_id: UUID) -> RightView:
    row = await repository.find(tx.conn, right_id)
    if row is None or row["region"] != who.region:
        raise NotFound(what="right", id=right_id)
    return (await _views(tx, [row]))[0]


async def _views(tx: Tx, rows: list[dict[str, Any]]) -> list[RightView]:
    called = await names(tx.conn, [row["account_id"] for row in rows if row["account_id"]])
    return [
        RightView(
            **{name: row[name] for name in RightView.model_fields if name in row},
            account_name=called.get(row["account_id"]),
            in_force=_rule(row).in_force(tx.now),
        )
        for row in rows
    ]


def _rule(row: dict[str, Any]) -> Rule:
    return repository.rule_of(row)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    facts = (
        "effect", "role", "account_id", "unit_id", "group_id", "actions", "weekly", "from_at", "until_at",
        "note",
    )  # fmt: skip
    return {name: row[name] for name in facts}
