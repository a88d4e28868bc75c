"""The partitions of reads: hours of those without a hit, weeks of hits. All SQL of making and dropping them.

Both are cut by ``at``, which is never after the time at which we heard of the read (`batch`): no clock of a
camera makes a read live longer than its class. A year of days would be 365 partitions, and planning a search
over them longer than the search.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from psycopg import sql

from jedel.journal import Connection
from jedel.plates.store.rules import Retention

ERASED_AHEAD: Final = timedelta(minutes=2)
VACUUMED_EVERY: Final = 100_000
"""Reads: what was vacuumed is found in the index alone. PostgreSQL's own measure, a fifth of the table, would
leave the last of an hour, to which nothing is added, as it is for ever."""
_EPOCH: Final = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday
_LOCK: Final = 0x706C5F72656164  # "pl_read"


@dataclass(frozen=True, slots=True)
class Class:
    """Reads that are erased by the same clock. ``step``: how long each partition is."""

    name: str
    step: timedelta
    form: str

    @property
    def parent(self) -> str:
        return f"plate_read_{self.name}"

    def begin(self, at: datetime) -> datetime:
        """The first moment of the partition of ``at``."""
        return at - (at - _EPOCH) % self.step

    def child(self, begin: datetime) -> str:
        """The table of the partition that begins then."""
        return f"{self.parent}_{begin:{self.form}}"


PLAIN: Final = Class("plain", timedelta(hours=1), "%Y%m%d%H")
HIT: Final = Class("hit", timedelta(days=7), "%Y%m%d")
CLASSES: Final = (PLAIN, HIT)


async def there(conn: Connection, kind: Class) -> list[datetime]:
    """The beginnings of the partitions that exist, in order."""
    cursor = await conn.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = %s::regclass ORDER BY c.relname",
        (kind.parent,),
    )
    names = [row["relname"].removeprefix(f"{kind.parent}_") for row in await cursor.fetchall()]
    return [datetime.strptime(name, kind.form).replace(tzinfo=UTC) for name in names]


async def make(conn: Connection, kind: Class, first: datetime, until: datetime) -> list[datetime]:
    """Partitions for all times in [first, until) that have none; which were made.

    A table is made on its own and then attached, which stops neither those who read nor those who write.
    """
    wanted, begin = [], kind.begin(first)
    while begin < until:
        wanted.append(begin)
        begin += kind.step
    missing = sorted(set(wanted) - set(await there(conn, kind)))
    if not missing:
        return []
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    made = sorted(set(missing) - set(await there(conn, kind)))
    parent = sql.Identifier(kind.parent)
    for begin in made:
        child = sql.Identifier(kind.child(begin))
        await conn.execute(
            sql.SQL(
                "CREATE TABLE {} (LIKE {} INCLUDING ALL) WITH (autovacuum_vacuum_insert_threshold = {},"
                " autovacuum_vacuum_insert_scale_factor = 0)"
            ).format(child, parent, sql.Literal(VACUUMED_EVERY))
        )
        await conn.execute(
            sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
                parent, child, sql.Literal(begin), sql.Literal(begin + kind.step)
            )
        )
    return made


async def expired(conn: Connection, kind: Class, before: datetime) -> list[datetime]:
    """The beginnings of partitions that end by ``before``, in order."""
    return [begin for begin in await there(conn, kind) if begin + kind.step <= before]


async def counts(conn: Connection, kind: Class, begin: datetime) -> dict[str, int]:
    """How many reads of each region's cameras a partition has; none of cameras that are no more."""
    cursor = await conn.execute(
        sql.SQL(
            "SELECT c.region, sum(r.n)::bigint AS n FROM"
            " (SELECT camera, count(*) AS n FROM {} GROUP BY camera) r"
            " JOIN plate_camera c ON c.number = r.camera GROUP BY c.region"
        ).format(sql.Identifier(kind.child(begin)))
    )
    return {row["region"]: row["n"] for row in await cursor.fetchall()}


async def drop(conn: Connection, kind: Class, begin: datetime) -> None:
    """Drop a partition.

    Raises psycopg.errors.LockNotAvailable where somebody reads too long: better tried again than everybody
    kept waiting behind it.
    """
    await conn.execute("SET LOCAL lock_timeout = '2s'")
    await conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(kind.child(begin))))


def erased_until(rule: Retention, kind: Class, now: datetime) -> datetime:
    """Partitions that end by then are erased. A little before the clock's end, so that nothing outlives it by
    more than the length of its partition, however seldom the job comes."""
    return now - (rule.plain if kind is PLAIN else rule.hit) + ERASED_AHEAD
