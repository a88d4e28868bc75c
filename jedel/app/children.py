"""The supervisor's child processes: started, their lines prefixed, started again with growing pauses."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jedel.app.embedded.child import spawn, stop

PAUSE_S_MIN = 0.25
PAUSE_S_MAX = 10.0
HEALTHY_AFTER_S = 30.0
_LINE_BYTES_MAX = 16_384

Say = Callable[[str, str], None]
"""Child's name and a line."""


@dataclass
class Child:
    """A program that must run: what to start, and how its starts went."""

    name: str
    args: Sequence[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restarts: int = 0
    pause_s: float = PAUSE_S_MIN
    start_again_at: float | None = None
    tail: bytes = field(default=b"", repr=False)

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None


class Children:
    """Runs its children from one thread; call `turn` again and again."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._children: dict[str, Child] = {}

    def __getitem__(self, name: str) -> Child:
        return self._children[name]

    def add(self, name: str, args: Sequence[str], env: Mapping[str, str]) -> Child:
        """Start a child that is started again whenever it ends."""
        child = Child(name, args, env)
        self._children[name] = child
        self._start(child)
        return child

    def begin(self, name: str, args: Sequence[str], env: Mapping[str, str]) -> Child:
        """Start a program that ends by itself; `finish` waits for it."""
        child = Child(name, args, env)
        self._start(child)
        return child

    def finish(self, child: Child, stopped: Callable[[], bool]) -> int:
        """Wait until a program that was begun ends (its lines are shown); its exit status, -15 when called
        off."""
        process = child.process
        assert process is not None
        while process.poll() is None and not stopped():
            self._read(0.05)
        stop(process, signal.SIGTERM, 5)
        self._drain(child)
        return process.returncode

    def turn(self, timeout_s: float) -> None:
        """Show what the children say for up to `timeout_s`, see who died, start who is due."""
        self._read(timeout_s)
        now = time.monotonic()
        for child in self._children.values():
            process = child.process
            if process is not None and process.poll() is not None:
                self._drain(child)
                self._bury(child, process, now)
            elif child.start_again_at is not None and now >= child.start_again_at:
                child.start_again_at = None
                child.restarts += 1
                self._start(child)

    def stop(self, names: Sequence[str], patience_s: float) -> None:
        """Ask all of these to end at once and wait for them; who is not done in time is killed."""
        running = []
        for name in names:
            child = self._children.pop(name, None)
            if child is not None and child.process is not None and child.process.poll() is None:
                child.process.terminate()
                running.append(child)
        deadline = time.monotonic() + patience_s
        while any(child.pid for child in running) and time.monotonic() < deadline:
            self._read(0.05)
        for child in running:
            assert child.process is not None
            if child.pid:
                self._say(child.name, f"did not stop within {patience_s:.0f} s; killed")
                child.process.kill()
            child.process.wait()
            self._drain(child)

    def _start(self, child: Child) -> None:
        # everything of ours survives a kill, so the surest signal is the right one when the supervisor dies
        child.process = spawn(
            child.args,
            death=signal.SIGKILL,
            env=child.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        child.started_at = time.monotonic()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self, child: Child, process: subprocess.Popen[bytes], now: float) -> None:
        child.process = None
        if now - child.started_at >= HEALTHY_AFTER_S:
            child.pause_s = PAUSE_S_MIN
        child.start_again_at = now + child.pause_s
        self._say(child.name, f"{_end(process.returncode)}; starting again in {child.pause_s:g} s")
        child.pause_s = min(child.pause_s * 2, PAUSE_S_MAX)

    def _read(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            child: Child = key.data
            data = os.read(key.fd, 65_536)
            if not data:
                self._selector.unregister(key.fileobj)
                time.sleep(0.005)  # its end follows at once
                continue
            *lines, child.tail = (child.tail + data).split(b"\n")
            for line in lines:
                self._say(child.name, line.decode(errors="replace"))
            if len(child.tail) > _LINE_BYTES_MAX:
                self._say(child.name, child.tail.decode(errors="replace"))
                child.tail = b""

    def _drain(self, child: Child) -> None:
        """Show the rest of what a dead child said and let its pipe go."""
        assert child.process is not None
        pipe = child.process.stdout
        if pipe is None or pipe.closed:
            return
        rest = child.tail
        while data := pipe.read():
            rest += data
        child.tail = b""
        for line in rest.splitlines():
            self._say(child.name, line.decode(errors="replace"))
        if pipe in {key.fileobj for key in self._selector.get_map().values()}:
            self._selector.unregister(pipe)
        pipe.close()


def _end(status: int) -> str:
    return f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
