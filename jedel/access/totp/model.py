"""RFC 6238 by `pyotp`: six digits, SHA-1 (what the apps know), a step of 30 s. Pure.

Invariant: a step is spent once, and after it no earlier one; so a code that was seen is worth nothing.
"""

import hmac
from datetime import datetime, timedelta

import pyotp

STEP_S = 30
DRIFT_STEPS = 1
"""Clocks of phones are this many steps off at most, either way."""

PENDING_LIFE = timedelta(minutes=10)
"""How long a new secret waits for its first code."""

ISSUER = "Jedel"


def new_secret() -> str:
    """160 random bits, base32."""
    return pyotp.random_base32(32)


def step_of(at: datetime) -> int:
    """The number of the 30 s step that a moment lies in."""
    return int(at.timestamp()) // STEP_S


def matching_step(secret: str, code: str, at: datetime, after: int) -> int | None:
    """The step that ``code`` belongs to, if it is near ``at`` and later than the step ``after``."""
    now = step_of(at)
    totp = pyotp.TOTP(secret)
    typed = "".join(ch for ch in code if not ch.isspace()).encode()
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed) and step > after:
            found = step
    return found


def address(secret: str, account: str) -> str:
    """The ``otpauth://`` address that an app reads off the screen."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)
