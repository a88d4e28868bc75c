"""The link to the identity provider: what it says of itself, its keys, and codes traded for tokens."""

import base64
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
import structlog
from joserfc.jwk import KeySet
from pydantic import SecretStr

from jedel.access.oidc.errors import ProviderNotValid
from jedel.access.oidc.model import Expectation, NotGood, Person, UnknownKey, usable
from jedel.kernel.errors import Unavailable

log = structlog.get_logger()

TIMEOUT_S = 5.0
METADATA_LIFE_S = 3600.0
KEYS_LIFE = timedelta(hours=1)
KEYS_EVERY = timedelta(seconds=10)
"""Unknown keys make us look for new ones no more often than this."""

BYTES_MAX = 1 << 20
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where the provider's ends are. ``ends``: where people sign out there, if it offers that."""

    authorizes: str
    tokens: str
    keys: str
    ends: str | None
    names_itself: bool


class SecretFault(Exception):
    """The file of the client's secret cannot be used; the message says what helps."""


def client_secret(given: SecretStr | None, path: Path | None) -> str | None:
    """As whom we speak to the provider, from the file if one is named; None: as a public client.

    Raises SecretFault.
    """
    if path is None:
        return given.get_secret_value() if given else None
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretFault(f"{path} is open to others: chmod 600 {path}")
        return path.read_text().strip()
    except OSError as problem:
        raise SecretFault(f"{path} cannot be read: {problem}") from problem


class Provider:
    """One identity provider, as the settings name it; kept for the life of the process."""

    def __init__(self, expectation: Expectation, secret: str | None) -> None:
        self.expectation = expectation
        self._secret = secret
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes. Raises Unavailable, ProviderNotValid."""
        metadata = await self.metadata()
        query = {
            "response_type": "code",
            "client_id": self.expectation.client_id,
            "redirect_uri": redirect,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        if self.expectation.acr:
            query["acr_values"] = self.expectation.acr
        return _with(metadata.authorizes, query)

    async def person(
        self, redirect: str, code: str, verifier: str, nonce: str, iss: str | None, now: datetime
    ) -> Person:
        """Whom the provider vouches for, for a code. Raises Unavailable, ProviderNotValid."""
        metadata = await self.metadata()
        if (metadata.names_itself or iss is not None) and iss != self.expectation.issuer:
            raise self._refused("another issuer answered (RFC 9207)")
        got = await self._traded(metadata.tokens, redirect, code, verifier)
        token = got.get("id_token")
        if not isinstance(token, str):
            raise self._refused("no ID token")
        return await self._judged(lambda keys: self.expectation.person(token, keys, nonce, now), now)

    async def ended(self, token: str, now: datetime) -> tuple[str | None, str | None]:
        """Subject and session of a logout token. Raises Unavailable, ProviderNotValid."""
        return await self._judged(lambda keys: self.expectation.ended(token, keys, now), now)

    async def end_address(self, back: str) -> str | None:
        """Where people sign out at the provider too; None where it offers nothing."""
        metadata = await self.metadata()
        if metadata.ends is None:
            return None
        query = {"client_id": self.expectation.client_id, "post_logout_redirect_uri": back}
        return _with(metadata.ends, query)

    async def _judged(self, judge: Callable[[KeySet], T], now: datetime) -> T:
        """By the keys we have; by newer ones, if the token was signed by none of them."""
        try:
            try:
                return judge(await self._known_keys(now, KEYS_LIFE))
            except UnknownKey:
                return judge(await self._known_keys(now, KEYS_EVERY))
        except NotGood as fault:
            raise self._refused(str(fault)) from fault

    async def metadata(self) -> Metadata:
        """Discovery, once an hour. Raises Unavailable, ProviderNotValid."""
        if self._metadata is not None and time.monotonic() - self._metadata[0] < METADATA_LIFE_S:
            return self._metadata[1]
        issuer = self.expectation.issuer
        said = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise self._refused(f"it calls itself {said.get('issuer')!r}")
        ends = said.get("end_session_endpoint")
        found = Metadata(
            authorizes=self._safe(said.get("authorization_endpoint")),
            tokens=self._safe(said.get("token_endpoint")),
            keys=self._safe(said.get("jwks_uri")),
            ends=self._safe(ends) if ends else None,
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        )
        self._metadata = time.monotonic(), found
        return found

    async def _known_keys(self, now: datetime, younger_than: timedelta) -> KeySet:
        if self._keys is None or now - self._keys[0] > younger_than:
            metadata = await self.metadata()
            self._keys = now, usable(await self._get(metadata.keys))
        return self._keys[1]

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                answer = await client.get(self._safe(url))
        except httpx.HTTPError as fault:
            raise self._away(fault) from fault
        if answer.status_code != 200 or len(answer.content) > BYTES_MAX:
            raise self._away(f"{url}: {answer.status_code}")
        return self._object(answer)

    def _object(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            said = answer.json()
        except ValueError as fault:
            raise self._refused(f"{answer.url}: no JSON") from fault
        if not isinstance(said, dict):
            raise self._refused(f"{answer.url}: no object")
        return said

    async def _traded(self, url: str, redirect: str, code: str, verifier: str) -> dict[str, Any]:
        """What the token endpoint gives for a code (RFC 6749 4.1.3, RFC 7636 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        client_id, auth = self.expectation.client_id, None
        if self._secret is None:
            form["client_id"] = client_id
        else:
            auth = httpx.BasicAuth(quote_plus(client_id), quote_plus(self._secret))
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S, auth=auth) as client:
                answer = await client.post(url, data=form)
        except httpx.HTTPError as fault:
            raise self._away(fault) from fault
        if answer.status_code >= 500:
            raise self._away(f"{url}: {answer.status_code}")
        if answer.status_code != 200:
            raise self._refused(f"token endpoint: {answer.status_code}")
        return self._object(answer)

    def _safe(self, url: object) -> str:
        """Secrets and keys travel by TLS; in clear only on this machine."""
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        ):
            raise self._refused(f"not by https: {url!r}")
        return str(url)

    def _refused(self, why: str) -> ProviderNotValid:
        log.warning("sign-in by the identity provider refused", why=why, issuer=self.expectation.issuer)
        return ProviderNotValid()

    def _away(self, fault: object) -> Unavailable:
        log.warning("the identity provider does not answer", error=repr(fault))
        return Unavailable(what="OIDC")


def challenge(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 4.2)."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
