"""What workers, alerts and the live feed are told of entries."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from nats.aio.client import Client
from psycopg.pq import TransactionStatus

from jedel.journal import Store
from jedel.plates import keys
from jedel.qorgau.model import ActionNumber, Ground
from jedel.qorgau.watch import load, reasons
from tests.qorgau.watch_seen import WATCH, approved, today, word
from tests.support import Api, eventually


async def test_changes_bring_what_began_and_what_ended(client: Api, store: Store) -> None:
    async with store.reading() as tx:
        _, before = await load.load_watch(tx.conn)
    one, two = await approved(client, store), await approved(client, store, plate="001AAA01")
    both = await approved(client, store, plate="001AAA01", legal="lost_plate", action="inform")
    async with store.reading() as tx:
        came, gone, version = await load.changes(tx.conn, before)
    assert [keys.text(int(each)) for each in came["plate"]] == ["001AAA01", "777ABC02"]
    assert list(gone) == []
    row = came[0]
    assert Ground(int(row["grounds"])) == Ground.WANTED | Ground.DEPARTMENT
    assert (row["action"], row["entry"].tobytes()) == (ActionNumber.STOP, UUID(two["id"]).bytes)
    duty = await client.login("duty")
    await duty.ok("POST", f"{WATCH}/{one['id']}/revoke", json=word(reason="found"))
    await duty.ok("POST", f"{WATCH}/{two['id']}/revoke", json=word(reason="found"))
    async with store.reading() as tx:
        came, gone, after = await load.changes(tx.conn, version)
        assert len((await load.changes(tx.conn, after))[0]) == 0
    assert [keys.text(int(each)) for each in gone] == ["777ABC02"]
    assert [(int(row["grounds"]), row["entry"].tobytes()) for row in came] == [
        (Ground.DEPARTMENT, UUID(both["id"]).bytes)
    ]


async def test_workers_hear_at_once_and_see_by_themselves(client: Api, store: Store, bus: Client) -> None:
    rung: list[bytes] = []

    async def heard(message: Any) -> None:
        rung.append(message.data)

    await bus.subscribe(load.BELL, cb=heard)
    await bus.flush()
    async with store.reading() as tx:
        before = await load.version(tx.conn)
    made = await approved(client, store)

    async def bell() -> bool:
        return len(rung) == 1

    await eventually(bell)
    async with store.reading() as tx:
        assert await load.version(tx.conn) > before
    await (await client.login("duty")).ok("POST", f"{WATCH}/{made['id']}/revoke", json=word(reason="x"))

    async def again() -> bool:
        return len(rung) == 2

    await eventually(again)


async def test_why_a_plate_is_looked_for_and_whether_it_still_is(client: Api, store: Store) -> None:
    made = await approved(client, store)
    async with store.reading() as tx:
        found = await reasons.reasons(tx.conn, ["777ABC02", "001AAA01"], today(store))
        assert await reasons.entry_in_force(tx.conn, UUID(made["id"]), today(store))
    (why,) = found["777ABC02"]
    assert (why.ground, str(why.entry_id), why.text) == (Ground.WANTED, made["id"], "taken from the yard")
    assert set(found) == {"777ABC02"}
    duty = await client.login("duty")
    await duty.ok("POST", f"{WATCH}/{made['id']}/shorten", json=word(until=today(store).isoformat()))
    async with store.reading() as tx:
        assert await reasons.entry_in_force(tx.conn, UUID(made["id"]), today(store))
        tomorrow = today(store) + timedelta(days=1)
        assert not await reasons.entry_in_force(tx.conn, UUID(made["id"]), tomorrow)
        assert await reasons.reasons(tx.conn, ["777ABC02"], tomorrow) == {}


async def test_the_live_feed_shows_open_entries_and_takes_them_away(client: Api, store: Store) -> None:
    made = await approved(client, store)
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT payload::json AS said FROM journal WHERE subject = %s ORDER BY seq", (made["id"],)
        )
        states = [row["said"]["changed"]["watch"][0]["state"] for row in await cursor.fetchall()]
    assert states == ["proposed", "active"]
    duty = await client.login("duty")
    await duty.ok("POST", f"{WATCH}/{made['id']}/revoke", json=word(reason="x"))
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT payload::json->'gone' AS gone FROM journal WHERE kind = 'qorgau.watch_revoked'"
        )
        assert [row["gone"] for row in await cursor.fetchall()] == [{"watch": [made["id"]]}]


async def test_a_worker_that_has_no_transaction_reads_one_moment(client: Api, store: Store) -> None:
    await approved(client, store)
    async with store.pool.connection() as conn:
        assert len((await load.load_watch(conn))[0]) == 1
        assert len(await load.load_known(conn)) == 0
        assert conn.info.transaction_status is TransactionStatus.IDLE
