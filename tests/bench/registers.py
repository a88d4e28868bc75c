"""How fast a file of vehicles comes into force, checked, indexed and journalled: 5,000,000 rows.

Peer, in the same run: PostgreSQL's bare COPY of the same file and then the two indexes that look-ups need;
what COPY alone takes, into a table where nothing can be found, is printed too. Memory: of the importing
process at its peak, and together with PostgreSQL's.
"""

import asyncio
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
from psycopg import sql

from jedel.app import migrate
from jedel.app.embedded.postgres import EmbeddedPostgres
from tests.bench.report import Result

ROWS = 5_000_000
WITHIN_S = 300
MEMORY_MIB_MAX = 1024
ENV_ROWS = "JEDEL_BENCH_REGISTER_ROWS"
_IMPORT = (
    "import asyncio, sys; from pathlib import Path; from jedel.registers.importer import import_register;"
    "from jedel.registers.model import Kind;"
    "asyncio.run(import_register(sys.argv[1], Kind.VEHICLES, Path(sys.argv[2])))"
)


class Memory:
    """The most that processes took together, each page counted once; looked at five times a second."""

    def __init__(self, *roots: int) -> None:
        self.roots = roots
        self.peaks_mib = [0.0] * len(roots)
        self.together_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            now = [sum(map(_pss_mib, _tree(root))) for root in self.roots]
            self.peaks_mib = [max(pair) for pair in zip(self.peaks_mib, now, strict=True)]
            self.together_mib = max(self.together_mib, sum(now))


def _tree(root: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:  # it has ended
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _pss_mib(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:  # it has ended
        pass
    return 0.0


def bare(url: str, file: Path, *, indexes: bool) -> float:
    """Seconds for PostgreSQL alone to take the same file."""
    table = sql.Identifier(f"bare_{indexes}".lower())
    began = time.monotonic()
    with psycopg.connect(url) as conn:
        conn.execute(sql.SQL("CREATE TABLE {} (LIKE vehicle)").format(table))
        conn.execute(sql.SQL("ALTER TABLE {} DROP import_number, DROP line").format(table))
        query = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER)").format(table)
        with file.open("rb") as opened, conn.cursor() as cursor, cursor.copy(query) as copy:
            while block := opened.read(1 << 20):
                copy.write(block)
        if indexes:
            conn.execute(sql.SQL("CREATE UNIQUE INDEX ON {} (plate)").format(table))
            conn.execute(sql.SQL("CREATE INDEX ON {} (vin)").format(table))
    took = time.monotonic() - began
    with psycopg.connect(url) as conn:
        conn.execute(sql.SQL("DROP TABLE {}").format(table))
    return took


async def ours(url: str, file: Path, server: int) -> tuple[float, float, float]:
    """Seconds, peak MiB of the importing process, and of it with PostgreSQL."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _IMPORT, url, str(file))
    with Memory(process.pid, server) as memory:
        if await process.wait() != 0:
            raise RuntimeError("the import failed")
    return time.monotonic() - began, memory.peaks_mib[0], memory.together_mib


def run(seconds: float | None = None, rows: int | None = None) -> Result:
    """``seconds`` makes it smaller: as many rows as 10,000 a second. So does the variable ENV_ROWS."""
    rows = rows or int(os.environ.get(ENV_ROWS, "0")) or (int(seconds * 10_000) if seconds else ROWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "vehicles.csv"
        began = time.monotonic()
        asyncio.run(_generate(folder, rows))
        print(
            f"{rows} vehicles, {file.stat().st_size / 1e6:.0f} MB, made in {time.monotonic() - began:.1f} s"
        )
        server = EmbeddedPostgres(folder / "postgres", durable=True)
        server.start()
        try:
            migrate.upgrade(server.url)
            alone = bare(server.url, file, indexes=False)
            with_indexes = bare(server.url, file, indexes=True)
            took, peak, together = asyncio.run(ours(server.url, file, server.pid))
        finally:
            server.stop()
    print(f"bare COPY {rows / alone:.0f} rows/s, with the same indexes {rows / with_indexes:.0f} rows/s")
    print(f"ours {took:.1f} s, {rows / took:.0f} rows/s, importing process at most {peak:.0f} MiB")
    print(f"together with PostgreSQL at most {together:.0f} MiB; {alone / took:.2f} of COPY alone")
    within = took <= WITHIN_S * rows / ROWS
    return Result(
        bench="registers",
        figure=round(rows / took),
        unit=f"rows/s ({rows} vehicles, {peak:.0f} MiB)",
        goal=round(ROWS / WITHIN_S),
        met=within and peak <= MEMORY_MIB_MAX and took <= 2 * with_indexes,
        peer="PostgreSQL, bare COPY and the same indexes",
        peer_figure=round(rows / with_indexes),
        ratio=round(with_indexes / took, 2),
    )


async def _generate(folder: Path, rows: int) -> None:
    command = (sys.executable, "-m", "simulator.registers", str(folder), "--vehicles", str(rows))
    process = await asyncio.create_subprocess_exec(
        *command, "--kind", "vehicles", stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait() != 0:
        raise RuntimeError("no vehicles were made")
