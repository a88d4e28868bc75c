"""The simulated cameras: what they show, what may be wrong with them, what is kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from jedel.media.model import AccessUnit
from jedel.media.sources.rtsp import RtspSource
from simulator.cameras import Cameras, CamerasProcess, Config, Place, Trouble, read
from simulator.cameras.config import KINDS, ConfigUnreadable
from simulator.cameras.draw import PICTURES
from simulator.cameras.film import CHUNKS, Films, Reel, encode
from simulator.cameras.view import Look, picture
from tests.media.rtsp_support import pulled, spec
from tests.support.waiting import eventually

Grey = NDArray[np.float64]
SIZE = (640, 360)


def decoded(units: list[AccessUnit]) -> list[Grey]:
    coder = av.CodecContext.create("h264", "r")
    assert isinstance(coder, av.VideoCodecContext)
    data = [b"".join(b"\0\0\0\1" + part for part in unit.parts) for unit in units]
    shown = [frame for each in data for frame in coder.decode(av.Packet(each))]
    return [frame.to_ndarray(format="gray").astype(np.float64) for frame in shown]


def sharp(image: Grey) -> float:
    return float(cv2.Laplacian(image, cv2.CV_64F).var())


async def watched(cameras: Cameras, count: int) -> list[Grey]:
    source = RtspSource(spec(cameras.url("yard")), silence_s=15, first_s=20)
    async with pulled(source) as seen:
        await seen.until(lambda: len(seen.units) >= count)
    return decoded(seen.units[:count])


@pytest.fixture(scope="module")
async def cameras() -> AsyncIterator[Cameras]:
    async with Cameras(Config((Place("yard", "surroundings", heading=75),))) as there:
        yield there


async def test_each_trouble_is_to_be_seen(cameras: Cameras) -> None:
    well = await watched(cameras, 12)
    assert abs(well[0] - well[11]).mean() > 0.2  # somebody walks
    found = {}
    for trouble in (Trouble.FREEZE, Trouble.BLACK, Trouble.BLUR, Trouble.MOVE):
        cameras.trouble("yard", trouble)
        found[trouble] = await watched(cameras, 12)
    cameras.trouble("yard", None)
    frozen = found[Trouble.FREEZE]
    assert abs(frozen[0] - frozen[11]).mean() < 0.1
    assert found[Trouble.BLACK][3].mean() < 24
    assert sharp(found[Trouble.BLUR][3]) < sharp(well[3]) / 3
    assert abs(found[Trouble.MOVE][3] - well[3]).mean() > 15


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_moves_and_comes_round(kind: str) -> None:
    place = Place(f"one/{kind}", kind, heading=45)
    first, later = picture(place, SIZE, 0), picture(place, SIZE, 40)
    assert first.shape == (360, 640, 3)
    assert np.abs(first.astype(int) - later).mean() > 0.05
    assert (picture(place, SIZE, PICTURES) == first).all()
    other = picture(Place(f"another/{kind}", kind, heading=45), SIZE, 0)
    assert np.abs(first.astype(int) - other).mean() > 3  # cameras can be told apart


async def test_a_film_is_drawn_once_and_kept(tmp_path: Path) -> None:
    reel = Reel(Place("post", "post"), SIZE, Look.BLACK)
    asked = 0

    def work(_: object, *arguments: object) -> "asyncio.Future[object]":
        nonlocal asked
        asked += 1
        return asyncio.ensure_future(asyncio.to_thread(encode, *arguments))  # type: ignore[arg-type]

    async def kept() -> bool:
        return (tmp_path / reel.file).exists()

    async def whole() -> Films:
        films = Films(work, 1, tmp_path)
        makes = asyncio.create_task(films.run())
        async with asyncio.timeout(30):
            await films.get(reel).at(reel.pictures - 1)
            await eventually(kept)
        makes.cancel()
        return films

    first = (await whole()).get(reel).pictures
    assert (await whole()).get(reel).pictures == first
    assert asked == 1
    (tmp_path / reel.file).write_bytes(b"\xff" * 100)  # half a film is none
    await whole()
    assert asked == 2


async def test_who_is_looked_at_is_drawn_first_and_few_are_half_drawn() -> None:
    drawn: list[tuple[str, int]] = []

    def work(_: object, place: Place, _size: object, _look: object, first: int, last: int) -> Any:
        drawn.append((place.name, first))
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        done.set_result([(b"\x65",)] * (last - first))
        return done

    films = Films(work, 1)
    made = [films.get(Reel(Place(name, "street"), SIZE)) for name in "abcd"]
    made[2].missed = True
    makes = asyncio.create_task(films.run())
    for film in made:
        await film.at(film.reel.pictures - 1)
    makes.cancel()
    seconds = [at for at, _ in CHUNKS[2:]]
    begun = [name for name, first in drawn[:8] if first < 10]
    assert begun == [*"abcd", *"abcd"]  # all have a second before any has two
    assert drawn[8:] == [(name, at) for name in "cabd" for at in seconds]


async def test_in_a_process_of_their_own(tmp_path: Path) -> None:
    place = {"name": "school-1/stairs", "kind": "stairs", "x": 1}
    told = {"user": "cam", "password": "secret", "cameras": [place]}
    file = tmp_path / "cameras.json"
    file.write_text(json.dumps(told))
    async with CamerasProcess(file, films=tmp_path / "films") as there:
        source = RtspSource(spec(there.url("school-1/stairs"), "cam", "secret"), silence_s=15, first_s=20)
        async with pulled(source) as seen:
            await seen.until(lambda: len(seen.units) >= 3)
            await there.trouble("school-1/stairs", Trouble.SIZE)
            await seen.until(lambda: len(seen.begun) == 2)
    assert await there.wait() == 0


def test_what_is_no_list_of_cameras(tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    for text in ("", "7", "{}", '[{"kind": "street"}]', '[{"name": "x", "kind": "submarine"}]', '["x"]'):
        file.write_text(text)
        with pytest.raises(ConfigUnreadable):
            read(file)
    with pytest.raises(ConfigUnreadable):
        read(tmp_path / "none.json")
