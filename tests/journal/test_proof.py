"""Whatever an administrator does to the journal by SQL, `examine` names where."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jedel.journal import Store, headfile, model, notary
from jedel.journal.heads import key_id
from jedel.journal.keys import load
from jedel.journal.model import Fault, Recorded
from jedel.journal.proof import Keys, Report, examine
from tests.conftest import Database
from tests.journal import forge
from tests.journal.forge import REGION

COUNT = 300
STRETCH = 64


def look(url: str, keys: Keys | None = None, files: tuple[Path, ...] = ()) -> Report:
    return examine(url, keys, files, region=REGION, workers=0, stretch=STRETCH)


def first(url: str) -> Fault:
    report = look(url)
    assert len(report.faults) == 1, report.faults
    return report.faults[0]


@contextmanager
def put_back(url: str) -> Iterator[list[Recorded]]:
    """The journal is afterwards as it was."""
    with psycopg.connect(url) as conn:
        was = forge.entries(conn)
    try:
        yield was
    finally:
        with forge.administrator(url) as conn:
            forge.put(conn, was)


def test_what_was_written_is_found_whole(database: Database) -> None:
    forge.write(database.url, COUNT)
    forge.write(database.url, 5, "19")
    told: list[tuple[int, int]] = []
    report = examine(database.url, progress=lambda done, of: told.append((done, of)))
    assert (report.faults, report.heads, report.erased) == ([], 0, 0)
    assert report.entries >= COUNT + 5
    assert told[-1] == (report.entries, report.entries)
    assert look(database.url).entries == COUNT


def test_many_processes_see_what_one_sees(database: Database) -> None:
    forge.write(database.url, COUNT)
    report = examine(database.url, region=REGION, workers=2, stretch=STRETCH)
    assert (report.faults, report.entries) == ([], COUNT)
    with forge.administrator(database.url) as conn:
        conn.execute("UPDATE journal SET actor = 'x' WHERE region = %s AND seq IN (129, 200)", (REGION,))
    report = examine(database.url, region=REGION, workers=2, stretch=STRETCH)
    assert [(fault.region, fault.seq) for fault in report.faults] == [(REGION, 129)]


CHANGES = ("content", "actor", "kind", "time", "id", "hash", "erased")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_change_anywhere_is_named(written: Database, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, COUNT - 1))
    how = data.draw(st.sampled_from((*CHANGES, "rehashed", "removed", "inserted", "swapped")))
    with put_back(written.url) as was:
        now, bad = tampered(was, at, how)
        with forge.administrator(written.url) as conn:
            forge.put(conn, now)
        fault = first(written.url)
        assert fault.region == REGION
        assert fault.seq in bad, (how, fault)
        plainly = model.verify(REGION, now)  # the slow way, by the model's own functions
        assert (plainly and plainly.seq) == (None if how == "erased" else fault.seq)
    assert look(written.url).faults == []


def tampered(was: list[Recorded], at: int, how: str) -> tuple[list[Recorded], set[int]]:
    """The entries after a change at index ``at``, and the numbers that may be named for it."""
    entry, seq, change = was[at], at + 1, forge.forged(was[at])
    one = {
        "content": change,
        "actor": replace(entry, actor="account:other"),
        "kind": replace(entry, kind="test.other"),
        "time": replace(entry, at=forge.AT.replace(year=2025)),
        "id": replace(entry, id=uuid4()),
        "hash": replace(entry, hash=bytes(32)),
        "erased": replace(entry, payload=None),
    }.get(how)
    if one is not None:
        one = replace(one, seq=seq)
        return [*was[:at], one, *was[at + 1 :]], {seq}
    if how == "swapped":
        other = (at + 1) % len(was)
        now = list(was)
        now[at], now[other] = replace(was[other], seq=seq), replace(entry, seq=other + 1)
        return now, {min(at, other) + 1}
    if how == "rehashed":  # it fits its place; without heads nobody can tell of the last
        at = min(at, len(was) - 2)
        new = forge.chained([*was[:at], forge.forged(was[at])])[-1]
        return [*was[:at], new, *was[at + 1 :]], {at + 2}
    if how == "removed":  # the last one's going is told by heads alone
        at = min(at, len(was) - 2)
        later = [replace(one, seq=one.seq - 1) for one in was[at + 1 :]]
        return [*was[:at], *later], {at + 1}
    later = [replace(one, seq=one.seq + 1) for one in was[at:]]
    new = forge.chained([*was[:at], forge.another(entry)])[-1]
    return [*was[:at], new, *later], {seq, seq + 1}  # it fits its place: the next one does not follow it


@pytest.fixture
def written(database: Database) -> Database:
    forge.write(database.url, COUNT)
    return database


@pytest.mark.parametrize("at", [1, STRETCH, STRETCH + 1, COUNT - 1])
def test_a_row_that_is_simply_deleted_is_named(written: Database, at: int) -> None:
    with forge.administrator(written.url) as conn:
        conn.execute("DELETE FROM journal WHERE region = %s AND seq = %s", (REGION, at))
    assert first(written.url).seq == at


def test_an_end_cut_off_is_told_by_the_chain(written: Database) -> None:
    with forge.administrator(written.url) as conn:
        conn.execute("DELETE FROM journal WHERE region = %s AND seq > 290", (REGION,))
    fault = first(written.url)
    assert fault.seq == 291
    assert "291 to 300 are missing" in fault.what


def test_what_is_put_around_the_chain_is_named(written: Database) -> None:
    with forge.administrator(written.url) as conn:
        conn.execute("UPDATE journal_chain SET seq = 299 WHERE region = %s", (REGION,))
    assert first(written.url).seq == 300
    with forge.administrator(written.url) as conn:
        conn.execute("UPDATE journal_chain SET seq = 300, hash = '' WHERE region = %s", (REGION,))
    assert "chain's end" in first(written.url).what
    with forge.administrator(written.url) as conn:
        conn.execute("DELETE FROM journal_chain WHERE region = %s", (REGION,))
    assert first(written.url).seq == 1
    with forge.administrator(written.url) as conn:
        conn.execute("UPDATE journal SET seq = -4 WHERE region = %s AND seq = 7", (REGION,))
    assert first(written.url).seq == -4


def test_a_table_without_its_own_rules_is_checked_all_the_same(written: Database) -> None:
    with forge.administrator(written.url) as conn:
        conn.execute("ALTER TABLE journal DROP CONSTRAINT journal_pkey; DROP INDEX journal_id")
        conn.execute("INSERT INTO journal SELECT * FROM journal WHERE region = %s AND seq = 70", (REGION,))
    fault = first(written.url)
    assert (fault.seq, "more than one" in fault.what) == (70, True)
    with forge.administrator(written.url) as conn:
        conn.execute("ALTER TABLE journal ALTER COLUMN actor DROP NOT NULL")
        conn.execute("UPDATE journal SET actor = NULL WHERE region = %s AND seq = 5", (REGION,))
    assert first(written.url).seq == 5
    with forge.administrator(written.url) as conn:
        conn.execute("UPDATE journal SET hash = '\\x00' WHERE region = %s AND seq = 3", (REGION,))
    assert first(written.url).seq == 3
    with forge.administrator(written.url) as conn:
        conn.execute("ALTER TABLE journal ALTER COLUMN hash DROP NOT NULL, ALTER COLUMN id DROP NOT NULL")
        conn.execute(
            "UPDATE journal SET hash = NULL, id = NULL, actor = NULL, payload = NULL"
            " WHERE region = %s AND seq = 2",
            (REGION,),
        )
    assert first(written.url).seq == 2


def test_what_cannot_be_read_is_not_called_whole(written: Database) -> None:
    with forge.administrator(written.url) as conn:
        conn.execute("ALTER TABLE journal DROP COLUMN payload")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        look(written.url)


# Heads


@pytest.fixture
async def signed(written: Database, store: Store, tmp_path: Path) -> tuple[Path, Keys]:
    """Heads at 300, 310 and 320 entries, in the database and in a file."""
    key, folder = tmp_path / "journal.key", tmp_path / "heads"
    for _ in range(3):
        await notary.sign_all(store, key, folder)
        forge.write(written.url, 10)
    public = load(key).public_key()
    return headfile.path_of(folder, REGION), {key_id(public): public}


def test_the_signed_journal_is_whole(written: Database, signed: tuple[Path, Keys]) -> None:
    file, keys = signed
    report = look(written.url, keys, (file,))
    assert (report.faults, report.heads, report.entries) == ([], 6, 330)
    assert "public key was not given" in look(written.url).faults[0].what


@pytest.mark.parametrize("at", [0, 150, 299, 300, 315])
def test_a_journal_rewritten_by_somebody_who_knows_how_is_told_by_its_heads(
    written: Database, signed: tuple[Path, Keys], at: int
) -> None:
    file, keys = signed
    with forge.administrator(written.url) as conn:
        was = forge.entries(conn)
        forge.put(conn, forge.chained([*was[:at], forge.forged(was[at]), *was[at + 1 :]]))
    (fault,) = look(written.url, keys).faults
    assert fault.seq == {0: 1, 150: 1, 299: 1, 300: 301, 315: 311}[at]
    assert "rewritten" in fault.what
    with forge.administrator(written.url) as conn:  # and the database's heads go, too
        conn.execute("DELETE FROM journal_head")
    assert look(written.url, keys).faults == []
    (fault,) = look(written.url, keys, (file,)).faults
    assert "rewritten" in fault.what
    assert str(file) in fault.what


def test_an_end_cut_off_with_its_chain_is_told_by_the_heads(
    written: Database, signed: tuple[Path, Keys]
) -> None:
    file, keys = signed
    with forge.administrator(written.url) as conn:
        forge.put(conn, forge.entries(conn)[:305])
        conn.execute("DELETE FROM journal_head WHERE size > 305")
    assert look(written.url, keys).faults == []
    (fault,) = look(written.url, keys, (file,)).faults
    assert (fault.seq, "306 to 310" in fault.what) == (306, True)
    with forge.administrator(written.url) as conn:  # all of it
        conn.execute("DELETE FROM journal_head; DELETE FROM journal; DELETE FROM journal_chain")
    (fault,) = look(written.url, keys, (file,)).faults
    assert (fault.region, fault.seq) == (REGION, 1)


def test_a_head_that_left_the_database_or_was_made_up_is_named(
    written: Database, signed: tuple[Path, Keys]
) -> None:
    file, keys = signed
    with forge.administrator(written.url) as conn:
        conn.execute("DELETE FROM journal_head WHERE size = 310")
    (fault,) = look(written.url, keys, (file,)).faults
    assert (fault.seq, "not in the database" in fault.what) == (310, True)
    with forge.administrator(written.url) as conn:
        conn.execute("UPDATE journal_head SET size = 311 WHERE size = 320")
    (fault,) = look(written.url, keys).faults
    assert (fault.seq, "signature" in fault.what) == (311, True)
    file.write_bytes(b"rubbish\n" + file.read_bytes())
    assert "line 1: cannot be read" in look(written.url, keys, (file,)).faults[0].what


def test_heads_of_other_regions_are_left_out(written: Database, signed: tuple[Path, Keys]) -> None:
    file, keys = signed
    report = examine(written.url, keys, (file,), region="19")
    assert (report.faults, report.heads, report.regions) == ([], 0, 0)
