"""A gateway over real NATS, asked as web processes ask it; viewers by WebRTC (aiortc) and by bytes."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import av
import pytest
from nats.aio.client import Client

from jedel.journal import Connection, Store
from jedel.media import streams as running
from jedel.media.answering import Answering
from jedel.media.book import Book, tell_changed
from jedel.media.client import Grant, MediaClient
from jedel.media.control import ask_subject, understood
from jedel.media.errors import (
    GrantEnded,
    NoGateway,
    NotYours,
    OfferMalformed,
    StreamFault,
    StreamNotThere,
)
from jedel.media.gateway import Gateway
from jedel.media.model import Codec, Fault, Mask, SourceFault, SourceKind, StreamSpec
from jedel.media.sources import Source
from jedel.media.webrtc import Edge
from tests.media.playing import Made, Playing, Whep, made
from tests.support import eventually

H264 = made(Codec.H264, Codec.OPUS)
LEFT_HALF = Mask(((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)))


class Room:
    """A room that owns streams: ``cameras``, by their ids."""

    prefix = "camera/"

    def __init__(self) -> None:
        self.specs: dict[str, StreamSpec] = {}
        self.sources: dict[str, Playing] = {}

    def add(self, what: Made = H264, faults: list[SourceFault] | None = None, **more: object) -> str:
        stream = f"camera/{uuid4()}/main"
        spec = StreamSpec(stream, "00", SourceKind.RTSP)
        self.specs[stream] = replace(spec, **more)  # type: ignore[arg-type]
        self.sources[stream] = Playing(what, faults)
        return stream

    def source(self, spec: StreamSpec) -> Source | None:
        return self.sources[spec.id] if spec.kind is SourceKind.RTSP else None

    async def spec(self, _conn: Connection, stream_id: str) -> StreamSpec | None:
        return self.specs.get(stream_id)

    async def published_by(self, _conn: Connection, publisher: UUID) -> str | None:
        return next((each for each, spec in self.specs.items() if spec.publisher == publisher), None)

    async def recorded(self, _conn: Connection) -> Sequence[str]:
        return [each for each, spec in self.specs.items() if spec.record]


@dataclass
class Run:
    gateway: Gateway
    kill: Callable[[], object]


@asynccontextmanager
async def gateway(name: str, room: Room, store: Store, bus: Client) -> AsyncIterator[Run]:
    edge = Edge()
    await edge.start("127.0.0.1", 0)
    book = Book(store, [room])
    one = Gateway(f"{name}-{uuid4().hex[:6]}", book, room.source, edge, ("127.0.0.1", 0))
    await one.start()
    task = asyncio.ensure_future(Answering(bus, one, name, ("127.0.0.1",)).run())
    try:
        yield Run(one, task.cancel)
    finally:
        task.cancel()
        await asyncio.wait({task})
        await one.close()
        await edge.stop()


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
async def run(room: Room, store: Store, bus: Client) -> AsyncIterator[Run]:
    async with gateway("a", room, store, bus) as one:
        yield one


@pytest.fixture
async def media(bus: Client, run: Run) -> MediaClient:
    client = MediaClient(bus)
    await client.listen()
    return client


def grant(*keys: str, unmasked: bool = False) -> Grant:
    return Grant(keys or ("account:1",), "account:1", unmasked)


@asynccontextmanager
async def watching(
    media: MediaClient, stream: str, held: Grant | None = None, *, audio: bool = False
) -> AsyncIterator[tuple[Whep, str]]:
    viewer, ids = Whep(audio=audio), []

    async def ask(offer: str) -> str:
        answer = await media.watch(stream, offer, held or grant())
        ids.append(answer.viewer_id)
        return answer.sdp

    await viewer.open(ask)
    try:
        yield viewer, ids[0]
    finally:
        await viewer.close()


async def seen(viewer: Whep, count: int = 3) -> None:
    """Until it has decoded so many more frames."""
    target = viewer.frames + count

    async def enough() -> bool:
        return viewer.frames >= target

    await eventually(enough, within_s=60)


async def test_many_look_and_one_source_runs(media: MediaClient, room: Room, run: Run) -> None:
    stream = room.add()
    async with watching(media, stream, audio=True) as (first, one), watching(media, stream) as (second, _):
        await seen(first)
        await seen(second)
        assert first.size == (320, 240)

        async def heard() -> bool:
            return first.sounds > 3

        await eventually(heard)
        assert room.sources[stream].runs == 1
        state = await media.state(stream)
        assert state is not None
        assert (state.viewers, state.fault, state.codecs) == (2, None, (Codec.H264, Codec.OPUS))
        with pytest.raises(NotYours):
            await media.leave(one, "account:2")
        await media.leave(one, "account:1")
        await media.leave(one)  # once more is no error
        assert len(run.gateway.viewers) == 1
        await seen(second)


async def test_a_viewer_by_bytes_plays_what_it_is_given(media: MediaClient, room: Room) -> None:
    stream = room.add()
    feed = await media.mse(stream, grant())
    data, line = b"", b""
    async for message in feed:
        if message.startswith(b"{"):
            line = message
        else:
            data += message
        if len(data) > 1 and data.count(b"moof") >= 8:
            break
    await feed.aclose()
    assert b"video/mp4; codecs=" in line
    assert b"avc1" in line
    assert b"opus" in line
    with av.open(io.BytesIO(data), "r") as file:
        assert len(list(file.decode(video=0))) >= 6


async def test_who_has_no_ticket_gets_no_bytes(media: MediaClient, room: Room, run: Run) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    stream = room.add()
    _, ticket, _ = await run.gateway.mse(stream, grant())
    for path, granted in (("", False), ("x" * 43, False), (ticket, True), (ticket, False)):
        async with connect(f"ws://{run.gateway.internal}/{path}", proxy=None) as socket:
            if granted:
                assert await asyncio.wait_for(socket.recv(), 30)
            else:
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(socket.recv(), 30)


async def test_a_cut_right_ends_its_viewers_and_nobody_elses(media: MediaClient, room: Room) -> None:
    stream = room.add()
    incident = grant("account:1", "incident:7")
    feed = await media.mse(stream, incident)
    async with watching(media, stream, incident) as (cut, _), watching(media, stream) as (stays, _):
        await seen(cut)
        assert await media.cut("incident:7") == 2
        with pytest.raises(GrantEnded):
            await media.mse(stream, incident)

        async def closed() -> bool:
            return cut.closed

        await eventually(closed, within_s=60)
        async for _ in feed:  # what was under way, then its end
            pass
        await seen(stays)


async def test_masks_leave_by_no_way(media: MediaClient, room: Room, run: Run) -> None:
    stream = room.add(masks=(LEFT_HALF,))
    async with (
        watching(media, stream) as (masked, _),
        watching(media, stream, grant(unmasked=True)) as (bare, _),
    ):
        await seen(masked)
        await seen(bare)
        assert masked.grey < 24 < bare.grey
    feed = await media.mse(stream, grant())
    assert feed.masked
    await feed.aclose()
    with av.open(io.BytesIO(await media.still(stream)), "r") as file:
        still = next(file.decode(video=0)).to_ndarray(format="gray")
    assert still[:110, :150].max() < 15 < still[130:, :12].max()
    for name in (f"{stream}#masked", f"{stream}#", f"{stream}#webrtc"):
        with pytest.raises(StreamNotThere):
            await media.mse(name, grant())


async def test_masks_that_come_while_somebody_looks(
    media: MediaClient, room: Room, run: Run, bus: Client
) -> None:
    stream = room.add()
    async with (
        watching(media, stream) as (viewer, _),
        watching(media, stream, grant(unmasked=True)) as (bare, _),
    ):
        await seen(viewer)
        room.specs[stream] = replace(room.specs[stream], masks=(LEFT_HALF,))
        await tell_changed(bus, stream.rpartition("/")[0])

        async def closed() -> bool:
            return viewer.closed

        await eventually(closed, within_s=60)
        await seen(bare)
        assert room.sources[stream].runs == 1


async def test_what_a_browser_does_not_take_is_made_anew(media: MediaClient, room: Room, run: Run) -> None:
    stream = room.add(made(Codec.H265, Codec.AAC))
    async with watching(media, stream, audio=True) as (viewer, _), watching(media, stream) as (other, _):
        await seen(viewer)
        await seen(other)

        async def heard() -> bool:
            return viewer.sounds > 3

        await eventually(heard)
        assert len(run.gateway.streams) == 2  # itself, and one made of it for both


async def test_refusals(media: MediaClient, room: Room) -> None:
    stream = room.add()
    away = room.add(faults=[SourceFault(Fault.CREDENTIALS)] * 9)
    with pytest.raises(StreamNotThere):
        await media.mse(f"camera/{uuid4()}/main", grant())
    with pytest.raises(StreamFault) as refused:
        await media.mse(away, grant())
    assert refused.value.params["fault"] == Fault.CREDENTIALS
    for offer in ("", "v=0\r\n", "v=0\r\n" + "a=x\r\n" * 20_000):
        with pytest.raises(OfferMalformed):
            await media.watch(stream, offer, grant())
    with pytest.raises(NotYours):
        await media.publish(stream, "v=0\r\n", grant())


async def test_two_that_run_the_same_agree(
    media: MediaClient, room: Room, run: Run, store: Store, bus: Client
) -> None:
    """Each was alone for a moment and pulls the camera: one lets go, and its viewer comes to the other."""
    stream = room.add()
    async with gateway("b", room, store, bus) as other:
        for one in (run, other):
            await one.gateway.want(stream, 60)
        assert room.sources[stream].running <= 2

        async def one_is_left() -> bool:
            found = [each for each in (run, other) if each.gateway.streams.find(stream)]
            return len(found) == 1 and room.sources[stream].running == 1

        await eventually(one_is_left, within_s=60)
        async with watching(media, stream) as (viewer, _):
            await seen(viewer)
        assert room.sources[stream].runs == 2


async def test_what_is_no_question_is_refused(media: MediaClient, run: Run, bus: Client) -> None:
    subject = ask_subject(run.gateway.id)
    for raw in (
        b"",
        b"[]",
        b'{"do":"dance"}',
        b'{"do":"watch"}',
        b'{"do":"watch","stream":7}',
        b'{"do":"mse","stream":"camera/x","grant":{"keys":"all","who":"me","unmasked":false}}',
        b'{"do":"want","stream":"camera/x","seconds":"long"}',
        b'{"do":"watch","stream":"camera/x","offer":"v=0","grant":{"keys":[],"who":"me","unmasked":1}}',
        b"x" * 200_000,
    ):
        answer = (await bus.request(subject, raw, timeout=30)).data
        with pytest.raises((OfferMalformed, StreamNotThere)):
            understood(answer)


async def test_no_gateway_is_said(bus: Client) -> None:
    with pytest.raises(NoGateway):
        await MediaClient(bus).still(f"camera/{uuid4()}/main")
    with pytest.raises(NoGateway):
        await MediaClient(None).still(f"camera/{uuid4()}/main")


async def test_wanted_before_anybody_asks(
    media: MediaClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "IDLE_S", 0.2)
    stream = room.add()
    await media.want(stream, 1)

    async def warm() -> bool:
        state = await media.state(stream)
        return state is not None and state.units > 0

    async def gone() -> bool:
        return await media.state(stream) is None

    await eventually(warm)
    await eventually(gone, within_s=60)
    assert room.sources[stream].running == 0


async def test_who_may_publish(media: MediaClient, room: Room, bus: Client) -> None:
    device = uuid4()
    stream = room.add(kind=SourceKind.PUSH, publisher=device)
    with pytest.raises(NotYours):
        await media.publish(stream, "v=0\r\n", Grant(("x",), f"device:{uuid4()}"))
    with pytest.raises(OfferMalformed):
        await media.publish(stream, "v=0\r\n", Grant(("x",), f"device:{device}"))
    with pytest.raises(StreamFault) as refused:
        await media.mse(stream, grant())
    assert refused.value.params["fault"] == Fault.NO_PUBLISHER


async def test_two_gateways_share_and_one_takes_over(
    media: MediaClient, room: Room, run: Run, store: Store, bus: Client
) -> None:
    async with gateway("b", room, store, bus) as other:
        await eventually(lambda: _alive(media, 2))
        streams = [room.add() for _ in range(12)]
        for stream in streams:
            await media.want(stream, 60)
        mine, theirs = ([s for s in streams if one.gateway.streams.find(s)] for one in (run, other))
        assert len(mine) + len(theirs) == 12
        assert mine
        assert theirs
        owner = theirs[0].rpartition("/")[0]
        room.specs[f"{owner}/sub"] = replace(room.specs[theirs[0]], id=f"{owner}/sub")
        room.sources[f"{owner}/sub"] = Playing(H264)
        async with watching(media, f"{owner}/sub") as (viewer, _):
            await seen(viewer)
            assert other.gateway.streams.find(f"{owner}/sub") is not None  # main and sub lie together
        other.kill()
        await eventually(lambda: _alive(media, 1))
        async with watching(media, theirs[0]) as (viewer, _):
            await seen(viewer)
        assert run.gateway.streams.find(theirs[0]) is not None


async def _alive(media: MediaClient, count: int) -> bool:
    return len(media.live.all()) == count
