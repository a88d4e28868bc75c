"""The embedded PostgreSQL: real servers, really killed."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jedel.app.embedded import postgres
from jedel.app.embedded.postgres import EmbeddedPostgres, PostgresFault, buffers_mb
from tests.support import eventually


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_it_asks_for_a_password_and_knows_kazakh(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT lower('ҚАЗАҚСТАН ӘҒ')").fetchone() == ("қазақстан әғ",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    wrong = server.url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:", 1)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert (server.data_dir / "password").stat().st_mode & 0o777 == 0o600


def test_it_keeps_pages_by_the_memory_there_is(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = buffers_mb()
    with psycopg.connect(server.url) as connection:
        shown = connection.execute(
            "SELECT setting::bigint * 8 / 1024 FROM pg_settings WHERE name = 'shared_buffers'"
        ).fetchone()
    assert shown == (ours,)
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(postgres, "_CONTAINER_MEMORY", limit)
    for said, mb in ((str(3 << 30), min(ours, 384)), ("1000000", 256)):
        limit.write_text(f"{said}\n")
        assert buffers_mb() == mb


def test_it_does_not_run_as_root(server: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_what_was_committed_survives_a_kill(server: EmbeddedPostgres) -> None:
    port = server.port
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    server.restart()
    assert server.port == port
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_stopped_and_started_again_it_has_its_data(tmp_path: Path) -> None:
    for expected in ((1,), (2,)):
        server = EmbeddedPostgres(tmp_path, durable=False)
        server.start()
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS run (n serial)")
            assert connection.execute("INSERT INTO run DEFAULT VALUES RETURNING n").fetchone() == expected
        server.stop()


def test_two_programs_cannot_have_one_folder(server: EmbeddedPostgres) -> None:
    with pytest.raises(PostgresFault, match=f"in use by process {os.getpid()}"):
        EmbeddedPostgres(server.data_dir).start()
    assert server.running()


_PARENT = textwrap.dedent(
    """
    import sys, time
    from jedel.app.embedded.postgres import EmbeddedPostgres
    server = EmbeddedPostgres(sys.argv[1], durable=False)
    server.start()
    print(server.pid, flush=True)
    time.sleep(60)
    """
)


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert _alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    async def gone() -> bool:
        return not _alive(pid)

    await eventually(gone)


def test_an_orphan_of_ours_is_stopped_and_a_stranger_is_not(tmp_path: Path) -> None:
    first = EmbeddedPostgres(tmp_path, durable=False)
    first.start()
    first._lock.release()  # as when its master was killed before the kernel's signal was set
    orphan = first.pid
    second = EmbeddedPostgres(tmp_path, durable=False)
    second.start()
    assert first._process is not None
    first._process.wait()
    assert second.pid != orphan
    second.stop()

    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        pid_file = tmp_path / "cluster" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{tmp_path / 'cluster'}\n")
        second.start()
        assert stranger.poll() is None
        stranger.kill()
    second.stop()


def test_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "cluster.new" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    server.stop()
    assert not (tmp_path / "cluster.new").exists()


def test_a_cluster_of_another_major_version_is_named(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(PostgresFault, match=r"made by PostgreSQL 12 .*pg_dump"):
        EmbeddedPostgres(tmp_path).start()


def test_a_wrong_password_file_is_named(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    server.stop()
    (tmp_path / "password").write_text("another")
    with pytest.raises(PostgresFault, match="is not this cluster's"):
        server.start()
    assert not server.running()


def test_a_folder_closed_to_others_works(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "postgres", durable=False)
    server.start()
    server.stop()
