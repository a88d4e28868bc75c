"""What tests of look-ups need: registers with one car and one person, a tablet with its crew, questions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from jedel.journal import Store
from jedel.registers import Kind
from jedel.registers.importer import import_register
from tests.registers import make
from tests.support import Api
from tests.support.api import Seat

CASE = {"purpose": "investigation", "case_number": "26-7500-1/17"}
VEHICLE, PERSON, PHONE = "/api/lookups/vehicle", "/api/lookups/person", "/api/lookups/phone"
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def ask(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "plate": "777 abc 02", **CASE, **more}


async def registers(store: Store, folder: Path, *kinds: Kind, **changes: Any) -> None:
    """One good row of each register; `changes` by the register's name with underscores."""
    for kind in kinds or tuple(Kind):
        rows = changes.get(kind.replace("-", "_"), [{}])
        file = make.file(folder, kind, *rows)
        await import_register(store, kind, file, source="Test", as_of=AS_OF)


async def journal(store: Store, kind: str) -> list[dict[str, Any]]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT payload::json->'data' AS data, actor FROM journal WHERE kind = %s ORDER BY region, seq",
            (kind,),
        )
        return list(await cursor.fetchall())


async def crew(client: Api, *, on: bool = True) -> tuple[Seat, UUID]:
    """A tablet of a unit that is on shift, or off: its seat and the unit."""
    admin = await client.login("admin")
    unit = {"id": str(uuid4()), "call_sign": f"P{uuid4().int % 10_000}", "kind": "car"}
    await admin.ok("POST", "/api/units", json=unit)
    await shift(client, UUID(unit["id"]), on=on)
    tablet, _, _ = await client.device("tablet", unit_id=unit["id"])
    return tablet, UUID(unit["id"])


async def shift(client: Api, unit_id: UUID, *, on: bool) -> None:
    admin = await client.login("supervisor")
    body = {"id": str(uuid4()), "on": on} | ({"crew": ["A"]} if on else {})
    answer = await admin.post(f"/api/units/{unit_id}/shift", json=body)
    assert answer.is_success or not on, answer.text


def at(seat: Seat, tablet: Seat) -> Seat:
    """The officer of `seat` sits before this tablet."""
    seat.headers["Jedel-Device"] = tablet.headers["Authorization"].removeprefix("Bearer ")
    return seat


async def reasons(client: Api) -> list[tuple[str, str]]:
    """The auditor's queue: reason and number."""
    auditor = await client.login("auditor")
    return [
        (each["reason"], each["look_up"]["asked"]) for each in await auditor.ok("GET", "/api/audit/flags")
    ]
