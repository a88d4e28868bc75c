"""All SQL of the journal: appending, reading onwards, cursors of readers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from jedel.journal.heads import Head
from jedel.journal.model import Entry, Recorded

Connection = AsyncConnection[dict[str, Any]]

COLUMNS = "region, seq, id, at, kind, subject, actor, payload, payload_hash, hash"


async def append_and_commit(conn: Connection, entries: Sequence[Entry], at: datetime) -> None:
    """Chain ``entries`` to their regions and commit the transaction that is open.

    In one flight: the region's chain is locked from its first entry to the commit, and a journey to this
    process and back in between would be spent by every other writer of the region too. Regions go in a fixed
    order, so that two writers cannot deadlock.
    """
    async with conn.pipeline():
        for entry in sorted(entries, key=lambda e: e.region):
            await conn.execute(
                "SELECT journal_append(%s, %s, %s, %s, %s, %s, %s)",
                (entry.region, entry.id, at, entry.kind, entry.subject, entry.actor, entry.payload()),
            )
        await conn.execute("COMMIT")


async def claim(conn: Connection, entry_id: UUID) -> bool:
    """Wait for any other transaction with this id, then say whether the id is in the journal already.

    Two statements: the second needs a snapshot taken after the wait.
    """
    async with conn.pipeline():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(entry_id),))
        cursor = await conn.execute("SELECT 1 FROM journal WHERE id = %s", (entry_id,))
    return await cursor.fetchone() is not None


async def head(conn: Connection, region: str) -> int:
    """The region's last sequence number; 0 where nothing was written yet."""
    cursor = await conn.execute("SELECT seq FROM journal_chain WHERE region = %s", (region,))
    row = await cursor.fetchone()
    return int(row["seq"]) if row else 0


async def after(conn: Connection, region: str, seq: int, limit: int) -> list[Recorded]:
    """At most ``limit`` entries that follow ``seq``, in order."""
    async with conn.cursor(row_factory=class_row(Recorded)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE region = %s AND seq > %s ORDER BY seq LIMIT %s",
            (region, seq, limit),
        )
        return await cursor.fetchall()


async def of_kinds(
    conn: Connection, region: str, seq: int, upto: int, kinds: Sequence[str], limit: int
) -> list[Recorded]:
    """Like ``after``, of the given kinds, up to ``upto`` inclusive."""
    async with conn.cursor(row_factory=class_row(Recorded)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE region = %s AND seq > %s AND seq <= %s AND kind = ANY(%s)"
            " ORDER BY seq LIMIT %s",
            (region, seq, upto, list(kinds), limit),
        )
        return await cursor.fetchall()


async def of_subject(conn: Connection, subject: UUID, limit: int) -> list[Recorded]:
    """The newest ``limit`` entries about one object, oldest first."""
    async with conn.cursor(row_factory=class_row(Recorded)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE subject = %s ORDER BY seq DESC LIMIT %s", (subject, limit)
        )
        return (await cursor.fetchall())[::-1]


async def behind(conn: Connection, reader: str) -> list[tuple[str, int, int]]:
    """Regions that have entries this reader has not seen: (region, its position, the region's head)."""
    cursor = await conn.execute(
        "SELECT c.region, coalesce(k.seq, 0) AS seq, c.seq AS head FROM journal_chain c"
        " LEFT JOIN journal_cursor k ON k.region = c.region AND k.reader = %s"
        " WHERE c.seq > coalesce(k.seq, 0) ORDER BY c.region",
        (reader,),
    )
    return [(row["region"], row["seq"], row["head"]) for row in await cursor.fetchall()]


async def lock_cursor(conn: Connection, reader: str, region: str) -> int:
    """The reader's position in a region, locked until the transaction ends."""
    lock = "SELECT seq FROM journal_cursor WHERE reader = %s AND region = %s FOR UPDATE"
    row = await (await conn.execute(lock, (reader, region))).fetchone()
    if row is None:
        await conn.execute(
            "INSERT INTO journal_cursor (reader, region, seq) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
            (reader, region),
        )
        row = await (await conn.execute(lock, (reader, region))).fetchone()
    assert row is not None
    return int(row["seq"])


async def need_not_last(conn: Connection) -> None:
    """Let the transaction's commit return before it is on disk: for what may be forgotten in a crash, such
    as a position behind which nothing would be done twice."""
    await conn.execute("SET LOCAL synchronous_commit TO off")


async def move_cursor(conn: Connection, reader: str, region: str, seq: int) -> None:
    """The reader has dealt with everything up to ``seq``."""
    await conn.execute(
        "INSERT INTO journal_cursor (reader, region, seq) VALUES (%s, %s, %s)"
        " ON CONFLICT (reader, region) DO UPDATE SET seq = excluded.seq"
        " WHERE journal_cursor.seq < excluded.seq",
        (reader, region, seq),
    )


async def set_aside(conn: Connection, reader: str, entry: Recorded, error: str) -> None:
    """Keep an entry that a reader could not deal with, so that the ones behind it can go on."""
    await conn.execute(
        "INSERT INTO journal_set_aside (reader, region, seq, error) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (reader, entry.region, entry.seq, error[:2000]),
    )


HEAD_COLUMNS = "region, size, root, chain, at, key, signature"


async def chains(conn: Connection) -> list[tuple[str, int, bytes]]:
    """Every region with its last sequence number and hash."""
    cursor = await conn.execute("SELECT region, seq, hash FROM journal_chain WHERE seq > 0 ORDER BY region")
    return [(row["region"], row["seq"], row["hash"]) for row in await cursor.fetchall()]


async def last_head(conn: Connection, region: str) -> Head | None:
    """The newest signed head of a region."""
    async with conn.cursor(row_factory=class_row(Head)) as cursor:
        await cursor.execute(
            f"SELECT {HEAD_COLUMNS} FROM journal_head WHERE region = %s ORDER BY size DESC LIMIT 1", (region,)
        )
        return await cursor.fetchone()


async def heads_from(conn: Connection, region: str, size: int, limit: int) -> list[Head]:
    """At most ``limit`` heads of ``size`` entries and more, in order."""
    async with conn.cursor(row_factory=class_row(Head)) as cursor:
        await cursor.execute(
            f"SELECT {HEAD_COLUMNS} FROM journal_head WHERE region = %s AND size >= %s"
            " ORDER BY size LIMIT %s",
            (region, size, limit),
        )
        return await cursor.fetchall()


async def tree(conn: Connection, region: str) -> tuple[int, bytes]:
    """How far the notary carried a region's tree: size and joined roots, to be believed only if they fold."""
    cursor = await conn.execute("SELECT size, roots FROM journal_tree WHERE region = %s", (region,))
    row = await cursor.fetchone()
    return (row["size"], row["roots"]) if row else (0, b"")


async def add_head(conn: Connection, head: Head, roots: bytes) -> None:
    """Keep a signed head and the range it was made from."""
    await conn.execute(
        f"INSERT INTO journal_head ({HEAD_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (head.region, head.size, head.root, head.chain, head.at, head.key, head.signature),
    )
    await conn.execute(
        "INSERT INTO journal_tree (region, size, roots) VALUES (%s, %s, %s)"
        " ON CONFLICT (region) DO UPDATE SET size = excluded.size, roots = excluded.roots",
        (head.region, head.size, roots),
    )


async def lock_entry(conn: Connection, region: str, seq: int) -> Recorded | None:
    """One entry, locked until the transaction ends."""
    async with conn.cursor(row_factory=class_row(Recorded)) as cursor:
        await cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE region = %s AND seq = %s FOR UPDATE", (region, seq)
        )
        return await cursor.fetchone()


async def waited_for_by(conn: Connection, region: str, seq: int) -> str | None:
    """A reader that has not come to this entry yet, or had to set it aside; None when all are past it."""
    cursor = await conn.execute(
        "SELECT reader FROM journal_cursor WHERE region = %(region)s AND seq < %(seq)s"
        " UNION ALL SELECT reader FROM journal_set_aside WHERE region = %(region)s AND seq = %(seq)s LIMIT 1",
        {"region": region, "seq": seq},
    )
    row = await cursor.fetchone()
    return str(row["reader"]) if row else None


async def erase(conn: Connection, region: str, seq: int) -> None:
    """Take an entry's content away; its hash stays."""
    await conn.execute("UPDATE journal SET payload = NULL WHERE region = %s AND seq = %s", (region, seq))
