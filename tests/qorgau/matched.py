"""What the tests of matching are made of: reads, cars, cameras along one straight road."""

from functools import cache
from typing import Any
from uuid import uuid4

import numpy as np

from jedel.kernel.geo import Point
from jedel.places.model import Drive, Names
from jedel.places.network.build import build
from jedel.places.network.engines import engine as road_engine
from jedel.places.network.mapfile import MapFile, Places
from jedel.places.network.match import Matcher
from jedel.places.network.network import RoadNetwork
from jedel.places.network.picture import Roads as Graph
from jedel.places.osm.extract import RawRoad
from jedel.plates.codec import READ, UNKNOWN_2, Reads
from jedel.plates.keys import key
from jedel.plates.looks import body, colour, make
from jedel.plates.store.judging import Judged
from jedel.qorgau.matching.engine import Engine
from jedel.qorgau.matching.found import Found
from jedel.qorgau.matching.roads import Roads, Spots
from jedel.qorgau.model import Ground
from jedel.qorgau.watch.rows import KNOWN, WATCH, Known, Watch

DAY = 20_700
NOON_US = (DAY * 24 + 7) * 3_600_000_000  # in Almaty, and light
NIGHT_US = NOON_US + 11 * 3_600_000_000
ENTRY = uuid4()
KM = 1 / 81.1  # of longitude, at 43.2° north
LAT = 43.2


def read(plate: str, at_s: float = 0.0, camera: int = 1, **more: Any) -> dict[str, Any]:
    """One read, surely read and surely looking as `car` makes it; ``more`` are READ's names."""
    at_us = int(more.pop("from_us", NOON_US) + at_s * 1e6)
    said = {
        "id": np.void(uuid4().bytes), "plate": key(plate), "at_us": at_us, "heard_us": at_us + 200_000,
        "camera": camera, "make": make("Toyota"), "colour": colour("white"), "body": body("car"),
        "confidence": 99, "weakest": 97, "frames": 3, "make_sure": 95, "colour_sure": 90, "body_sure": 90,
    }  # fmt: skip
    return said | more


def reads(*rows: dict[str, Any]) -> Reads:
    found = np.zeros(len(rows), READ)
    found["speed_dkmh"] = found["heading_cdeg"] = UNKNOWN_2
    for nth, row in enumerate(rows):
        for name, value in row.items():
            found[name][nth] = value
    return found


def cars(*plates: str, **more: Any) -> Known:
    """White Toyotas, registered, and enough other cars of the region for the register to cover it."""
    listed = [*plates, *(f"9{nth:02}ZZZ02" for nth in range(100))]
    found = np.zeros(len(listed), KNOWN)
    found["plate"] = [key(plate) for plate in listed]
    found["make"], found["colour"], found["body"] = make("Kia"), colour("black"), body("bus")
    said = {"make": make("Toyota"), "colour": colour("white"), "body": body("car"), "state": 1} | more
    found["state"] = 1
    for name, value in said.items():
        found[name][: len(plates)] = value
    return found


def listed(plate: str, grounds: int = Ground.WANTED, until: int = DAY, action: int = 3) -> Watch:
    found = np.zeros(1, WATCH)
    found["plate"], found["grounds"], found["action"], found["until_day"] = key(plate), grounds, action, until
    found["entry"] = np.void(ENTRY.bytes)
    return found


def engine(known: Known | None = None, watch: Watch | None = None) -> Engine:
    """With cameras 1…20, a kilometre from each other along a straight road of 60 km/h; 21 beside no road."""
    made = Engine(1_000)
    made.know(cars("123ABC02") if known is None else known)
    if watch is not None:
        made.watch(watch)
    made.roads = Roads(spots(), {0: network()})
    return made


def spots(clock_s: float = 1.0) -> Spots:
    lon = 76.0 + np.arange(22, dtype=np.float64) * KM
    lat = np.full(22, LAT)
    lat[21] += 0.5
    return Spots(lon, lat, np.zeros(22, np.int64), np.full(22, clock_s))


@cache
def network() -> RoadNetwork:
    """The road of `engine`, 25 km of it."""
    lons = (76.0 + np.arange(26) * KM).tolist()
    raw = [
        RawRoad(
            "primary", Drive(60.0, forward=True, backward=True), Names(), list(range(26)), lons, [LAT] * 26
        )
    ]
    raw += [
        RawRoad("residential", Drive(30.0, forward=True, backward=True), Names(), [nth, 100 + nth],
                [lons[nth]] * 2, [LAT, LAT + 0.001]) for nth in range(26)
    ]  # fmt: skip
    graph = build(raw, [-1] * len(raw))
    assert graph is not None
    places = Places([], [], np.zeros(0), np.zeros(0), [], [], (75.9, 43.1, 76.5, 43.3))
    found = RoadNetwork("02")
    file = MapFile(uuid4(), Graph(graph, Matcher(graph), road_engine(graph), ()), places)
    found.show(found.prepare(file, (), 1))
    travel = found.travel_times(np.array([[lons[1], LAT]]), Point(lons[11], LAT))
    assert not travel.estimated
    assert 590 < travel.seconds[0] < 620
    return found


def found(judged: Judged) -> Found:
    assert isinstance(judged.more, Found)
    return judged.more


def judged(made: Engine, *rows: dict[str, Any]) -> list[tuple[int, int]]:
    """(grounds, score) of each read."""
    batch = reads(*rows)
    answer = made.judge(batch, int(batch["heard_us"].max(initial=0)), DAY)
    assert len(found(answer).hits) == np.count_nonzero(answer.grounds)
    return list(zip(answer.grounds.tolist(), answer.score.tolist(), strict=True))
