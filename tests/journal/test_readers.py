"""Reactors deal with each entry once, and the relay carries each to NATS, whatever breaks in between."""

import asyncio
from uuid import UUID, uuid4

import orjson
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.journal import Entry, Follower, Recorded, Store, Tx, react_to_all, repository
from jedel.journal.reactor import ATTEMPTS_MAX, follow
from jedel.journal.relay import READER, SEQ_HEADER, Relay
from jedel.kernel.ids import derived_id, new_id
from tests.support import eventually

REGION = "20"


class Echo:
    """Answers every question in the journal; breaks at the poisoned one, or as often as it is told."""

    name = "echo"
    kinds = frozenset({"test.question"})

    def __init__(self, break_times: int = 0) -> None:
        self.break_times = break_times

    async def react(self, tx: Tx, entry: Recorded) -> None:
        if entry.data.get("poison") or self.break_times > 0:
            self.break_times -= 1
            raise RuntimeError
        answer = derived_id(entry.id, self.name)
        tx.record(Entry(answer, entry.region, "test.answer", entry.subject, "system:echo", entry.data))


async def ask(store: Store, region: str = REGION, **data: object) -> UUID:
    async with store.transaction() as tx:
        entry = Entry(new_id(), region, "test.question", uuid4(), "system:test", data)
        tx.record(entry)
    return entry.id


async def answers(store: Store, region: str = REGION) -> list[object]:
    async with store.reading() as tx:
        entries = await repository.of_kinds(tx.conn, region, 0, 10_000, ["test.answer"], 1000)
    return [entry.data["n"] for entry in entries]


async def test_each_entry_is_reacted_to_once_in_order(store: Store) -> None:
    for n in range(5):
        await ask(store, n=n)
        await ask(store, "19", n=n)
    assert await Follower(store, Echo()).catch_up() == 10
    assert await Follower(store, Echo()).catch_up() == 0
    assert await answers(store) == await answers(store, "19") == [0, 1, 2, 3, 4]


async def test_two_followers_at_once_do_nothing_twice(store: Store) -> None:
    for n in range(20):
        await ask(store, n=n)
    await asyncio.gather(*(Follower(store, Echo()).catch_up() for _ in range(3)))
    assert await answers(store) == list(range(20))


async def test_more_than_one_batch(store: Store) -> None:
    for n in range(230):
        await ask(store, n=n)
    assert await Follower(store, Echo()).catch_up() == 230
    assert await answers(store) == list(range(230))


async def test_a_passing_fault_loses_nothing(store: Store) -> None:
    for n in range(3):
        await ask(store, n=n)
    follower = Follower(store, Echo(break_times=2))
    with pytest.raises(RuntimeError):
        await follower.catch_up()
    assert await answers(store) == []
    await follower.catch_up()
    assert await answers(store) == [0, 1, 2]


async def test_a_poisoned_entry_is_set_aside_and_the_rest_goes_on(store: Store) -> None:
    await ask(store, n=0)
    await ask(store, n=1, poison=True)
    await ask(store, n=2)
    follower = Follower(store, Echo())
    for _ in range(ATTEMPTS_MAX - 1):
        with pytest.raises(RuntimeError):
            await follower.catch_up()
        assert await answers(store) == [0]
    await follower.catch_up()
    assert await answers(store) == [0, 2]
    async with store.reading() as tx:
        rows = await (await tx.conn.execute("SELECT reader, region, seq FROM journal_set_aside")).fetchall()
    assert rows == [{"reader": "echo", "region": REGION, "seq": 2}]


async def test_follow_looks_when_the_bell_rings_and_survives_faults(store: Store) -> None:
    bell = asyncio.Event()
    turns = 0

    async def catch_up() -> int:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise OSError
        return await Follower(store, Echo()).catch_up()

    running = asyncio.create_task(follow(catch_up, bell, every_s=3600))
    await ask(store, n=1)

    async def rung() -> bool:
        bell.set()
        return await answers(store) == [1]

    await eventually(rung)
    running.cancel()
    assert turns >= 2


async def heard(bus: Client) -> list[Msg]:
    messages: list[Msg] = []

    async def keep(message: Msg) -> None:
        messages.append(message)

    await bus.subscribe("jedel.journal.*", cb=keep)
    return messages


async def test_the_relay_carries_every_entry_in_order(store: Store, bus: Client) -> None:
    messages = await heard(bus)
    for n in range(7):
        await ask(store, n=n)
    assert await Relay(store, bus).catch_up() >= 7

    async def mine() -> list[Msg] | None:
        got = [m for m in messages if m.subject == f"jedel.journal.{REGION}"]
        return got if len(got) == 7 else None

    got = await eventually(mine)
    assert [orjson.loads(m.data)["data"]["n"] for m in got] == list(range(7))
    assert [(m.headers or {})[SEQ_HEADER] for m in got] == [str(n) for n in range(1, 8)]


async def test_a_relay_that_died_before_its_note_sends_again_and_jetstream_keeps_one(
    store: Store, bus: Client
) -> None:
    for n in range(3):
        await ask(store, n=n)
    await Relay(store, bus).catch_up()
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE journal_cursor SET seq = 1 WHERE reader = %s", (READER,))
    await ask(store, n=3)
    await Relay(store, bus).catch_up()
    info = await bus.jetstream().stream_info("JOURNAL", subjects_filter=f"jedel.journal.{REGION}")
    assert info.state.subjects == {f"jedel.journal.{REGION}": 4}


async def test_react_to_all_goes_left_to_right(store: Store) -> None:
    await ask(store, n=1)
    await react_to_all(store, [Echo()])
    assert await answers(store) == [1]
