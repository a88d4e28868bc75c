"""Cameras that send when they like: judged while they send, and no faulty ones while they do not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from nats.aio.client import Client
from psycopg.types.json import Jsonb

from jedel.access.seal import Sealer
from jedel.app.media_role import source_of
from jedel.app.settings import Settings
from jedel.cameras.book import CameraBook
from jedel.cameras.health.model import Code
from jedel.cameras.health.prober import Prober
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.book import Book
from jedel.media.model import Fault, SourceKind, StreamSpec
from jedel.media.streams import Stream, Streams
from simulator.cameras import Cameras, Config, Place
from tests.cameras.made import add_camera
from tests.support import eventually

NAME = "badge"


@pytest.fixture(scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cameras]:
    """Whose pictures are sent."""
    config = Config((Place(NAME, "street"),))
    async with Cameras(config, folder=tmp_path_factory.mktemp("films")) as cameras:
        yield cameras


class Pushed:
    """A camera of this making, its gateway's streams and their prober."""

    def __init__(self, store: Store, clock: ManualClock, bus: Client, settings: Settings) -> None:
        self.store, self.clock = store, clock
        book = Book(store, [CameraBook(Sealer(settings.seal_key), ["127.0.0.0/8"])])
        self.streams = Streams(book, source_of, lambda *_: pytest.fail("nothing is derived"))
        self.prober = Prober(store, bus, book, self.streams, lambda _: True, source_of)

    async def camera(self, recording: str = "off", source: str = "push") -> UUID:
        url = "srt://127.0.0.1:9999" if source == "srt" else ""
        streams = [{"name": "main", "url": url, "codec": "", "width": 0, "height": 0, "fps": 0}]
        found = await add_camera(
            self.store, kind="badge", source=source, recording=recording, streams=Jsonb(streams)
        )
        await self.prober.roster()
        return found

    async def looks(self, camera: UUID, count: int = 1) -> list[Code | None]:
        found = []
        for _ in range(count):
            self.clock.advance(8)
            found.append(await self.prober.look(camera))
        await self.prober._ledger.flush(at_once=True)
        return found

    async def row(self, camera: UUID) -> tuple[int, str | None] | None:
        """State and code; None: nothing was ever believed of it."""
        async with self.store.reading() as tx:
            cursor = await tx.conn.execute(
                "SELECT state, code FROM camera_state WHERE camera_id = %s", (camera,)
            )
            row = await cursor.fetchone()
        return (row["state"], row["code"]) if row else None

    @asynccontextmanager
    async def sending(self, camera: UUID, there: Cameras) -> AsyncIterator[Stream]:
        """Its device publishes: the hub is fed from outside, and told when that ends, as by WHIP."""
        stream = await self.streams.get(f"camera/{camera}/main")
        stream.publisher = self
        spec = StreamSpec("x", "00", SourceKind.RTSP, there.url(NAME), networks=("127.0.0.0/8",))
        source = source_of(spec)
        assert source is not None
        feeding = asyncio.ensure_future(source.run(stream.hub))
        try:
            # all of its film, and its first keyframe: the first look finds the next, which is another picture
            await asyncio.wait_for(stream.hub.ready.wait(), 30)
            await there.streams[NAME]["sub"].drawn()
            await eventually(lambda: come(stream))
            yield stream
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            stream.publisher = None
            stream.hub.pause(Fault.NO_PUBLISHER)


async def come(stream: Stream) -> bool:
    return not stream.hub.empty


@pytest.fixture
async def pushed(store: Store, clock: ManualClock, bus: Client, settings: Settings) -> AsyncIterator[Pushed]:
    found = Pushed(store, clock, bus, settings)
    yield found
    await found.streams.close()


@pytest.mark.parametrize("source", ["push", "srt"])
async def test_who_sends_nothing_is_not_faulty(pushed: Pushed, source: str) -> None:
    camera = await pushed.camera(source=source)
    assert await pushed.looks(camera, 8) == [None] * 8
    assert await pushed.row(camera) is None, "nobody knows how it is"


async def test_it_is_judged_while_it_sends(pushed: Pushed, there: Cameras) -> None:
    camera = await pushed.camera()
    async with pushed.sending(camera, there):
        assert await pushed.looks(camera, 2) == [None, None]
        assert await pushed.row(camera) == (1, None)
    assert await pushed.looks(camera) == [None]
    assert await pushed.row(camera) == (0, None), "it may be well; nobody sees it"
    async with pushed.sending(camera, there):
        assert await pushed.looks(camera, 2) == [None, None]
        assert await pushed.row(camera) == (1, None)


async def test_one_that_is_always_recorded_owes_its_picture(pushed: Pushed, there: Cameras) -> None:
    camera = await pushed.camera("always")
    async with pushed.sending(camera, there):
        await pushed.looks(camera, 2)
    assert await pushed.looks(camera, 2) == [Code.NO_FRAMES] * 2
    assert await pushed.row(camera) == (2, "no_frames")
    async with pushed.sending(camera, there):

        async def back() -> bool:
            await pushed.looks(camera)
            return await pushed.row(camera) == (1, None)

        await eventually(back, within_s=60, every_s=1.2)
