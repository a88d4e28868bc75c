"""A journal to try one's hand at, and what an administrator with all rights of SQL can do to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row

from jedel.journal.model import GENESIS, Recorded, chain_hash
from jedel.journal.repository import COLUMNS

REGION = "20"
AT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)

Connection = psycopg.Connection[tuple[Any, ...]]


def write(url: str, count: int, region: str = REGION) -> None:
    """Entries as the database itself writes them."""
    with psycopg.connect(url) as conn:
        for n in range(count):
            payload = f'{{"data":{{"n":{n},"text":"жедел ☎ \\"{n}\\""}},"changed":{{}},"gone":{{}}}}'
            conn.execute(
                "SELECT journal_append(%s, %s, %s, 'test.done', %s, 'account:duty', %s)",
                (region, uuid4(), AT, uuid4(), payload),
            )


@contextmanager
def administrator(url: str) -> Iterator[Connection]:
    """One transaction in which no trigger stands in the way."""
    with psycopg.connect(url) as conn:
        conn.execute("SET LOCAL session_replication_role = replica")
        yield conn


def entries(conn: Connection, region: str = REGION) -> list[Recorded]:
    with conn.cursor(row_factory=class_row(Recorded)) as cursor:
        return cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE region = %s ORDER BY seq", (region,)
        ).fetchall()


def put(conn: Connection, written: list[Recorded], region: str = REGION) -> None:
    """Let these be all entries of the region, and the chain end with them."""
    conn.execute("DELETE FROM journal WHERE region = %s", (region,))
    with conn.cursor().copy(f"COPY journal ({COLUMNS}) FROM STDIN") as copy:
        for e in written:
            copy.write_row(
                (e.region, e.seq, e.id, e.at, e.kind, e.subject, e.actor, e.payload, e.payload_hash, e.hash)
            )
    last = (written[-1].seq, written[-1].hash) if written else (0, GENESIS)
    conn.execute("UPDATE journal_chain SET seq = %s, hash = %s WHERE region = %s", (*last, region))


def chained(written: list[Recorded]) -> list[Recorded]:
    """The entries numbered and hashed anew, as by somebody who knows how: no check of the chain finds it."""
    before, anew = GENESIS, []
    for seq, entry in enumerate(written, 1):
        digest = sha256(entry.payload.encode()).digest() if entry.payload else entry.payload_hash
        made = replace(entry, seq=seq, payload_hash=digest)
        before = chain_hash(before, made)
        anew.append(replace(made, hash=before))
    return anew


def forged(entry: Recorded) -> Recorded:
    """The same entry with other content."""
    return replace(entry, payload='{"data":{"n":-1},"changed":{},"gone":{}}')


def another(entry: Recorded) -> Recorded:
    """A new entry for the place of this one, with a hash that fits its place."""
    return replace(forged(entry), id=UUID(int=uuid4().int))
