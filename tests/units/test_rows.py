"""Rows made by numpy against psycopg's own binary rows, byte for byte, whatever is NULL."""

import io
import struct
from uuid import UUID

import numpy as np

from jedel.units.codec import Fix, decode, encode
from jedel.units.positions.rows import copy_data

AT_US = 1_793_000_000_000_000


def parse(data: bytes) -> list[list[bytes | None]]:
    """PostgreSQL's binary COPY format, read the slow way."""
    stream = io.BytesIO(data)
    assert stream.read(19) == b"PGCOPY\n\xff\r\n\0" + bytes(8)
    rows: list[list[bytes | None]] = []
    while (count := struct.unpack(">h", stream.read(2))[0]) >= 0:
        sizes = [struct.unpack(">i", stream.read(4))[0]]
        row: list[bytes | None] = []
        for n in range(count):
            size = sizes[-1]
            row.append(None if size < 0 else stream.read(size))
            if n < count - 1:
                sizes.append(struct.unpack(">i", stream.read(4))[0])
        rows.append(row)
    assert stream.read() == b""
    return rows


def test_every_combination_of_nulls() -> None:
    sent = [
        Fix(
            UUID(int=n),
            AT_US + n,
            76.9 + n / 100,
            -43.2,
            None if n & 1 else 36.0,
            None if n & 2 else 90.0,
            None if n & 4 else 5.0,
        )
        for n in range(16)
    ]
    heard = np.arange(16, dtype=np.int64) + AT_US
    rows = {row[0]: row for row in parse(copy_data(decode(encode(sent)), heard))}
    assert len(rows) == 16
    for n, fix in enumerate(sent):
        at = struct.pack(">q", AT_US + n - 946_684_800_000_000)
        optional = [(n & 1, 1000), (n & 2, 9000), (n & 4, 50)]
        assert rows[fix.unit.bytes] == [
            fix.unit.bytes,
            at,
            at,
            struct.pack(">i", round(fix.lon * 1e7)),
            struct.pack(">i", -432_000_000),
            *(None if missing else struct.pack(">i", value) for missing, value in optional),
            struct.pack(">i", 0),
        ]


def test_no_records_are_no_rows() -> None:
    assert (
        parse(copy_data(decode(encode([Fix(UUID(int=1), 0, 1, 1)]))[:0], np.zeros(0, dtype=np.int64))) == []
    )
