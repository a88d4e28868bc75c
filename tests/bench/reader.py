"""The plate reader on rendered 1080p frames, one core; peer: rapidocr (PP-OCR) on the same frames, one core.

Time is the processor's, so that a busy machine does not count. How many plates each side read exactly is told
beside it; the frames are rendered, so that says nothing about the street.
"""

import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

from jedel.plates.reader.engines import engine
from jedel.plates.reader.model import Picture
from simulator.plates import Car, Frame, Scene, frame
from tests.bench.report import Result

GOAL_MS = 60.0
SEED = 77


def frames(count: int) -> Iterator[Frame]:
    """Street frames with two cars each; the same every time."""
    rng = Random(SEED)
    for nth in range(count):
        cars = tuple(
            Car(
                f"{rng.randrange(1000):03d}{_letters(rng)}02",
                rows=rng.choice((1, 1, 2)),
                x=x,
                y=rng.uniform(640, 1000),
                width=rng.uniform(380, 620),
                colour=(rng.randrange(30, 230),) * 3,
                turn=rng.uniform(-20, 20),
                front=rng.random() < 0.5,
                worn=rng.randrange(1 << 20),
            )
            for x in (560, 1360)
        )
        yield frame(Scene(cars, street=900 + nth, light=0.3 if nth % 4 == 3 else 1.0, seed=nth))


def _letters(rng: Random) -> str:
    return "".join(rng.choice("ABCDEFGHKLMNPRSTUVWXYZ") for _ in range(3))


def measure(shown: list[Frame], read: Callable[[Picture], list[str]]) -> tuple[float, int, int]:
    """(median milliseconds of processor time a frame, plates read exactly, plates shown)."""
    took, right, count = [], 0, 0
    read(shown[0].image)
    for each in shown:
        began = time.process_time()
        texts = read(each.image)
        took.append((time.process_time() - began) * 1e3)
        for truth in each.truths:
            count += not truth.hidden
            right += not truth.hidden and truth.plate in texts
    return float(np.median(took)), right, count


def ours() -> Callable[[Picture], list[str]]:
    reader = engine("jedel", threads=1)
    return lambda picture: [seen.text for seen in reader.read(picture)]


def theirs() -> Callable[[Picture], list[str]]:
    """PP-OCR on the whole frame; two texts beside or under each other count as one, with or without KZ."""
    from rapidocr import RapidOCR

    one = "EngineConfig.onnxruntime.intra_op_num_threads"
    reader: Any = RapidOCR(params={"Global.log_level": "error", one: 1})

    def read(picture: Picture) -> list[str]:
        found = [
            "".join(sign for sign in text.upper() if sign.isalnum()) for text in reader(picture).txts or ()
        ]
        joined = [text.removeprefix("KZ") for text in found + [a + b for a in found for b in found]]
        return joined + [text[:3] + text[5:] + text[3:5] for text in joined if len(text) == 8]

    return read


def run(seconds: float | None = None) -> Result:
    """As many frames as fit: about 6 a second of ours, one every two seconds of the peer's."""
    seconds = seconds or 30.0
    shown = list(frames(max(4, int(seconds / 2))))
    figure, right, count = measure(shown, ours())
    told = f"{1000 / figure:.1f} frames/s, {count / len(shown) * 1000 / figure:.1f} plates/s a core"
    print(
        f"jedel: {figure:.1f} ms a frame, {told}, {right} of {count} rendered plates exact", file=sys.stderr
    )
    few = shown[: max(3, int(seconds / 5))]
    peer, their_right, their_count = measure(few, theirs())
    print(f"rapidocr: {peer:.0f} ms a frame, {their_right} of {their_count} exact", file=sys.stderr)
    return Result(
        "reader", round(figure, 1), f"ms a 1080p frame, one core ({told})", GOAL_MS, figure <= GOAL_MS,
        "rapidocr", round(peer, 1), round(figure / peer, 3),
    )  # fmt: skip


if __name__ == "__main__":
    print(run(float(sys.argv[1]) if len(sys.argv) > 1 else None).line())
