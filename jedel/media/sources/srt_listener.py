"""One visit of an SRT sender, in a process of its own: ``python -m jedel.media.sources.srt_listener``.

What it is to do comes as one line of JSON on standard input, so that no list of processes and no file shows
the passphrase: ``{"address", "port", "latency_ms", "passphrase", "networks"}``. The sender's bytes go to
standard output as they come. A sender whose address lies outside the networks is refused before it has shown
a passphrase, and is told on standard error, a line each. It ends with the sender; its status says why.

Debian's libsrt does the protocol. It speaks with whoever sends: whatever it does wrong ends this process,
which has no keys, no database and no camera but this one.
"""

import ctypes
import ipaddress
import json
import os
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any, Final

from jedel.kernel.parentage import die_with_parent
from jedel.media.sources.guard import Network, allowed, networks_of

GONE: Final = 0
NO_LIBRARY: Final = 3
NO_PORT: Final = 4
TOLD_WRONG: Final = 5
"""Exit statuses."""
LIBRARIES: Final = ("libsrt-gnutls.so.1.5", "libsrt-openssl.so.1.5", "libsrt.so.1.5")
MESSAGE_BYTES_MAX: Final = 1456
SETTINGS_BYTES_MAX: Final = 64 * 1024
_LATENCY, _PASSPHRASE, _KEY_BYTES = 23, 26, 27  # SRTO_… of srt.h
_AES_128: Final = 16
_FAILED: Final = -1
_HOOK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p
)


def library() -> Any:
    """libsrt. Raises OSError."""
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise OSError("no libsrt")


def packed(address: str, port: int) -> bytes:
    """As the kernel has addresses (sockaddr_in, sockaddr_in6)."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), found.packed)
    return struct.pack("=HHI16sI", socket.AF_INET6, socket.htons(port), 0, found.packed, 0)


def unpacked(raw: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a ``sockaddr`` that lies there; None: neither IPv4 nor IPv6."""
    family = struct.unpack("=H", ctypes.string_at(raw, 2))[0]
    if family == socket.AF_INET:
        return ipaddress.IPv4Address(ctypes.string_at(raw + 4, 4))
    return ipaddress.IPv6Address(ctypes.string_at(raw + 8, 16)) if family == socket.AF_INET6 else None


def hook(networks: Sequence[Network]) -> Any:
    """Asked by libsrt, from a thread of its own, for each who knocks: 0 lets him in, -1 does not."""

    def knocks(_opaque: int, _socket: int, _version: int, peer: int, _stream: bytes) -> int:
        address = unpacked(peer)
        if address is not None and allowed(address, networks):
            return 0
        os.write(2, f"refused {address}\n".encode())
        return _FAILED

    return _HOOK(knocks)


def main() -> int:
    """The exit status."""
    try:
        told = json.loads(sys.stdin.buffer.readline(SETTINGS_BYTES_MAX))
        networks, where = networks_of(told["networks"]), packed(told["address"], told["port"])
        latency, passphrase = int(told["latency_ms"]), str(told["passphrase"]).encode()
    except (ValueError, KeyError, TypeError):
        return TOLD_WRONG
    try:
        srt = library()
    except OSError:
        return NO_LIBRARY
    die_with_parent()  # or it would keep the port
    srt.srt_startup()
    listener = srt.srt_create_socket()
    _set(srt, listener, _LATENCY, struct.pack("=i", latency))
    if passphrase:
        _set(srt, listener, _KEY_BYTES, struct.pack("=i", _AES_128))
        _set(srt, listener, _PASSPHRASE, passphrase)
    asked = hook(networks)
    srt.srt_listen_callback(listener, asked, None)
    if srt.srt_bind(listener, where, len(where)) == _FAILED or srt.srt_listen(listener, 1) == _FAILED:
        return NO_PORT
    sender = srt.srt_accept(listener, None, None)
    srt.srt_close(listener)
    return GONE if sender == _FAILED else _carry(srt, sender)


def _set(srt: Any, sock: int, option: int, value: bytes) -> None:
    if srt.srt_setsockflag(sock, option, value, len(value)) == _FAILED:
        raise SystemExit(TOLD_WRONG)


def _carry(srt: Any, sender: int) -> int:
    room = ctypes.create_string_buffer(MESSAGE_BYTES_MAX)
    while (size := srt.srt_recvmsg(sender, room, MESSAGE_BYTES_MAX)) > 0:
        try:
            os.write(1, room.raw[:size])
        except BrokenPipeError:
            break
    return GONE


if __name__ == "__main__":
    os._exit(main())  # libsrt's threads are not waited for
