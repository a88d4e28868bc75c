"""Small files written whole and kept from other users."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text`, mode 0600, on disk before it returns."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def last_words(log: Path, limit: int = 2000) -> str:
    """The last `limit` bytes of a log, for a message; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - limit))
        return file.read().decode(errors="replace").strip()
