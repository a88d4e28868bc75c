"""The centre's HTTP interface as a device uses it: retried with the same body until it is answered."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import httpx

from simulator.config import Device
from simulator.keyring import Keyring

PAUSE_MIN_S: Final = 0.5
PAUSE_MAX_S: Final = 15.0


class Refused(Exception):
    """The centre understood and said no: repeating it will not help. `status`, `code`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Web:
    """One client for all devices."""

    client: httpx.AsyncClient

    @classmethod
    def of(cls, url: str) -> "Web":
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
        return cls(httpx.AsyncClient(base_url=url, timeout=10.0, limits=limits))

    async def call(
        self, keys: Keyring, method: str, path: str, body: Any = None, params: dict[str, str] | None = None
    ) -> Any:
        """The answer's JSON. Waits out a lost link, 5xx and 429; raises Refused for every other refusal."""
        pause_s = PAUSE_MIN_S
        while True:
            answer = await self._try(keys, method, path, body, params)
            if answer is not None and answer.is_success:
                return answer.json() if answer.content else None
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                raise Refused(answer.status_code, _code(answer))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def once(self, keys: Keyring, method: str, path: str, body: Any = None) -> bool:
        """One try for what the next one replaces anyway (a position); whether it was taken."""
        answer = await self._try(keys, method, path, body, None)
        return answer is not None and answer.is_success

    async def _try(
        self, keys: Keyring, method: str, path: str, body: Any, params: dict[str, str] | None
    ) -> httpx.Response | None:
        try:
            headers = {"Authorization": f"Bearer {await keys.bearer()}"}
            return await self.client.request(method, path, json=body, params=params, headers=headers)
        except httpx.TransportError:
            return None

    def keys(self, device: Device) -> Keyring:
        """As whom a device speaks."""
        return Keyring(self.client, device)

    async def close(self) -> None:
        await self.client.aclose()


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""
