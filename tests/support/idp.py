"""A small identity provider on loopback: discovery, keys, authorization code with PKCE, logout tokens.

A peer, not a part of Jedel: it speaks OpenID Connect over HTTP and can be told to misbehave.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import parse_qs, quote_plus, urlencode

import orjson
import uvicorn
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.support.waiting import eventually

CLIENT, SECRET = "jedel", "the client's own secret"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Provider:
    """``person``: who is signed in at the provider's page; ``claims``: told instead of the right ones."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "aigerim"})
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    key: Any = None
    published: list[Any] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    now: float = 0.0
    keys_said: Any = None
    token_status: int = 200
    seen_acr: str | None = None

    def new_key(self) -> None:
        """Sign by a new key from now on; the old one is no longer published."""
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})
        self.published = [self.key]

    def token(self, **claims: Any) -> str:
        """A token with these claims beside the usual ones; None takes one away."""
        now = int(self.now or time.time())
        body = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300} | claims
        body = {name: value for name, value in body.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        if self.algorithm == "none":
            parts = (base64.urlsafe_b64encode(_json(part)).rstrip(b"=").decode() for part in (header, body))
            return ".".join(parts) + "."
        key = OctKey.import_key(SECRET) if self.algorithm.startswith("HS") else self.key
        return jwt.encode(header, body, key, algorithms=[self.algorithm])

    def logout_token(self, **claims: Any) -> str:
        return self.token(**({"events": {LOGOUT: {}}, "jti": secrets.token_hex(8)} | claims))


def _json(value: object) -> bytes:

    return orjson.dumps(value)


def application(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        ends = ("authorization", "token", "end_session")
        return {
            "issuer": provider.issuer,
            "jwks_uri": f"{provider.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        } | {f"{name}_endpoint": f"{provider.issuer}/{name}" for name in ends}

    @app.get("/keys")
    async def keys() -> Any:
        if provider.keys_said is not None:
            return provider.keys_said
        shared = OctKey.import_key(SECRET, {"kid": "shared"}).as_dict()  # it must not be believed
        return {"keys": [key.as_dict(private=False) for key in provider.published] + [shared]}

    @app.get("/authorization")
    async def authorize(
        client_id: str,
        redirect_uri: str,
        response_type: str,
        state: str,
        nonce: str,
        code_challenge: str,
        code_challenge_method: str,
        scope: str,
        acr_values: Annotated[str | None, Query()] = None,
    ) -> RedirectResponse:
        assert (client_id, response_type, code_challenge_method) == (CLIENT, "code", "S256")
        assert "openid" in scope.split()
        provider.seen_acr = acr_values
        code = secrets.token_urlsafe(16)
        provider.codes[code] = {"challenge": code_challenge, "nonce": nonce, "redirect": redirect_uri}
        query = urlencode({"code": code, "state": state, "iss": provider.issuer})
        return RedirectResponse(f"{redirect_uri}?{query}", 303)

    @app.post("/token")
    async def token(request: Request) -> dict[str, Any]:
        if provider.token_status != 200:
            raise HTTPException(provider.token_status)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        expected = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            raise HTTPException(401)
        kept = provider.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            kept is None
            or kept["challenge"] != challenge.decode()
            or kept["redirect"] != form["redirect_uri"]
        ):
            raise HTTPException(400, "invalid_grant")
        claims = provider.person | {"nonce": kept["nonce"]} | provider.claims
        return {"access_token": "unused", "token_type": "Bearer", "id_token": provider.token(**claims)}

    return app


@asynccontextmanager
async def running() -> AsyncIterator[Provider]:
    """The provider behind a real socket."""
    provider = Provider()
    provider.new_key()
    server = uvicorn.Server(uvicorn.Config(application(provider), port=0, log_config=None))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    await serving
