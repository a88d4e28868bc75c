"""What the tests of the watch list propose, approve and look at."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.plates import keys
from jedel.qorgau.model import Ground
from jedel.qorgau.watch import load
from tests.support import Api
from tests.support.api import Seat

WATCH = "/api/qorgau/watch"


def today(store: Store) -> date:
    return local_day(store.clock.now())


def body(store: Store, **more: Any) -> dict[str, Any]:
    until = today(store) + timedelta(days=10)
    return {
        "id": str(uuid4()), "plate": "777 abc 02", "legal": "stolen_vehicle", "action": "stop",
        "until": until.isoformat(), "source": "Police station 3", "reason": "taken from the yard",
        "case_number": "26-7500-1/17",
    } | more  # fmt: skip


def word(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), **more}


async def held(store: Store) -> dict[str, dict[str, Any]]:
    """What workers hold, by plate."""
    async with store.reading() as tx:
        found, _ = await load.load_watch(tx.conn, today(store))
    return {
        keys.text(int(row["plate"])): {
            "grounds": Ground(int(row["grounds"])), "action": int(row["action"]),
            "entry": UUID(bytes=row["entry"].tobytes()), "until": int(row["until_day"]),
        }
        for row in found
    }  # fmt: skip


async def approved(client: Api, store: Store, **more: Any) -> dict[str, Any]:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    made = await duty.ok("POST", WATCH, json=body(store, **more))
    found: dict[str, Any] = await supervisor.ok("POST", f"{WATCH}/{made['id']}/approve", json=word())
    return found


async def code(seat: Seat, path: str, said: dict[str, Any]) -> str:
    answer = await seat.post(path, json=said)
    assert not answer.is_success, answer.text
    return str(answer.json()["code"])
