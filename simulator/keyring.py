"""What a simulated device shows as its word: the key it was given, or tokens for the key pair it keeps."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from simulator.config import Device

AUDIENCE: Final = "jedel:device-token"
RENEW_AT: Final = 0.6
"""Of a token's life."""


class Keyring:
    """One device's word to the centre. Not shared by devices."""

    def __init__(
        self, client: httpx.AsyncClient, device: Device, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._device = device
        self._clock = clock
        self._pair = ECKey.import_key(device.private_key) if device.private_key else None
        self._token = ""
        self._renew_at = 0.0

    async def bearer(self) -> str:
        """For ``Authorization: Bearer`` and a live feed's first message; empty when the centre refused.

        Raises:
            httpx.TransportError: no link.
        """
        if self._pair is None:
            return f"{self._device.id}.{self._device.key}"
        if self._clock() >= self._renew_at:
            await self._renew(self._pair)
        return f"{self._device.id}.{self._token}"

    async def _renew(self, pair: ECKey) -> None:
        now = int(self._clock())
        claims = {"iss": self._device.id, "sub": self._device.id, "aud": AUDIENCE}
        proof = jwt.encode({"alg": "ES256"}, claims | {"iat": now, "jti": uuid4().hex}, pair)
        body = {"device_id": self._device.id, "assertion": proof, "version": "simulator"}
        answer = await self._client.post("/api/devices/token", json=body)
        if not answer.is_success:
            return
        told = answer.json()
        life_s = (
            datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["now"])
        ).total_seconds()
        self._token, self._renew_at = told["token"], self._clock() + RENEW_AT * life_s
