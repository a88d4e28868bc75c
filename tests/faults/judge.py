"""After the killing: is each acknowledged message there, and there once?"""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from jedel.journal.model import Recorded, verify
from tests.faults.traffic import Dc09Panel, HttpPost, MqttButton, Person, Sender

REGION = "00"
Connection = psycopg.AsyncConnection[dict[str, Any]]


async def faults(database_url: str, senders: list[Sender]) -> list[str]:
    """What is lost, doubled or altered; empty when all is well."""
    found: list[str] = []
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as conn:
        for sender in senders:
            if isinstance(sender, MqttButton | HttpPost | Dc09Panel):
                found += await _presses(conn, sender)
            elif isinstance(sender, Person):
                found += await _commands(conn, sender)
        found += await _journal(conn)
        found += await _incidents(conn)
    return found


async def _presses(conn: Connection, sender: MqttButton | HttpPost | Dc09Panel) -> list[str]:
    rows = await _rows(
        conn, "SELECT id::text, alarm_id FROM alarm_signal WHERE device_id = %s", (sender.device_id,)
    )
    acknowledged = sender.acknowledged
    found = []
    if isinstance(sender, Dc09Panel):  # its ids are made from its frames, by us
        if len(rows) != len(set(acknowledged)):
            found.append(f"dc09: {len(set(acknowledged))} acknowledged, {len(rows)} stored")
    else:
        stored = {row["id"] for row in rows}
        lost = set(acknowledged) - stored
        if lost or len(stored) != len(acknowledged):
            found.append(
                f"{sender.name}: {len(acknowledged)} acknowledged, {len(stored)} stored, lost {lost}"
            )
    counted = await _rows(
        conn,
        "SELECT coalesce(sum(presses), 0)::int AS n FROM alarm WHERE device_id = %s",
        (sender.device_id,),
    )
    if counted[0]["n"] != len(rows):
        found.append(f"{sender.name}: {len(rows)} presses stored, {counted[0]['n']} counted in alarms")
    return found


async def _commands(conn: Connection, sender: Person) -> list[str]:
    rows = await _rows(
        conn, "SELECT id::text FROM journal WHERE id = ANY(%s::uuid[])", (list(sender.acknowledged),)
    )
    there = [row["id"] for row in rows]
    if sorted(there) == sorted(sender.acknowledged):
        return []
    return [f"{sender.name}: {len(sender.acknowledged)} acknowledged, {len(there)} in the journal"]


async def _journal(conn: Connection) -> list[str]:
    cursor = conn.cursor(row_factory=psycopg.rows.class_row(Recorded))
    await cursor.execute("SELECT * FROM journal WHERE region = %s ORDER BY seq", (REGION,))
    fault = verify(REGION, await cursor.fetchall())
    aside = await _rows(conn, "SELECT reader, seq, error FROM journal_set_aside", ())
    return [*([str(fault)] if fault else []), *(f"set aside: {row}" for row in aside)]


async def _incidents(conn: Connection) -> list[str]:
    """Each alarm led to an incident, and to one (alarm_id is unique there)."""
    rows = await _rows(
        conn,
        "SELECT a.id FROM alarm a LEFT JOIN incident_alarm i ON i.alarm_id = a.id WHERE i.alarm_id IS NULL",
        (),
    )
    doubled = await _rows(
        conn,
        "SELECT number, day FROM incident WHERE region = %s GROUP BY day, number HAVING count(*) > 1",
        (REGION,),
    )
    return [
        *(f"alarm {row['id']} has no incident" for row in rows),
        *(f"two incidents have the number {row['number']}" for row in doubled),
    ]


async def all_followed(database_url: str) -> bool:
    """Have all readers of the journal come to its end?"""
    async with await psycopg.AsyncConnection.connect(database_url, row_factory=dict_row) as conn:
        rows = await _rows(
            conn,
            "SELECT 1 FROM journal_chain c JOIN journal_cursor k ON k.region = c.region WHERE k.seq < c.seq",
            (),
        )
        return not rows


async def _rows(conn: Connection, query: str, values: tuple[object, ...]) -> list[dict[str, Any]]:
    return await (await conn.execute(query, values)).fetchall()
