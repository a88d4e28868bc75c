"""`jedel up`: every part of Jedel on this machine, under one parent.

Order of start: PostgreSQL, NATS, the database's steps, `web`, and when it is served the other roles and the
simulator: the screens are what somebody waits for, and all at once would take turns on a small machine. The
demo city (once) is made beside all of that; `web` serves when it is there. Order of stop: the same backwards.
Who dies is started again; when the supervisor itself dies the kernel stops everything it started.
"""

import os
import signal
import sys
import time
from types import FrameType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from jedel.app import demo_state, migrate, ports, waiting
from jedel.app.children import Child, Children
from jedel.app.embedded.child import FolderLock
from jedel.app.embedded.nats import EmbeddedNats, NatsFault, Tls
from jedel.app.embedded.postgres import EmbeddedPostgres, PostgresFault
from jedel.app.screen import Screen
from jedel.app.settings import LOOPBACK, Settings

ROLES = ("gateway", "jobs")
"""Beside `web` one process of each; of `qorgau`, `media` and `plates` as many as the settings say."""
_STOP_WITHIN_S = 15.0
_SERVED_WITHIN_S = 60.0
_SERVER_PAUSE_S = 1.0


class CannotStart(Exception):
    """Why, and what helps."""


class Supervisor:
    """Runs until it is told to stop by Ctrl-C or SIGTERM."""

    def __init__(self, settings: Settings, screen: Screen) -> None:
        self._settings = settings
        self._screen = screen
        self._began = time.monotonic()
        self._stopping = False
        self._children = Children(screen.line)
        self._making: Child | None = None
        self._postgres: EmbeddedPostgres | None = None
        self._nats: EmbeddedNats | None = None
        self._server_tries: dict[str, float] = {}

    def run(self) -> int:
        """Start everything, keep it running, stop it; the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        folder = self._settings.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(folder / "lock")
        holder = lock.take()
        if holder is not None:
            raise CannotStart(
                f"Jedel already runs on {folder} (process {holder}); stop it, or set JEDEL_DATA_DIR"
            )
        try:
            self._start()
            while not self._stopping:
                self._children.turn(0.5)
                self._look_after_servers()
        except waiting.Stopped:
            pass
        finally:
            self._stop()
            lock.release()
        return 0

    # starting

    def _start(self) -> None:
        self._check_ports()
        demo = self._settings.demo
        if demo and not demo_state.mark_file(self._settings.data_dir).exists():
            self._begin_demo()
        self._start_postgres()
        self._start_nats()
        self._go_on()
        before = migrate.upgrade(self._database_url())
        if not before.current:
            self._screen.say(f"database brought from step {before.found or 'none'} to {before.ours}")
        self._go_on()
        if demo and self._making is None:
            self._look_at_demo()
        after = ["--after", str(demo_state.mark_file(self._settings.data_dir))] if demo else []
        self._add("web", "web", {}, *after)
        if self._making is not None:
            self._finish_demo(self._making)
        self._wait_until_served()
        for name, role, own in self._others():
            self._add(name, role, own)
        if demo:
            self._start_simulator()
        self._announce()

    def _add(self, name: str, role: str, own: dict[str, str], *options: str) -> None:
        command = [sys.executable, "-P", "-m", "jedel", "run", role, *options]
        self._children.add(name, command, self._environment() | own)

    def _others(self) -> list[tuple[str, str, dict[str, str]]]:
        """Each process but `web` by its name, its role and what it alone is told."""
        workers, readers = self._settings.qorgau_workers, self._settings.plate_readers
        found: list[tuple[str, str, dict[str, str]]] = [(role, role, {}) for role in ROLES]
        for nth in range(workers):
            name = "qorgau" if workers == 1 else f"qorgau-{nth}"
            found.append((name, "qorgau", {"JEDEL_QORGAU_WORKER": str(nth)}))
        gateways = self._settings.media_gateways
        if gateways:  # and one that stands by
            found += [(f"media-{nth}", "media", {}) for nth in range(gateways + 1)]
        found += [("plates" if readers == 1 else f"plates-{nth}", "plates", {}) for nth in range(readers)]
        return found

    def _check_ports(self) -> None:
        settings = self._settings
        wanted = {
            "JEDEL_HTTP_PORT": (settings.http_host, settings.http_port),
            "JEDEL_DC09_PORT": (settings.dc09_host, settings.dc09_port),
        }
        if settings.nats_url is None:
            wanted["JEDEL_MQTT_PORT"] = (settings.mqtt_host, settings.mqtt_port)
        if settings.demo:
            wanted["JEDEL_DEMO_PORT"] = (settings.http_host, settings.demo_port)
            wanted["JEDEL_DEMO_RTSP_PORT"] = (LOOPBACK, settings.demo_rtsp_port)
        if settings.media_port and settings.media_gateways:
            own = range(settings.media_port, settings.media_port + settings.media_gateways)
            taken = (port for port in own if not ports.free(settings.media_host, port))
            wanted["JEDEL_MEDIA_PORT"] = (settings.media_host, next(taken, settings.media_port))
        for variable, (host, port) in wanted.items():
            if port and not ports.free(host, port):
                by = ports.holder(port)
                raise CannotStart(
                    f"port {port} is taken{f' by {by}' if by else ''}; stop it, or choose another: "
                    f"{variable}={port + 1} jedel up"
                )

    def _start_postgres(self) -> None:
        settings = self._settings
        if settings.database_url is None:
            self._postgres = EmbeddedPostgres(settings.data_dir / "postgres", port=settings.postgres_port)
            self._postgres.start()
            self._screen.line("postgres", f"accepts connections on 127.0.0.1:{self._postgres.port}")
            return
        url = settings.database_url
        waiting.until(
            f"PostgreSQL at {waiting.place(url)}",
            lambda: waiting.postgres_fault(url),
            self._screen.say,
            self._is_stopping,
        )

    def _start_nats(self) -> None:
        settings = self._settings
        if settings.nats_url is None:
            self._nats = EmbeddedNats(
                settings.data_dir / "nats",
                port=settings.nats_port,
                mqtt_port=settings.mqtt_port,
                mqtt_host=settings.mqtt_host,
                mqtt_tls=Tls(*settings.mqtt_tls) if settings.mqtt_tls else None,
            )
            self._nats.start()
            self._screen.line("nats", f"accepts connections on 127.0.0.1:{self._nats.port}")
            self._screen.line(
                "nats",
                f"accepts devices by MQTT{' (TLS)' if settings.mqtt_tls else ''} on"
                f" {settings.mqtt_host}:{self._nats.mqtt_port}",
            )
            return
        url = settings.nats_url
        waiting.until(
            f"NATS at {waiting.place(url)}",
            lambda: waiting.nats_fault(url),
            self._screen.say,
            self._is_stopping,
        )

    def _begin_demo(self) -> None:
        """It waits for the database by itself, and has begun before."""
        self._screen.say("making the demo city; this happens once")
        command = [sys.executable, "-P", "-m", "jedel", "demo", "prepare", "--wait"]
        self._making = self._children.begin("demo", command, self._environment())

    def _look_at_demo(self) -> None:
        """One that was made for another database, or by an older release, is made again."""
        if not demo_state.ready(self._database_url(), self._settings.data_dir):
            demo_state.mark_file(self._settings.data_dir).unlink(missing_ok=True)
            self._begin_demo()

    def _finish_demo(self, making: Child) -> None:
        status = self._children.finish(making, self._is_stopping)
        self._go_on()
        if status != 0:
            raise CannotStart(f"the demo city was not made (status {status}); its lines above say why")

    def _wait_until_served(self) -> None:
        deadline = time.monotonic() + _SERVED_WITHIN_S
        said = False
        while not _served(self._settings.http_host, self._settings.http_port):
            self._go_on()
            if time.monotonic() > deadline and not said:
                self._screen.say("the web process does not answer yet; its lines above say why")
                said = True
            self._children.turn(0.05)
            self._look_after_servers()

    def _start_simulator(self) -> None:
        demo_state.renew_addresses(self._settings)
        cameras = demo_state.cameras_file(self._settings.data_dir)
        self._children.add(
            "cameras",
            [
                *(sys.executable, "-P", "-m", "simulator.cameras", "--config", str(cameras)),
                *("--host", LOOPBACK, "--port", str(self._settings.demo_rtsp_port)),
                *("--films", str(cameras.parent / "films")),
                *("--troubles", str(demo_state.troubles_file(self._settings.data_dir))),
            ],
            {**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        devices = demo_state.devices_file(self._settings.data_dir)
        self._children.add(
            "simulator",
            [
                *(sys.executable, "-P", "-m", "simulator", "--config", str(devices)),
                *("--host", self._settings.http_host, "--port", str(self._settings.demo_port)),
                *("--troubles", str(demo_state.troubles_file(self._settings.data_dir))),
            ],
            {**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def _announce(self) -> None:
        settings = self._settings
        rows = [("Console", settings.console_url), ("Tablet", settings.console_url + "tablet/")]
        if settings.demo:
            rows.append(("Demo devices", settings.demo_url))
            rows.append(("", ""))
            password = settings.demo_password.get_secret_value()
            rows.extend(
                (account.login, f"{password}   {account.name}, {account.role.replace('_', ' ')}")
                for account in demo_state.ACCOUNTS
            )
        rows.append(("", ""))
        rows.append(("Data", str(settings.data_dir)))
        title = "Jedel demo city" if settings.demo else "Jedel"
        self._screen.box(
            title, rows, f"served after {time.monotonic() - self._began:.1f} s · Ctrl-C stops it"
        )

    # keeping

    def _look_after_servers(self) -> None:
        """PostgreSQL and NATS are started again like everyone, on the port they had."""
        for name, server in (("postgres", self._postgres), ("nats", self._nats)):
            if server is None or server.running() or self._stopping:
                continue
            now = time.monotonic()
            if now - self._server_tries.get(name, float("-inf")) < _SERVER_PAUSE_S:
                continue
            self._server_tries[name] = now
            self._screen.line(name, "ended; starting again")
            try:
                server.restart()
                self._screen.line(name, f"is back after {time.monotonic() - now:.2f} s")
            except (PostgresFault, NatsFault, OSError) as problem:
                self._screen.line(name, str(problem))

    # stopping

    def _stop(self) -> None:
        self._stopping = True
        self._screen.say("stopping")
        self._children.stop(["simulator", "cameras"], 5)
        if self._making is not None and self._making.pid is not None:
            self._children.finish(self._making, self._is_stopping)
        self._children.stop(["web", *(name for name, _, _ in self._others())], _STOP_WITHIN_S)
        if self._nats is not None:
            self._nats.stop()
        if self._postgres is not None:
            self._postgres.stop()
        self._screen.say("stopped")

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _is_stopping(self) -> bool:
        return self._stopping

    def _go_on(self) -> None:
        if self._stopping:
            raise waiting.Stopped

    # what children are told

    def _database_url(self) -> str:
        if self._postgres is not None:
            return self._postgres.url
        assert self._settings.database_url is not None
        return self._settings.database_url

    def _environment(self) -> dict[str, str]:
        own = {}
        if self._postgres is not None:
            own["JEDEL_DATABASE_URL"] = self._postgres.url
        if self._nats is not None:
            own["JEDEL_NATS_URL"] = self._nats.url
            own["JEDEL_NATS_SYSTEM_URL"] = self._nats.system_url
            own["JEDEL_NATS_ISSUER_FILE"] = str(self._nats.issuer_file)
            own["JEDEL_MQTT_PORT"] = str(self._nats.mqtt_port)
        if self._settings.demo:  # its cameras are on this machine
            own["JEDEL_CAMERA_NETWORKS"] = f"{self._settings.camera_networks},127.0.0.0/8"
            own["JEDEL_MAVLINK_PORT"] = str(demo_state.mavlink_port(self._settings))
        return {**os.environ, **self._settings.environment(), **own, "PYTHONUNBUFFERED": "1"}


def _served(host: str, port: int) -> bool:
    address = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    try:
        with urlopen(f"http://{address}:{port}/", timeout=2) as answer:
            return bool(answer.status < 500)
    except HTTPError as answer:
        return answer.code < 500
    except (URLError, OSError):
        return False
