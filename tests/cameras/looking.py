"""A gateway that pulls the registry's cameras from pictures made here, and people who look by the routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from nats.aio.client import Client

from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.cameras.book import CameraBook
from jedel.cameras.rights.judging import RightsJudge
from jedel.journal import Store
from jedel.media.answering import Answering
from jedel.media.book import Book
from jedel.media.gateway import Gateway
from jedel.media.judging import Checking
from jedel.media.model import Codec
from jedel.media.webrtc import Edge
from tests.media.playing import Playing, Whep, made
from tests.support.api import Seat
from tests.support.waiting import eventually

PICTURES = made(Codec.H264)


@asynccontextmanager
async def gateway(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    """One that reads the real registry."""
    edge = Edge()
    await edge.start("127.0.0.1", 0)
    book = Book(store, [CameraBook(Sealer(settings.seal_key), settings.camera_networks.split(","))])
    one = Gateway(f"c-{uuid4().hex[:6]}", book, lambda _spec: Playing(PICTURES), edge, ("127.0.0.1", 0))
    await one.start()
    answering = asyncio.ensure_future(Answering(bus, one, "c", ("127.0.0.1",)).run())
    checking = asyncio.ensure_future(Checking(one, [RightsJudge(store)], bus).run())
    try:
        yield one
    finally:
        answering.cancel()
        checking.cancel()
        await asyncio.wait({answering, checking})
        await one.close()
        await edge.stop()


@asynccontextmanager
async def looking(seat: Seat, camera_id: UUID | str, **query: Any) -> AsyncIterator[Whep]:
    """A person who sees frames; ``location`` and ``masked`` are what the answer said."""
    viewer = Whep()

    async def ask(offer: str) -> str:
        answer = await seat.post(
            f"/api/cameras/{camera_id}/live",
            params=query,
            content=offer,
            headers={"Content-Type": "application/sdp"},
        )
        assert answer.status_code == 201, answer.text
        viewer.location = answer.headers["location"]  # type: ignore[attr-defined]
        viewer.masked = answer.headers["jedel-masked"]  # type: ignore[attr-defined]
        return answer.text

    await viewer.open(ask)
    try:
        yield viewer
    finally:
        await viewer.close()


async def refused(seat: Seat, camera_id: UUID | str) -> str:
    """The code with which both ways to a picture are refused."""
    answers = [
        await seat.post(f"/api/cameras/{camera_id}/live", content="v=0"),
        await seat.get(f"/api/cameras/{camera_id}/still.jpg"),
    ]
    codes = {(answer.status_code, answer.json()["code"]) for answer in answers}
    assert len(codes) == 1, codes
    status, code = codes.pop()
    assert status in {403, 404}
    return str(code)


async def sees(viewer: Whep, more: int = 2) -> None:
    target = viewer.frames + more

    async def enough() -> bool:
        return viewer.frames >= target

    await eventually(enough, within_s=30)


async def is_cut(viewer: Whep) -> None:
    async def closed() -> bool:
        return viewer.closed

    await eventually(closed, within_s=30)
