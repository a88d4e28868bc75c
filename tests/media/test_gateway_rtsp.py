"""Streams for other systems by RTSP: only who is named, only what he is named for, never behind masks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from nats.aio.client import Client

from jedel.app.media_role import door_of
from jedel.journal import Store
from jedel.media.hub import Hub
from jedel.media.model import Fault, SourceFault, SourceKind, StreamSpec, first_video
from jedel.media.rtsp_out import RtspOut
from jedel.media.rtsp_users import Users, UsersFault, read
from jedel.media.sources.rtsp import RtspSource
from jedel.media.transcode.decode import Decoder
from tests.media.playing import Seen
from tests.media.test_gateway import LEFT_HALF, Room, Run, gateway
from tests.support import eventually

PASSWORD = "a-long-password"


def users_file(folder: Path, *streams: str, password: str = PASSWORD) -> Path:
    path = folder / "users.json"
    path.write_bytes(orjson.dumps([{"name": "city", "password": password, "streams": streams}]))
    path.chmod(0o600)
    return path


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
async def run(room: Room, store: Store, bus: Client) -> AsyncIterator[Run]:
    async with gateway("r", room, store, bus) as one:
        yield one


async def taken(out: RtspOut, stream: str, password: str = PASSWORD) -> Seen:
    """What another system gets; raises SourceFault where it gets nothing."""
    url = f"rtsp://127.0.0.1:{out.port}/{stream}"
    spec = StreamSpec(stream, "00", SourceKind.RTSP, url, "city", password, networks=("127.0.0.0/8",))
    hub, seen = Hub(), Seen()
    hub.add(seen)
    pulling = asyncio.ensure_future(RtspSource(spec).run(hub))

    async def some() -> bool:
        return pulling.done() or len(seen.units) > 12

    await eventually(some, within_s=60)
    if not pulling.done():
        pulling.cancel()
    outcome = (await asyncio.gather(pulling, return_exceptions=True))[0]
    if isinstance(outcome, SourceFault):
        raise outcome
    return seen


def darkest(seen: Seen) -> int:
    """The brightest pixel of what a mask covers, over all pictures."""
    number = first_video(seen.tracks[-1])
    assert number is not None
    decoder = Decoder(seen.tracks[-1][number])
    frames = [f for unit in seen.units if unit.track == number for f in decoder.decode(unit)]
    assert frames
    return max(int(frame.to_ndarray(format="gray")[:110, :150].max()) for frame in frames)


async def test_a_system_takes_what_it_is_named_for(room: Room, run: Run, tmp_path: Path) -> None:
    plain, masked, other = room.add(), room.add(masks=(LEFT_HALF,)), room.add()
    users = Users(users_file(tmp_path, plain.rpartition("/")[0], masked))
    out = RtspOut(door_of(run.gateway), users.grant_of)
    await out.start("127.0.0.1", 0)
    try:
        assert darkest(await taken(out, plain)) > 200
        assert darkest(await taken(out, masked)) < 15
        for stream, password in ((plain, "something-else"), (other, PASSWORD), (f"{plain}#x", PASSWORD)):
            with pytest.raises(SourceFault) as refused:
                await taken(out, stream, password)
            assert refused.value.fault in {Fault.CREDENTIALS, Fault.NOT_FOUND, Fault.PROTOCOL}

        async def all_left() -> bool:
            return not run.gateway.viewers

        await eventually(all_left)
    finally:
        await out.close()


async def test_without_a_file_nobody_takes_anything(room: Room, run: Run) -> None:
    out = RtspOut(door_of(run.gateway), Users(None).grant_of)
    await out.start("127.0.0.1", 0)
    try:
        with pytest.raises(SourceFault) as refused:
            await taken(out, room.add())
        assert refused.value.fault is Fault.CREDENTIALS
    finally:
        await out.close()


def test_a_file_that_does_not_do(tmp_path: Path) -> None:
    path = users_file(tmp_path, "*")
    assert read(path)["city"].may_see("camera/1/main")
    path.chmod(0o640)
    with pytest.raises(UsersFault):
        read(path)
    path.chmod(0o600)
    for text in ("{", "[1]", "[{}]", '[{"name": "a", "password": "short", "streams": []}]'):
        path.write_text(text)
        with pytest.raises(UsersFault):
            read(path)
    path.unlink()
    with pytest.raises(UsersFault):
        read(path)
