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


class Method(StrEnum):
    """How a session was begun. A password or a code alone opens no more than the way to a second factor."""

    PASSWORD = "password"  # noqa: S105 - a name
    PASSWORD_AND_TOTP = "password+totp"  # noqa: S105
    PASSKEY = "passkey"
    OIDC = "oidc"
    CODE = "code"


class DeviceKind(StrEnum):
    """What a device is there for."""

    TABLET = "tablet"
    POST = "post"
    PANIC_BUTTON = "panic_button"
    PANEL = "panel"
    TRACKER = "tracker"
    CAMERA = "camera"


CONSOLE = (Role.OPERATOR, Role.DUTY_OFFICER, Role.SUPERVISOR)
"""Roles that sit before the console."""

STAFF = (*CONSOLE, Role.ADMINISTRATOR)
"""Who runs the centre; the auditor looks at it from outside."""

SESSION_LIFE = timedelta(hours=12)
"""A shift: then everybody signs in again."""

IDLE = timedelta(minutes=30)
"""Nobody touched the screen for so long: the session is over, since anybody may sit there by now."""

FRESH = timedelta(minutes=5)
"""What gives others or oneself new ways in is done only so soon after a sign-in."""

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
    """Whoever makes a request. Of an account: `method`, how the session was begun (`Method`); `proved_at`,
    when the person last proved who they are; `waiting`: for a second factor, until then it may do nothing."""

    kind: Literal["account", "device"]
    id: UUID
    name: str
    region: str
    role: Role | None = None
    device_kind: DeviceKind | None = None
    unit_id: UUID | None = None
    language: str | None = None
    session_id: UUID | None = None
    method: str | None = None
    proved_at: datetime | None = None
    waiting: bool = False

    @property
    def actor(self) -> str:
        """How the journal names the principal."""
        return f"{self.kind}:{self.id}"

    def may(self, allowed: frozenset[Role | DeviceKind]) -> bool:
        """Whether any of the principal's capacities is among those allowed."""
        return self.role in allowed or self.device_kind in allowed

    def is_fresh(self, now: datetime) -> bool:
        """Whether the person at the screen proved who they are a moment ago."""
        return self.proved_at is not None and now - self.proved_at <= FRESH


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled or still to be enrolled device. `seen_at`: when it last proved itself (a token, a log-in to
    NATS); `version`: of the program it then ran; `holder_id`, `holder`: the account that has it, its name."""

    id: UUID
    region: str
    kind: DeviceKind
    name: str
    site_id: UUID | None
    unit_id: UUID | None
    account: str | None
    enrolled_at: datetime | None
    blocked_at: datetime | None
    seen_at: datetime | None = None
    version: str | None = None
    holder_id: UUID | None = None
    holder: str | None = None

    def principal(self) -> Principal:
        return Principal("device", self.id, self.name, self.region, None, self.kind, self.unit_id)


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device with the digest of its key (None: it has a key pair), until when the token that it showed is
    good (None: that is no token), and whether it must forget what it holds."""

    device: Device
    key_digest: bytes | None
    token_until: datetime | None
    wipe: bool

    def proves(self, secret: str, now: datetime) -> bool:
        """Whether `secret` is its key or a token that is still good."""
        if self.token_until is not None:
            return now < self.token_until
        return self.key_digest is not None and same_secret(secret, self.key_digest)


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
    `method`: how it was begun (`Method`)."""

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
    """``<device id>.<key or token>`` → its parts; None for anything else."""
    device, dot, key = token.partition(".")
    try:
        return (UUID(device), key) if dot and key else None
    except ValueError:
        return None
