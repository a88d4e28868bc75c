"""The reader on a handful of rendered frames, with the shipped networks; none of these frames is trained on.

What it reads of real streets no rendered test can show: docs/ref/plate-reader-report.md.
"""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from importlib.resources import files

import cv2
import numpy as np
import orjson
import pytest
from nats.aio.client import Client

from jedel.plates.drivers.said import Said
from jedel.plates.pictures import fault
from jedel.plates.reader import weights
from jedel.plates.reader.engines import engine
from jedel.plates.reader.errors import ReaderUnavailable
from jedel.plates.reader.frames import pack
from jedel.plates.reader.model import Engine, Picture
from jedel.plates.reader.service import ReaderService, read_frames
from jedel.plates.reader.track import Tracker
from simulator.plates import Car, Frame, Scene, frame


@pytest.fixture(scope="module")
def reader() -> Engine:
    return engine("jedel")


def passing(step: int, light: float = 1.0) -> Frame:
    """Two cars that come nearer from frame to frame, side by side."""
    left = Car(
        "407KLM02", x=620 + 8 * step, y=700 + 40 * step, width=430 * (1 + 0.06 * step), colour=(60, 50, 45)
    )
    right = Car("915TBE16", rows=2, x=1280 + 8 * step, y=720 + 40 * step, width=520 * (1 + 0.06 * step),
                colour=(190, 190, 195), body="suv", turn=8)  # fmt: skip
    return frame(Scene((left, right), street=4711, light=light, seed=step))


def jpeg(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def test_plates_of_one_row_and_of_two_are_read(reader: Engine) -> None:
    shown = passing(1)
    seen = {each.text: each for each in reader.read(shown.image)}
    assert set(seen) == {"407KLM02", "915TBE16"}
    assert (seen["407KLM02"].rows, seen["915TBE16"].rows) == (1, 2)
    assert seen["915TBE16"].raw == "915/16TBE"
    assert (seen["915TBE16"].series, seen["915TBE16"].region) == ("private", "16")
    for truth in shown.truths:
        off = np.abs(seen[truth.plate].corners - truth.corners).max()
        assert off < 0.12 * (truth.corners[:, 0].max() - truth.corners[:, 0].min())
        assert len(seen[truth.plate].sure) == 8
        assert 0 < min(seen[truth.plate].sure) <= 1


@pytest.mark.parametrize(
    ("plate", "series", "rows"),
    [
        ("583HD05", "organisation", 1),
        ("F260417", "foreigner", 1),
        ("731KP02", "police", 1),
        ("A846NTP", "private_1993", 1),
        ("46RST10", "trailer", 1),
        ("62EH19", "motorcycle", 2),
    ],
)
def test_every_series_is_read(reader: Engine, plate: str, series: str, rows: int) -> None:
    car = Car(plate, series, rows, x=960, y=820, width=620, colour=(80, 70, 60))
    (seen,) = reader.read(frame(Scene((car,), street=815, seed=3)).image)
    assert (seen.text, seen.series, seen.rows) == (plate, series, rows)


def test_by_night_too(reader: Engine) -> None:
    texts = {each.text for step in range(3) for each in reader.read(passing(step, light=0.3).image)}
    assert {"407KLM02", "915TBE16"} <= texts


def test_a_street_without_cars_has_no_plates(reader: Engine) -> None:
    assert reader.read(frame(Scene((), street=12)).image) == []
    assert reader.read(np.zeros((1080, 1920, 3), np.uint8)) == []


def test_small_grey_and_odd_frames_are_read(reader: Engine) -> None:
    shown = passing(1).image
    half = np.asarray(cv2.resize(shown, (960, 540), interpolation=cv2.INTER_AREA), np.uint8)
    assert "407KLM02" in {each.text for each in reader.read(half)}
    assert "407KLM02" in {
        each.text for each in reader.read(np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), np.uint8))
    }
    reader.read(shown[:33, :1917])
    reader.read(shown[:, :35])


def test_three_frames_are_two_passings_with_their_own_pictures(reader: Engine) -> None:
    frames = [(1_000_000 + 100_000 * step, jpeg(passing(step).image)) for step in range(3)]
    outcome = read_frames(reader, Tracker(), [*frames, (1_300_000, b""), (1_400_000, frames[0][1][:5000])])
    assert sorted(each.text for each in outcome.passings) == ["407KLM02", "915TBE16"]
    assert all(each.frames >= 2 for each in outcome.passings)
    assert outcome.faults == ["frame_empty", "frame_truncated"]
    for each in outcome.passings:
        assert [seen.text for seen in reader.read(each.car_picture)] == [each.text]


def test_a_damaged_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = orjson.loads(orjson.dumps(weights.card()))
    known["networks"]["recogniser"]["sha256"] = "0" * 64
    monkeypatch.setattr(weights, "card", lambda: known)
    with pytest.raises(ReaderUnavailable, match="install the package again"):
        engine("jedel")


def test_the_networks_are_small_and_as_the_card_says() -> None:
    here = files("jedel.plates.reader.weights")
    total = 0
    for known in weights.card()["networks"].values():
        raw = here.joinpath(known["file"]).read_bytes()
        assert sha256(raw).hexdigest() == known["sha256"]
        total += len(raw)
    assert total <= 15_000_000


@pytest.fixture
async def given(bus: Client, reader: Engine) -> AsyncIterator[list[tuple[int, Said]]]:
    """The service on a real NATS; what it carried."""
    taken: list[tuple[int, Said]] = []

    async def give(camera: int, said: list[Said]) -> int:
        taken.extend((camera, each) for each in said)
        return len(said)

    service = ReaderService(bus, lambda: reader, give)
    task = asyncio.create_task(service.run())
    await asyncio.wait_for(service.ready.wait(), 60)
    yield taken
    task.cancel()


async def test_frames_by_nats_are_answered_with_reads(bus: Client, given: list[tuple[int, Said]]) -> None:
    raw = pack([(1_000_000 + 100_000 * step, jpeg(passing(step).image)) for step in range(3)])
    answer = orjson.loads((await bus.request("jedel.frames.17", raw, timeout=60)).data)
    assert sorted(each["plate"] for each in answer["reads"]) == ["407KLM02", "915TBE16"]
    assert answer["carried"] == 2
    assert answer["faults"] == []
    assert {camera for camera, _ in given} == {17}
    for _, said in given:
        assert said.frames >= 2
        assert said.plate_picture is not None
        assert said.car_picture is not None
        assert fault(said.plate_picture) is None
        assert fault(said.car_picture) is None


@pytest.mark.parametrize(
    ("subject", "raw", "error"),
    [
        ("jedel.frames.17", b"nonsense", "bad_frames"),
        ("jedel.frames.x", pack([]), "unknown_camera"),
        ("jedel.frames.17", pack([(n, b"") for n in range(40)]), "too_many_frames"),
    ],
)
async def test_bad_messages_are_answered_by_name(
    bus: Client, given: list[tuple[int, Said]], subject: str, raw: bytes, error: str
) -> None:
    assert orjson.loads((await bus.request(subject, raw, timeout=60)).data) == {"error": error}
    assert given == []
