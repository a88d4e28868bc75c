"""False plates in generated traffic with planted clones: what is found, and what is said wrongly.

The traffic's own truth scores it (`simulator.traffic.truth`): mistakes of the cameras, among them one read in
fifty with a wrong sign, a tenth of those as sure as any other; looks that are wrong or not seen; honest cars
that nobody may be troubled with. `python -m tests.qorgau.test_clones` prints the figures.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from jedel.kernel.geo import Point
from jedel.places import Travel
from jedel.places.model import Drive, Names
from jedel.places.network.build import build
from jedel.places.network.engines import engine as road_engine
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Picture
from jedel.places.network.picture import Roads as Graph
from jedel.places.osm.extract import RawRoad
from jedel.plates import looks
from jedel.plates.codec import READ, Reads
from jedel.qorgau.matching.engine import Engine
from jedel.qorgau.matching.roads import Roads, Spots
from jedel.qorgau.model import FALSE_PLATE, Ground
from jedel.qorgau.watch.rows import KNOWN, STATES
from simulator.registers import names, numbers
from simulator.registers.make import Plan
from simulator.traffic import Mix, Traffic, generate
from simulator.traffic import roads as sim_roads
from simulator.traffic.book import Rules, read_book
from simulator.traffic.keys import keys
from simulator.traffic.truth import Score, score
from simulator.traffic.wire import records
from simulator.traffic.world import START

VEHICLES = 40_000
CARS = 15_000
CAMERAS = 40
HOURS = 3
BATCH = 1_000
FALSE = ("two_places", "looks_differ", "not_on_register", "impossible_plate")


class Streets:
    """The traffic's roads as our own network has them."""

    def __init__(self, roads: sim_roads.Roads) -> None:
        raw = [
            RawRoad(
                "primary", Drive(float(ms) * 3.6, forward=True, backward=False), Names(), [int(a), int(b)],
                roads.lon_lat[[a, b], 0].tolist(), roads.lon_lat[[a, b], 1].tolist(),
            )
            for a, b, ms in zip(roads.start, roads.end, roads.limit_ms, strict=True)
        ]  # fmt: skip
        graph = build(raw, [-1] * len(raw))
        assert graph is not None
        self._picture = Picture(Graph(graph, Matcher(graph), road_engine(graph), ()))

    def travel_times(self, origins: NDArray[np.float64], to: Point) -> Travel:
        return self._picture.travel(origins, to)


@dataclass(frozen=True)
class Trial:
    """``scores`` by ground; of the plates of honest cars, how many anything false was said; ``grounds`` and
    ``score`` (n,) of the reads."""

    traffic: Traffic
    scores: dict[str, Score]
    grounds: NDArray[np.uint16]
    score: NDArray[np.uint8]
    troubled: int


@cache
def streets() -> tuple[sim_roads.Roads, Streets]:
    roads = sim_roads.city_roads()
    return roads, Streets(roads)


def register() -> NDArray[np.void]:
    """The vehicles register that the traffic's cars are of."""
    book = read_book(Plan(VEHICLES, 7, START.date()), Rules())
    found = np.zeros(VEHICLES, KNOWN)
    found["plate"] = keys(numbers.plates(np.arange(VEHICLES)))
    for name, words, number in _LOOKS:
        found[name] = np.array([0, *map(number, words)])[getattr(book, name)]
    states = np.array([STATES[word] for word in ("registered", "deregistered", "scrapped", "exported")])
    found["state"] = states[book.state]
    return found


_LOOKS = (
    ("make", names.MAKES, looks.make),
    ("colour", names.COLOURS, looks.colour),
    ("body", names.CLASSES, looks.body),
)


def engine(traffic: Traffic) -> Engine:
    made = Engine(100_000)
    made.know(register())
    cameras, network = traffic.cameras, streets()[1]
    size = int(cameras["number"].max()) + 1
    lon, lat, clock_s = np.full(size, np.nan), np.full(size, np.nan), np.full(size, 1.0)
    lon[cameras["number"]], lat[cameras["number"]] = cameras["lon"], cameras["lat"]
    # What was measured of the clocks, as `jedel.plates.cameras` would.
    clock_s[cameras["number"]] += np.maximum(-cameras["clock_ms"], 0) / 1e3
    made.roads = Roads(Spots(lon, lat, np.zeros(size, np.int64), clock_s), {0: network})
    return made


def said(traffic: Traffic) -> Reads:
    """The reads as the worker hands them on: none later than it was heard."""
    makes, colours, bodies = ([number(word) for word in words] for _, words, number in _LOOKS)
    raw = records(traffic.reads, makes, colours, bodies)
    reads = raw.astype(READ)
    reads["heard_us"] = traffic.reads["true_us"] + 200_000
    reads["at_us"] = np.minimum(reads["at_us"], reads["heard_us"])
    return reads


def trial(seed: int, mix: Mix) -> Trial:
    traffic = generate(seed, CARS, CAMERAS, HOURS * 3_600.0, roads=streets()[0], vehicles=VEHICLES, mix=mix)
    made, reads = engine(traffic), said(traffic)
    parts = [
        made.judge(part, int(part["heard_us"][-1]), 20_000)
        for part in (reads[at : at + BATCH] for at in range(0, len(reads), BATCH))
    ]
    grounds = np.concatenate([part.grounds for part in parts])
    plates = traffic.reads["plate"]
    found = {
        code: [plate.decode() for plate in np.unique(plates[grounds & int(Ground[code.upper()]) > 0])]
        for code in FALSE
    }
    honest = traffic.cars["grounds"] & int(FALSE_PLATE) == 0
    troubled = np.unique(traffic.reads["car"][(grounds & int(FALSE_PLATE) > 0)])
    return Trial(
        traffic,
        {code: each for code, each in score(traffic, found).items() if code in FALSE},
        grounds,
        np.concatenate([part.score for part in parts]),
        int(honest[troubled].sum()),
    )


def report(of: Trial) -> list[str]:
    first = (
        f"{len(of.grounds):,} reads of {CARS:,} cars at {CAMERAS} cameras in {HOURS} h; honest cars of which"
    )
    return [f"{first} something false was said: {of.troubled}"] + [
        f"{code}: right {each.right}, wrong {each.wrong}, missed {each.missed},"
        f" precision {each.precision:.3f}, recall {each.recall:.3f}"
        for code, each in of.scores.items()
    ]


LEAST = {  # precision, recall: what seeds 7 and 9 reached, a little less
    "two_places": (0.90, 0.95),
    "looks_differ": (0.95, 0.65),
    "not_on_register": (0.85, 0.95),
    "impossible_plate": (0.80, 0.95),
}


@pytest.mark.slow
def test_false_plates_are_found_and_honest_cars_left_alone() -> None:
    of = trial(7, Mix())
    for line in report(of):
        print(line)  # noqa: T201
    for code, (precision, recall) in LEAST.items():
        assert of.scores[code].precision >= precision, code
        assert of.scores[code].recall >= recall, code
    assert of.troubled <= CARS / 1_500


def main() -> None:
    for seed in (7, 8, 9):
        for line in report(trial(seed, Mix())):
            print(f"seed {seed}: {line}")  # noqa: T201


if __name__ == "__main__":
    main()
