"""All SQL of the locks."""

from uuid import UUID

from jedel.cameras.ptz.model import Lock
from jedel.journal import Connection


async def find(conn: Connection, camera_id: UUID) -> Lock | None:
    """Locked until the transaction ends; two who take a free camera at once come one after the other."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"ptz {camera_id}",))
    cursor = await conn.execute(
        "SELECT camera_id, account_id, name, rank, incident_id, since, until FROM camera_ptz_lock"
        " WHERE camera_id = %s",
        (camera_id,),
    )
    row = await cursor.fetchone()
    return Lock(**row) if row else None


async def save(conn: Connection, lock: Lock) -> None:
    await conn.execute(
        "INSERT INTO camera_ptz_lock (camera_id, account_id, name, rank, incident_id, since, until)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (camera_id) DO UPDATE SET"
        " account_id = excluded.account_id, name = excluded.name, rank = excluded.rank,"
        " incident_id = excluded.incident_id, since = excluded.since, until = excluded.until",
        (lock.camera_id, lock.account_id, lock.name, lock.rank, lock.incident_id, lock.since, lock.until),
    )
