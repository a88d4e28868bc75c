"""What the tests of alarms, of the drivers and of their bench share."""

from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson

from jedel import alarms
from jedel.access import DeviceKind, Principal, Role
from jedel.access.devices import add_device
from jedel.access.schemas import NewDevice
from jedel.alarms import service
from jedel.alarms.service import Receipt
from jedel.alarms.signals import Level, Signal, SignalKind
from jedel.journal import Recorded, Store, snapshot
from jedel.journal import repository as journal
from jedel.kernel.ids import new_id

REGION = "00"
ADMIN = Principal("account", UUID(int=100), "Admin", REGION, Role.ADMINISTRATOR)
DUTY = Principal("account", UUID(int=101), "Duty", REGION, Role.DUTY_OFFICER)
ELSEWHERE = Principal("account", UUID(int=102), "Elsewhere", "02", Role.DUTY_OFFICER)

COLLECTIONS = {"alarms": alarms.alarms_collection, "devices": alarms.devices_collection}


async def school(store: Store) -> UUID:
    """A site, as an import of a map leaves it."""
    site_id = uuid4()
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO site VALUES (%s, %s, %s, 'school', '№1 мектеп', 'Школа №1', 'School No. 1',"
            " 76.9, 43.2, 'Абай 1', NULL, '', '', '', '{\"entrances\": 3}')",
            (site_id, REGION, uuid4()),
        )
    return site_id


async def device(
    store: Store,
    kind: DeviceKind = DeviceKind.PANIC_BUTTON,
    *,
    account: str | None = None,
    site_id: UUID | None = None,
) -> UUID:
    """A device, not yet enrolled."""
    body = NewDevice(id=new_id(), kind=kind, name="Director's office", site_id=site_id, account=account)
    made, _, _ = await add_device(store, ADMIN, body)
    return made.id


def said(device_id: UUID, kind: SignalKind = SignalKind.PRESS, **more: Any) -> Signal:
    """A signal with a new id; a press asks for help where nothing else is said."""
    if kind is SignalKind.PRESS:
        more = {"level": Level.HELP} | more
    return Signal(more.pop("id", None) or new_id(), kind, device_id=device_id, **more)


async def hear(store: Store, signal: Signal) -> Receipt:
    return await service.receive(store, signal, "mqtt")


async def press(store: Store, device_id: UUID, **more: Any) -> Receipt:
    return await hear(store, said(device_id, **more))


async def entries(store: Store, prefix: str = "alarms.") -> list[Recorded]:
    """The region's journal, entries of this room only."""
    async with store.reading() as tx:
        found = await journal.after(tx.conn, REGION, 0, 10_000)
    return [entry for entry in found if entry.kind.startswith(prefix)]


async def kinds(store: Store) -> list[str]:
    return [entry.kind.removeprefix("alarms.") for entry in await entries(store)]


async def rows(store: Store, query: str, **values: object) -> list[dict[str, Any]]:
    async with store.reading() as tx:
        return await (await tx.conn.execute(query, values)).fetchall()


async def state(store: Store) -> dict[str, dict[str, dict[str, Any]]]:
    """A fresh snapshot, by collection and id, as JSON would carry it."""
    fresh = await snapshot(store, COLLECTIONS, REGION)
    return {name: {str(v["id"]): as_json(v) for v in views} for name, views in fresh.collections.items()}


async def followed(store: Store) -> dict[str, dict[str, dict[str, Any]]]:
    """What a screen has that started empty and saw every event."""
    seen: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in COLLECTIONS}
    for entry in await entries(store, ""):
        for name in COLLECTIONS:
            for view in entry.changed.get(name, ()):
                seen[name][str(view["id"])] = view
            for gone in entry.gone.get(name, ()):
                del seen[name][gone]
    return seen


def as_json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_UTC_Z))


def panel_account() -> str:
    """An account number that no other panel of the test has."""
    return uuid5(uuid4(), "account").hex[:8].upper()
