"""A console that looks on: snapshot, then events, over every break of its link."""

import asyncio
from contextlib import suppress
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from jedel.access.cookies import SESSION_COOKIE
from tests.support.replay import State, apply

AGAIN_S = 0.1


class Watcher:
    """Keeps a screen's state; `faults` are breaches of what the feed promises."""

    def __init__(self, url: str, cookie: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/api/live"
        self._headers = {"Cookie": f"{SESSION_COOKIE}={cookie}", "Origin": url}
        self.state: State = {}
        self.seq: int | None = None
        self.snapshots = 0
        self.links = 0
        self.faults: list[str] = []

    async def run(self) -> None:
        """Look on until cancelled."""
        while True:
            with suppress(OSError, TimeoutError, WebSocketException):
                address = self._url if self.seq is None else f"{self._url}?last={self.seq}"
                async with connect(
                    address, additional_headers=self._headers, open_timeout=3, max_size=None
                ) as socket:
                    self.links += 1
                    await self._listen(socket)
            await asyncio.sleep(AGAIN_S)

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            self._take(orjson.loads(text))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "snapshot":
            self.snapshots += 1
            self.state = {name: {x["id"]: x for x in xs} for name, xs in message["collections"].items()}
            self.seq = message["seq"]
        elif message["type"] == "event":
            if self.seq is None or message["seq"] != self.seq + 1:
                self.faults.append(f"after {self.seq} came {message['seq']}")
            self.seq = message["seq"]
            apply(self.state, message)
