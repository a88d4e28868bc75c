"""All SQL of reads that are kept for cases."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.plates.store.rows import COLUMNS

Row = dict[str, Any]
_OWN = "evidence_id, region, case_number, until, kept_by, kept_at"


async def keep(conn: Connection, read: tuple[int, datetime, UUID], own: dict[str, Any]) -> Row | None:
    """Copy a read (plate, at, id) of a camera of the region ``own`` names; None where there is none. What the
    case keeps already is kept until the later day."""
    plate, at, read_id = read
    cursor = await conn.execute(
        f"INSERT INTO plate_read_evidence AS e ({COLUMNS}, {_OWN})"
        f" SELECT {', '.join(f'r.{name.strip()}' for name in COLUMNS.split(','))},"
        " %(evidence_id)s, %(region)s, %(case_number)s, %(until)s, %(kept_by)s, %(kept_at)s"
        " FROM plate_read r JOIN plate_camera c ON c.number = r.camera AND c.region = %(region)s"
        " WHERE r.plate = %(plate)s AND r.at = %(at)s AND r.id = %(read_id)s LIMIT 1"
        " ON CONFLICT (id, case_number) DO UPDATE SET until = greatest(e.until, excluded.until)"
        " RETURNING *",
        own | {"plate": plate, "at": at, "read_id": read_id},
    )
    return await cursor.fetchone()


async def find(conn: Connection, evidence_id: UUID, *, lock: bool = False) -> Row | None:
    cursor = await conn.execute(
        "SELECT * FROM plate_read_evidence WHERE evidence_id = %s" + (" FOR UPDATE" if lock else ""),
        (evidence_id,),
    )
    return await cursor.fetchone()


async def of_case(conn: Connection, region: str, case_number: str, limit: int) -> list[Row]:
    """What a case keeps, the newest read first."""
    cursor = await conn.execute(
        "SELECT * FROM plate_read_evidence WHERE region = %s AND case_number = %s"
        " ORDER BY at DESC, id LIMIT %s",
        (region, case_number, limit),
    )
    return await cursor.fetchall()


async def set_until(conn: Connection, evidence_id: UUID, until: date) -> None:
    await conn.execute(
        "UPDATE plate_read_evidence SET until = %s WHERE evidence_id = %s", (until, evidence_id)
    )


async def release(conn: Connection, today: date, limit: int) -> list[Row]:
    """Delete what was kept until a day before today; what it was."""
    cursor = await conn.execute(
        "DELETE FROM plate_read_evidence WHERE evidence_id IN (SELECT evidence_id FROM plate_read_evidence"
        " WHERE until < %s ORDER BY until LIMIT %s) RETURNING id, evidence_id, region, case_number, until",
        (today, limit),
    )
    return await cursor.fetchall()


async def kept(conn: Connection, read_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these reads some case keeps."""
    cursor = await conn.execute(
        "SELECT DISTINCT id FROM plate_read_evidence WHERE id = ANY(%s)", (list(read_ids),)
    )
    return {row["id"] for row in await cursor.fetchall()}
