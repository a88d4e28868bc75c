"""ICE-lite (RFC 8445 §2.5): who is asked only answers. STUN messages by aioice; pure."""

import secrets
import struct
from dataclasses import dataclass
from typing import Any, Final

from aioice import stun

COOKIE: Final = stun.COOKIE.to_bytes(4)
ROLE_CONFLICT: Final = 487

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Ours for one peer. The fragment is what its first datagram is known by."""

    fragment: str
    password: str

    @classmethod
    def new(cls) -> "Credentials":
        return cls(secrets.token_hex(8), secrets.token_hex(16))


def is_stun(data: bytes) -> bool:
    """By the first bits and the magic cookie (RFC 7983)."""
    return len(data) >= stun.HEADER_LENGTH and data[0] < 4 and data[4:8] == COOKIE


@dataclass(frozen=True, slots=True)
class Check:
    """A connectivity check: whom it is for, and whether the sender settles on this way."""

    fragment: str
    nominated: bool
    message: Any

    def by(self, credentials: Credentials) -> bool:
        """Made by somebody who knows our password."""
        return bool(self.message.check_message_integrity(credentials.password.encode()))


def check_of(data: bytes) -> Check | None:
    """None where it is no binding request with a name, an integrity and a fingerprint."""
    try:
        message = stun.parse_message(data)
    except (ValueError, IndexError, struct.error):
        return None
    if message.message_method != stun.Method.BINDING or message.message_class != stun.Class.REQUEST:
        return None
    said = message.attributes
    if not {"USERNAME", "MESSAGE-INTEGRITY", "FINGERPRINT"} <= said.keys():
        return None
    ours, _, theirs = said["USERNAME"].partition(":")
    return Check(ours, "USE-CANDIDATE" in said, message) if theirs else None


def answer(check: Check, credentials: Credentials, seen_from: Address) -> bytes:
    """To a check that was made by our password: where we see the sender, or that the roles are mixed up."""
    kind = stun.Class.RESPONSE
    said: dict[str, Any] = {"XOR-MAPPED-ADDRESS": seen_from}
    if "ICE-CONTROLLED" in check.message.attributes:
        kind, said = stun.Class.ERROR, {"ERROR-CODE": (ROLE_CONFLICT, "Role Conflict")}
    reply = stun.Message(stun.Method.BINDING, kind, check.message.transaction_id, said)
    reply.add_message_integrity(credentials.password.encode())
    return bytes(reply)


def candidates(addresses: list[str], port: int) -> list[str]:
    """Our host candidates, as lines of an answer: UDP first, TCP (RFC 6544, passive) where UDP is shut."""
    lines = []
    for nth, address in enumerate(addresses):
        local = 65535 - nth
        udp, tcp = (126 << 24) + (local << 8) + 255, (90 << 24) + (local << 8) + 255
        lines.append(f"candidate:{2 * nth + 1} 1 udp {udp} {address} {port} typ host")
        lines.append(f"candidate:{2 * nth + 2} 1 tcp {tcp} {address} {port} typ host tcptype passive")
    return lines
