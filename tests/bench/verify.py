"""How many journal entries a second `jedel journal verify` checks, of one region with a million.

One entry is then changed by SQL, and must be named. Peer: one process that reads the same rows with psycopg
and checks chain and contents by the model's plain functions, no tree; on a share of the rows.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from psycopg.rows import class_row

from jedel.app import migrate
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal.heads import sign
from jedel.journal.model import GENESIS, Entry, Recorded, chain_hash, verify
from jedel.journal.proof import examine
from jedel.journal.repository import COLUMNS, HEAD_COLUMNS
from jedel.journal.tree import Range
from tests.bench.report import Result

ENTRIES = 1_000_000
PEER_ENTRIES = 100_000
AT_ONCE = 50_000
VIEW = {"incidents": [{"id": str(uuid4()), "number": 17, "state": "dispatched", "log": "x" * 400}]}


def entries(count: int) -> Iterator[Recorded]:
    """A chain like the one that the database makes; about 600 bytes of content each."""
    before, at = GENESIS, datetime(2026, 11, 1, tzinfo=UTC)
    for seq in range(1, count + 1):
        made = Entry(
            UUID(int=seq),
            "00",
            "dispatch.noted",
            UUID(int=seq % 5000),
            f"account:{UUID(int=7)}",
            {"n": seq},
            VIEW,
        )
        payload = made.payload()
        digest = sha256(payload.encode()).digest()
        at += timedelta(milliseconds=517)
        bare = Recorded("00", seq, made.id, at, made.kind, made.subject, made.actor, payload, digest, b"")
        before = chain_hash(before, bare)
        yield Recorded("00", seq, made.id, at, made.kind, made.subject, made.actor, payload, digest, before)


def fill(url: str, count: int) -> Range:
    """In transactions of ``AT_ONCE``; the tree of what was written."""
    made, grown = entries(count), Range()
    with psycopg.connect(url, autocommit=True) as conn:
        last: Recorded | None = None
        for start in range(0, count, AT_ONCE):
            with conn.transaction(), conn.cursor().copy(f"COPY journal ({COLUMNS}) FROM STDIN") as copy:
                for _ in range(min(AT_ONCE, count - start)):
                    last = next(made)
                    grown = grown.add([last.hash])
                    copy.write_row(
                        (last.region, last.seq, last.id, last.at, last.kind, last.subject, last.actor,
                         last.payload, last.payload_hash, last.hash)
                    )  # fmt: skip
        assert last is not None
        conn.execute("INSERT INTO journal_chain VALUES (%s, %s, %s)", ("00", last.seq, last.hash))
        conn.execute("VACUUM ANALYZE journal")
    return grown


def sign_all(url: str, grown: Range) -> dict[str, Ed25519PublicKey]:
    """A head over everything; the key that it is signed by."""
    key = Ed25519PrivateKey.generate()
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT hash FROM journal_chain").fetchone()
        assert row is not None
        head = sign(key, "00", grown.size, grown.root(), row[0], datetime.now(UTC))
        conn.execute(
            f"INSERT INTO journal_head ({HEAD_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (head.region, head.size, head.root, head.chain, head.at, head.key, head.signature),
        )
    return {head.key: key.public_key()}


def spoil(url: str, seq: int) -> None:
    """What an administrator can do who has all rights of SQL."""
    with psycopg.connect(url) as conn:
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute("UPDATE journal SET actor = 'somebody' WHERE region = '00' AND seq = %s", (seq,))


def plainly(url: str, count: int) -> float:
    """The peer: entries/s."""
    began = time.perf_counter()
    with (
        psycopg.connect(url) as conn,
        conn.cursor("peer", row_factory=class_row(Recorded)) as cursor,
    ):
        cursor.itersize = 5000
        cursor.execute(
            f"SELECT {COLUMNS} FROM journal WHERE region = '00' AND seq <= %s ORDER BY seq", (count,)
        )
        assert verify("00", cursor) is None
    return count / (time.perf_counter() - began)


def run(seconds: float | None = None) -> Result:
    """The median of three rounds; ``seconds`` is not used, the work is of a fixed size."""
    count = int(os.environ.get("JEDEL_BENCH_ENTRIES", ENTRIES))
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), durable=True)
        server.start()
        try:
            migrate.upgrade(server.url)
            keys = sign_all(server.url, fill(server.url, count))
            peer = plainly(server.url, min(count, PEER_ENTRIES))
            rates = []
            for _round in range(3):
                began = time.perf_counter()
                report = examine(server.url, keys)
                rates.append(count / (time.perf_counter() - began))
                assert not report.faults, report.faults
                assert (report.entries, report.heads) == (count, 1)
            spoil(server.url, count * 2 // 3)
            (fault,) = examine(server.url, keys).faults
            assert fault.seq == count * 2 // 3
        finally:
            server.stop()
    print(f"{count} entries: {', '.join(f'{rate:.0f}' for rate in rates)} entries/s; plainly {peer:.0f}/s")
    rate = sorted(rates)[1]
    return Result(
        bench="verify",
        figure=round(rate),
        unit="entries/s",
        goal=200_000,
        met=rate >= 200_000,
        peer="one process, model.verify over psycopg rows",
        peer_figure=round(peer),
        ratio=round(rate / peer, 2),
    )
