"""The server against who is slow, rude or gone."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from rtsp import auth
from rtsp.client import Client
from rtsp.errors import StreamLost
from rtsp.messages import Parser, Response
from rtsp.payloads import Format, Unit
from rtsp.server import WAITING_BYTES_MAX, Mount, Refused, Server, Viewer
from tests.rtsp import made
from tests.support.waiting import eventually


class Stage:
    """One stream; the test sends what it likes."""

    def __init__(self) -> None:
        self.viewers: list[Viewer] = []
        self.left = 0

    @property
    def tracks(self) -> Sequence[Format]:
        return (made.format_of(),)

    async def attach(self, viewer: Viewer) -> None:
        self.viewers.append(viewer)

    def detach(self, viewer: Viewer) -> None:
        self.viewers.remove(viewer)
        self.left += 1

    def show(self, unit: Unit) -> None:
        for viewer in list(self.viewers):
            viewer.send(0, unit)


@pytest.fixture
async def stage() -> AsyncIterator[tuple[Stage, Server]]:
    stage = Stage()

    async def find(path: str, _: auth.Login | None) -> Mount:
        if path != "live":
            raise Refused(404)
        return stage

    server = Server(find)
    await server.start()
    yield stage, server
    await server.close()
    assert stage.viewers == []


class Raw:
    """A client that says what the test says."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self, receive_bytes: int = 1 << 16) -> None:
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self.port))
        self.reader, self.writer = await asyncio.open_connection(sock=plain, limit=1024)

    async def ask(self, text: str) -> Response:
        self.writer.write(text.replace("\n", "\r\n").encode())
        parser = Parser()
        async with asyncio.timeout(30):
            while True:
                data = await self.reader.read(512)
                assert data, "it hung up"
                for found in parser.feed(data):
                    if isinstance(found, Response):
                        return found

    async def play(self) -> None:
        base = f"rtsp://127.0.0.1:{self.port}/live"
        found = await self.ask(
            f"SETUP {base}/track0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;interleaved=0-1\n\n"
        )
        assert found.status == 200
        session = found.headers.get("session")
        assert (await self.ask(f"PLAY {base} RTSP/1.0\nCSeq: 2\nSession: {session}\n\n")).status == 200


async def until(true: Callable[[], bool]) -> None:
    async def look() -> bool:
        return true()

    await eventually(look, within_s=60)


async def test_a_slow_viewer_is_dropped_and_the_others_go_on(stage: tuple[Stage, Server]) -> None:
    shown, server = stage
    slow = Raw(server.port)
    await slow.open(receive_bytes=2048)
    await slow.play()
    client, got = Client(f"rtsp://127.0.0.1:{server.port}/live"), 0
    await client.open("127.0.0.1", server.port)

    def take(_: int, __: Unit, ___: int) -> None:
        nonlocal got
        got += 1

    plays = asyncio.create_task(client.play(take))
    await until(lambda: len(shown.viewers) == 2)
    keyframe = made.pictures()[0]
    sent = 0
    async with asyncio.timeout(60):
        while server.dropped == 0:
            shown.show(Unit(sent * 9000, True, keyframe.parts))
            sent += 1
            await asyncio.sleep(0)
    assert sent * sum(map(len, keyframe.parts)) < WAITING_BYTES_MAX * 8
    await until(lambda: len(shown.viewers) == 1)
    await until(lambda: got == sent)
    shown.show(Unit(sent * 9000, True, keyframe.parts))
    await until(lambda: got == sent + 1)
    plays.cancel()
    client.close()
    slow.writer.close()
    await until(lambda: shown.left == 2)


@pytest.mark.parametrize(
    "data",
    [
        *(b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100, b"X" * 20_000, b"RTSP/1.0 200 OK\r\n\r\n"),
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\n\r\n" * 500,
    ],
)
async def test_who_speaks_something_else_is_sent_away(stage: tuple[Stage, Server], data: bytes) -> None:
    _, server = stage
    raw = Raw(server.port)
    await raw.open()
    raw.writer.write(data)
    async with asyncio.timeout(30):
        try:
            while await raw.reader.read(4096):
                pass
        except ConnectionError:
            pass
    raw.writer.close()
    await until(lambda: not server.connections)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("OPTIONS * RTSP/1.0\nCSeq: 1\n\n", 200),
        ("DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 1\n\n", 200),
        ("DESCRIBE rtsp://h/other RTSP/1.0\nCSeq: 1\n\n", 404),
        ("DESCRIBE rtsp://[h/live RTSP/1.0\nCSeq: 1\n\n", 400),
        ("SETUP rtsp://h/live/track0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP;unicast;client_port=4-5\n\n", 461),
        ("SETUP rtsp://h/live/track9 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP\n\n", 404),
        ("SETUP rtsp://h/live/x RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP\n\n", 404),
        ("PLAY rtsp://h/live RTSP/1.0\nCSeq: 1\n\n", 455),
        ("RECORD rtsp://h/live RTSP/1.0\nCSeq: 1\n\n", 501),
    ],
)
async def test_answers(stage: tuple[Stage, Server], request_: str, status: int) -> None:
    _, server = stage
    raw = Raw(server.port)
    await raw.open()
    found = await raw.ask(request_)
    assert (found.status, found.headers.get("cseq")) == (status, "1")
    raw.writer.close()


async def test_a_stream_that_is_cut_loses_its_viewers(stage: tuple[Stage, Server]) -> None:
    shown, server = stage
    client = Client(f"rtsp://127.0.0.1:{server.port}/live")
    await client.open("127.0.0.1", server.port)
    plays = asyncio.create_task(client.play(lambda *_: None))
    await until(lambda: len(shown.viewers) == 1)
    server.cut(shown)
    with pytest.raises(StreamLost):
        await plays
    client.close()
    assert shown.left == 1
