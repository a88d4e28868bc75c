"""What a device with a key pair must show to get a token. Pure.

The proof is a JWT as RFC 7523 has it (a client's assertion): ES256, ``sub`` and ``iss`` the device's id,
``aud`` `AUDIENCE`, ``iat`` the time by the device's clock, ``jti`` never used before.

Invariants
1. The private key never leaves the device; the centre keeps the public half.
2. A proof is good once, and only around the time at which it was made.
3. Nothing is said of a device to whoever cannot sign for it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from jedel.access.model import DeviceKind

AUDIENCE = "jedel:device-token"

TOKEN_LIFE = timedelta(minutes=15)
"""A token that was read off a wire or a stolen memory is worth so long; a block ends it at once."""

CLOCK_SKEW = timedelta(seconds=60)
"""How far a device's clock may be from ours; it is told ours when it is farther."""

KEY_PAIR_ONLY = frozenset({DeviceKind.TABLET})
"""Kinds that can always make a key pair and must; others (buttons, panels, trackers) may."""

POINT_BYTES = 65
_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}")


class NotAProof(Exception):
    """Not signed by this device, or not for us; why is not said outside."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A signed proof's use-once number, and when the device says it was made."""

    jti: str
    at: datetime


def public_key(point: bytes) -> bytes:
    """The key to keep, PEM: from an uncompressed point on P-256 (WebCrypto's "raw").

    Raises:
        ValueError: not such a point.
    """
    if len(point) != POINT_BYTES:
        raise ValueError("not an uncompressed point on P-256")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read(assertion: str, device_id: UUID, key: bytes) -> Proof:
    """Check a proof's signature and to whom it speaks; its time and number are the caller's to judge.

    Raises:
        NotAProof
    """
    try:
        token = jwt.decode(assertion, ECKey.import_key(key), algorithms=["ES256"])
        said = token.claims
        names = {"sub": str(device_id), "iss": str(device_id), "aud": AUDIENCE}
    except (JoseError, ValueError, TypeError) as error:
        raise NotAProof from error
    if any(said.get(name) != value for name, value in names.items()):
        raise NotAProof
    jti, at = said.get("jti"), said.get("iat")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti) or not isinstance(at, int | float):
        raise NotAProof
    try:
        return Proof(jti, datetime.fromtimestamp(at, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise NotAProof from error


def timely(proof: Proof, now: datetime) -> bool:
    """Whether the proof was made about now."""
    return abs(proof.at - now) <= CLOCK_SKEW
