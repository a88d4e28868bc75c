"""Entries of Qorgau's list as two people would have made them, for tests that are about something else."""

from collections.abc import Sequence

import psycopg


def want(database_url: str, region: str, plates: Sequence[str]) -> None:
    """These cars are stolen, and to be stopped."""
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE watch_state SET version = version + 1")
        conn.cursor().executemany(
            "INSERT INTO watch_entry (id, region, plate, ground, legal, action, until, source, reason,"
            " case_number, state, owner, proposed_at, decided_by, decided_at, version)"
            " SELECT gen_random_uuid(), %s, %s, 1, 'stolen_vehicle', 'stop', current_date + 30, 'test',"
            " 'Stolen', '1', 'active', gen_random_uuid(), now(), gen_random_uuid(), now(), version"
            " FROM watch_state",
            [(region, plate) for plate in plates],
        )
