"""The ten nearest of 22,000 units while 50,000 positions a second come in; peer: Redis GEO on the same work.

Both are asked at random moments, and a question's time counts from the moment it was due, so waiting for an
update under way counts. Redis gets what suits it best: updates pipelined from a process of its own, and a
radius that nearly always holds ten units and no more than it must (doubled when it does not).
"""

import gc
import multiprocessing
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

import numpy as np
import redis

from jedel.app.embedded.child import free_port
from jedel.kernel.geo import Point
from jedel.units.codec import POSITION, Records
from jedel.units.hot import HotUnits
from tests.bench.report import Result

UNITS = 22_000
UPDATES_PER_S = 50_000
BATCH = 500
QUESTIONS_PER_S = 200
K = 10
GOAL_MS = 1.0
WEST, SOUTH, WIDTH, HEIGHT = 76.75, 43.12, 0.37, 0.27  # 30 km by 30 km
RADIUS_KM = 1.0


class City:
    """22,000 units on the move; seeded, so both sides get the same work."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.ids = np.frombuffer(self._random.bytes(16 * UNITS), dtype="V16")
        self._at = 0

    def batch(self, which: slice | None = None) -> Records:
        chosen = np.arange(UNITS)[which] if which else self._random.integers(0, UNITS, BATCH)
        records = np.zeros(len(chosen), dtype=POSITION)
        self._at += 1
        records["unit"], records["at_us"] = self.ids[chosen], self._at
        records["lon_e7"] = (WEST + WIDTH * self._random.random(len(chosen))) * 1e7
        records["lat_e7"] = (SOUTH + HEIGHT * self._random.random(len(chosen))) * 1e7
        return records

    def point(self) -> Point:
        x, y = self._random.random(2).tolist()
        return Point(WEST + WIDTH * x, SOUTH + HEIGHT * y)


def measure(seconds: float, ask: Callable[[Point], int], update: Callable[[], None] | None) -> np.ndarray:
    """Milliseconds of each question, from when it was due; updates on their own schedule in between."""
    pace, city, took = random.Random(7), City(2), []
    start = time.perf_counter()
    question_due, update_due = start + 0.01, start
    while min(question_due, update_due) < start + seconds:
        if update is not None and update_due <= question_due:
            _wait(update_due)
            update()
            update_due += BATCH / UPDATES_PER_S
        else:
            point = city.point()
            _wait(question_due)
            found = ask(point)
            took.append((time.perf_counter() - question_due) * 1e3)
            if found != K:
                raise AssertionError(f"{found} units instead of {K}")
            question_due += pace.expovariate(QUESTIONS_PER_S)
        if update is None:
            update_due = question_due
    return np.array(took)


def _wait(due: float) -> None:
    while time.perf_counter() < due:
        if due - time.perf_counter() > 0.001:
            time.sleep(0.0005)


def ours(seconds: float) -> np.ndarray:
    hot, city = HotUnits(), City(1)
    hot.update(city.batch(slice(None)))
    gc.freeze()
    return measure(seconds, lambda p: len(hot.nearest(p, K).places), lambda: void(hot.update(city.batch())))


def void(_: object) -> None:
    return None


def theirs(seconds: float) -> np.ndarray:
    """The same with Redis; raises FileNotFoundError where there is no redis-server."""
    with server() as port:
        asking = redis.Redis(port=port)
        city = City(1)
        _geoadd(asking, city.batch(slice(None)))
        ready, stop = multiprocessing.Event(), multiprocessing.Event()
        feeder = multiprocessing.Process(target=_feed, args=(port, ready, stop), daemon=True)
        feeder.start()
        ready.wait(10)

        def ask(point: Point) -> int:
            radius = RADIUS_KM
            while True:
                found = asking.geosearch("units", longitude=point.lon, latitude=point.lat, radius=radius,
                                         unit="km", sort="ASC", count=K, withdist=True)  # fmt: skip
                if len(found) == K:
                    return K
                radius *= 2

        try:
            return measure(seconds, ask, None)
        finally:
            stop.set()
            feeder.join(5)


def _feed(port: int, ready: Event, stop: Event) -> None:
    feeding, city, due = redis.Redis(port=port), City(1), time.perf_counter()
    ready.set()
    while not stop.is_set():
        _geoadd(feeding, city.batch())
        due += BATCH / UPDATES_PER_S
        _wait(due)


def _geoadd(client: "redis.Redis", records: Records) -> None:
    # 50 in a command, ten commands in a pipeline: one command for all would block others for longer.
    pipe = client.pipeline(transaction=False)
    lon, lat = (records["lon_e7"] / 1e7).tolist(), (records["lat_e7"] / 1e7).tolist()
    rows = list(zip(lon, lat, records["unit"].tolist(), strict=True))
    for at in range(0, len(rows), 50):
        pipe.geoadd("units", [value for row in rows[at : at + 50] for value in row])
    pipe.execute()


@contextmanager
def server() -> Iterator[int]:
    """A redis-server of our own, in memory only, on a free port."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server is not installed (Debian: apt-get install redis-server)")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = f"{program} --port {port} --bind 127.0.0.1 --dir {folder} --daemonize no --save".split()
        process = subprocess.Popen([*command, ""], stdout=subprocess.DEVNULL)
        try:
            client, deadline = redis.Redis(port=port), time.monotonic() + 10
            while True:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def run(seconds: float | None = None) -> Result:
    """Measures each side for half of `seconds` (default 30)."""
    half = (seconds or 30.0) / 2
    mine = ours(half)
    figure = round(float(np.percentile(mine, 99)), 3)
    print(f"jedel: {_told(mine)}", file=sys.stderr)
    try:
        peer = theirs(half)
    except FileNotFoundError as missing:
        print(f"no peer: {missing}", file=sys.stderr)
        return Result("nearest", figure, "ms p99", GOAL_MS, figure <= GOAL_MS)
    print(f"redis: {_told(peer)}", file=sys.stderr)
    other = round(float(np.percentile(peer, 99)), 3)
    met = figure <= GOAL_MS and figure <= other
    return Result(
        "nearest", figure, "ms p99", GOAL_MS, met, "redis-server GEO", other, round(figure / other, 3)
    )


def _told(took: np.ndarray) -> str:
    p50, p99, worst = np.percentile(took, [50, 99, 100])
    return f"{len(took)} questions, p50 {p50:.3f} ms, p99 {p99:.3f} ms, max {worst:.3f} ms"


if __name__ == "__main__":
    print(run(float(sys.argv[1]) if len(sys.argv) > 1 else None).line())
