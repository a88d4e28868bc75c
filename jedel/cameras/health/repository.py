"""States, faults and work orders in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.cameras.health.model import STATE_NUMBER, Code, State
from jedel.cameras.health.orders import Order, OrderState
from jedel.journal import Connection

Row = dict[str, Any]

NAMES: Final = {number: state for state, number in STATE_NUMBER.items()}


@dataclass(frozen=True, slots=True)
class Camera:
    """What a prober must know. ``stream``: which of its streams is looked at: the small one where it has it.
    ``kept_days``: of what is always recorded, None: nothing is. ``pushed``: it sends to us, when it likes."""

    id: UUID
    number: int
    region: str
    name: str
    kind: str
    stream: str
    kept_days: int | None
    pushed: bool = False

    @property
    def owes(self) -> bool:
        """Whether it is a fault that nothing comes: of a camera that we pull, and of one that is always
        recorded."""
        return not self.pushed or self.kept_days is not None


@dataclass(frozen=True, slots=True)
class Written:
    """A state as it goes into the table. ``since``: of the state; of a fault its first bad look; None: the
    state is as it was. ``was``: the state before."""

    camera: Camera
    state: State
    code: Code | None
    detail: str
    since: datetime | None
    recording: bool
    was: State


async def cameras(conn: Connection, since: datetime | None) -> tuple[list[Camera], list[UUID]]:
    """Those that are looked at, and those that are no longer; only rows changed after ``since``."""
    cursor = await conn.execute(
        """
        SELECT id, number, region, name, kind, recording, keep_days, source <> 'rtsp' AS pushed,
               enabled AND jsonb_array_length(streams) > 0 AS looked_at,
               CASE WHEN streams @> '[{"name": "sub"}]' THEN 'sub' ELSE streams->0->>'name' END AS stream
        FROM camera WHERE %(since)s::timestamptz IS NULL OR updated_at > %(since)s
        """,
        {"since": since},
    )
    found, gone = [], []
    async for row in cursor:
        if not row["looked_at"]:
            gone.append(row["id"])
            continue
        kept = row["keep_days"] if row["recording"] == "always" else None
        found.append(
            Camera(
                row["id"], row["number"], row["region"], row["name"], row["kind"],
                f"camera/{row['id']}/{row['stream']}", kept, row["pushed"],
            )
        )  # fmt: skip
    return found, gone


async def known(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """{state, code, views, recording} of cameras that were looked at before."""
    cursor = await conn.execute(
        "SELECT camera_id, state, code, views, recording FROM camera_state WHERE camera_id = ANY(%s)",
        (list(ids),),
    )
    return {row["camera_id"]: row for row in await cursor.fetchall()}


async def write(conn: Connection, changes: Sequence[Written], now: datetime) -> None:
    """States, each camera once; its open fault ends, and another begins where it is down."""
    ids = [each.camera.id for each in changes]
    down = [each for each in changes if each.state is State.DOWN]
    await conn.execute(
        "UPDATE camera_fault SET until = greatest(since, %s) WHERE camera_id = ANY(%s) AND until IS NULL",
        (now, ids),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO camera_state AS s
                (camera_id, number, region, state, recording, code, since, changed_at, looked_at)
            SELECT id, number, region, %(state)s, %(recording)s, %(code)s,
                   coalesce(%(since)s::timestamptz, %(now)s), %(now)s, %(now)s
            FROM camera WHERE id = %(id)s
            ON CONFLICT (camera_id) DO UPDATE SET
                region = excluded.region, state = excluded.state, recording = excluded.recording,
                code = excluded.code, since = coalesce(%(since)s::timestamptz, s.since),
                changed_at = excluded.changed_at,
                looked_at = excluded.looked_at
            """,
            [
                {
                    "id": each.camera.id, "state": STATE_NUMBER[each.state], "recording": each.recording,
                    "code": each.code, "since": each.since, "now": now,
                }
                for each in changes
            ],
        )  # fmt: skip
        await cursor.executemany(
            "INSERT INTO camera_fault (id, camera_id, region, code, detail, since)"
            " SELECT gen_random_uuid(), id, region, %s, %s, %s FROM camera WHERE id = %s",
            [(each.code, each.detail[:500], each.since, each.camera.id) for each in down],
        )


async def looked(conn: Connection, at: datetime, rows: Sequence[tuple[UUID, Row, bytes | None]]) -> None:
    """When cameras were last looked at, what was seen, and their views where those changed."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "UPDATE camera_state SET looked_at = %s, seen = seen || %s, views = coalesce(%s, views)"
            " WHERE camera_id = %s",
            [(at, Jsonb(seen), views, camera_id) for camera_id, seen, views in rows],
        )


async def forget_views(conn: Connection, camera_id: UUID) -> None:
    await conn.execute("UPDATE camera_state SET views = NULL WHERE camera_id = %s", (camera_id,))


async def storage_short(conn: Connection, now: datetime, silent: timedelta) -> set[UUID]:
    """Cameras that are always recorded and of which something is missing: nothing was written for ``silent``,
    or what the disk had no room for was younger than the camera's days."""
    cursor = await conn.execute(
        """
        SELECT c.id FROM camera c JOIN recorded_stream r ON r.id IN
            ('camera/' || c.id || '/main', 'camera/' || c.id || '/sub')
        CROSS JOIN LATERAL (
            SELECT max(end_at) AS last_at FROM segment s WHERE s.stream = r.number
                AND s.start_at > %(now)s - interval '1 day'
        ) last
        WHERE c.enabled AND c.recording = 'always' AND (
            (r.since < %(now)s - %(silent)s AND coalesce(last.last_at, r.since) < %(now)s - %(silent)s)
            OR EXISTS (SELECT 1 FROM recording_disk d
                       WHERE d.lost_before > %(now)s - c.keep_days * interval '1 day')
        )
        """,
        {"now": now, "silent": silent},
    )
    return {row["id"] async for row in cursor}


# what screens ask


async def unavailable(
    conn: Connection, region: str, site_id: UUID | None, before: datetime | None, limit: int
) -> list[Row]:
    """Cameras that are down, the last to fail first."""
    cursor = await conn.execute(
        """
        SELECT c.id, c.number, c.name, c.kind, c.site_id, c.zone, c.owner, c.owner_contact, c.lon, c.lat,
               s.code, s.since, s.looked_at, f.detail, w.id AS order_id, w.number AS order_number,
               w.state AS order_state
        FROM camera_state s JOIN camera c ON c.id = s.camera_id
        LEFT JOIN camera_fault f ON f.camera_id = c.id AND f.until IS NULL
        LEFT JOIN work_order w ON w.fault_id = f.id
        WHERE s.region = %(region)s AND s.state = 2 AND c.enabled
          AND (%(site)s::uuid IS NULL OR c.site_id = %(site)s)
          AND (%(before)s::timestamptz IS NULL OR s.since < %(before)s)
        ORDER BY s.since DESC, c.number LIMIT %(limit)s
        """,
        {"region": region, "site": site_id, "before": before, "limit": limit},
    )
    return await cursor.fetchall()


async def codes(conn: Connection, region: str) -> dict[str, int]:
    """How many cameras are down, by why."""
    cursor = await conn.execute(
        "SELECT code, count(*) AS n FROM camera_state s JOIN camera c ON c.id = s.camera_id"
        " WHERE s.region = %s AND s.state = 2 AND c.enabled GROUP BY code",
        (region,),
    )
    return {row["code"]: row["n"] async for row in cursor}


async def faults(conn: Connection, camera_id: UUID, since: datetime, limit: int) -> list[Row]:
    """A camera's faults that lasted into this time, the last first."""
    cursor = await conn.execute(
        "SELECT id, code, detail, since, until FROM camera_fault"
        " WHERE camera_id = %s AND coalesce(until, 'infinity') > %s ORDER BY since DESC LIMIT %s",
        (camera_id, since, limit),
    )
    return await cursor.fetchall()


# work orders

_ORDER: Final = """
    SELECT w.id, w.number, w.region, w.camera_id, w.fault_id, w.code, w.owner, w.contact, w.state, w.note,
           w.opened_at, w.sent_at, w.acknowledged_at, w.done_at, c.name AS camera_name,
           c.number AS camera_number, c.lon, c.lat, f.since, f.until,
           t.name_kk, t.name_ru, t.name_en, t.address
    FROM work_order w JOIN camera c ON c.id = w.camera_id JOIN camera_fault f ON f.id = w.fault_id
    LEFT JOIN site t ON t.id = c.site_id
"""


def _order(row: Row) -> Order:
    site = {lang: row.pop(f"name_{lang}") for lang in ("kk", "ru", "en")}
    code, state = Code(row.pop("code")), OrderState(row.pop("state"))
    return Order(**row, code=code, state=state, site=site if site["kk"] else None)


async def due(conn: Connection, before: datetime, limit: int) -> list[Row]:
    """Open faults older than this for which no order was opened."""
    cursor = await conn.execute(
        """
        SELECT f.id, f.camera_id, f.region, f.code, c.owner, c.owner_contact
        FROM camera_fault f JOIN camera c ON c.id = f.camera_id
        WHERE f.until IS NULL AND f.since <= %s AND c.enabled
          AND NOT EXISTS (SELECT 1 FROM work_order w WHERE w.fault_id = f.id)
        ORDER BY f.since LIMIT %s
        """,
        (before, limit),
    )
    return await cursor.fetchall()


async def open_order(conn: Connection, order_id: UUID, fault: Row, actor: str, now: datetime) -> None:
    await conn.execute(
        "INSERT INTO work_order (id, region, camera_id, fault_id, code, owner, contact, state, opened_at,"
        " changed_by) VALUES (%s, %s, %s, %s, %s, %s, %s, 'opened', %s, %s) ON CONFLICT DO NOTHING",
        (
            order_id, fault["region"], fault["camera_id"], fault["id"], fault["code"], fault["owner"],
            fault["owner_contact"], now, actor,
        ),
    )  # fmt: skip


async def mended(conn: Connection, limit: int) -> list[Order]:
    """Orders that are not done though their fault is over."""
    cursor = await conn.execute(
        f"{_ORDER} WHERE w.state <> 'done' AND f.until IS NOT NULL ORDER BY w.number LIMIT %s", (limit,)
    )
    return [_order(row) for row in await cursor.fetchall()]


async def find_order(conn: Connection, order_id: UUID, *, lock: bool = False) -> Order | None:
    cursor = await conn.execute(f"{_ORDER} WHERE w.id = %s{' FOR UPDATE OF w' if lock else ''}", (order_id,))
    row = await cursor.fetchone()
    return _order(row) if row else None


async def orders(
    conn: Connection, region: str, state: str | None, camera_id: UUID | None, limit: int
) -> list[Order]:
    """A region's orders, the last first."""
    cursor = await conn.execute(
        f"{_ORDER} WHERE w.region = %(region)s AND (%(state)s::text IS NULL OR w.state = %(state)s)"
        " AND (%(camera)s::uuid IS NULL OR w.camera_id = %(camera)s)"
        " ORDER BY w.opened_at DESC, w.number DESC LIMIT %(limit)s",
        {"region": region, "state": state, "camera": camera_id, "limit": limit},
    )
    return [_order(row) for row in await cursor.fetchall()]


async def save_order(conn: Connection, order: Order, actor: str) -> None:
    await conn.execute(
        "UPDATE work_order SET state = %s, note = %s, sent_at = %s, acknowledged_at = %s, done_at = %s,"
        " changed_by = %s WHERE id = %s",
        (order.state, order.note, order.sent_at, order.acknowledged_at, order.done_at, actor, order.id),
    )


async def orders_open(conn: Connection, region: str) -> int:
    """How many orders of a region are not done."""
    cursor = await conn.execute(
        "SELECT count(*) AS n FROM work_order WHERE region = %s AND state <> 'done'", (region,)
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0
