"""What is asked of a provider's tokens. Pure.

OpenID Connect Core 1.0 (3.1.3.7), RFC 9700 (best practice), Back-Channel Logout 1.0.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
"""Signatures by a key pair only: nothing that we could make ourselves (HS…), nor `none`."""

FLOW_LIFE = timedelta(minutes=10)
"""So long may somebody be at the provider."""

LEEWAY_S = 60
LOGOUT_LIFE_S = 120
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class NotGood(Exception):
    """The token is not what was asked for; the message is for the log."""


class UnknownKey(NotGood):
    """Signed by a key that is not among these: there may be new ones."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sign-in that is at the provider now."""

    browser_digest: bytes
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for. ``login``: what it calls them; ``session``: its own session's id."""

    subject: str
    login: str | None
    session: str | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What every token of this provider must say."""

    issuer: str
    client_id: str
    login_claim: str
    acr: str | None

    def person(self, token: str, keys: KeySet, nonce: str, now: datetime) -> Person:
        """Of an ID token. Raises NotGood."""
        claims = self._verified(token, keys, now)
        if claims.get("nonce") != nonce:
            raise NotGood("nonce")
        if self.acr is not None and claims.get("acr") != self.acr:
            raise NotGood("acr")
        login, session = claims.get(self.login_claim), claims.get("sid")
        return Person(
            _text(claims, "sub"),
            login if isinstance(login, str) else None,
            session if isinstance(session, str) else None,
        )

    def ended(self, token: str, keys: KeySet, now: datetime) -> tuple[str | None, str | None]:
        """Subject and provider's session that a logout token ends; one may be none. Raises NotGood."""
        claims = self._verified(token, keys, now)
        events, subject, session = claims.get("events"), claims.get("sub"), claims.get("sid")
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise NotGood("no logout token")
        if now.timestamp() - claims["iat"] > LOGOUT_LIFE_S + LEEWAY_S:
            raise NotGood("old logout token")
        if not isinstance(subject, str) and not isinstance(session, str):
            raise NotGood("a logout token of nobody")
        return (
            subject if isinstance(subject, str) else None,
            session if isinstance(session, str) else None,
        )

    def _verified(self, token: str, keys: KeySet, now: datetime) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as fault:
            raise UnknownKey(f"signature: {fault}") from fault
        claims: dict[str, Any] = decoded.claims
        try:
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, TypeError) as fault:
            raise NotGood(f"claims: {fault}") from fault
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise NotGood("azp")
        return claims


def usable(keys: dict[str, Any]) -> KeySet:
    """The provider's public keys that sign. Raises NotGood."""
    try:
        found = [
            key
            for key in keys["keys"]
            if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"
        ]
        return KeySet.import_key_set({"keys": found})
    except (JoseError, KeyError, TypeError, AttributeError, ValueError) as fault:
        raise NotGood(f"keys: {fault}") from fault


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise NotGood(name)
    return value
