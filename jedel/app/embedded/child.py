"""Starting a child process that never outlives us and never has more rights than it needs.

The kernel stops the child when the *thread* that started it ends (kernel/parentage.py), so children are
started from a thread that lives as long as the program: the main one.
"""

import ctypes
import errno
import fcntl
import os
import pwd
import secrets
import signal
import struct
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from jedel.app.ports import free
from jedel.kernel.parentage import tied

# above our own defaults, below the kernel's own, which begin at 32,768 (net.ipv4.ip_local_port_range)
_SERVER_PORTS = range(13_000, 32_000)
_PORT_TRIES = 100
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_READ_SEARCH = 2  # read and enter any folder; may not write
_CAP_DAC_OVERRIDE = 1  # the same and write; all that a container's root may have

_libc = ctypes.CDLL(None, use_errno=True)


def unprivileged_user() -> pwd.struct_passwd | None:
    """The user that servers run as when we are root (PostgreSQL refuses root); None when we are not root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def own(path: Path, user: pwd.struct_passwd | None) -> None:
    """Give `path` to `user`, if there is one."""
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """May `user` enter every folder above `path`? Only the bits for others count: groups are dropped."""
    if user is None:
        return True
    return all(
        folder.stat().st_mode & 0o001 or folder.stat().st_uid == user.pw_uid for folder in path.parents
    )


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago; OSError where none is found.

    It lies below those that the kernel gives to outgoing connections: a server that is started again must
    find its port free, whatever connected to elsewhere while it was down.
    """
    for _ in range(_PORT_TRIES):
        port = secrets.choice(_SERVER_PORTS)
        if free("127.0.0.1", port):
            return port
    raise OSError(errno.EADDRINUSE, f"{_PORT_TRIES} ports in turn were taken on 127.0.0.1")


def _keep_one_capability(user: pwd.struct_passwd) -> None:
    """Become `user`, keeping only the right to enter folders (the project lies in a folder closed to others,
    as /root is)."""
    _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        bit = 1 << capability
        if _libc.capset(header, struct.pack("<6I", bit, bit, bit, 0, 0, 0)) == 0:
            _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return


def _before_exec(
    user: pwd.struct_passwd | None, death: signal.Signals, closed_folder: bool
) -> Callable[[], None]:
    tie = tied(death)

    def prepare() -> None:
        if user is not None and closed_folder:
            _keep_one_capability(user)
        elif user is not None:
            os.setgroups([])
            os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
            os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
        tie()  # after setuid, which clears it

    return prepare


def spawn(
    args: Sequence[str],
    *,
    user: pwd.struct_passwd | None = None,
    death: signal.Signals = signal.SIGTERM,
    closed_folder: bool = False,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `args` in a session of its own (a Ctrl-C in the terminal reaches us alone, and we stop children
    in order); the kernel sends it `death` when the calling thread ends."""
    return subprocess.Popen(
        list(args),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=_before_exec(user, death, closed_folder),  # noqa: PLW1509
    )


class FolderLock:
    """One program per data folder: an flock that the kernel lets go when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> int | None:
        """None when we have it now, else the pid of the program that has it (0 when it did not say)."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held_by = os.read(fd, 20).strip()
            os.close(fd)
            return int(held_by) if held_by.isdigit() else 0
        os.ftruncate(fd, 0)
        os.write(fd, str(os.getpid()).encode())
        self._fd = fd
        return None

    def release(self) -> None:
        """Let it go; harmless when we do not have it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def stop(process: subprocess.Popen[bytes], ask: signal.Signals, patience_s: float) -> None:
    """Ask the process to end; after `patience_s` end it."""
    if process.poll() is not None:
        return
    process.send_signal(ask)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
