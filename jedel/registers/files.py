"""A register's file, CSV or Parquet, as batches of text columns in the register's order.

Memory is bounded by the batch: CSV is read in blocks, Parquet by row groups.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import ENOENT
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jedel.registers import errors
from jedel.registers.checking import Reject
from jedel.registers.tables import Register

BLOCK_BYTES = 8 << 20
BATCH_ROWS = 65_536
HEADER_BYTES_MAX = 64 << 10
PARQUET_MAGIC: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class Batch:
    """``rejects``: lines that could not even be cut into cells. ``share``: of the file, read so far."""

    columns: Sequence[pa.Array]
    lines: NDArray[np.int64]
    rejects: list[Reject]
    share: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """Changes when somebody writes to the file or puts another in its place."""

    inode: int
    size: int
    changed_ns: int


def identity(file: Path) -> tuple[str, Stamp]:
    """SHA-256 of the content, and what tells that it is still the same.

    Raises:
        FileMissing: or not a file.
        FileEmpty
    """
    try:
        str(file).encode()
        if not file.is_file():
            raise FileNotFoundError(ENOENT, "no such file")
        found = stamp(file)
        if found.size == 0:
            raise errors.FileEmpty(file=file.name)
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest(), found
    except UnicodeEncodeError as fault:  # names may be any bytes, but not to the reader
        raise errors.FileMissing(file=file.name, reason="its name is not UTF-8") from fault
    except OSError as fault:
        raise errors.FileMissing(file=file.name, reason=fault.strerror or str(fault)) from fault


def stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError as fault:
        raise errors.FileChanged(file=file.name) from fault
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def read(file: Path, register: Register) -> Iterator[Batch]:
    """The file's rows; the first batch is asked for when the header is found in order.

    Raises:
        RegisterProblem: what is wrong with the file as a whole.
    """
    with _explained(file):
        with file.open("rb") as opened:
            head = opened.read(HEADER_BYTES_MAX)
        if head.startswith(PARQUET_MAGIC):
            yield from _parquet(file, register)
        else:
            yield from _csv(file, register, head)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """The libraries' faults as our own."""
    try:
        yield
    except (UnicodeDecodeError, pa.ArrowException, OSError, csv.Error) as fault:
        reason = str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__
        if isinstance(fault, UnicodeDecodeError) or "UTF8" in reason or "UTF-8" in reason:
            raise errors.WrongEncoding(file=file.name) from fault
        if reason.startswith("Empty CSV file"):  # nothing after the header
            raise errors.FileEmpty(file=file.name) from fault
        raise errors.FileDamaged(file=file.name, reason=reason) from fault


def _order(file: Path, register: Register, found: Sequence[str]) -> list[int | None]:
    """Place of each of the register's columns in the file; None where it is left out."""
    expected = ", ".join(register.names)
    if not set(found) & set(register.names):
        raise errors.HeaderMissing(file=file.name, expected=expected)
    unknown = [name for name in found if name not in register.names]
    unknown += sorted({name for name in found if name in register.names and found.count(name) > 1})
    if unknown:
        listed = ", ".join(name[:40] for name in unknown[:10])
        raise errors.ColumnsUnknown(file=file.name, unknown=listed, expected=expected)
    missing = [column.name for column in register.columns if column.required and column.name not in found]
    if missing:
        raise errors.ColumnsMissing(file=file.name, missing=", ".join(missing), expected=expected)
    return [found.index(name) if name in found else None for name in register.names]


@dataclass(slots=True)
class _Lines:
    """Which line each row stands in, though some lines gave no row."""

    expected: int
    next_line: int = 2
    bad: list[Reject] = field(default_factory=list)
    told: int = 0

    def refuse(self, row: Any) -> str:
        """pyarrow asks what to do with a row of too few or too many cells."""
        reason = f"has {row.actual_columns} cells, not {row.expected_columns}"
        self.bad.append(Reject(row.number, "", reason))
        return "skip"

    def of(self, rows: int) -> NDArray[np.int64]:
        """Lines of the next ``rows`` rows."""
        holes = np.array(
            [reject.line for reject in self.bad if reject.line >= self.next_line], dtype=np.int64
        )
        candidates = np.arange(self.next_line, self.next_line + rows + len(holes), dtype=np.int64)
        lines: NDArray[np.int64] = candidates[~np.isin(candidates, holes)][:rows]
        if rows:
            self.next_line = int(lines[-1]) + 1
        return lines

    def new_rejects(self) -> list[Reject]:
        new = self.bad[self.told :]
        self.told = len(self.bad)
        return new


def _csv(file: Path, register: Register, head: bytes) -> Iterator[Batch]:
    names, separator = _header(file, head)
    places = _order(file, register, names)
    _must_be_utf8(file)
    if len(head) < HEADER_BYTES_MAX and len(head.split(b"\n")) == 1:
        raise errors.FileEmpty(file=file.name)
    lines = _Lines(len(names))
    columns = [f"c{place}" for place in range(len(names))]
    reader = pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, skip_rows=1, column_names=columns
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=separator, ignore_empty_lines=False, newlines_in_values=True,
            invalid_row_handler=lines.refuse,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )  # fmt: skip
    size = max(file.stat().st_size, 1)
    passed = 0
    with reader:
        for batch in reader:
            passed += batch.nbytes
            arrays = [_taken(batch, place) for place in places]
            yield Batch(arrays, lines.of(len(batch)), lines.new_rejects(), min(passed / size, 1.0))
    rest = lines.new_rejects()
    if rest:
        empty = [pa.array([], pa.string()) for _ in places]
        yield Batch(empty, np.empty(0, dtype=np.int64), rest, 1.0)


def _must_be_utf8(file: Path) -> None:
    """Before anything is cut into cells: pyarrow looks at good cells only, and trips over the others."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            if decoder.getstate()[0] or not block.isascii():
                decoder.decode(block)
    decoder.decode(b"", final=True)


def _header(file: Path, head: bytes) -> tuple[list[str], str]:
    """The names in the first line and what stands between them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise errors.WrongEncoding(file=file.name)
    lines = head.removeprefix(b"\xef\xbb\xbf").splitlines()
    line = (lines[0] if lines else b"").decode("utf-8")
    if not line.strip():
        raise errors.FileEmpty(file=file.name)
    separator = max(",;\t", key=line.count)
    names = next(csv.reader([line], delimiter=separator))
    return [name.strip().lower() for name in names], separator


def _parquet(file: Path, register: Register) -> Iterator[Batch]:
    with pq.ParquetFile(file, pre_buffer=False) as opened:
        total = max(opened.metadata.num_rows, 1)
        names = [name.strip().lower() for name in opened.schema_arrow.names]
        places = _order(file, register, names)
        passed = 0
        for batch in opened.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
            lines = np.arange(passed + 1, passed + 1 + len(batch), dtype=np.int64)
            arrays = [
                _text(file, name, _taken(batch, place))
                for name, place in zip(register.names, places, strict=True)
            ]
            passed += len(batch)
            yield Batch(arrays, lines, [], min(passed / total, 1.0))


def _taken(batch: pa.RecordBatch, place: int | None) -> pa.Array:
    return pa.nulls(len(batch), pa.string()) if place is None else batch.column(place)


def _text(file: Path, name: str, array: pa.Array) -> pa.Array:
    """Text of what Parquet holds as text, whole numbers or dates."""
    array.validate(full=True)  # what pyarrow reads from Parquet it has not looked at
    kind = array.type
    if pa.types.is_dictionary(kind):
        array, kind = array.dictionary_decode(), kind.value_type
    if pa.types.is_floating(kind):
        array, kind = array.cast(pa.int64()), pa.int64()  # as pandas writes whole numbers with gaps
    if pa.types.is_timestamp(kind):
        array, kind = array.cast(pa.date32()), pa.date32()
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    if not (text or pa.types.is_integer(kind) or pa.types.is_date(kind)):
        raise errors.ColumnType(file=file.name, column=name, found=str(kind))
    found = array.cast(pa.string())
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)
