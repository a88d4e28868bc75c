"""A register's file comes into force as a whole or not at all."""

import asyncio
import csv
import os
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from jedel.journal import Store
from jedel.journal.text import problem_text
from jedel.kernel.errors import Problem
from jedel.registers import Malformed, repository
from jedel.registers.cli import registers_import
from jedel.registers.importer import Imported, import_register, rejects_path
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS
from tests.conftest import Database
from tests.registers import make

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("parquet", [False, True])
async def test_every_register_comes_in_and_is_found(store: Store, tmp_path: Path, parquet: bool) -> None:
    for kind in Kind:
        file = make.file(tmp_path, kind)
        if parquet:
            table = pacsv.read_csv(file)  # with numbers and dates as such
            file = tmp_path / f"{kind}.parquet"
            pq.write_table(table, file)
        done = await import_register(store, kind, file, source="МВД", as_of=OLD)
        assert done.counts == {"accepted": 1, "rejected": 0, "in_force": 1}
        assert not rejects_path(file).exists()
    async with store.reading() as tx:
        car = await repository.vehicle(tx.conn, plate="123 авс-02")
        same = await repository.vehicle(tx.conn, vin=make.VIN)
        person = await repository.person(tx.conn, iin=make.iin())
        by_document = await repository.person(tx.conn, document="n12345678")
        phone = await repository.phone(tx.conn, make.imei())
        entry = await (
            await tx.conn.execute("SELECT kind, actor FROM journal ORDER BY seq DESC LIMIT 1")
        ).fetchone()
    assert car is not None
    assert car == same
    assert car.vehicle is not None
    assert (car.vehicle.make, car.vehicle.year, car.vehicle.accidents) == ("Aqquba", 2015, 1)
    assert (car.vehicle.origin.source, car.vehicle.origin.as_of) == ("МВД", OLD)
    assert car.owner is not None
    assert car.owner.number == make.iin()
    assert [wanted.reason for wanted in car.wanted] == ["stolen"]
    assert [fine.amount_tenge for fine in car.fines] == [21625]
    assert car.insurance[0].valid_on(car.insurance[0].until)
    assert set(car.ages) == set(Kind)
    assert person is not None
    assert (len(person.wanted), len(person.permits), len(person.vehicles), len(person.fines)) == (1, 1, 1, 1)
    assert by_document is not None
    assert by_document.permits == person.permits
    assert phone is not None
    assert [report.report for report in phone.reports] == ["R-1"]
    assert entry == {"kind": "registers.imported", "actor": "system:register-import"}


async def _in_force(store: Store, kind: Kind) -> int:
    async with store.reading() as tx:
        found = (await repository.in_force(tx.conn)).ages.get(kind)
    return found.rows if found else 0


async def _tables(store: Store) -> int:
    """Tables that hold rows of vehicles."""
    async with store.reading() as tx:
        row = await (
            await tx.conn.execute(
                "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'vehicle'::regclass"
            )
        ).fetchone()
    assert row is not None
    return int(row["n"])


async def _bring(store: Store, file: Path, as_of: datetime = OLD, *, whole: bool = False) -> Imported:
    return await import_register(store, Kind.VEHICLES, file, as_of=as_of, whole=whole)


async def _colour(store: Store, plate: str) -> str | None:
    async with store.reading() as tx:
        found = await repository.vehicle(tx.conn, plate=plate)
    return found.vehicle.colour if found and found.vehicle else None


async def test_rejects_stand_beside_the_file_with_line_and_reason(store: Store, tmp_path: Path) -> None:
    rows = [{"plate": make.plate(number), "vin": ""} for number in range(60)]
    rows[3]["vin"] = "1M8"
    rows[5]["plate"] = rows[4]["plate"].lower()
    file = make.file(tmp_path, Kind.VEHICLES, *rows)
    lines = file.read_text().splitlines()
    lines[8] = "too,few"
    lines[10] = ""  # blank: no reject, but it counts as a line
    lines[12] = lines[12].replace("registered", "gone")
    file.write_text("\n".join(lines))
    done = await _bring(store, file)
    assert done.counts == {"accepted": 55, "rejected": 4, "in_force": 55}
    assert done.rejects_file == rejects_path(file)
    with rejects_path(file).open(encoding="utf-8", newline="") as opened:
        found = list(csv.DictReader(opened))
    assert [(row["line"], row["column"]) for row in found] == [
        ("5", "vin"), ("7", "plate"), ("9", ""), ("13", "state"),
    ]  # fmt: skip
    assert found[1]["reason"] == "the same as in line 6"
    assert found[2]["reason"] == "has 2 cells, not 10"
    assert all(row["reason"] for row in found)
    assert rejects_path(file).stat().st_mode & 0o777 == 0o600
    make.vehicles(tmp_path, 3)
    await _bring(store, file, NEW)
    assert not rejects_path(file).exists()


async def test_too_many_rejects_refuse_the_file(store: Store, tmp_path: Path) -> None:
    await _bring(store, make.vehicles(tmp_path, 5, "good.csv"))
    rows = [{"plate": make.plate(number), "vin": "" if number > 2 else "bad"} for number in range(20)]
    file = make.file(tmp_path, Kind.VEHICLES, *rows)
    with pytest.raises(Problem) as refused:
        await _bring(store, file, NEW)
    assert refused.value.code == "register_too_many_rejects"
    assert refused.value.params["rejects"] == 3
    assert rejects_path(file).is_file()
    assert await _in_force(store, Kind.VEHICLES) == 5
    assert await _tables(store) == 1
    done = await import_register(store, Kind.VEHICLES, file, as_of=NEW, rejects_share_max=0.15)
    assert done.counts == {"accepted": 17, "rejected": 3, "in_force": 20}


async def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = make.vehicles(tmp_path, 5)
    first = await import_register(store, Kind.VEHICLES, file)
    again = await import_register(store, Kind.VEHICLES, file.rename(tmp_path / "other-name.csv"))
    assert (again.id, again.unchanged) == (first.id, True)
    assert await _tables(store) == 1
    async with store.reading() as tx:
        row = await (
            await tx.conn.execute("SELECT count(*) AS n FROM journal WHERE kind = 'registers.imported'")
        ).fetchone()
    assert row == {"n": 1}


@pytest.mark.parametrize("count", [3, 300])
async def test_a_newer_file_updates_by_key_and_an_older_does_not(
    store: Store, tmp_path: Path, count: int
) -> None:
    """3 of 100 go into the table in force; 300 make a new one."""
    await _bring(store, make.vehicles(tmp_path, 100, "a.csv"))
    newer = await _bring(store, make.vehicles(tmp_path, count, "b.csv", colour="red"), NEW)
    assert newer.counts["in_force"] == max(100, count)
    assert await _colour(store, make.plate(0)) == "red"
    assert await _colour(store, make.plate(99)) == ("white" if count == 3 else "red")
    older = await _bring(store, make.vehicles(tmp_path, count + 1, "c.csv", colour="blue"), OLD)
    assert older.counts["in_force"] == max(100, count + 1)
    assert await _colour(store, make.plate(0)) == "red"
    assert await _colour(store, make.plate(count)) == "blue"
    async with store.reading() as tx:
        ages = (await repository.in_force(tx.conn)).ages
    assert ages[Kind.VEHICLES].as_of == NEW
    assert await _tables(store) <= 2


async def test_a_whole_register_takes_the_place_of_the_old_one(store: Store, tmp_path: Path) -> None:
    await _bring(store, make.vehicles(tmp_path, 100, "a.csv"))
    await _bring(store, make.vehicles(tmp_path, 3, "b.csv", colour="red"), NEW, whole=True)
    assert await _in_force(store, Kind.VEHICLES) == 3
    assert await _colour(store, make.plate(50)) is None
    with pytest.raises(Problem) as refused:
        await _bring(store, make.vehicles(tmp_path, 4, "c.csv"), OLD, whole=True)
    assert refused.value.code == "register_file_older"


async def test_a_reader_who_has_begun_keeps_what_was_in_force(store: Store, tmp_path: Path) -> None:
    """Never an empty register in between: a wanted car would be let go."""
    await _bring(store, make.vehicles(tmp_path, 100, "a.csv"))
    async with store.reading() as tx:
        before = await repository.vehicle(tx.conn, plate=make.plate(7))
        await _bring(store, make.vehicles(tmp_path, 300, "b.csv", colour="red"), NEW)
        again = await repository.vehicle(tx.conn, plate=make.plate(7))
    assert before is not None
    assert before == again
    assert await _colour(store, make.plate(7)) == "red"


HEADER = ",".join(REGISTERS[Kind.VEHICLES].names)
ROW = ",".join(make.ROWS[Kind.VEHICLES].values())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register_file_empty"),
        (b"\n\n", "register_file_empty"),
        (HEADER.encode(), "register_file_empty"),
        (f"{HEADER}\n\n".encode(), "register_file_empty"),
        (ROW.encode(), "register_header_missing"),
        (b"PK\x03\x04" + bytes(99), "register_header_missing"),
        (f"{HEADER},plate\n{ROW},x".encode(), "register_columns_unknown"),
        (f"{HEADER},password\n{ROW},x".encode(), "register_columns_unknown"),
        (b"plate,make\n123ABC02,x", "register_columns_missing"),
        (f"{HEADER}\n{ROW}".encode("utf-16"), "register_encoding"),
        (f"{HEADER}\n{ROW.replace('white', 'ақ')}".encode()[:-20] + b"\xff\xfe,1", "register_encoding"),
        (f"{HEADER}\n{ROW.replace('white', 'белый')}\n".encode("cp1251"), "register_encoding"),
        (f'{HEADER}\n"{ROW}\n'.encode(), "register_too_many_rejects"),
        (b"PAR1" + bytes(99), "register_file_damaged"),
        ("cut", "register_file_damaged"),
        ("spoilt", "register_file_damaged"),
        ("lists", "register_column_type"),
        (None, "register_file_missing"),
    ],
)
async def test_a_refused_file_leaves_the_old_rows_in_force(
    store: Store, tmp_path: Path, content: bytes | str | None, code: str
) -> None:
    await _bring(store, make.vehicles(tmp_path, 5, "good.csv"))
    bad = tmp_path / "bad"
    if isinstance(content, str):
        table = pacsv.read_csv(make.vehicles(tmp_path, 500))
        if content == "lists":
            table = table.set_column(0, "plate", pa.array([["x"]] * 500))
        pq.write_table(table, bad)
        whole = bad.read_bytes()
        if content == "cut":
            bad.write_bytes(whole[: len(whole) // 2])
        elif content == "spoilt":
            bad.write_bytes(whole[:100] + bytes(2_000) + whole[2_100:])
    elif content is not None:
        bad.write_bytes(content)
    with pytest.raises(Problem) as refused:
        await _bring(store, bad, NEW)
    assert refused.value.code == code
    assert problem_text("registers", refused.value) != code
    assert await _in_force(store, Kind.VEHICLES) == 5
    assert await _tables(store) == 1


async def test_a_file_that_changes_while_it_is_read_is_refused(store: Store, tmp_path: Path) -> None:
    file = make.vehicles(tmp_path, 5)

    def write(step: str, _share: float) -> None:
        if step == "index":
            make.vehicles(tmp_path, 6)

    with pytest.raises(Problem) as refused:
        await import_register(store, Kind.VEHICLES, file, write)
    assert refused.value.code == "register_file_changed"
    assert await _in_force(store, Kind.VEHICLES) == 0


async def test_rejects_are_never_written_through_a_link(store: Store, tmp_path: Path) -> None:
    file = make.vehicles(tmp_path, 30)
    file.write_text(file.read_text() + "x\n")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    rejects_path(file).symlink_to(victim)
    await _bring(store, file)
    assert victim.read_text() == "mine"
    assert not rejects_path(file).is_symlink()


async def test_semicolons_a_byte_order_mark_and_any_order_of_columns(store: Store, tmp_path: Path) -> None:
    names = list(reversed(REGISTERS[Kind.PHONES].names))
    row = ";".join(make.ROWS[Kind.PHONES][name] for name in names)
    file = tmp_path / "phones.csv"
    file.write_bytes(b"\xef\xbb\xbf" + f"{';'.join(names).upper()}\r\n{row}\r\n".encode())
    done = await import_register(store, Kind.PHONES, file)
    assert done.counts["accepted"] == 1


@pytest.mark.fault
@pytest.mark.parametrize("last", ["read", "index", "merge", "switch"])
async def test_an_import_killed_at_any_step_leaves_the_old_rows(
    store: Store, database: Database, tmp_path: Path, last: str
) -> None:
    await _bring(store, make.vehicles(tmp_path, 50, "old.csv"))
    file = make.vehicles(tmp_path, 20_000, "new.csv", colour="red")
    # after the step's name is out the process stands still, so that the kill finds it there
    script = (
        "import asyncio, sys, time; from pathlib import Path; from jedel.registers.model import Kind;"
        "from jedel.registers.importer import import_register\n"
        "def say(step, share):\n"
        "    print(step, flush=True)\n"
        "    if step == sys.argv[3]: time.sleep(600)\n"
        "asyncio.run(import_register(sys.argv[1], Kind.VEHICLES, Path(sys.argv[2]), say))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, database.url, str(file), last,
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2], env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    while (line := await process.stdout.readline()) and line.decode().strip() != last:
        pass
    assert await _in_force(store, Kind.VEHICLES) == 50  # nobody is held up meanwhile
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert await _in_force(store, Kind.VEHICLES) == 50
    assert await _colour(store, make.plate(1)) == "white"
    done = await _bring(store, file, NEW)  # waits for the dead one's lock
    assert done.counts["in_force"] == 20_000
    assert await _tables(store) == 2


async def test_what_cannot_be_asked(store: Store) -> None:
    async with store.reading() as tx:
        assert (await repository.in_force(tx.conn)).ages == {}
        assert await repository.vehicle(tx.conn, plate="123ABC02") is None
        assert await repository.person(tx.conn, iin=make.iin()) is None
        assert await repository.phone(tx.conn, make.imei()) is None
        with pytest.raises(ValueError, match="or a VIN"):
            await repository.vehicle(tx.conn)
        with pytest.raises(ValueError, match="or a document"):
            await repository.person(tx.conn, iin="1", document="2")
        with pytest.raises(Malformed):
            await repository.vehicle(tx.conn, plate="'; DROP TABLE vehicle; --")


async def test_a_wanted_entry_counts_from_its_day_to_its_last(store: Store, tmp_path: Path) -> None:
    """Also for a car that no register has."""
    file = make.file(tmp_path, Kind.WANTED_VEHICLES, {"since": "2026-02-01", "expires": "2026-03-01"})
    await import_register(store, Kind.WANTED_VEHICLES, file)
    async with store.reading() as tx:
        for day, wanted in (("2026-01-31", 0), ("2026-02-01", 1), ("2026-03-01", 1), ("2026-03-02", 0)):
            found = await repository.vehicle(tx.conn, plate="123ABC02", day=date.fromisoformat(day))
            assert len(found.wanted if found else ()) == wanted


@pytest.mark.parametrize("good", [True, False])
def test_the_command_says_what_came_of_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], good: bool
) -> None:
    file = make.vehicles(tmp_path, 30)
    file.write_text(file.read_text() + ("x\n" if good else "x\n" * 30))
    assert registers_import(database.url, "vehicles", file, as_of=OLD) == (0 if good else 1)
    said = capsys.readouterr()
    if good:
        assert "30 rows as of" in said.out
        assert "1 rows were refused" in said.out
        assert registers_import(database.url, "vehicles", file) == 0
        assert "imported before" in capsys.readouterr().out
    else:
        assert "30 of 60 rows" in said.err.replace("\n", " ")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
async def test_the_generators_files_have_no_rejects(store: Store, tmp_path: Path, ending: str) -> None:
    command = [sys.executable, "-m", "simulator.registers", str(tmp_path), "--vehicles", "3000"]
    process = await asyncio.create_subprocess_exec(
        *command, *(["--parquet"] if ending == "parquet" else []), stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0
    for kind in Kind:
        done = await import_register(store, kind, tmp_path / f"{kind}.{ending}")
        assert done.counts["rejected"] == 0
        assert done.counts["accepted"] > 0
    assert await _in_force(store, Kind.VEHICLES) == 3_000
