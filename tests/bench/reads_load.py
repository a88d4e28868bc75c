"""Reads for the benches of plates and Qorgau: a country's cars, cameras along roads, batches as they travel.

Each car keeps to the cameras near its home, so that nobody is at two places at once: what is measured is the
ordinary day, and not a flood of clones. Everything follows from the seed.

As a program (`python -m tests.bench.reads_load URL RATE SECONDS PLATES CAMERAS`) it says reads on NATS at an
even rate whether or not they are taken away, and prints JSON.
"""

import asyncio
import sys
import time

import nats
import numpy as np
import orjson
from nats.js.api import PubAck
from numpy.typing import NDArray

from jedel.plates import stream
from jedel.plates.codec import PARTITIONS, READ, UNKNOWN_2, Reads, partition
from jedel.plates.keys import Keys, keys

PER_MESSAGE = 250
TICKS_PER_S = 10
_LETTERS = np.frombuffer(b"ABCEHKMOPTXYDFGIJLNRSUVWZ", dtype=np.uint8)
REGIONS = 20


def plates(n: int) -> NDArray[np.bytes_]:
    """(n,) different private plates `123ABC02`, all regions, as ``S8``. n ≤ 312 million."""
    nth = np.arange(n, dtype=np.int64)
    signs = np.zeros((n, 8), dtype=np.uint8)
    region, nth = nth % REGIONS + 1, nth // REGIONS
    for place in (2, 1, 0):
        nth, digit = np.divmod(nth, 10)
        signs[:, place] = digit + ord("0")
    for place in (5, 4, 3):
        nth, letter = np.divmod(nth, len(_LETTERS))
        signs[:, place] = _LETTERS[letter]
    signs[:, 6], signs[:, 7] = region // 10 + ord("0"), region % 10 + ord("0")
    return signs.view("S8").ravel()


class Traffic:
    """``keys``: (n,) of the cars that drive. ``cameras``: numbers of the cameras, neighbours side by side."""

    def __init__(self, cars: Keys, cameras: NDArray[np.int32], seed: int = 11) -> None:
        self.keys = cars
        self.cameras = cameras
        self._home = np.random.default_rng(seed).integers(0, len(cameras) - 1, len(cars))
        self._order = np.random.default_rng(seed + 1).permutation(len(cars))
        self._at = 0
        self._said = 0

    def take(self, n: int, now_us: int) -> Reads:
        """The next n reads, of n different cars; a car comes again when all others have been seen."""
        chosen = np.take(self._order, np.arange(self._at, self._at + n), mode="wrap")
        turn = (self._at + np.arange(n)) // len(self._order)
        self._at += n
        made = np.zeros(n, dtype=READ)
        made["id"] = np.frombuffer(_ids(self._said, n), dtype="V16")
        self._said += n
        made["plate"] = self.keys[chosen]
        made["camera"] = self.cameras[self._home[chosen] + turn % 2]
        made["at_us"] = now_us - np.arange(n)[::-1]
        made["heard_us"] = now_us
        made["confidence"], made["weakest"], made["frames"] = 97, 91, 3
        made["speed_dkmh"], made["heading_cdeg"], made["reader"] = 520, UNKNOWN_2, 1
        return made


def _ids(first: int, n: int) -> bytes:
    halves = np.zeros((n, 2), dtype=">u8")
    halves[:, 0], halves[:, 1] = time.time_ns(), np.arange(first, first + n)
    return halves.tobytes()


def messages(reads: Reads) -> list[tuple[str, bytes]]:
    """Subject and bytes, as the intake cuts them: by partition, at most PER_MESSAGE reads in one."""
    part = partition(reads["plate"])
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(PARTITIONS + 1))
    found = []
    for p in range(PARTITIONS):
        raw = reads[order[ends[p] : ends[p + 1]]].tobytes()
        step = PER_MESSAGE * READ.itemsize
        found += [(f"{stream.BATCH}.{p}", raw[i : i + step]) for i in range(0, len(raw), step)]
    return found


async def say(url: str, traffic: Traffic, rate: int, seconds: float) -> dict[str, float]:
    """Say reads at `rate` a second; how many JetStream took, and how far behind its time this ever was."""
    client = await nats.connect(url)
    js = client.jetstream()
    await stream.ensure(js)
    refused: list[BaseException] = []

    def acknowledged(ack: "asyncio.Future[PubAck]") -> None:
        if (fault := ack.exception()) is not None:
            refused.append(fault)

    share, late_s, sent, began = rate // TICKS_PER_S, 0.0, 0, time.time()
    for tick in range(round(seconds * TICKS_PER_S)):
        due = began + tick / TICKS_PER_S
        late_s = max(late_s, time.time() - due)
        await asyncio.sleep(max(0.0, due - time.time()))
        for subject, raw in messages(traffic.take(share, time.time_ns() // 1000)):
            ack = await js.publish_async(subject, raw, wait_stall=60)
            ack.add_done_callback(acknowledged)
        sent += share
    await js.publish_async_completed()
    await client.close()
    if refused:
        raise refused[0]
    return {"sent": sent, "late_s": late_s, "seconds": time.time() - began}


def main() -> None:
    """Say them and print what came of it."""
    url, rate, seconds, cars, cameras = sys.argv[1:6]
    traffic = Traffic(keys(plates(int(cars))), np.arange(1, int(cameras) + 1, dtype=np.int32))
    print(orjson.dumps(asyncio.run(say(url, traffic, int(rate), float(seconds)))).decode(), flush=True)


if __name__ == "__main__":
    main()
