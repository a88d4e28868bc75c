"""Checking a stretch of a region's journal, fast: what `jedel journal verify` deals out.

The entries come as PostgreSQL's binary COPY and are hashed as they come. Each is checked against the stored
hash of the one before, so stretches need not wait for each other; whoever deals them out sees that they join.
The rules are those of ``model.verify``, which the tests hold this to; what is said twice here instead of put
into a function is said where a call would cost a tenth of the time.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class with a small letter

import psycopg
from psycopg import pq, sql

from jedel.journal.model import GENESIS, Fault
from jedel.journal.tree import Levels, Range

SIZE = 1 << 16
"""Entries of a stretch: a power of two, so that each is one complete subtree."""

ERASED = "journal.erased"
"""Kind of the entry that says by what right the content of another (its subject) was erased."""

_SEPARATOR = b"\x1f"
_ERASED = ERASED.encode() + _SEPARATOR
_QUERY = sql.SQL(
    "COPY (SELECT seq, at, payload_hash, hash, id::text,"
    " kind || E'\\x1f' || subject::text || E'\\x1f' || actor, payload"
    " FROM journal WHERE region = {} AND seq BETWEEN {} AND {} ORDER BY seq) TO STDOUT (FORMAT binary)"
)
_BEFORE = "SELECT hash FROM journal WHERE region = %s AND seq = %s"

# Fields of a row, each behind its length: seq, at (µs since 2000), payload_hash, hash, id, and the length of
# the text; then the text, the length of the payload, the payload.
_FIXED = Struct(">hiqiqi32si32si36si")
_LENGTHS = (7, 8, 8, 32, 32, 36)
_SINCE_1970_US = 946_684_800_000_000
_NULL = b"\xff\xff\xff\xff"
_FILE_HEADER = 19
_FILE_END = b"\xff\xff"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries ``first`` … ``last`` of a region. ``sizes``: of heads that end in here."""

    region: str
    first: int
    last: int
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a stretch is: the hashes it stands between, its tree, and where heads end in it.

    ``at`` has for each size the range *within the stretch* and the chain's hash. ``erased`` are entries
    without content (number, id), ``grounds`` the ids that ``journal.erased`` entries speak of.
    """

    chunk: Chunk
    before: bytes
    after: bytes
    fault: Fault | None
    whole: Range
    at: dict[int, tuple[Range, bytes]]
    erased: list[tuple[int, bytes]]
    grounds: list[bytes]


@dataclass(slots=True)
class _Walk:
    """What is gathered while entries go by."""

    links: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    erased: list[tuple[int, bytes]] = field(default_factory=list)
    grounds: list[bytes] = field(default_factory=list)


def connect(url: str) -> psycopg.Connection:
    """A connection that reads in order of the index and writes nothing."""
    conn = psycopg.connect(url, autocommit=True, connect_timeout=5, application_name="jedel verify")
    conn.execute(
        "SET client_encoding = 'UTF8'; SET default_transaction_read_only = on; SET jit = off;"
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0"
    )
    return conn


def check(conn: psycopg.Connection, chunk: Chunk) -> Checked:
    """Read and check a stretch.

    Raises:
        psycopg.Error: the database did not give it.
    """
    row = conn.execute(_BEFORE, (chunk.region, chunk.first - 1)).fetchone() if chunk.first > 1 else None
    before: bytes = row[0] if row and row[0] else GENESIS
    walk = _Walk()
    query = _QUERY.format(sql.Literal(chunk.region), sql.Literal(chunk.first), sql.Literal(chunk.last))
    with closing(_rows(conn, query.as_bytes(conn))) as rows:
        fault = _walk(walk, rows, chunk, before)
    levels = Levels(walk.leaves)
    done = chunk.first - 1
    reached = [size for size in chunk.sizes if size - done <= levels.size]
    return Checked(
        chunk,
        before,
        walk.links[-1] if walk.links else before,
        fault,
        levels.prefix(levels.size),
        {size: (levels.prefix(size - done), walk.links[size - done - 1]) for size in reached},
        walk.erased,
        walk.grounds,
    )


def _rows(conn: psycopg.Connection, query: bytes) -> Generator[memoryview, None, None]:
    """The rows of a binary COPY, straight from libpq: a row costs one call."""
    link = conn.pgconn
    begun = link.exec_(query)
    if begun.status != pq.ExecStatus.COPY_OUT:
        raise psycopg.errors.lookup(_state(begun))(begun.error_message.decode(errors="replace"))
    get = link.get_copy_data
    size, row = get(0)
    row = row[_FILE_HEADER:]  # the header travels with the first row
    try:
        while size > 0 and row != _FILE_END:
            yield row
            size, row = get(0)
    finally:
        while size > 0:
            size, row = get(0)
        ended = link.get_result()
        while link.get_result() is not None:
            pass
    if size < -1 or ended is None or ended.status != pq.ExecStatus.COMMAND_OK:
        raise psycopg.OperationalError(link.error_message.decode(errors="replace").strip())


def _state(result: pq.abc.PGresult) -> str:
    return (result.error_field(pq.DiagnosticField.SQLSTATE) or b"XX000").decode()


def _walk(walk: _Walk, rows: Iterator[memoryview], chunk: Chunk, before: bytes) -> Fault | None:
    """Check entry by entry; the first that is not what was written."""
    prefix, expected, join = chunk.region.encode() + _SEPARATOR, chunk.first - 1, b"".join
    unpack, fixed = _FIXED.unpack_from, _FIXED.size
    links, leaves = walk.links.append, walk.leaves.append
    for view in rows:
        row = bytes(view)
        expected += 1
        try:
            n, l1, seq, l2, at, l3, digest, l4, link, l5, entry_id, length = unpack(row)
        except StructError:
            return _shape(chunk, expected)
        if (n, l1, l2, l3, l4, l5) != _LENGTHS or length < 0:
            return _shape(chunk, expected)
        if seq != expected:
            return _misplaced(chunk, expected, seq)
        end = fixed + length
        text, payload = row[fixed:end], row[end + 4 :]
        if not payload or sha256(payload).digest() != digest:
            if row[end:] != _NULL:
                return Fault(chunk.region, seq, "the content was changed")
            walk.erased.append((seq, entry_id))
        said = (
            before, prefix, b"%d" % seq, _SEPARATOR, entry_id, _SEPARATOR,
            b"%d" % (at + _SINCE_1970_US), _SEPARATOR, text, digest,
        )  # fmt: skip
        before = sha256(join(said)).digest()
        if before != link:
            return Fault(chunk.region, seq, "the entry or its place in the chain was changed")
        links(link)
        leaves(sha256(b"\x00" + link).digest())
        if text.startswith(_ERASED):
            walk.grounds.append(text[len(_ERASED) : len(_ERASED) + 36])
    if expected != chunk.last:
        return Fault(chunk.region, expected + 1, f"entry {expected + 1} is missing")
    return None


def _misplaced(chunk: Chunk, expected: int, seq: int) -> Fault:
    if seq < expected:
        return Fault(chunk.region, seq, f"there is more than one entry {seq}")
    return Fault(chunk.region, expected, f"entry {expected} is missing, {seq} stands in its place")


def _shape(chunk: Chunk, expected: int) -> Fault:
    return Fault(chunk.region, expected, "a column of the entry is empty or not of its size")
