"""SQL of the connectors' standing."""

from psycopg.rows import class_row

from jedel.journal import Connection
from jedel.registers.connectors.model import Standing
from jedel.registers.model import Kind

STANDING = "position, asked_at, current_at, failures, again_at, error"


async def find(conn: Connection, name: str) -> Standing:
    async with conn.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(f"SELECT {STANDING} FROM register_connector WHERE name = %s", (name,))
        return await cursor.fetchone() or Standing()


async def keep(conn: Connection, name: str, kind: Kind, standing: Standing) -> None:
    await conn.execute(
        f"INSERT INTO register_connector (name, kind, {STANDING}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, position = excluded.position,"
        " asked_at = excluded.asked_at, current_at = excluded.current_at, failures = excluded.failures,"
        " again_at = excluded.again_at, error = excluded.error",
        (
            *(name, kind, standing.position, standing.asked_at, standing.current_at),
            *(standing.failures, standing.again_at, standing.error),
        ),
    )
