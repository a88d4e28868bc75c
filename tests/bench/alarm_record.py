"""What the database says of the alarm bench's presses: are they all there, each once, and since when?"""

import sys
import time
from uuid import UUID

import psycopg

from jedel.journal import Store
from tests.support import eventually


async def settled(store: Store, devices: int) -> None:
    """Until every device is known to be available, and every reader of the journal has nothing left to do."""
    await count(store, "SELECT count(*) AS n FROM device_state WHERE available", devices)
    idle = "SELECT (NOT EXISTS (SELECT 1 FROM journal_cursor k JOIN journal_chain c USING (region)"
    await count(store, f"{idle} WHERE k.seq < c.seq))::int AS n", 1)


async def opened(store: Store, alarms: int) -> None:
    """Until every alarm has its incident."""
    await count(store, "SELECT count(*) AS n FROM incident_alarm", alarms)


async def count(store: Store, query: str, wanted: int) -> None:
    """Until the query's ``n`` is at least ``wanted``."""

    async def reached() -> bool:
        async with store.reading() as tx:
            row = await (await tx.conn.execute(query)).fetchone()
        assert row is not None
        return bool(row["n"] >= wanted)

    await eventually(reached, within_s=120, every_s=0.1)


def check(database_url: str, wanted: int) -> None:
    """Nothing lost, nothing doubled: each press is one signal, one alarm with one press, one entry, one
    incident."""
    queries = {
        "signals": "SELECT count(*) FROM alarm_signal",
        "alarms": "SELECT count(*) FROM alarm",
        "presses": "SELECT sum(presses) FROM alarm",
        "devices": "SELECT count(DISTINCT device_id) FROM alarm",
        "entries": "SELECT count(*) FROM journal WHERE kind = 'alarms.raised'",
        "incidents": "SELECT count(DISTINCT incident_id) FROM incident_alarm",
        "openings": "SELECT count(*) FROM journal WHERE kind = 'dispatch.incident_opened'",
    }
    with psycopg.connect(database_url) as conn:
        found = {name: int((conn.execute(query).fetchone() or (0,))[0]) for name, query in queries.items()}
    assert set(found.values()) == {wanted}, (wanted, found)
    print(f"in the database, each once: {found}", file=sys.stderr)


def alarms_of_devices(database_url: str) -> dict[UUID, tuple[str, float]]:
    """Each device's alarm, and when its incident was opened (the transaction's time, as CLOCK_MONOTONIC)."""
    query = (
        "SELECT a.device_id, a.id, extract(epoch FROM j.at) FROM alarm a"
        " JOIN incident_alarm i ON i.alarm_id = a.id"
        " JOIN journal j ON j.subject = i.incident_id AND j.kind = 'dispatch.incident_opened'"
    )
    offset = time.time() - time.monotonic()
    with psycopg.connect(database_url) as conn:
        return {row[0]: (str(row[1]), float(row[2]) - offset) for row in conn.execute(query)}
