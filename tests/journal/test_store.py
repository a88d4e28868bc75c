"""State and journal are one: both are there after the block, or neither."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from jedel.journal import Entry, Store, repository, snapshot
from jedel.journal.model import verify
from jedel.kernel.ids import new_id
from tests.support.seed import account_id

REGION = "20"


def entry(**more: object) -> Entry:
    return Entry(new_id(), REGION, "test.done", uuid4(), "system:test", more)


async def set_language(store: Store, language: str, fail: bool = False) -> None:
    async with store.transaction() as tx:
        await tx.conn.execute(
            "UPDATE account SET language = %s WHERE id = %s", (language, account_id("duty"))
        )
        tx.record(entry(language=language))
        if fail:
            raise RuntimeError


async def language(store: Store) -> str:
    async with store.reading() as tx:
        row = await (
            await tx.conn.execute("SELECT language FROM account WHERE id = %s", (account_id("duty"),))
        ).fetchone()
    assert row is not None
    return str(row["language"])


async def test_state_and_entry_are_committed_together(store: Store) -> None:
    await set_language(store, "ru")
    assert await language(store) == "ru"
    async with store.reading() as tx:
        entries = await repository.after(tx.conn, REGION, 0, 10)
    assert [e.data for e in entries] == [{"language": "ru"}]


async def test_neither_is_there_after_an_error(store: Store) -> None:
    with pytest.raises(RuntimeError):
        await set_language(store, "ru", fail=True)
    assert await language(store) == "en"
    async with store.reading() as tx:
        assert await repository.head(tx.conn, REGION) == 0


async def test_an_entry_id_stands_once(store: Store) -> None:
    once = entry()
    async with store.transaction() as tx:
        assert not await tx.recorded(once.id)
        tx.record(once)
    with pytest.raises(psycopg.errors.UniqueViolation):
        async with store.transaction() as tx:
            tx.record(once)
    async with store.reading() as tx:
        assert await repository.head(tx.conn, REGION) == 1


async def test_a_twin_command_waits_and_then_knows(store: Store) -> None:
    once = entry()
    found: list[bool] = []

    async def command() -> None:
        async with store.transaction() as tx:
            known = await tx.recorded(once.id)
            found.append(known)
            if not known:
                tx.record(once)

    await asyncio.gather(*(command() for _ in range(5)))
    assert sorted(found) == [False, True, True, True, True]


async def test_many_writers_leave_no_gap_and_a_whole_chain(store: Store) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            tx.record(entry(text="жедел ☎"))
            tx.record(entry())

    await asyncio.gather(*(write() for _ in range(30)))
    async with store.reading() as tx:
        entries = await repository.after(tx.conn, REGION, 0, 100)
    assert [e.seq for e in entries] == list(range(1, 61))
    assert verify(REGION, entries) is None


async def test_the_journal_refuses_to_be_changed(store: Store) -> None:
    await set_language(store, "ru")
    for statement in ("UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            async with store.transaction() as tx:
                await tx.conn.execute(statement)


async def test_an_altered_entry_is_found(store: Store) -> None:
    for _ in range(5):
        await set_language(store, "ru")
    async with store.transaction() as tx:
        await tx.conn.execute("ALTER TABLE journal DISABLE TRIGGER journal_only_grows")
        await tx.conn.execute("UPDATE journal SET actor = 'x' WHERE region = %s AND seq = 3", (REGION,))
        await tx.conn.execute("ALTER TABLE journal ENABLE TRIGGER journal_only_grows")
    async with store.reading() as tx:
        entries = await repository.after(tx.conn, REGION, 0, 100)
    fault = verify(REGION, entries)
    assert fault is not None
    assert fault.seq == 3
    removed = verify(REGION, [e for e in entries if e.seq != 2])
    assert removed is not None
    assert removed.seq == 2


async def test_a_snapshot_names_the_entry_it_includes(store: Store) -> None:
    await set_language(store, "ru")

    async def read(tx: object, region: str) -> list[dict[str, object]]:
        return [{"id": region}]

    taken = await snapshot(store, {"things": read}, REGION)
    assert (taken.seq, taken.collections) == (1, {"things": [{"id": REGION}]})


async def test_reading_is_of_one_moment_and_writes_nothing(store: Store) -> None:
    async with store.reading() as tx:
        assert await repository.head(tx.conn, REGION) == 0
        await set_language(store, "ru")
        assert await repository.head(tx.conn, REGION) == 0
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with store.reading() as tx:
            await tx.conn.execute("UPDATE account SET language = 'kk'")
    assert await language(store) == "ru"
