"""Who may speak: staff and devices, their roles, and the rules of passwords, sessions and enrolment. Pure.

Invariants
1. A key, code, password or session token is never stored, only its digest.
2. A principal acts in exactly one region.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Literal
from uuid import UUID


class Role(StrEnum):
    """What a person of the staff is there for."""

    OPERATOR = "operator"
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class DeviceKind(StrEnum):
    """What a device is there for."""

    TABLET = "tablet"
    POST = "post"
    PANIC_BUTTON = "panic_button"
    PANEL = "panel"
    TRACKER = "tracker"


CONSOLE = (Role.OPERATOR, Role.DUTY_OFFICER, Role.SUPERVISOR)
"""Roles that sit before the console."""

STAFF = (*CONSOLE, Role.ADMINISTRATOR)
"""Who runs the centre; the auditor looks at it from outside."""

SESSION_LIFE = timedelta(hours=12)
"""A shift: then everybody signs in again."""

IDLE = timedelta(minutes=30)
"""Nobody touched the screen for so long: the session is over, since anybody may sit there by now."""

CHALLENGE_LIFE = timedelta(minutes=5)
PASSKEYS_MAX = 10

FAILURES_MAX = 5
LOCK = timedelta(minutes=10)
ATTEMPTS_WITHIN = timedelta(minutes=10)
"""After so many failures, none of them longer than that after the one before, a log-in is locked."""

CODE_LIFE = timedelta(hours=24)
"""How long an enrolment code may be used."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever makes a request."""

    kind: Literal["account", "device"]
    id: UUID
    name: str
    region: str
    role: Role | None = None
    device_kind: DeviceKind | None = None
    unit_id: UUID | None = None
    language: str | None = None
    session_id: UUID | None = None

    @property
    def actor(self) -> str:
        """How the journal names the principal."""
        return f"{self.kind}:{self.id}"

    def may(self, allowed: frozenset[Role | DeviceKind]) -> bool:
        """Whether any of the principal's capacities is among those allowed."""
        return self.role in allowed or self.device_kind in allowed


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled or still to be enrolled device."""

    id: UUID
    region: str
    kind: DeviceKind
    name: str
    site_id: UUID | None
    unit_id: UUID | None
    account: str | None
    enrolled_at: datetime | None
    blocked_at: datetime | None

    def principal(self) -> Principal:
        return Principal("device", self.id, self.name, self.region, None, self.kind, self.unit_id)


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device with the digest of its key, and whether it must forget what it holds."""

    device: Device
    key_digest: bytes
    wipe: bool


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key whose private half a person's device keeps, under a name that its owner gave it."""

    id: UUID
    credential_id: bytes
    account_id: UUID
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it. `agent`: what the browser called itself; `own`: the one that asks;
    `method`: password or passkey."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    method: str
    own: bool


def login_digest(login: str) -> bytes:
    """Under what attempts are counted: log-ins do not differ by case."""
    return sha256(login.strip().lower().encode()).digest()


def digest(secret: str) -> bytes:
    """SHA-256 of a machine-made secret; these carry 128 bits and more, so no slow hash is needed."""
    return sha256(secret.encode()).digest()


def same_secret(secret: str, stored: bytes | None) -> bool:
    """Whether ``secret`` is the one behind ``stored``, in constant time."""
    return compare_digest(digest(secret), stored or bytes(32))


def new_token() -> str:
    """A session token or device key: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time enrolment code for typing: 16 letters and digits in groups of four, 80 random bits."""
    text = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def normal_code(typed: str) -> str:
    """A code as it was typed → as it was made: case, spaces and dashes do not count, nor do 0/O, 1/I, 8/B."""
    letters = "".join(ch for ch in typed.upper() if ch.isalnum()).translate(str.maketrans("018", "OIB"))
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def split_device_token(token: str) -> tuple[UUID, str] | None:
    """``<device id>.<key>`` → its parts; None for anything else."""
    device, dot, key = token.partition(".")
    try:
        return (UUID(device), key) if dot and key else None
    except ValueError:
        return None
