"""A tablet's link is cut at its worst moments: after the command, before the answer; and in the live feed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import Database
from tests.support import Api, eventually
from tests.support.link import Link


async def _tablet(served: Api) -> tuple[str, str]:
    """A unit on shift and its tablet: unit id, token."""
    admin = await served.login("admin")
    unit = str(uuid4())
    body = {"id": unit, "call_sign": "P17", "kind": "car"}
    await admin.ok("POST", "/api/units", json=body)
    _, device_id, key = await served.device("tablet", unit_id=unit)
    return unit, f"{device_id}.{key}"


@pytest.fixture
async def link(served: Api) -> AsyncIterator[Link]:
    async with Link(int(served.url.rsplit(":", 1)[1])) as link:
        yield link


async def test_a_command_whose_answer_was_lost_is_done_once(
    served: Api, link: Link, database: Database
) -> None:
    unit, token = await _tablet(served)
    command = str(uuid4())
    headers = {"Authorization": f"Bearer {token}"}

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{link.port}", headers=headers) as client:
            return await client.post(f"/api/units/{unit}/shift", json={"id": command, "on": True})

    link.lose_answers = True
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await send()
    await link.cut()
    with pytest.raises(httpx.TransportError):
        await send()
    link.lose_answers = False
    await link.mend()
    answer = await send()
    assert answer.status_code == 200
    assert answer.json()["status"] == "available"
    assert link.lost == 2
    with psycopg.connect(database.url) as connection:
        rows = connection.execute("SELECT kind FROM journal WHERE id = %s", (command,)).fetchall()
        started = connection.execute(
            "SELECT count(*) FROM journal WHERE kind = 'units.shift_started'"
        ).fetchone()
    assert rows == [("units.shift_started",)]
    assert started == (1,)


async def test_the_feed_goes_on_where_it_broke(served: Api, link: Link) -> None:
    unit, token = await _tablet(served)
    address = f"ws://127.0.0.1:{link.port}/api/live/unit"
    seen: list[dict[str, Any]] = []
    last: int | None = None

    async def look() -> None:
        nonlocal last
        query = f"?last={last}" if last is not None else ""
        async with connect(address + query, origin=None) as socket:
            await socket.send(orjson.dumps({"token": token}).decode())
            with suppress(ConnectionClosed):
                async for text in socket:
                    message = orjson.loads(text)
                    if "seq" in message:
                        last = message["seq"]
                        seen.append(message)

    admin = await served.login("duty")

    async def shift(on: bool) -> None:
        await admin.ok("POST", f"/api/units/{unit}/shift", json={"id": str(uuid4()), "on": on})

    async def has_seen(count: int) -> None:
        async def enough() -> bool:
            return len(seen) >= count

        await eventually(enough)

    looking = asyncio.create_task(look())
    await has_seen(1)
    await shift(True)
    await has_seen(2)
    await link.cut()
    await looking
    await shift(False)
    await shift(True)
    await link.mend()
    looking = asyncio.create_task(look())
    await has_seen(4)
    looking.cancel()
    kinds = [message.get("kind", message["type"]) for message in seen]
    assert kinds == ["snapshot", "units.shift_started", "units.shift_ended", "units.shift_started"]
