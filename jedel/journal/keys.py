"""The key that signs heads: one file, made on first use, which nobody else may read."""

import os
import stat
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class KeyFault(Exception):
    """The key file cannot be used; the message says why and what helps."""


def load_or_make(path: Path) -> Ed25519PrivateKey:
    """The key in ``path`` (PEM, PKCS 8), made if there is none. Of two that make one at once, one wins.

    Raises:
        KeyFault: the file is open to others or holds no Ed25519 key.
    """
    if not path.exists():
        _make(path)
    return load(path)


def load(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``.

    Raises:
        KeyFault: as ``load_or_make``, or there is none.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeyFault(f"{path} has mode {mode:04o}, others may read the key: chmod 600 {path}")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as problem:
        raise KeyFault(f"the journal's key {path} cannot be read: {problem}") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path} holds no Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Written whole beside, then linked: a half-written key is never seen, and no key is overwritten."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, fresh = mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            Path(fresh).unlink()
        sync_folder(path.parent)
    except OSError as problem:
        raise KeyFault(f"the journal's key {path} cannot be made: {problem}") from problem


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
