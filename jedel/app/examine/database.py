"""The doctor's look into the database: reachable, of our shape, in time, and what waits in it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from jedel.app import migrate, waiting
from jedel.app.examine.finding import Finding, fault, ok, skipped, warning
from jedel.kernel.clock import Clock
from jedel.qorgau.model import codes

CLOCK_APART_MAX = timedelta(seconds=5)
CLOCK_APART_WARN = timedelta(seconds=1)
BACKLOG_MAX = 1000
BACKLOG_OLD = timedelta(minutes=1)

Connection = psycopg.Connection[dict[str, Any]]


def examine(url: str | None, clock: Clock, blob_dir: Path) -> list[Finding]:
    """Each later check needs the earlier ones."""
    if url is None:
        return [
            skipped("database", "JEDEL_DATABASE_URL is not set and no `jedel up` runs on this data folder")
        ]
    why = waiting.postgres_fault(url)
    if why is not None:
        remedy = "start PostgreSQL, or put JEDEL_DATABASE_URL right"
        return [fault("postgres_unreachable", f"{waiting.place(url)}: {why}", remedy)]
    shape = migrate.shape(url)
    if not shape.known:
        what = f"the database is at step {shape.found}, this program knows steps up to {shape.ours}"
        return [
            fault("database_newer", what, "install the newer release of Jedel; do not write with this one")
        ]
    if not shape.current:
        what = f"the database is at step {shape.found or 'none'}, this program wants {shape.ours}"
        return [fault("database_older", what, "jedel migrate")]
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return [
            ok("database", f"{waiting.place(url)}, step {shape.ours}"),
            _clock(connection, clock),
            *_maps(connection, blob_dir),
            _backlog(connection),
            _set_aside(connection),
            _recordings(connection, clock),
            _sources(connection),
            _watch(connection),
        ]


def _clock(connection: Connection, clock: Clock) -> Finding:
    before = clock.now()
    row = connection.execute("SELECT clock_timestamp() AS at").fetchone()
    return compare_clocks("PostgreSQL", before, row["at"] if row else before, clock.now())


def compare_clocks(whose: str, before: datetime, theirs: datetime, after: datetime) -> Finding:
    """Their time was taken between our `before` and `after`."""
    apart = max(before - theirs, theirs - after, timedelta(0))
    if apart <= CLOCK_APART_WARN:
        return ok(f"clock_of_{whose.lower()}", "agrees with ours")
    what = f"ours and {whose}'s are {apart.total_seconds():.1f} s apart"
    remedy = "let both machines follow one time server: timedatectl set-ntp true"
    return (fault if apart > CLOCK_APART_MAX else warning)("clock_apart", what, remedy)


def _maps(connection: Connection, blob_dir: Path) -> list[Finding]:
    rows = connection.execute("SELECT id, region, name, basemap FROM map WHERE in_force").fetchall()
    if not rows:
        return [warning("map_missing", "no map is in force", "jedel map import FILE.osm.pbf")]
    lost = [
        f"{row['name']} (region {row['region']})"
        for row in rows
        if not (blob_dir / "maps" / str(row["id"]) / "graph.npz").exists()
    ]
    if lost:
        what = f"files are gone from {blob_dir / 'maps'}: {', '.join(lost)}"
        return [fault("map_files_missing", what, "jedel map import FILE.osm.pbf, with the same file")]
    return [ok("map", ", ".join(row["name"] for row in rows))]


def _backlog(connection: Connection) -> Finding:
    row = connection.execute(
        "SELECT coalesce(sum(c.seq - coalesce(k.seq, 0)), 0)::bigint AS waiting,"
        " (SELECT now() - min(j.at) FROM journal_chain c2 LEFT JOIN journal_cursor k2"
        "   ON k2.region = c2.region AND k2.reader = 'relay'"
        "   JOIN journal j ON j.region = c2.region AND j.seq = coalesce(k2.seq, 0) + 1) AS oldest"
        " FROM journal_chain c LEFT JOIN journal_cursor k ON k.region = c.region AND k.reader = 'relay'"
    ).fetchone()
    assert row is not None
    count, oldest = row["waiting"], row["oldest"] or timedelta(0)
    if count > BACKLOG_MAX or (count and oldest > BACKLOG_OLD):
        what = f"{count} entries of the journal wait for NATS, the oldest for {oldest.total_seconds():.0f} s"
        return warning("relay_backlog", what, "see that `jedel run jobs` runs and that NATS answers")
    return ok("relay", f"{count} entries wait")


def _sources(connection: Connection) -> Finding:
    rows = connection.execute(
        "SELECT name, failures, error, current_at FROM register_connector"
        " WHERE failures > 0 ORDER BY failures DESC, name"
    ).fetchall()
    if not rows:
        return ok("register_sources", "every source that feeds a register answers, or there is none")
    what = "; ".join(
        f"{row['name']}: {row['failures']} failures ({(row['error'] or '')[:120]}),"
        f" current as of {row['current_at']:%F %R}" if row["current_at"] else f"{row['name']}: never answered"
        for row in rows
    )  # fmt: skip
    remedy = "the mirrors say how old they are meanwhile; mend the link, the token or the file of sources"
    return warning("register_sources", what, remedy)


def _watch(connection: Connection) -> Finding:
    rows = connection.execute(
        "SELECT ground, why, register, as_of FROM watch_ground WHERE NOT stands ORDER BY ground"
    ).fetchall()
    if not rows:
        return ok("watch_grounds", "no ground is off")
    off = "; ".join(
        f"{', '.join(codes(row['ground']))}: {row['register']} is {row['why']}"
        + (f", as of {row['as_of']:%F %R}" if row["as_of"] else "")
        for row in rows
    )
    what = f"Qorgau looks for nobody on these grounds: {off}"
    return warning("watch_grounds", what, "import the register anew: jedel registers import")


def _set_aside(connection: Connection) -> Finding:
    rows = connection.execute(
        "SELECT reader, count(*) AS entries, min(seq) AS seq, max(error) AS error FROM journal_set_aside"
        " GROUP BY reader ORDER BY reader"
    ).fetchall()
    if not rows:
        return ok("reactors", "nothing is set aside")
    what = "; ".join(
        f"{row['reader']}: {row['entries']} from {row['seq']} on ({row['error'][:120]})" for row in rows
    )
    remedy = "read the error, put its cause right (an update, or the data), then: jedel journal retry"
    return fault("set_aside", f"entries that a reactor could not deal with: {what}", remedy)


def _recordings(connection: Connection, clock: Clock) -> Finding:
    """Whether the recordings' disk is nearly full, or was, so that recordings went before their time."""
    row = connection.execute("SELECT * FROM recording_disk").fetchone()
    if row is None:
        return ok("recordings", "nothing is recorded yet")
    free = f"{row['free_share']:.1%} of the recordings' disk is free"
    remedy = "make room or another disk (JEDEL_RECORDINGS_DIR), record fewer cameras, or keep shorter"
    lowered = row["lowered_at"]
    if lowered is not None and clock.now() - lowered < timedelta(days=1):
        what = f"{free}; recordings were removed before their time, up to {row['lost_before']:%F %R}"
        return fault("recordings_retention_lowered", what, remedy)
    if row["analytics_shed"]:
        return warning("recordings_disk", f"{free}; work that only helps waits", remedy)
    return ok("recordings", free)
