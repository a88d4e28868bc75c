"""A post with its site, as the tests of calls need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from jedel.app.background import reactors
from jedel.journal import Store, react_to_all
from tests.support import Api
from tests.support.api import Seat


@dataclass
class Post:
    """An enrolled post and what it does."""

    seat: Seat
    id: UUID
    key: str

    async def press(self, signal_id: str | None = None, kind: str = "press") -> dict[str, Any]:
        said = {"id": signal_id or str(uuid4()), "kind": kind, "level": "help"}
        receipt: dict[str, Any] = await self.seat.ok("POST", "/api/device/signals", json=said)
        return receipt

    async def ring(self, *, language: str = "kk", call_id: str | None = None) -> dict[str, Any]:
        """Press and call."""
        receipt = await self.press()
        body = {"id": call_id or str(uuid4()), "signal_id": receipt["receipt"], "language": language}
        call: dict[str, Any] = await self.seat.ok("POST", "/api/calls", json=body)
        return call

    async def hears(self, call_id: str) -> dict[str, Any]:
        call: dict[str, Any] = await self.seat.ok("GET", f"/api/calls/{call_id}/post")
        return call


async def post(client: Api, name: str = "Post 7") -> Post:
    return Post(*await client.device("post", name=name))


async def catch_up(store: Store) -> None:
    """Every room has heard of everything."""
    for _ in range(2):
        await react_to_all(store, reactors())


def command(**fields: Any) -> dict[str, Any]:
    return {"json": {"id": str(uuid4())} | fields}


def kinds(log: Sequence[dict[str, Any]]) -> list[str]:
    return [entry["kind"] for entry in log]
