"""The notary signs what grew, once, into the table and the file, whatever stops it in between."""

from pathlib import Path

import psycopg
import pytest

from jedel.journal import Store, headfile, notary, repository
from jedel.journal.heads import Head, fault, key_id
from jedel.journal.keys import load
from jedel.journal.proof import examine
from jedel.journal.tree import Range
from jedel.kernel.clock import ManualClock
from tests.conftest import Database
from tests.journal import forge
from tests.journal.forge import REGION


class Desk:
    """A notary with its key and folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.key = folder / "journal.key"
        self.folder = folder / "heads"
        self.file = headfile.path_of(self.folder, REGION)

    async def sign(self) -> int:
        return await notary.sign_all(self.store, self.key, self.folder)

    async def rows(self) -> list[Head]:
        async with self.store.reading() as tx:
            return await repository.heads_from(tx.conn, REGION, 0, 100)

    def lines(self) -> list[object]:
        return [head for _, head in headfile.read(self.file)]


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> Desk:
    desk = Desk(store, tmp_path)
    await desk.sign()  # what the template brings
    return desk


async def test_each_region_that_grew_gets_a_head(desk: Desk, database: Database, clock: ManualClock) -> None:
    assert await desk.sign() == 0
    forge.write(database.url, 700)
    forge.write(database.url, 3, "19")
    assert await desk.sign() == 2
    assert await desk.sign() == 0
    clock.advance(60)
    forge.write(database.url, 1)
    assert await desk.sign() == 1
    rows = await desk.rows()
    assert [head.size for head in rows] == [700, 701]
    assert desk.lines() == rows
    assert rows[1].at == clock.now()
    public = load(desk.key).public_key()
    with psycopg.connect(database.url) as conn:
        entries = forge.entries(conn)
    for head in rows:
        assert fault(head, {key_id(public): public}) is None
        assert head.root == Range().add(entry.hash for entry in entries[: head.size]).root()
        assert head.chain == entries[head.size - 1].hash


async def test_a_crash_between_table_and_file_is_mended(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    kept = desk.file.read_bytes()
    for _ in range(3):
        forge.write(database.url, 5)
        await desk.sign()
    desk.file.write_bytes(kept)  # as if it had died thrice before the append
    assert await desk.sign() == 0
    assert desk.lines() == await desk.rows()
    desk.file.write_bytes(desk.file.read_bytes()[:-40])  # and once in the middle of it
    monkeypatch.setattr(notary, "MEND_BATCH", 2)
    await desk.sign()
    assert desk.lines() == await desk.rows()
    desk.file.unlink()  # another machine took over
    await desk.sign()
    assert desk.lines() == await desk.rows()
    assert len(desk.lines()) == 4


async def test_a_lost_tree_is_made_again_and_a_false_one_not_believed(desk: Desk, database: Database) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    for spoil in (
        "DELETE FROM journal_tree",
        "UPDATE journal_tree SET roots = decode(repeat('00', length(roots)), 'hex')",
        "UPDATE journal_tree SET roots = roots || '\\x00'",
    ):
        with psycopg.connect(database.url) as conn:
            conn.execute(spoil)
        forge.write(database.url, 1)
        assert await desk.sign() == 1
    with psycopg.connect(database.url) as conn:
        entries = forge.entries(conn)
    assert (await desk.rows())[-1].root == Range().add(entry.hash for entry in entries).root()


TAMPERINGS = {
    "a new entry does not fit": "UPDATE journal SET actor = 'x' WHERE region = %(r)s AND seq = 8",
    "a new entry is gone": "DELETE FROM journal WHERE region = %(r)s AND seq = 10",
    "the chain ends elsewhere": "UPDATE journal_chain SET hash = payload_hash FROM journal j"
    " WHERE j.region = %(r)s AND j.seq = 10 AND journal_chain.region = j.region",
    "the head was changed": "UPDATE journal_head SET root = chain WHERE region = %(r)s",
    "the head was dropped": "DELETE FROM journal_head WHERE region = %(r)s",
    "the chain is shorter than what was signed": "UPDATE journal_chain SET seq = 3 WHERE region = %(r)s",
}


@pytest.mark.parametrize("how", TAMPERINGS)
async def test_what_does_not_carry_on_is_not_signed(desk: Desk, database: Database, how: str) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    forge.write(database.url, 5)
    forge.write(database.url, 1, "19")
    kept = desk.file.read_bytes()
    with forge.administrator(database.url) as conn:
        conn.execute(TAMPERINGS[how], {"r": REGION})
    assert await desk.sign() == 1  # the other region
    assert desk.file.read_bytes() == kept


async def test_a_forged_head_is_not_carried_on_even_without_the_file(desk: Desk, database: Database) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    forge.write(database.url, 5)
    with forge.administrator(database.url) as conn:
        conn.execute("UPDATE journal_head SET at = at - interval '1 day' WHERE region = %s", (REGION,))
    desk.file.unlink()
    assert await desk.sign() == 0
    assert [head.size for head in await desk.rows()] == [5]
    assert not desk.file.exists()


async def test_a_new_key_carries_on_what_the_old_one_signed(desk: Desk, database: Database) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    old = load(desk.key).public_key()
    desk.key.unlink()
    forge.write(database.url, 5)
    assert await desk.sign() == 1
    new = load(desk.key).public_key()
    keys = {key_id(old): old, key_id(new): new}
    report = examine(database.url, keys, (desk.file,))
    assert (report.faults, len(desk.lines())) == ([], 2)
    assert {head.key for head in await desk.rows()} == set(keys)


async def test_a_journal_rewritten_whole_is_not_signed(desk: Desk, database: Database) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    forge.write(database.url, 5)
    with forge.administrator(database.url) as conn:
        was = forge.entries(conn)
        forge.put(conn, forge.chained([forge.forged(was[0]), *was[1:]]))
    assert await desk.sign() == 0
    with psycopg.connect(database.url) as conn:
        conn.execute("DELETE FROM journal_tree")
    assert await desk.sign() == 0
    assert len(await desk.rows()) == 1


async def test_a_region_that_would_name_a_file_elsewhere_is_not_signed(
    desk: Desk, database: Database, tmp_path: Path
) -> None:
    forge.write(database.url, 1, "../elsewhere")
    assert await desk.sign() == 0
    assert not list(tmp_path.glob("**/elsewhere*"))


def test_it_comes_every_minute(store: Store, tmp_path: Path) -> None:
    (job,) = notary.jobs(store, tmp_path / "k", tmp_path / "heads")
    assert (job.name, job.every_s) == ("journal.notary", 60.0)


async def test_heads_are_only_added(desk: Desk, database: Database) -> None:
    forge.write(database.url, 5)
    await desk.sign()
    for statement in (
        "UPDATE journal_head SET key = 'x'",
        "DELETE FROM journal_head",
        "TRUNCATE journal_head",
    ):
        with psycopg.connect(database.url) as conn, pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute(statement)
