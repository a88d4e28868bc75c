"""Judging reads on one core: 5,000,000 known cars, 1,000,000 listed plates, 3,000,000 last sightings, all
grounds and clone checks on. Peers on the same core and the same reads: the same three joins in DuckDB (in
larger batches, which suit it), and three look-ups of each read in Redis (of a fifth of the keys), neither of
which judges anything.

`python -m tests.bench.matching tables`: the hash table beside np.searchsorted.
"""

import os
import sys
import time
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import redis
from numpy.typing import NDArray

from jedel.kernel.geo import Point
from jedel.places import Travel
from jedel.places.network.build import build
from jedel.places.network.engines import engine as road_engine
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Picture
from jedel.places.network.picture import Roads as Graph
from jedel.plates.codec import READ, UNKNOWN_2, Reads
from jedel.plates.keys import BASE, LONGEST
from jedel.qorgau.matching.engine import Engine
from jedel.qorgau.matching.roads import Roads, Spots
from jedel.qorgau.matching.table import Table
from jedel.qorgau.watch.rows import KNOWN, WATCH
from tests.bench.eta import _grid
from tests.bench.nearest import server
from tests.bench.report import Result

KNOWN_CARS: Final = 5_000_000
LISTED: Final = 1_000_000
SEEN: Final = 3_000_000
BATCH: Final = 4_096
SIDE: Final = 45  # cameras along a side of the city
STEP: Final = 2  # streets from camera to camera
GOAL: Final = 300_000.0
DAY: Final = 20_000
NOW_US: Final = (DAY * 24 + 7) * 3_600_000_000  # noon in Almaty
_WEIGHT: Final = np.array([BASE**power for power in reversed(range(LONGEST))], dtype=np.int64)


@dataclass(frozen=True)
class World:
    """``known``, ``listed``: of KNOWN, WATCH; ``seen``: (SEEN,) reads, the last of each plate; ``reads``: to
    be judged, in order of time; ``spots``; ``roads``: the city's graph."""

    known: NDArray[np.void]
    listed: NDArray[np.void]
    seen: Reads
    reads: Reads
    spots: Spots
    roads: "City"


class City:
    """Streets in a grid, as the engine asks for them."""

    def __init__(self) -> None:
        raw = _grid(SIDE * STEP)
        graph = build(raw, [-1] * len(raw))
        assert graph is not None
        self._picture = Picture(Graph(graph, Matcher(graph), road_engine(graph), ()))

    def travel_times(self, origins: NDArray[np.float64], to: Point) -> Travel:
        return self._picture.travel(origins, to)


def plates(count: int, dice: np.random.Generator) -> NDArray[np.int64]:
    """Different private plates in no order."""
    found = np.zeros(0, np.int64)
    while len(found) < count:
        wanted = count + count // 10
        signs = np.zeros((wanted, LONGEST), np.int64)
        signs[:, :3] = 1 + dice.integers(0, 10, (wanted, 3))
        signs[:, 3:6] = 11 + dice.integers(0, 26, (wanted, 3))
        region = dice.integers(1, 21, wanted)
        signs[:, 6], signs[:, 7] = 1 + region // 10, 1 + region % 10
        found = np.unique(np.concatenate((found, signs @ _WEIGHT)))
    dice.shuffle(found)
    return found[:count]


def world(reads: int, dice: np.random.Generator, hits: float = 0.02) -> World:
    """``hits``: the share of reads that a list names."""
    all_plates = plates(KNOWN_CARS + 50_000, dice)
    known = np.zeros(KNOWN_CARS, KNOWN)
    known["plate"] = all_plates[:KNOWN_CARS]
    known["make"] = np.minimum(dice.zipf(1.5, KNOWN_CARS), 30)
    known["colour"] = dice.integers(1, 13, KNOWN_CARS)
    known["body"] = dice.choice([1, 2, 3, 4], KNOWN_CARS, p=[0.7, 0.15, 0.1, 0.05])
    known["state"] = np.where(dice.random(KNOWN_CARS) < 0.002, 2, 1)
    listed = np.zeros(LISTED, WATCH)
    # Cars that are listed drive less: the list is the known cars' end, the reads' share of it is `hits`.
    listed["plate"] = known["plate"][-LISTED:]
    listed["grounds"] = 1 << dice.integers(0, 5, LISTED)
    listed["action"] = 3
    listed["until_day"] = DAY + 30
    spots, seen_at = _spots(), NOW_US - dice.integers(60, 12 * 3600, SEEN) * 1_000_000
    driving = np.where(dice.random(SEEN) < hits, dice.integers(KNOWN_CARS - LISTED, KNOWN_CARS, SEEN), 0)
    plain = dice.permutation(KNOWN_CARS - LISTED)[:SEEN]
    car = np.where(driving > 0, driving, plain)
    car = dice.permutation(np.unique(car))
    seen = _passing(known[car], dice)
    seen["camera"] = dice.integers(0, SIDE * SIDE, len(car))
    seen["at_us"] = seen["heard_us"] = seen_at[: len(car)]
    chosen = np.arange(reads) % len(car)
    again = _passing(known[car[chosen]], dice)
    again["at_us"] = again["heard_us"] = NOW_US + np.sort(dice.integers(0, reads * 50, reads))
    again["camera"] = _further(seen["camera"][chosen], again["at_us"] - seen["at_us"][chosen], dice)
    _spoil(again, dice)
    return World(known, listed, seen, again, spots, City())


def _spots() -> Spots:
    nth = np.arange(SIDE * SIDE)
    lon, lat = 76.8 + nth % SIDE * STEP * 0.003, 43.1 + nth // SIDE * STEP * 0.002
    region, clock_s = np.zeros(len(nth), np.int64), np.full(len(nth), 0.5)
    return Spots(lon.astype(np.float64), lat.astype(np.float64), region, clock_s)


def _passing(cars: NDArray[np.void], dice: np.random.Generator) -> Reads:
    """Cars as cameras see them: most of them right."""
    n = len(cars)
    made = np.zeros(n, READ)
    made["id"] = np.frombuffer(dice.bytes(16 * n), "V16")
    made["plate"], made["speed_dkmh"], made["heading_cdeg"] = cars["plate"], 500, UNKNOWN_2
    made["make"] = np.where(dice.random(n) < 0.02, dice.integers(1, 31, n), cars["make"])
    made["colour"] = np.where(dice.random(n) < 0.1, dice.integers(1, 13, n), cars["colour"])
    made["body"] = cars["body"]
    made["make_sure"], made["colour_sure"], made["body_sure"] = 80, 70, 80
    made["confidence"] = np.minimum(100 - dice.exponential(4, n), 99)
    made["weakest"] = made["confidence"] - np.minimum(made["confidence"] // 10, 9)
    made["frames"] = dice.integers(1, 6, n)
    return made


def _further(
    camera: NDArray[np.int32], apart_us: NDArray[np.int64], dice: np.random.Generator
) -> NDArray[np.int64]:
    """A camera that a car gets to at 20 km/h as the crow flies, at the most 12 cameras away each way."""
    cells = np.minimum(apart_us / 1e6 * (20 / 3.6) / 1.4 / 490, 12)
    n = len(camera)
    x = camera % SIDE + np.rint((dice.random(n) * 2 - 1) * cells).astype(np.int64)
    y = camera // SIDE + np.rint((dice.random(n) * 2 - 1) * cells).astype(np.int64)
    return np.clip(x, 0, SIDE - 1) + SIDE * np.clip(y, 0, SIDE - 1)


def _spoil(reads: Reads, dice: np.random.Generator) -> None:
    """What the world does: one in a hundred misread, one in a hundred from abroad, one in 2,000 a clone."""
    n = len(reads)
    wrong = np.flatnonzero(dice.random(n) < 0.01)
    place = dice.integers(0, 3, len(wrong))
    sign = reads["plate"][wrong] // _WEIGHT[place] % BASE
    reads["plate"][wrong] += ((sign % 10) + 1 - sign) * _WEIGHT[place]
    reads["confidence"][wrong] = dice.integers(40, 90, len(wrong))
    abroad = np.flatnonzero(dice.random(n) < 0.01)
    reads["plate"][abroad] = 12 * _WEIGHT[0] + dice.integers(10**9, 10**12, len(abroad)) * BASE**4
    cloned = np.flatnonzero(dice.random(n) < 1 / 2_000)
    reads["camera"][cloned] = dice.integers(0, SIDE * SIDE, len(cloned))
    reads["heard_us"] = reads["at_us"] + 200_000


def prepared(all_: World) -> Engine:
    """The engine with everything in it."""
    made = Engine(SEEN)
    made.roads = Roads(all_.spots, {0: all_.roads})
    made.know(all_.known)
    made.watch(all_.listed)
    for at in range(0, len(all_.seen), 1 << 17):
        made.remember(all_.seen[at : at + (1 << 17)])
    return made


def ours(all_: World, batch: int = BATCH) -> tuple[float, NDArray[np.uint16]]:
    """Reads a second, and the grounds of all."""
    start = time.perf_counter()
    made = prepared(all_)
    print(
        f"loaded in {time.perf_counter() - start:.1f} s; tables {made.bytes / 2**20:.0f} MiB,"
        f" {len(made.seen)} plates seen, {made.seen.forgotten} forgotten", file=sys.stderr,
    )  # fmt: skip
    grounds, worst = [], 0.0
    start, busy = time.perf_counter(), time.process_time()
    for at in range(0, len(all_.reads), batch):
        part = all_.reads[at : at + batch]
        began = time.perf_counter()
        grounds.append(made.judge(part, int(part["heard_us"][-1]), DAY).grounds)
        worst = max(worst, time.perf_counter() - began)
    took, cpu = time.perf_counter() - start, time.process_time() - busy
    found = np.concatenate(grounds)
    each = [int(np.count_nonzero(found & (1 << bit))) for bit in range(9)]
    pace = f"{len(found) / took:,.0f} reads/s ({len(found) / cpu:,.0f} by the processor's time)"
    print(f"jedel: {pace} in batches of {batch}, slowest {worst * 1e3:.1f} ms", file=sys.stderr)
    share = np.count_nonzero(found) / len(found)
    print(f"hits {share:.2%}, {each}; pairs of cameras that waited {made.roads.waiting}", file=sys.stderr)
    return len(found) / took, found


_JOIN: Final = """
    SELECT count(*), sum(l.grounds), sum(k.make), sum(CASE WHEN s.camera <> r.camera AND
        r.at_us - s.at_us < 1000000 * abs(s.camera - r.camera) THEN 1 ELSE 0 END)
    FROM r LEFT JOIN known k ON k.plate = r.plate LEFT JOIN listed l ON l.plate = r.plate
    LEFT JOIN seen s ON s.plate = r.plate
"""


def in_duckdb(all_: World, batch: int) -> float:
    """Reads a second of the joins alone."""
    with duckdb.connect(":memory:", config={"threads": 1}) as db:
        for name, rows, columns in (
            ("known", all_.known, ("plate", "make", "colour", "body", "state")),
            ("listed", all_.listed, ("plate", "grounds", "action", "until_day")),
            ("seen", all_.seen, ("plate", "at_us", "camera")),
        ):
            part = {column: np.ascontiguousarray(rows[column]) for column in columns}
            db.register("part", part)
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM part")
            db.unregister("part")
        start, busy, done = time.perf_counter(), time.process_time(), 0
        while done < len(all_.reads) and time.perf_counter() - start < 15:
            some = all_.reads[done : done + batch]
            names = ("plate", "at_us", "camera")
            db.register("r", {name: np.ascontiguousarray(some[name]) for name in names})
            db.execute(_JOIN).fetchall()
            done += len(some)
        cpu = done / (time.process_time() - busy)
        print(f"duckdb: {cpu:,.0f} reads/s by the processor's time in batches of {batch}", file=sys.stderr)
        return done / (time.perf_counter() - start)


def in_redis(all_: World, seconds: float) -> float:
    """Reads a second, each of them one request with three keys."""
    with server() as port:
        client = redis.Redis(port=port)
        for name, rows in (("k", all_.known), ("w", all_.listed), ("s", all_.seen)):
            for at in range(0, len(rows) // 5, 20_000):
                some = rows[at : at + 20_000]
                pairs = {f"{name}{plate}": b"x" * 16 for plate in some["plate"].tolist()}
                client.mset(pairs)
        numbers = all_.reads["plate"].tolist()
        start, done = time.perf_counter(), 0
        while done < len(numbers) and time.perf_counter() - start < seconds:
            plate = numbers[done]
            client.mget(f"k{plate}", f"w{plate}", f"s{plate}")
            done += 1
        return done / (time.perf_counter() - start)


def tables(dice: np.random.Generator) -> None:
    """The hash table beside np.searchsorted."""
    keys = plates(KNOWN_CARS, dice)
    table, ordered = Table("<i4", room=len(keys)), np.sort(keys)
    table.put(keys, np.arange(len(keys), dtype="<i4"))
    batches = [dice.choice(keys, BATCH) for _ in range(100)]
    for name, look in (
        ("table", table.find),
        ("searchsorted", lambda some: np.searchsorted(ordered, some)),
        ("searchsorted, sorted first", lambda some: np.searchsorted(ordered, np.sort(some))),
    ):
        start = time.perf_counter()
        for some in batches:
            look(some)
        print(f"{name}: {(time.perf_counter() - start) / BATCH / len(batches) * 1e9:.0f} ns a key")


def run(seconds: float | None = None) -> Result:
    """Of so many seconds' reads at the goal's pace (default 3)."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    all_ = world(int((seconds or 3.0) * GOAL), np.random.default_rng(20261122))
    figure, _ = ours(all_)
    larger = 1 << 18
    peer = in_duckdb(all_, larger)
    print(f"duckdb, joins alone: {peer:,.0f} reads/s in batches of {larger}", file=sys.stderr)
    print(f"duckdb: {in_duckdb(all_, BATCH):,.0f} reads/s in batches of {BATCH}", file=sys.stderr)
    try:
        print(f"redis, look-ups alone: {in_redis(all_, 10):,.0f} reads/s, one by one", file=sys.stderr)
    except FileNotFoundError as missing:
        print(f"no redis: {missing}", file=sys.stderr)
    return Result(
        "matching", round(figure), "reads/s", GOAL, figure >= GOAL,
        "DuckDB, the joins alone", round(peer), round(figure / peer, 2),
    )  # fmt: skip


if __name__ == "__main__":
    if "tables" in sys.argv:
        tables(np.random.default_rng(1))
    else:
        print(run().line())
