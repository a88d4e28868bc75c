"""Where the embedded servers of a data folder listen, for commands that are run beside `jedel up`."""

import re
from dataclasses import dataclass
from pathlib import Path

from jedel.app.embedded import nats, postgres


@dataclass(frozen=True)
class Addresses:
    """None for a server that does not run."""

    database_url: str | None
    nats_url: str | None


def addresses(data_dir: Path) -> Addresses:
    """What runs on this data folder now; a folder or file that we may not read counts as none."""
    try:
        return Addresses(_postgres(data_dir / "postgres"), _nats(data_dir / "nats"))
    except OSError:
        return Addresses(None, None)


def _postgres(folder: Path) -> str | None:
    pid_file = folder / "cluster" / "postmaster.pid"
    if not pid_file.exists():
        return None
    lines = pid_file.read_text().splitlines()  # pid, folder, start time, port, …
    if len(lines) < 4 or not Path(f"/proc/{lines[0].strip()}").exists():
        return None
    server = postgres.EmbeddedPostgres(folder, port=int(lines[3]))
    return server.url


def _nats(folder: Path) -> str | None:
    config = folder / "nats.conf"
    if not config.exists():
        return None
    port = re.search(r'^listen: "[^"]*:(\d+)"', config.read_text(), re.MULTILINE)
    if port is None or not nats.accepts(int(port[1])):
        return None
    return nats.EmbeddedNats(folder, port=int(port[1])).url
