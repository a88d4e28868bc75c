"""The law may have content erased; nothing else of an entry can be changed, and nothing goes unsaid."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from jedel.app.journal_cli import GroundName
from jedel.journal import Entry, Store, cli, repository
from jedel.journal.erasure import Ground, erase
from jedel.journal.errors import EntryInUse, EntryNotErasable, GroundMissing
from jedel.journal.model import Recorded
from jedel.journal.proof import _grounds_since, _Region, examine
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id
from tests.conftest import Database
from tests.journal.forge import REGION

ACTOR = "account:auditor"
DOCUMENT = "order 17 of 1 November 2026"


@pytest.fixture
async def written(store: Store) -> Store:
    for n in range(5):
        async with store.transaction() as tx:
            tx.record(Entry(new_id(), REGION, "test.done", uuid4(), "account:duty", {"secret": f"text {n}"}))
    return store


async def entries(store: Store) -> list[Recorded]:
    async with store.reading() as tx:
        return await repository.after(tx.conn, REGION, 0, 100)


async def test_content_goes_and_the_proof_stays(written: Store, database: Database) -> None:
    before = await entries(written)
    command = new_id()
    for _ in range(2):  # said again: done once
        assert await erase(written, command, REGION, 3, Ground.COURT_ORDER, f" {DOCUMENT}\n", ACTOR)
    assert not await erase(written, new_id(), REGION, 3, Ground.COURT_ORDER, DOCUMENT, ACTOR)
    after = await entries(written)
    assert len(after) == 6
    assert after[2].payload is None
    assert [(e.payload_hash, e.hash) for e in after[:5]] == [(e.payload_hash, e.hash) for e in before]
    said = after[5]
    assert (said.id, said.kind, said.subject, said.actor) == (command, "journal.erased", after[2].id, ACTOR)
    assert said.data == {"seq": 3, "kind": "test.done", "ground": "court_order", "document": DOCUMENT}
    report = examine(database.url, region=REGION)
    assert (report.faults, report.erased) == ([], 1)


async def test_content_that_goes_without_a_word_is_found(written: Store, database: Database) -> None:
    with psycopg.connect(database.url) as conn:
        conn.execute("UPDATE journal SET payload = NULL WHERE region = %s AND seq = 4", (REGION,))
    await erase(written, new_id(), REGION, 2, Ground.RETENTION_ENDED, DOCUMENT, ACTOR)
    (fault,) = examine(database.url, region=REGION).faults
    assert (fault.seq, "no entry says" in fault.what) == (4, True)


async def test_an_erasure_while_it_is_read_is_no_fault(written: Store, database: Database) -> None:
    await erase(written, new_id(), REGION, 2, Ground.RETENTION_ENDED, DOCUMENT, ACTOR)
    whole = _Region(REGION, 5, 5, b"", None)  # as it was before the entry that says so
    unfounded = [(2, str((await entries(written))[1].id).encode()), (3, str(new_id()).encode())]
    assert _grounds_since(database.url, whole, unfounded) == [unfounded[0][1]]
    assert _grounds_since(database.url, whole, []) == []


async def test_what_may_not_be_erased(written: Store) -> None:
    async def attempt(seq: int, document: str = DOCUMENT) -> None:
        await erase(written, new_id(), REGION, seq, Ground.SUBJECT_RIGHT, document, ACTOR)

    with pytest.raises(NotFound):
        await attempt(99)
    with pytest.raises(GroundMissing):
        await attempt(1, " ")
    await attempt(1)
    with pytest.raises(EntryNotErasable):
        await attempt(6)
    async with written.transaction() as tx:
        await repository.move_cursor(tx.conn, "echo", REGION, 2)
    await attempt(2)
    with pytest.raises(EntryInUse):
        await attempt(3)
    async with written.transaction() as tx:
        await repository.move_cursor(tx.conn, "echo", REGION, 10)
        (entry,) = await repository.after(tx.conn, REGION, 2, 1)
        await repository.set_aside(tx.conn, "echo", entry, "broke")
    with pytest.raises(EntryInUse):
        await attempt(3)
    assert [entry.payload is None for entry in await entries(written)] == [True, True] + [False] * 5


@pytest.mark.parametrize(
    "change",
    [
        "SET region = '19'",
        "SET seq = seq + 1000",
        "SET id = gen_random_uuid()",
        "SET at = now()",
        "SET kind = 'x'",
        "SET subject = gen_random_uuid()",
        "SET actor = 'x'",
        "SET payload = '{}'",
        "SET payload = payload",
        "SET payload_hash = hash",
        "SET hash = payload_hash",
        "SET payload = NULL, actor = 'x'",
        "SET payload = NULL, payload_hash = NULL",
        "SET payload = NULL, hash = payload_hash",
        "SET payload = NULL, seq = seq + 1000",
    ],
)
async def test_every_other_change_is_refused(written: Store, database: Database, change: str) -> None:
    before = await entries(written)
    with psycopg.connect(database.url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
        conn.execute(f"UPDATE journal {change} WHERE region = %s", (REGION,))
    assert await entries(written) == before


async def test_nothing_is_removed_put_back_or_erased_of_an_erasure(
    written: Store, database: Database
) -> None:
    await erase(written, new_id(), REGION, 3, Ground.UNLAWFULLY_RECORDED, DOCUMENT, ACTOR)
    for statement in (
        "DELETE FROM journal WHERE seq = 3",
        "TRUNCATE journal",
        "TRUNCATE journal CASCADE",
        "UPDATE journal SET payload = '{}' WHERE region = '20' AND seq = 3",
        "UPDATE journal SET payload = NULL WHERE region = '20' AND seq = 3",
        "UPDATE journal SET payload = NULL WHERE kind = 'journal.erased'",
        "INSERT INTO journal SELECT * FROM journal WHERE seq = 1 ON CONFLICT (id) DO UPDATE SET actor = 'x'",
        "MERGE INTO journal j USING (SELECT 1) s ON j.region = '20' WHEN MATCHED THEN DELETE",
    ):
        with psycopg.connect(database.url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute(statement)


async def test_the_command_erases_and_says_so(
    written: Store, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(seq: int, document: str = DOCUMENT) -> tuple[int, str]:
        status = cli.erase(database.url, REGION, seq, "court_order", document)
        said = capsys.readouterr()
        return status, said.out + said.err

    assert await asyncio.to_thread(run, 3) == (0, "entry 3 of region 20 is erased; its hash stays\n")
    status, said = await asyncio.to_thread(run, 3)
    assert (status, "nothing changed" in said) == (0, True)
    for seq, document, word in (
        (99, DOCUMENT, "no such record"),
        (4, " ", "document"),
        (6, DOCUMENT, "it stays"),
    ):
        status, said = await asyncio.to_thread(run, seq, document)
        assert (status, "not erased" in said, word in said) == (1, True, True), said
    erasures = [each for each in await entries(written) if each.kind == "journal.erased"]
    assert [each.actor.startswith("system:command-line/") for each in erasures] == [True]


def test_the_command_knows_every_ground() -> None:
    assert [each.value for each in GroundName] == [each.value for each in Ground]
