"""The doctor's look at pictures and sound."""

import ipaddress
import os
import shutil
import socket
import tempfile
from pathlib import Path

from jedel.app.examine.finding import Finding, fault, ok, warning
from jedel.app.settings import Settings
from jedel.media.ice_servers import IceFault
from jedel.media.ice_servers import read as read_ice_servers
from jedel.media.sources import srt_listener

SOCKET_BYTES_MIN = 2 * 1024**2
"""What the kernel should allow a socket to hold: a keyframe for hundreds of viewers at once."""
_LIMITS = ("rmem_max", "wmem_max")


def examine(settings: Settings, limits: Path = Path("/proc/sys/net/core")) -> list[Finding]:
    """Ports, addresses, recordings, the setting of TURN servers, libsrt, the kernel's buffers."""
    if not settings.media_gateways:
        return [ok("media", "no gateway on this machine")]
    return [
        *_networks(settings),
        *_addresses(settings),
        *_turn(settings),
        *_rtsp_users(settings),
        *_recordings(settings),
        *_udp(settings),
        *([] if settings.demo else _buffers(limits)),
        *_srt(),
    ]


def _networks(settings: Settings) -> list[Finding]:
    for part in filter(None, map(str.strip, settings.camera_networks.split(","))):
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            remedy = "write networks as 10.0.0.0/8, with commas between them"
            return [fault("camera_networks", f"JEDEL_CAMERA_NETWORKS: {part} is no network", remedy)]
    return []


def _addresses(settings: Settings) -> list[Finding]:
    everywhere = settings.media_host in {"0.0.0.0", "::"}
    if everywhere and not settings.media_addresses.strip():
        what = f"JEDEL_MEDIA_HOST is {settings.media_host}, which is no address that a browser reaches"
        return [fault("media_addresses", what, "set JEDEL_MEDIA_ADDRESSES to those of this machine")]
    if settings.public_url and settings.media_host == "127.0.0.1" and not settings.media_addresses.strip():
        what = "people reach the console from other machines, and pictures only this one"
        return [warning("media_loopback", what, "set JEDEL_MEDIA_HOST and JEDEL_MEDIA_ADDRESSES")]
    return []


def _turn(settings: Settings) -> list[Finding]:
    try:
        read_ice_servers(settings.ice_servers)
    except IceFault as problem:
        remedy = "write it as docs/guide/media.md shows"
        return [fault("ice_servers", f"JEDEL_ICE_SERVERS: {problem}", remedy)]
    return []


def _rtsp_users(settings: Settings) -> list[Finding]:
    if not settings.media_rtsp_port:
        return []
    users = settings.media_rtsp_users_file
    if users is None:
        what = "RTSP for other systems is on, and nobody may take anything"
        return [warning("rtsp_users", what, "set JEDEL_MEDIA_RTSP_USERS_FILE, or JEDEL_MEDIA_RTSP_PORT=0")]
    if users.exists() and users.stat().st_mode & 0o077:
        return [fault("secret_open", f"{users} is open to others", f"chmod 600 {users}")]
    return []


def _recordings(settings: Settings) -> list[Finding]:
    folder = settings.recordings
    there = folder
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as problem:
        remedy = f"chown it to the user that runs Jedel (uid {os.geteuid()}), or set JEDEL_RECORDINGS_DIR"
        return [fault("recordings", f"nothing can be kept in {folder}: {problem.strerror}", remedy)]
    disk = shutil.disk_usage(there)
    share = disk.free / disk.total
    if share < settings.recordings_free_share:
        what = f"{share:.1%} free where recordings lie: the oldest go before their time"
        return [warning("recordings_full", what, f"free space for {folder}, or set JEDEL_RECORDINGS_DIR")]
    return [ok("recordings", f"{folder}, {share:.0%} free")]


def _udp(settings: Settings) -> list[Finding]:
    """TCP is looked at with the other ports; a UDP port shows no holder that we may name."""
    if not settings.media_port:
        return []
    family = socket.AF_INET6 if ":" in settings.media_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((settings.media_host, 0))
        except OSError as problem:
            what = f"JEDEL_MEDIA_HOST={settings.media_host}: {problem.strerror}"
            return [fault("media_host", what, "choose an address of this machine, or 0.0.0.0")]
    return []


def _buffers(limits: Path) -> list[Finding]:
    small = []
    for name in _LIMITS:
        try:
            if int((limits / name).read_text()) < SOCKET_BYTES_MIN:
                small.append(name)
        except (OSError, ValueError):
            continue
    if not small:
        return []
    remedy = "; ".join(f"sysctl -w net.core.{name}={SOCKET_BYTES_MIN * 2}" for name in small)
    what = "sockets may hold little: pictures lose packets where many look at once"
    return [warning("socket_buffers", what, remedy)]


def _srt() -> list[Finding]:
    try:
        srt_listener.library()
    except OSError:
        what = "no libsrt: streams that come by SRT are not taken"
        return [warning("no_libsrt", what, "as root: apt-get install libsrt1.5-gnutls, where SRT is used")]
    return [ok("libsrt", "there")]
