"""What Parquet may hold, and where a file may lie."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jedel.app.import_cli import RegisterKind
from jedel.journal import Store
from jedel.registers import errors, files, repository
from jedel.registers.cli import registers_import
from jedel.registers.importer import import_register, rejects_path
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS
from tests.conftest import Database
from tests.registers import make


def test_the_command_line_knows_every_register() -> None:
    assert [kind.value for kind in RegisterKind] == [kind.value for kind in Kind] == list(REGISTERS)


async def test_the_types_that_other_programs_write(store: Store, tmp_path: Path) -> None:
    """pandas: text as a dictionary, whole numbers with gaps as floats, days as moments."""
    row = make.ROWS[Kind.FINES]
    columns = {name: pa.array([cell, ""]) for name, cell in row.items()}
    columns |= {
        "notice": pa.array(["F-1", "F-2"]).dictionary_encode(),
        "plate": pa.array(["123ABC02", "124ABC02"], pa.large_string()),
        "article": pa.array(["592", "593"]),
        "amount_tenge": pa.array([21_625.0, 12_975.0]),
        "issued": pa.array([date(2026, 10, 1), date(2026, 10, 2)]).cast(pa.timestamp("us")),
    }
    file = tmp_path / "fines.parquet"
    pq.write_table(pa.table(columns), file)
    done = await import_register(store, Kind.FINES, file)
    assert done.counts == {"accepted": 2, "rejected": 0, "in_force": 2}
    async with store.reading() as tx:
        found = await repository.vehicle(tx.conn, plate="124ABC02")
    assert found is not None
    assert [(fine.notice, fine.amount_tenge, fine.issued) for fine in found.fines] == [
        ("F-2", 12_975, date(2026, 10, 2))
    ]
    assert found.fines[0].number is None


async def test_a_parquet_with_half_tenge_is_refused(store: Store, tmp_path: Path) -> None:
    columns = {name: pa.array([cell]) for name, cell in make.ROWS[Kind.FINES].items()}
    file = tmp_path / "fines.parquet"
    pq.write_table(pa.table(columns | {"amount_tenge": pa.array([1.5])}), file)
    with pytest.raises(errors.FileDamaged):
        await import_register(store, Kind.FINES, file)


async def test_a_file_of_the_future_is_refused(store: Store, tmp_path: Path) -> None:
    """It could never be replaced."""
    with pytest.raises(errors.FileOfTheFuture):
        await import_register(
            store, Kind.FINES, make.file(tmp_path, Kind.FINES), as_of=datetime(2099, 1, 1, tzinfo=UTC)
        )


def test_a_name_of_any_bytes_is_said_and_printed(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = make.file(tmp_path, Kind.FINES).rename(tmp_path / os.fsdecode(b"fines-\xff.csv"))
    assert registers_import(database.url, "fines", file) == 1
    assert "not UTF-8" in capsys.readouterr().err


async def test_a_folder_is_no_file(store: Store, tmp_path: Path) -> None:
    with pytest.raises(errors.FileMissing):
        await import_register(store, Kind.FINES, tmp_path)


async def test_rejects_that_cannot_be_written_refuse_the_file(store: Store, tmp_path: Path) -> None:
    file = make.vehicles(tmp_path, 30)
    file.write_text(file.read_text() + "x\n")
    rejects_path(file).mkdir()
    with pytest.raises(errors.RejectsUnwritable):
        await import_register(store, Kind.VEHICLES, file)
    async with store.reading() as tx:
        assert (await repository.in_force(tx.conn)).ages == {}


def test_a_file_that_went_away_has_changed(tmp_path: Path) -> None:
    file = make.vehicles(tmp_path, 1)
    files.identity(file)
    file.unlink()
    with pytest.raises(errors.FileChanged):
        files.stamp(file)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.FileMissing):
        files.identity(tmp_path / "pipe")


async def test_rejects_in_the_last_block_are_told(store: Store, tmp_path: Path) -> None:
    """A block of the file may have no good row at all."""
    file = make.vehicles(tmp_path, 40)
    padding = "x" * 1_000
    with file.open("a") as opened:
        opened.writelines(f"{padding}\n" for _ in range(9_000))
    with pytest.raises(errors.TooManyRejects) as refused:
        await import_register(store, Kind.VEHICLES, file)
    assert refused.value.params["rejects"] == 9_000
