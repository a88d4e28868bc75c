"""The live socket: a snapshot, then every event once and in order, whatever the fabric does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import orjson
import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from websockets.asyncio.client import ClientConnection, connect

from jedel.app.feed import Listener, RegionFeed
from jedel.app.hub import Hub
from jedel.app.live import NOT_ALLOWED, NOT_SIGNED_IN
from jedel.journal import Entry, Store
from jedel.journal.relay import Relay
from jedel.kernel.ids import new_id
from jedel.kernel.limits import FEED_QUEUE_MAX
from tests.support import Api, in_proportion
from tests.support.seed import REGION

CUT_OFF_WITHIN_S = 2.0


async def happen(store: Store, times: int = 1, **data: object) -> None:
    for n in range(times):
        async with store.transaction() as tx:
            tx.record(Entry(new_id(), REGION, "test.done", uuid4(), "system:test", {"n": n} | data))


@asynccontextmanager
async def watching(api: Api, last: int | None = None, login: str = "duty") -> AsyncIterator[ClientConnection]:
    seat = await api.login(login)
    cookie = "; ".join(f"{k}={v}" for k, v in seat.cookies.items())
    url = api.url.replace("http", "ws") + "/api/live" + (f"?last={last}" if last is not None else "")
    async with connect(url, additional_headers={"Cookie": cookie}) as socket:
        yield socket


async def message(socket: ClientConnection) -> dict[str, Any]:
    """The next message that is no ping."""
    while True:
        got: dict[str, Any] = orjson.loads(await asyncio.wait_for(socket.recv(), 30))
        if got["type"] != "ping":
            return got


async def closed(socket: ClientConnection) -> int | None:
    await asyncio.wait_for(socket.wait_closed(), 30)
    return socket.close_code


async def test_snapshot_then_events_by_the_relay(served: Api, store: Store, bus: Client) -> None:
    await happen(store)
    async with watching(served) as socket:
        first = await message(socket)
        assert (first["type"], first["region"]) == ("snapshot", REGION)
        relay = Relay(store, bus)
        await happen(store, 3)
        await relay.catch_up()
        events = [await message(socket) for _ in range(3)]
    assert [e["seq"] for e in events] == [first["seq"] + n for n in (1, 2, 3)]
    assert [e["data"]["n"] for e in events] == [0, 1, 2]


async def test_events_arrive_without_nats(served: Api, store: Store) -> None:
    async with watching(served) as socket:
        first = await message(socket)
        await happen(store, 2)
        assert [(await message(socket))["seq"] - first["seq"] for _ in range(2)] == [1, 2]


async def test_a_gap_in_nats_is_filled_from_the_journal(served: Api, store: Store, bus: Client) -> None:
    async with watching(served) as socket:
        first = await message(socket)
        await happen(store, 3)
        async with store.transaction() as tx:
            await tx.conn.execute(
                "INSERT INTO journal_cursor VALUES ('relay', %s, %s)", (REGION, first["seq"] + 2)
            )
        await Relay(store, bus).catch_up()
        assert [(await message(socket))["seq"] - first["seq"] for _ in range(3)] == [1, 2, 3]


async def test_a_reconnect_goes_on_where_it_was(served: Api, store: Store) -> None:
    async with watching(served) as socket:
        first = await message(socket)
        await happen(store)
        seen = (await message(socket))["seq"]
    await happen(store)
    async with watching(served, last=seen) as socket:
        again = await message(socket)
    assert again["type"] == "event"
    assert again["seq"] == seen + 1
    assert seen > first["seq"]


@pytest.mark.parametrize("last", [0, 10_000_000])
async def test_a_position_that_is_not_kept_gets_a_snapshot(served: Api, last: int) -> None:
    async with watching(served, last=last) as socket:
        assert (await message(socket))["type"] == "snapshot"


async def test_who_may_watch(served: Api) -> None:
    for login in ("officer", "admin"):
        async with watching(served, login=login) as socket:
            assert await closed(socket) == NOT_ALLOWED
    url = served.url.replace("http", "ws") + "/api/live"
    async with connect(url) as socket:
        assert await closed(socket) == NOT_SIGNED_IN


async def test_another_sites_page_gets_nothing(served: Api) -> None:
    seat = await served.login("duty")
    cookie = "; ".join(f"{k}={v}" for k, v in seat.cookies.items())
    url = served.url.replace("http", "ws") + "/api/live"
    async with connect(url, additional_headers={"Cookie": cookie}, origin="https://evil.example") as socket:  # type: ignore[arg-type]
        assert await closed(socket) == NOT_SIGNED_IN


@pytest.mark.parametrize("first", ["x", "[]", "{}", '{"token":"a.b"}', '{"token":1}'])
async def test_a_unit_socket_without_a_token(served: Api, first: str) -> None:
    async with connect(served.url.replace("http", "ws") + "/api/live/unit") as socket:
        await socket.send(first)
        assert await closed(socket) == NOT_SIGNED_IN


async def test_a_post_may_not_listen_as_a_unit(served: Api) -> None:
    _, device_id, key = await served.device("post")
    async with connect(served.url.replace("http", "ws") + "/api/live/unit") as socket:
        await socket.send(orjson.dumps({"token": f"{device_id}.{key}"}).decode())
        assert await closed(socket) == NOT_ALLOWED


async def test_another_region_hears_nothing(served: Api, store: Store) -> None:
    async with watching(served, login="elsewhere") as there, watching(served) as here:
        assert (await message(there))["region"] == "02"
        first = await message(here)
        await happen(store)
        assert (await message(here))["seq"] == first["seq"] + 1
        async with store.transaction() as tx:
            tx.record(Entry(new_id(), "02", "test.theirs", uuid4(), "system:test"))
        assert (await message(there))["kind"] == "test.theirs"


async def test_a_slow_listener_is_cut_off_and_nobody_waits(store: Store) -> None:
    feed = RegionFeed(store, {}, REGION)
    slow, quick = Listener(0), Listener(0)
    await feed.join(slow, None)
    await feed.join(quick, None)
    got = 0
    for n in range(FEED_QUEUE_MAX + 1):
        feed.heard(feed.seq + 1, b'{"n":%d}' % n)
        got += await quick.queue.get() is not None
    assert got == FEED_QUEUE_MAX + 1
    assert slow.cut_off
    assert await slow.queue.get() is None
    assert slow.queue.empty()


class Link:
    """A connection that takes so many frames."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.frames: list[bytes] = []

    def put(self, frame: bytes) -> bool:
        if len(self.frames) == self.room:
            return False
        self.frames.append(frame)
        return True

    def behind(self) -> bool:
        return len(self.frames) * 2 > self.room


async def test_a_listener_with_a_wire_has_all_in_order_until_the_wire_is_full(store: Store) -> None:
    feed = RegionFeed(store, {}, REGION)
    listener, link = Listener(0), Link(4)
    await feed.join(listener, None)
    feed.heard(feed.seq + 1, b'{"n":0}')
    listener.pass_on(link)
    for n in range(1, 4):
        feed.heard(feed.seq + 1, b'{"n":%d}' % n)
        listener.whisper("positions")
    texts = [b'{"n":0}', b'{"n":1}', b"positions", b'{"n":2}']
    assert link.frames == [bytes((0x81, len(text))) + text for text in texts]
    assert listener.cut_off
    assert await listener.queue.get() is None


async def test_a_listener_that_was_cut_off_before_its_wire_came_gets_no_more(store: Store) -> None:
    feed = RegionFeed(store, {}, REGION)
    listener, link = Listener(0), Link(10)
    await feed.join(listener, None)
    for n in range(FEED_QUEUE_MAX + 1):
        feed.heard(feed.seq + 1, b'{"n":%d}' % n)
    listener.pass_on(link)
    feed.heard(feed.seq + 1, b"{}")
    assert link.frames == []
    assert await listener.queue.get() is None


async def test_a_crowd_shares_one_snapshot(store: Store) -> None:
    reads = 0

    async def count(_tx: object, _region: str) -> list[dict[str, object]]:
        nonlocal reads
        reads += 1
        return [{"id": 1}]

    feed = RegionFeed(store, {"things": count}, REGION)
    firsts = await asyncio.gather(*(feed.join(Listener(0), None) for _ in range(50)))
    assert reads == 1
    assert len(set(firsts)) == 1


async def test_a_crew_is_never_shown_a_moment_of_the_past(store: Store) -> None:
    """Many share one snapshot; a tablet's first message has what came after it, and repeats nothing."""
    unit_id, other = uuid4(), uuid4()
    job: dict[str, object] = {"id": "one", "assignments": [{"unit_id": str(unit_id), "status": "assigned"}]}
    left: dict[str, object] = {"id": "two", "assignments": [{"unit_id": str(unit_id), "status": "released"}]}

    async def units(_tx: object, _region: str) -> list[dict[str, object]]:
        return [{"id": str(unit_id), "status": "off_shift"}, {"id": str(other), "status": "busy"}]

    async def incidents(_tx: object, _region: str) -> list[dict[str, object]]:
        return [left | {"assignments": job["assignments"]}]

    async def say(changed: dict[str, list[dict[str, object]]], **gone: list[str]) -> None:
        async with store.transaction() as tx:
            tx.record(Entry(new_id(), REGION, "test.done", uuid4(), "system:test", {}, changed, gone))
        await feed.fill()

    feed = RegionFeed(store, {"units": units, "incidents": incidents}, REGION)
    await feed.join(Listener(0), None)
    await say({"units": [{"id": str(unit_id), "status": "available"}], "incidents": [left]})
    await say({"incidents": [job]})
    await say({"units": [{"id": str(other), "status": "available"}]})
    tablet = Listener(0, unit_id)
    first = orjson.loads(await feed.join(tablet, None) or "")
    assert first["unit"] == {"id": str(unit_id), "status": "available"}
    assert first["incidents"] == [job]
    assert (first["seq"], tablet.queue.empty()) == (feed.seq, True)
    await say({"units": [{"id": str(unit_id), "status": "busy"}]}, incidents=["one"])
    assert orjson.loads(tablet.queue.get_nowait() or "")["seq"] == first["seq"] + 1
    again = orjson.loads(await feed.join(Listener(0, unit_id), None) or "")
    assert (again["unit"]["status"], again["incidents"]) == ("busy", [])


async def test_a_listener_that_joins_amid_events_misses_none(app: FastAPI, store: Store) -> None:
    hub: Hub = app.state.hub
    feed = hub.feed(REGION)
    await feed.fill()
    joined: list[tuple[int, Listener]] = []

    async def join() -> None:
        listener = Listener(0)
        first = await feed.join(listener, None)
        assert first is not None
        joined.append((orjson.loads(first)["seq"], listener))

    await asyncio.gather(happen(store, 20), *(join() for _ in range(10)), feed.fill())
    await feed.fill()
    for seq, listener in joined:
        numbers = []
        while not listener.queue.empty():
            numbers.append(orjson.loads(listener.queue.get_nowait() or "{}")["seq"])
        assert numbers == list(range(seq + 1, feed.seq + 1))


async def test_an_ended_session_is_cut_off_at_once(served: Api) -> None:
    seat, other = await served.login("duty"), await served.login("duty")
    cookie = "; ".join(f"{k}={v}" for k, v in other.cookies.items())
    url = served.url.replace("http", "ws") + "/api/live"
    async with connect(url, additional_headers={"Cookie": cookie}) as socket:
        await message(socket)
        [theirs] = [each for each in await other.ok("GET", "/api/sessions") if each["own"]]
        began = asyncio.get_running_loop().time()
        await seat.ok("DELETE", f"/api/sessions/{theirs['id']}")
        assert await closed(socket) == NOT_SIGNED_IN
        assert asyncio.get_running_loop().time() - began < in_proportion(CUT_OFF_WITHIN_S)
    assert (await other.get("/api/me")).status_code == 401
    assert (await seat.get("/api/me")).status_code == 200


@pytest.mark.parametrize("wipe", [False, True])
async def test_a_blocked_tablet_is_cut_off_at_once(served: Api, wipe: bool) -> None:
    admin = await served.login("admin")
    tablet, device_id, key = await served.device("tablet", unit_id=uuid4())
    async with connect(served.url.replace("http", "ws") + "/api/live/unit") as socket:
        await socket.send(orjson.dumps({"token": f"{device_id}.{key}"}).decode())
        await message(socket)
        began = asyncio.get_running_loop().time()
        body = {"id": str(uuid4()), "wipe": wipe, "reason": "lost"}
        await admin.ok("POST", f"/api/devices/{device_id}/block", json=body)
        assert await closed(socket) == NOT_SIGNED_IN
        assert asyncio.get_running_loop().time() - began < in_proportion(CUT_OFF_WITHIN_S)
    answer = await tablet.get("/api/units")
    assert answer.status_code == 401
    assert answer.json()["code"] == ("device_is_wiped" if wipe else "device_is_blocked")


async def test_screens_do_not_hear_who_signed_in(served: Api) -> None:
    async with watching(served) as socket:
        first = await message(socket)
        await served.login("supervisor")
        event = await message(socket)
        assert event == {
            "type": "event", "seq": first["seq"] + 1, "kind": "", "data": {}, "changed": {}, "gone": {}
        }  # fmt: skip
