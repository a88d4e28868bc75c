"""Secrets that we must be able to read again are sealed with a key that is not in the database.

AES-256-GCM; the account's id is bound to the secret, so that one row's seal does not open in another.
"""

import os
import stat
from pathlib import Path
from tempfile import mkstemp
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class SealFault(Exception):
    """The key file cannot be used, or what was sealed was not sealed with it; the message says what helps."""


class Sealer:
    """Seals and opens with the key in ``path`` (32 raw bytes, mode 600), made on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, secret: bytes, owner: UUID) -> bytes:
        """``nonce ‖ ciphertext ‖ tag``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, secret, owner.bytes)

    def open(self, sealed: bytes, owner: UUID) -> bytes:
        """Raises SealFault where it was sealed with another key or for another owner."""
        try:
            return AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes)
        except InvalidTag as fault:
            raise SealFault(
                f"a secret was not sealed with {self._path}: bring the right key back from the backup"
            ) from fault

    def in_bulk(self) -> "BulkSealer":
        """For many secrets at once: the key is read once. Raises SealFault."""
        return BulkSealer(AESGCM(self._key()))

    def _key(self) -> bytes:
        if not self._path.exists():
            _make(self._path)
        try:
            if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
                raise SealFault(f"{self._path} is open to others: chmod 600 {self._path}")
            key = self._path.read_bytes()
        except OSError as problem:
            raise SealFault(f"the key {self._path} cannot be read: {problem}") from problem
        if len(key) != KEY_BYTES:
            raise SealFault(f"{self._path} holds no key of {KEY_BYTES} bytes")
        return key


class BulkSealer:
    """Seals and opens as Sealer does."""

    def __init__(self, cipher: AESGCM) -> None:
        self._cipher = cipher

    def seal(self, secret: bytes, owner: UUID) -> bytes:
        """``nonce ‖ ciphertext ‖ tag``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, owner.bytes)

    def opens_to(self, sealed: bytes, owner: UUID, secret: bytes) -> bool:
        """Whether this is what was sealed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes) == secret
        except InvalidTag:
            return False


def _make(path: Path) -> None:
    """Written whole beside, then linked: of two that make one at once, one wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, fresh = mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(os.urandom(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            Path(fresh).unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as problem:
        raise SealFault(f"the key {path} cannot be made: {problem}") from problem
