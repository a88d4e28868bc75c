"""The secret behind challenges: one file, made on first use, the same for every process beside it."""

import os
import stat
from pathlib import Path
from tempfile import mkstemp

SECRET_BYTES = 32


class SecretFault(Exception):
    """The file cannot be used; the message says why and what helps."""


def load_or_make(path: Path) -> bytes:
    """The secret in ``path``, made if there is none. Of two processes that make one at once, one wins.

    Raises:
        SecretFault: the file is open to others, or is not what it should be.
    """
    try:
        if not path.exists():
            _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SecretFault(f"{path} has mode {mode:04o}, others may read it: chmod 600 {path}")
        secret = path.read_bytes()
    except OSError as fault:
        raise SecretFault(f"the citizen services' secret {path} cannot be read: {fault}") from fault
    if len(secret) != SECRET_BYTES:
        raise SecretFault(f"{path} does not hold {SECRET_BYTES} bytes; remove it, a new one is made")
    return secret


def _make(path: Path) -> None:
    """Written whole beside, then linked: half of one is never seen, and none is overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, fresh = mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(SECRET_BYTES))
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        Path(fresh).unlink()
