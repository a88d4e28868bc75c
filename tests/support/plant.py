"""A whole Jedel as a user starts it: `jedel up` in a process of its own, on a folder and ports of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from jedel.app.embedded.child import free_port
from jedel.app.embedded.postgres import EmbeddedPostgres

VICTIMS = ("web", "gateway", "jobs", "qorgau", "postgres", "nats")
_SERVED_WITHIN_S = 300.0
_WORKERS_MAX = 16


def _ports(count: int) -> list[int]:
    """Different ones, which no other test process of this run takes before they are bound."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS_MAX
    found: set[int] = set()
    while len(found) < count:
        port = free_port()
        if port % _WORKERS_MAX == worker:
            found.add(port)
    return list(found)


_AT_WORK = ("work=positions", "work=jobs", "work=qorgau", "media gateway")
"""What gateway, jobs, qorgau and media say when they are at work, unless they are told to say less."""


@dataclass(frozen=True)
class Child:
    """A process under the supervisor."""

    name: str
    pid: int


class Plant:
    """Start it, find its processes, kill them, stop it."""

    def __init__(self, folder: Path, *, demo: bool = False, **more: str) -> None:
        self.folder = folder
        self.demo = demo
        self.http_port, self.mqtt_port, self.dc09_port, self.demo_port, *more_ports = _ports(8)
        self.media_port, self.rtsp_port, self._postgres_port, self._nats_port = more_ports
        self.log_file = folder.with_name(folder.name + ".log")
        self._more = more
        self._log_from = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "JEDEL_DATA_DIR": str(self.folder),
            "JEDEL_HTTP_PORT": str(self.http_port),
            "JEDEL_MQTT_PORT": str(self.mqtt_port),
            "JEDEL_DC09_PORT": str(self.dc09_port),
            "JEDEL_DEMO_PORT": str(self.demo_port),
            "JEDEL_DEMO_RTSP_PORT": str(self.rtsp_port),
            "JEDEL_MEDIA_PORT": str(self.media_port),
            "JEDEL_POSTGRES_PORT": str(self._postgres_port),  # else they might draw one of those above
            "JEDEL_NATS_PORT": str(self._nats_port),
            "JEDEL_PASSWORD_ALONE": "true",  # its people sign in by password; the demo's do anyway
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JEDEL_")}
        return {**kept, **own, **self._more}

    @property
    def database_url(self) -> str:
        """Also while it is being started again."""
        own = EmbeddedPostgres(self.folder / "postgres", port=self._postgres_port)
        return self._more.get("JEDEL_DATABASE_URL") or own.url

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start and do not wait."""
        command = [sys.executable, "-P", "-m", "jedel", "up", *(["--demo"] if self.demo else [])]
        with self.log_file.open("ab") as log:
            self._log_from = log.tell()
            self._process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder.parent, stdout=log, stderr=log
            )

    async def start(self) -> float:
        """Start and wait until every process is at work; after how many seconds the web process answered."""
        began = time.monotonic()
        self.launch()
        await self.served()
        took = time.monotonic() - began
        await self.running()
        return took

    async def served(self) -> None:
        """Return when the web process answers and says that it is well."""
        deadline = time.monotonic() + _SERVED_WITHIN_S
        async with httpx.AsyncClient() as client:
            while True:
                assert self.alive(), f"jedel up ended:\n{self.said()}"
                assert time.monotonic() < deadline, f"not served within {_SERVED_WITHIN_S} s:\n{self.said()}"
                try:
                    answer = await client.get(f"{self.url}/api/health", timeout=5)
                    if answer.json().get("status") == "ok":
                        return
                except (httpx.HTTPError, ValueError):
                    pass
                await asyncio.sleep(0.05)

    async def running(self) -> None:
        """Return when every process of this start is at work: `web` is served before the others."""
        quiet = self._more.get("JEDEL_LOG_LEVEL") == "warning"
        wanted = ("served after", *(() if quiet else _AT_WORK))
        deadline = time.monotonic() + _SERVED_WITHIN_S
        while not all(words in self._said_since_launch() for words in wanted):
            assert self.alive(), f"jedel up ended:\n{self.said()}"
            assert time.monotonic() < deadline, f"not at work within {_SERVED_WITHIN_S} s:\n{self.said()}"
            await asyncio.sleep(0.05)

    def _said_since_launch(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(self._log_from)
            return log.read().decode(errors="replace")

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """The end of its output."""
        return self.log_file.read_text(errors="replace")[-6000:] if self.log_file.exists() else ""

    def children(self) -> list[Child]:
        """The processes that the supervisor started, by name; one that has just died is left out."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if int(parent) == self.pid and state != "Z":
                found.append(Child(_name(words), int(folder.name)))
        return found

    def kill(self, name: str) -> bool:
        """kill -9; False when it does not run at this moment."""
        for child in self.children():
            if child.name == name:
                self.kill_pid(child.pid)
                return True
        return False

    def kill_pid(self, pid: int) -> None:
        """kill -9 of one of several of the same name."""
        os.kill(pid, signal.SIGKILL)

    def stop(self, ask: signal.Signals = signal.SIGINT, patience_s: float = 60) -> int:
        """As by Ctrl-C; the exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(ask)
        return self._process.wait(patience_s)


def _name(words: list[str]) -> str:
    if words[0].endswith("postgres"):
        return "postgres"
    if words[0].endswith("nats-server"):
        return "nats"
    if "simulator" in words:
        return "simulator"
    return words[words.index("run") + 1] if "run" in words else " ".join(words[-2:])
