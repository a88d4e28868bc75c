"""The doctor: every fault is caused for real, and named with its remedy."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import orjson
import psycopg
import pytest

from jedel.app.doctor import examine
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.examine import machine
from jedel.app.examine.finding import Finding, State
from jedel.app.settings import Settings
from jedel.kernel.clock import ManualClock, SystemClock
from tests.conftest import Database


def _named(findings: list[Finding], check: str) -> Finding:
    found = [finding for finding in findings if finding.check == check]
    assert found, f"{check} is not among {[finding.check for finding in findings]}"
    return found[0]


def _fault(findings: list[Finding], check: str, remedy: str, state: State = State.FAULT) -> Finding:
    finding = _named(findings, check)
    assert finding.state is state
    assert remedy in finding.remedy
    return finding


@pytest.fixture
def quiet(settings: Settings) -> Settings:
    """Settings whose ports nobody wants."""
    return settings.model_copy(update={"mqtt_port": 0})


def test_a_healthy_installation_has_no_fault(quiet: Settings) -> None:
    with psycopg.connect(quiet.database_url or "", autocommit=True) as connection:  # the relay has caught up
        connection.execute("INSERT INTO journal_cursor SELECT 'relay', region, seq FROM journal_chain")
    findings = examine(quiet, SystemClock())
    assert not [f for f in findings if f.state is State.FAULT and f.check != "screens_not_built"]
    for check in ("database", "nats", "disk", "clock_of_postgresql", "relay", "reactors", "packages"):
        assert _named(findings, check).state is State.OK, check


def test_a_taken_port_and_by_whom(quiet: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        findings = examine(quiet.model_copy(update={"http_port": port}), SystemClock())
    finding = _fault(findings, "port_taken", f"JEDEL_HTTP_PORT={port + 1}")
    assert f"process {os.getpid()}" in finding.what


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one MiB with no room left; only root may mount one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "full"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {made.stderr.decode().strip()}")
    (folder / "filler").write_bytes(b"x" * 900_000)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(quiet: Settings, full_disk: Path) -> None:
    findings = examine(quiet.model_copy(update={"data_dir": full_disk}), SystemClock())
    finding = _fault(findings, "disk_full", f"free space on {full_disk}")
    assert "No space left" in finding.what


def test_a_disk_limit_without_root(tmp_path: Path) -> None:
    """A limit on file size fails the same write, for everyone."""
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from jedel.app.examine import machine; from jedel.app.settings import Settings\n"
        "print(machine.disk(Settings(data_dir=Path(sys.argv[1])))[0].check)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "disk_full"


def test_a_clock_before_the_release(quiet: Settings) -> None:
    findings = examine(quiet, ManualClock(datetime(2001, 1, 1, tzinfo=UTC)))
    _fault(findings, "clock_wrong", "timedatectl")


def test_a_clock_apart_from_postgresql(quiet: Settings) -> None:
    findings = examine(quiet, ManualClock(datetime.now(UTC) + timedelta(minutes=3)))
    finding = _fault(findings, "clock_apart", "timedatectl")
    assert "PostgreSQL" in finding.what
    [apart_s] = map(float, re.findall(r"\d+\.\d+", finding.what))
    assert 120 < apart_s < 181


def test_a_clock_two_seconds_apart_is_a_warning(quiet: Settings) -> None:
    findings = examine(quiet, ManualClock(datetime.now(UTC) - timedelta(seconds=3)))
    _fault(findings, "clock_apart", "timedatectl", State.WARNING)


@pytest.mark.parametrize(
    ("step", "check", "remedy"),
    [("9999", "database_newer", "install the newer release"), ("0001", "database_older", "jedel migrate")],
)
def test_a_database_of_another_shape(
    quiet: Settings, database: Database, step: str, check: str, remedy: str
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (step,))
    _fault(examine(quiet, SystemClock()), check, remedy)


def test_postgresql_and_nats_away(quiet: Settings) -> None:
    away = quiet.model_copy(
        update={"database_url": "postgresql://jedel:x@127.0.0.1:9/jedel", "nats_url": "nats://127.0.0.1:9"}
    )
    findings = examine(away, SystemClock())
    _fault(findings, "postgres_unreachable", "JEDEL_DATABASE_URL")
    _fault(findings, "nats_unreachable", "JEDEL_NATS_URL")


def test_something_else_on_the_port_of_nats(quiet: Settings, database: Database) -> None:
    port = database.url.rsplit(":", 1)[1].split("/")[0]
    findings = examine(quiet.model_copy(update={"nats_url": f"nats://127.0.0.1:{port}"}), SystemClock())
    _fault(findings, "nats_unreachable", "start NATS")


def test_nats_refuses_the_password(quiet: Settings, nats_server: EmbeddedNats) -> None:
    url = f"nats://jedel:wrong@127.0.0.1:{nats_server.port}"
    _fault(examine(quiet.model_copy(update={"nats_url": url}), SystemClock()), "nats_refuses", "password")


def test_no_issuer_means_no_devices(quiet: Settings) -> None:
    findings = examine(quiet.model_copy(update={"nats_issuer_file": None}), SystemClock())
    _fault(findings, "no_issuer", "issuer", State.WARNING)


def test_no_map_and_lost_map_files(quiet: Settings, database: Database) -> None:
    _fault(examine(quiet, SystemClock()), "map_missing", "jedel map import", State.WARNING)
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "INSERT INTO map (id, region, name, digest, west, south, east, north, lon, lat, attribution,"
            " counts, basemap, imported_at, in_force) VALUES (%s, '00', 'Town', '', 0, 0, 1, 1, 0, 0, '',"
            " '{}', false, now(), true)",
            (uuid4(),),
        )
    _fault(examine(quiet, SystemClock()), "map_files_missing", "same file")


def test_screens_not_built(quiet: Settings, tmp_path: Path) -> None:
    _fault(examine(quiet, SystemClock(), web=tmp_path), "screens_not_built", "make setup")


def test_who_gets_in_and_over_which_wire(quiet: Settings) -> None:
    def found(**more: object) -> list[Finding]:
        return machine.sign_in(quiet.model_copy(update=more))

    assert _named(found(), "sign_in").what == "two factors, on this machine only"
    assert _named(found(public_url="https://x"), "sign_in").what == "two factors, by TLS"
    assert _named(found(demo=True), "sign_in").state is State.OK
    _fault(found(password_alone=True), "password_alone", "unset JEDEL_PASSWORD_ALONE")
    _fault(found(http_host="0.0.0.0"), "no_tls", "JEDEL_PUBLIC_URL=https://")
    _fault(found(http_host="centre"), "no_tls", "JEDEL_PUBLIC_URL=https://")
    _fault(found(public_url="http://x"), "no_tls", "JEDEL_PUBLIC_URL=https://")
    quiet.seal_key.write_bytes(bytes(32))
    quiet.seal_key.chmod(0o644)
    _fault(found(), "secret_open", "chmod 600")


def test_no_chromium(quiet: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _fault(examine(quiet, SystemClock()), "no_chromium", "apt-get install chromium", State.WARNING)


def test_a_backlog_to_nats_and_entries_set_aside(quiet: Settings, database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "SELECT journal_append('00', gen_random_uuid(), now(), 'test.done',"
            " gen_random_uuid(), 'system:test', '{}') FROM generate_series(1, 1100)"
        )
        connection.execute(
            "INSERT INTO journal_set_aside (reader, region, seq, error)"
            " VALUES ('gone', '00', 2, 'KeyError: x')"
        )
    findings = examine(quiet, SystemClock())
    _fault(findings, "relay_backlog", "jedel run jobs", State.WARNING)
    finding = _fault(findings, "set_aside", "jedel journal retry")
    assert "KeyError: x" in finding.what


def test_a_ground_that_is_off(quiet: Settings, database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "INSERT INTO watch_ground (ground, stands, why, register, as_of, inputs, rows, computed_at,"
            " seconds) VALUES (2, false, 'stale', 'insurance', now() - interval '5 days', '', 0, now(), 1)"
        )
    finding = _fault(examine(quiet, SystemClock()), "watch_grounds", "jedel registers import", State.WARNING)
    assert "uninsured: insurance is stale" in finding.what


def test_few_open_files(quiet: Settings) -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n"
        "from jedel.app.examine import machine; print(machine.open_files()[0].check)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "open_files"
    assert machine.open_files()[0].state is State.OK or machine.OPEN_FILES_MIN > 1024


def test_a_folder_that_cannot_be_written(quiet: Settings, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        tmp_path = Path("/proc/sys")  # not even root writes here
    else:
        tmp_path.chmod(0o500)
    findings = examine(quiet.model_copy(update={"data_dir": tmp_path / "var"}), SystemClock())
    assert {f.check for f in findings if f.state is State.FAULT} & {"data_folder", "disk_full"}


def test_the_command_answers_machines(quiet: Settings, tmp_path: Path) -> None:
    env = {**os.environ, **quiet.environment(), "JEDEL_NATS_URL": "nats://127.0.0.1:9"}
    command = [sys.executable, "-P", "-m", "jedel", "doctor", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    report = orjson.loads(done.stdout)
    assert report["ok"] is False
    assert "nats_unreachable" in {finding["check"] for finding in report["findings"]}
