"""Traffic: cars that go their rounds past cameras. The same seed gives the same reads, window by window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np

from simulator.registers.make import Plan
from simulator.traffic.book import Rules, read_book
from simulator.traffic.drives import Cameras, Passings, make_rounds, passings, place_cameras
from simulator.traffic.fleet import Cars, Mix, make_fleet, spare_cars
from simulator.traffic.reading import Mistakes, Passed, Reads, read
from simulator.traffic.roads import Ints, Line, Roads, city_roads

ROUNDS: Final = 512
SPARE: Final = 12
SPEEDERS: Final = 0.005
START: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """Who drives where.

    round, slow, rest_s, phase_s: (cars,) each car's round, how many times as long as at the limit it takes,
    how long it stands at home after it, and where in all that it is at the start. spare: cars that stand.
    """

    seed: int
    start: datetime
    roads: Roads
    cameras: Cameras
    passings: Passings
    cars: Cars
    spare: Cars
    mistakes: Mistakes
    round: Ints
    slow: Line
    rest_s: Line
    phase_s: Line

    @property
    def start_us(self) -> int:
        return int(self.start.timestamp()) * 1_000_000

    def reads(self, since_s: float, until_s: float) -> Reads:
        """What the cameras read in [since_s, until_s) seconds after the start, in order of time."""
        dice = np.random.default_rng((self.seed, 20, round(since_s * 1000), round(until_s * 1000)))
        passed = self._passed(since_s, until_s)
        return read(passed, self.cars, self.cameras, self.start_us, self.mistakes, dice)

    def _passed(self, since_s: float, until_s: float) -> Passed:
        """Every passing in the window: for each car and lap the run of its round's passings within it."""
        laps_s = self.passings.period[self.round] * self.slow + self.rest_s
        drift = self.passings.of * _FAR + self.passings.at
        found: list[tuple[Ints, Ints, Line]] = []
        first = np.floor((since_s + self.phase_s) / laps_s)
        last = np.floor((until_s + self.phase_s) / laps_s)
        for nth in range(int((last - first).max(initial=-1)) + 1):
            cars = np.flatnonzero(first + nth <= last)
            begins = (first[cars] + nth) * laps_s[cars] - self.phase_s[cars]
            base = self.round[cars] * _FAR
            window = [
                base + np.clip((edge - begins) / self.slow[cars], 0, _FAR - 1) for edge in (since_s, until_s)
            ]
            low, high = (np.searchsorted(drift, edge) for edge in window)
            counts = high - low
            car = np.repeat(np.arange(len(cars)), counts)
            which = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + low[car]
            at = begins[car] + self.passings.at[which] * self.slow[cars[car]]
            found.append((cars[car], which, at))
        car, which, at = (np.concatenate(parts) for parts in zip(*found, strict=True))
        camera = self.passings.camera[which]
        limit = self.roads.limit_ms[self.cameras["edge"][camera]] * 3.6
        return Passed(car, camera, at, limit / self.slow[car])


_FAR: Final = 1e6
"""Seconds; more than any round takes."""


@dataclass(frozen=True)
class Traffic:
    """A world and what was read in it."""

    world: World
    reads: Reads
    seconds: float

    @property
    def cars(self) -> Cars:
        return self.world.cars

    @property
    def cameras(self) -> Cameras:
        return self.world.cameras


def make_world(
    seed: int = 7,
    cars: int = 2_000,
    cameras: int = 12,
    *,
    roads: Roads | None = None,
    vehicles: int | None = None,
    register_seed: int = 7,
    today: date | None = None,
    start: datetime = START,
    mix: Mix | None = None,
    mistakes: Mistakes | None = None,
    rules: Rules | None = None,
    reads_per_s: float | None = None,
    rounds: int = ROUNDS,
) -> World:
    """The cars of the register of `vehicles` and `register_seed` (as `simulator.registers` writes it for
    `today`, the start's day where not given) on these roads, the demo city's where none are given.

    Cars stand at home so long between their rounds that `reads_per_s` reads come, or as many as can come.
    Raises ValueError where the register has too few cars, or the roads too few places for cameras.
    """
    dice = np.random.default_rng((seed, 10))
    roads = roads or city_roads()
    driven = make_rounds(roads, rounds, dice)
    stands = place_cameras(roads, driven, cameras, dice)
    past = passings(roads, driven, stands)
    plan = Plan(vehicles or max(10_000, 2 * cars), register_seed, today or start.date())
    rules = rules or Rules()
    book = read_book(plan, rules)
    grounds = book.grounds(plan, rules)
    fleet = make_fleet(plan, book, grounds, cars, mix or Mix(), dice)
    spare = spare_cars(book, grounds, fleet, SPARE)
    which = dice.integers(0, rounds, cars)
    speeding = dice.random(cars) < SPEEDERS
    slow = np.where(speeding, dice.uniform(0.8, 1.0, cars), dice.uniform(1.1, 1.7, cars))
    rest_s = dice.uniform(0.5, 1.5, cars)
    mistakes = mistakes or Mistakes()
    drive_s = past.period[which] * slow
    seen = np.diff(past.first)[which] * (1 - mistakes.missed)
    rest_s *= _rest(seen, drive_s, rest_s, reads_per_s)
    phase_s = dice.uniform(0, 1, cars) * (drive_s + rest_s)
    return World(seed, start, roads, stands, past, fleet, spare, mistakes, which, slow, rest_s, phase_s)


def _rest(seen: Line, drive_s: Line, rest_s: Line, reads_per_s: float | None) -> float:
    """The factor for `rest_s` with which so many reads come; 600 where none is asked for."""
    if reads_per_s is None:
        return 600.0
    low, high = 0.0, 1e9
    for _ in range(100):
        middle = (low + high) / 2
        more = (seen / (drive_s + rest_s * middle)).sum() > reads_per_s
        low, high = (middle, high) if more else (low, middle)
    return high


def generate(
    seed: int = 7, cars: int = 2_000, cameras: int = 12, seconds: float = 3_600.0, **more: Any
) -> Traffic:
    """`make_world` with all its options, and what is read in so many seconds."""
    world = make_world(seed, cars, cameras, **more)
    return Traffic(world, world.reads(0.0, seconds), seconds)
