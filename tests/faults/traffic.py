"""What goes on while processes are killed: devices that press until they are answered, people who work.

Each sender makes a message, repeats it with the same id until it is acknowledged, and remembers that it was.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, auto
from random import Random
from typing import Any
from uuid import UUID

import aiomqtt
import httpx
from siadc09 import message as dc09
from siadc09.account import Account
from siadc09.xdata import Data

ANSWER_WITHIN_S = 2.0
PAUSE_S = (0.05, 0.4)
AGAIN_S = 0.1
_LOST = (OSError, TimeoutError, httpx.HTTPError, aiomqtt.MqttError, asyncio.IncompleteReadError)


class Outcome(Enum):
    """What came of one try. IDLE: there was nothing to send."""

    KEPT = auto()
    REFUSED = auto()
    AGAIN = auto()
    IDLE = auto()


Deliver = Callable[[], Awaitable[Outcome]]


class Sender:
    """One source of messages; `acknowledged` is what it was told is safe."""

    def __init__(self, name: str, rng: Random) -> None:
        self.name = name
        self.rng = rng
        self.acknowledged: list[str] = []
        self.repeats = 0
        self.refused = 0
        self.stopping = False

    def new_id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    async def run(self) -> None:
        """Send until `stopping`; the message under way is brought to its end."""
        while not self.stopping:
            name, deliver = await self.make()
            while (outcome := await self._try(deliver)) is Outcome.AGAIN:
                self.repeats += 1
                await asyncio.sleep(AGAIN_S)
            if outcome is Outcome.KEPT:
                self.acknowledged.append(name)
            self.refused += outcome is Outcome.REFUSED
            await asyncio.sleep(self.rng.uniform(*PAUSE_S))
        await self.close()

    async def _try(self, deliver: Deliver) -> Outcome:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S + 1):
                return await deliver()
        except _LOST:
            await self.close()
            return Outcome.AGAIN

    async def make(self) -> tuple[str, Deliver]:
        """The next message's name and how to deliver it."""
        raise NotImplementedError

    async def close(self) -> None:
        """Let the link go."""


class MqttButton(Sender):
    """A panic button with a client that we did not write."""

    def __init__(self, device_id: UUID, key: str, port: int, rng: Random) -> None:
        super().__init__("mqtt", rng)
        self.device_id, self._key, self._port = device_id, key, port
        self._client: aiomqtt.Client | None = None

    async def make(self) -> tuple[str, Deliver]:
        press = {"id": self.new_id(), "kind": "press", "level": "help", "at": datetime.now(UTC).isoformat()}
        return press["id"], lambda: self._press(press)

    async def _press(self, press: dict[str, str]) -> Outcome:
        client = await self._link()
        await client.publish(f"jedel/device/{self.device_id}/up", json.dumps(press), qos=1, timeout=1)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            async for said in client.messages:
                assert isinstance(said.payload, bytes)
                if json.loads(said.payload).get("receipt") == press["id"]:
                    return Outcome.KEPT
        return Outcome.AGAIN

    async def _link(self) -> aiomqtt.Client:
        if self._client is None:
            client = aiomqtt.Client(
                "127.0.0.1",
                self._port,
                identifier=f"button-{self.device_id}",
                username=str(self.device_id),
                password=self._key,
                timeout=2,
            )
            await client.__aenter__()
            self._client = client
            await client.subscribe(f"jedel/device/{self.device_id}/down", qos=1)
        return self._client

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_LOST):
                await client.__aexit__(None, None, None)


class HttpPost(Sender):
    """An SOS post that speaks HTTP."""

    def __init__(self, device_id: UUID, key: str, url: str, rng: Random) -> None:
        super().__init__("http", rng)
        self.device_id = device_id
        headers = {"Authorization": f"Bearer {device_id}.{key}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=ANSWER_WITHIN_S)

    async def make(self) -> tuple[str, Deliver]:
        press = {"id": self.new_id(), "kind": "press", "level": "lockdown"}
        return press["id"], lambda: self._press(press)

    async def _press(self, press: dict[str, str]) -> Outcome:
        answer = await self._client.post("/api/device/signals", json=press)
        kept = answer.is_success and answer.json().get("receipt") == press["id"]
        return Outcome.KEPT if kept else Outcome.AGAIN


class Dc09Panel(Sender):
    """A panel that reports by TCP, its frames made by a library that we did not write."""

    def __init__(self, device_id: UUID, account: str, port: int, rng: Random) -> None:
        super().__init__("dc09", rng)
        self.device_id, self._account, self._port = device_id, int(account, 16), port
        self._number = 0
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def make(self) -> tuple[str, Deliver]:
        self._number = self._number % 9999 + 1
        data = Data(b"#%X|Nri1/PA01" % self._account)
        config = {"idtoken": "SIA-DCS", "seqno": self._number, "data": data}
        event = dc09.EventMessage(Account(acct=self._account), config=config)
        at = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        frame: bytes = event.encode(timestamp=at)
        return f"{self._number} {at}", lambda: self._press(frame)

    async def _press(self, frame: bytes) -> Outcome:
        if self._link is None:
            self._link = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._link
        writer.write(frame)
        await writer.drain()
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                reply = await reader.readuntil(b"\r")
                parsed = dc09.parse_frame(reply, None)
                if isinstance(parsed, dc09.AckMessage) and b"%04d" % self._number in reply:
                    return Outcome.KEPT

    async def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link[1].close()


class Person(Sender):
    """Someone at a console; a refusal (4xx) is an answer, but nothing to remember."""

    def __init__(self, name: str, client: httpx.AsyncClient, rng: Random) -> None:
        super().__init__(name, rng)
        self.client = client

    async def post(self, path: str, body: dict[str, Any]) -> Outcome:
        answer = await self.client.post(path, json=body, timeout=ANSWER_WITHIN_S)
        if answer.is_success:
            return Outcome.KEPT
        final = 400 <= answer.status_code < 500 and answer.status_code != 429
        return Outcome.REFUSED if final else Outcome.AGAIN


class Dispatcher(Person):
    """Changes a unit's status to and fro."""

    def __init__(self, client: httpx.AsyncClient, unit_id: UUID, rng: Random) -> None:
        super().__init__("status", client, rng)
        self._unit_id = unit_id
        self._busy = False

    async def make(self) -> tuple[str, Deliver]:
        self._busy = not self._busy
        body = {"id": self.new_id(), "status": "busy" if self._busy else "available"}
        return body["id"], lambda: self.post(f"/api/units/{self._unit_id}/status", body)


class Operator(Person):
    """Acknowledges alarms and closes their incidents, so that the next press begins a new one."""

    async def make(self) -> tuple[str, Deliver]:
        body: dict[str, Any] = {"id": self.new_id()}
        path = None
        with suppress(*_LOST, ValueError):
            path = await self._next(body)
        return body["id"], (lambda: self.post(path, body)) if path else self._idle

    async def _idle(self) -> Outcome:
        return Outcome.IDLE

    async def _next(self, body: dict[str, Any]) -> str | None:
        alarms = await self._list("/api/alarms")
        rung = [alarm for alarm in alarms if alarm["state"] == "open"]
        if rung and self.rng.random() < 0.7:
            return f"/api/alarms/{self.rng.choice(rung)['id']}/acknowledge"
        incidents = await self._list("/api/incidents?state=open")
        if not incidents:
            return None
        body["result"] = "false_alarm"
        return f"/api/incidents/{self.rng.choice(incidents)['id']}/close"

    async def _list(self, path: str) -> list[dict[str, Any]]:
        answer = await self.client.get(path, timeout=ANSWER_WITHIN_S)
        found = answer.json() if answer.is_success else []
        assert isinstance(found, list)
        return found
