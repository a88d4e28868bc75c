"""What the tests of sources share: a sink that remembers, a pull, a slow link, a rude server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Fault, SourceFault, SourceKind, StreamSpec, Track
from jedel.media.sources import Source
from jedel.media.sources.rtsp import RtspSource

LOOPBACK = ("127.0.0.0/8", "::1/128")


class Seen:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.begun: list[Sequence[Track]] = []
        self.begun_at: list[int] = []
        """How many units there were by then."""
        self.units: list[AccessUnit] = []
        self.faults: list[Fault] = []
        self.ended = False
        self._news = asyncio.Event()

    def begin(self, tracks: Sequence[Track]) -> None:
        self.begun.append(tracks)
        self.begun_at.append(len(self.units))
        self._news.set()

    def take(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self._news.set()

    def pause(self, fault: Fault) -> None:
        self.faults.append(fault)
        self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    @property
    def pictures(self) -> list[AccessUnit]:
        tracks = self.begun[-1]
        return [unit for unit in self.units if tracks[unit.track].video]

    async def until(self, true: Callable[[], bool], within_s: float = 30) -> None:
        async with asyncio.timeout(within_s):
            while not true():
                self._news.clear()
                await self._news.wait()


def spec(url: str, user: str = "", password: str = "", networks: tuple[str, ...] = LOOPBACK) -> StreamSpec:
    return StreamSpec("camera/test/sub", "00", SourceKind.RTSP, url, user, password, networks)


@asynccontextmanager
async def pulled(source: Source) -> AsyncIterator[Seen]:
    """A source that runs into a sink; a fault of it ends the block."""
    hub, seen = Hub(), Seen()
    hub.add(seen)
    task = asyncio.create_task(source.run(hub))
    body = asyncio.current_task()
    assert body is not None
    fell: list[BaseException] = []

    def over(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            fell.append(error)
            body.cancel()

    task.add_done_callback(over)
    try:
        yield seen
    except asyncio.CancelledError:
        if not fell:
            raise
        body.uncancel()
        raise fell[0] from None
    finally:
        task.remove_done_callback(over)
        task.cancel()
        with suppress(asyncio.CancelledError, SourceFault):
            await task


async def fault_of(source: Source, within_s: float = 30) -> SourceFault:
    """How a source ends that must end."""
    async with asyncio.timeout(within_s):
        try:
            await source.run(Hub())
        except SourceFault as fault:
            return fault
    raise AssertionError("it ended without a fault")


def quick(url: str, user: str = "", password: str = "") -> RtspSource:
    """One that gives up soon."""
    return RtspSource(spec(url, user, password), silence_s=1.0, first_s=1.5)


@asynccontextmanager
async def rude(answer: Callable[[bytes, asyncio.StreamWriter], None]) -> AsyncIterator[int]:
    """A server that answers each piece that it reads by ``answer``; gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                answer(data, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


@asynccontextmanager
async def slow_link(port: int, bytes_s: int) -> AsyncIterator[int]:
    """A TCP link to ``port`` that carries so many bytes a second towards us, with a short queue as a modem's;
    gives its own port."""
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pace: int) -> None:
        loop = asyncio.get_running_loop()
        free = loop.time()
        with suppress(ConnectionError):
            while data := await reader.read(1400):
                if pace:
                    free = max(free, loop.time()) + len(data) / pace
                    await asyncio.sleep(free - loop.time())
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        for task in (
            asyncio.create_task(carry(reader, far_writer, 0)),
            asyncio.create_task(carry(far_reader, writer, bytes_s)),
        ):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
