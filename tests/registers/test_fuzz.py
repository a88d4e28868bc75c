"""Whatever bytes and cells come: no traceback, no half import, every reject explained."""

import csv
import io
import tempfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jedel.journal import Store
from jedel.registers import errors, repository
from jedel.registers.importer import import_register, rejects_path
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS
from tests.registers import make

FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KINDS = st.sampled_from(list(Kind))
GOOD_CELLS = sorted({cell for row in make.ROWS.values() for cell in row.values()})
CELL = st.one_of(
    st.sampled_from(GOOD_CELLS),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(
        ["\x00", '"', "'", "\\.", "\\N", "a\nb", ",", "=1+1", "9" * 40, "\u202e", "ı", "İ", "ß", "²"]
    ),
)


async def unharmed(store: Store, kind: Kind, file: Path) -> None:
    """Import: it comes in as a whole, or a Problem says why and nothing changed."""
    async with store.reading() as tx:
        before = (await repository.in_force(tx.conn)).ages.get(kind)
    try:
        done = await import_register(store, kind, file)
    except errors.RegisterProblem:
        async with store.reading() as tx:
            assert (await repository.in_force(tx.conn)).ages.get(kind) == before
    else:
        if done.unchanged:
            return
        async with store.reading() as tx:
            after = (await repository.in_force(tx.conn)).ages[kind]
            name = await (
                await tx.conn.execute("SELECT table_name FROM register WHERE kind = %s", (kind,))
            ).fetchone()
            assert name is not None
            row = await (
                await tx.conn.execute(f'SELECT count(*) AS n FROM "{name["table_name"]}"')
            ).fetchone()
        assert row == {"n": after.rows}
        assert done.counts["in_force"] == after.rows
        if done.counts["rejected"]:
            with rejects_path(file).open(encoding="utf-8", newline="") as opened:
                rejects = list(csv.DictReader(opened))
            assert len(rejects) == done.counts["rejected"]
            assert all(reject["line"] and reject["reason"] for reject in rejects)


@FUZZ
@given(kind=KINDS, content=st.binary(max_size=400), header=st.booleans(), parquet=st.booleans())
async def test_any_bytes(store: Store, kind: Kind, content: bytes, header: bool, parquet: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        start = ",".join(REGISTERS[kind].names).encode() + b"\n" if header else b""
        file.write_bytes((b"PAR1" if parquet else start) + content)
        await unharmed(store, kind, file)


@FUZZ
@given(kind=KINDS, data=st.data())
async def test_any_cells_among_good_rows(store: Store, kind: Kind, data: st.DataObject) -> None:
    names = REGISTERS[kind].names
    good = [make.ROWS[kind][name] for name in names]
    rows = [good] * 12 + data.draw(st.lists(st.lists(CELL, min_size=1, max_size=len(names) + 1), max_size=4))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(names) - 1))
        rows.append([*good[:place], data.draw(CELL), *good[place + 1 :]])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.csv"
        file.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
        # twelve rows alike are eleven rejects: the limit must not hide what comes after
        await unharmed_with(store, kind, file)


async def unharmed_with(store: Store, kind: Kind, file: Path) -> None:
    with suppress(errors.RegisterProblem):
        await import_register(store, kind, file, rejects_share_max=1.0)
    await unharmed(store, kind, file)


@FUZZ
@given(data=st.data())
async def test_a_parquet_file_with_bytes_changed(store: Store, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.parquet"
        columns = {name: pa.array([cell or None] * 3) for name, cell in make.ROWS[Kind.PHONES].items()}
        pq.write_table(pa.table(columns), file)
        content = bytearray(file.read_bytes())
        for _ in range(data.draw(st.integers(1, 6))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        file.write_bytes(content)
        await unharmed_with(store, Kind.PHONES, file)
