"""The application as a client sees it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from jedel.access import Principal
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import Method
from jedel.access.service import open_session
from jedel.journal import Store
from tests.support.keypair import KeyPair
from tests.support.seed import STAFF, account_id


class Seat(httpx.AsyncClient):
    """A signed-in browser or an enrolled device; ``base_url`` is the application."""

    async def ok(self, method: str, path: str, **kwargs: Any) -> Any:
        """The JSON of a request that must succeed."""
        answer = await self.request(method, path, **kwargs)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@dataclass
class Api:
    """Makes seats on one application (in process, or over a socket when ``url`` is given)."""

    app: FastAPI | None
    store: Store
    url: str = "http://test"

    def anonymous(self, **headers: str) -> Seat:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False) if self.app else None
        return Seat(transport=transport, base_url=self.url, headers={"Accept-Language": "en"} | headers)

    async def login(self, login: str = "duty") -> Seat:
        """One of ``tests.support.seed.STAFF``, signed in without the slow check of a password."""
        role, region = STAFF[login]
        who = Principal("account", account_id(login), f"Test {login}", region, role)
        seat = self.anonymous()
        seat.cookies.set(SESSION_COOKIE, await open_session(self.store, who, "", Method.PASSKEY))
        return seat

    async def device(
        self, kind: str, *, name: str = "device", pair: KeyPair | None = None, **more: Any
    ) -> tuple[Seat, UUID, str]:
        """A newly enrolled device: its seat, id and key; with a key pair, as every tablet has, a token."""
        admin = await self.login("admin")
        body = {"id": str(uuid4()), "kind": kind, "name": name} | {k: v and str(v) for k, v in more.items()}
        made = await admin.ok("POST", "/api/devices", json=body)
        device_id = UUID(made["device"]["id"])
        if kind == "tablet" or pair is not None:
            secret = await self._enrolled(device_id, made["code"], pair or KeyPair())
        else:
            secret = await self._key(made["code"])
        return self.anonymous(Authorization=f"Bearer {device_id}.{secret}"), device_id, secret

    async def _key(self, code: str) -> str:
        got = await self.anonymous().ok("POST", "/api/devices/enrol", json={"code": code})
        return str(got["key"])

    async def _enrolled(self, device_id: UUID, code: str, pair: KeyPair) -> str:
        body = {"code": code, "public_key": pair.public}
        await self.anonymous().ok("POST", "/api/devices/enrol", json=body)
        return await self.token(device_id, pair)

    async def token(self, device_id: UUID, pair: KeyPair) -> str:
        """A token for a device that proves its key pair now."""
        body = {"device_id": str(device_id), "assertion": pair.proof(device_id, self.store.clock.now())}
        got = await self.anonymous().ok("POST", "/api/devices/token", json=body)
        return str(got["token"])
