"""Street scenes for the detector: at half of a 1080p frame's scale, since that is what it looks at."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np

from simulator.plates.cars import TALL, Car, draw_car
from simulator.plates.paste import paste
from simulator.plates.street import any_colour, street
from training.plates import camera as cameras
from training.plates.faces import SIGNS, any_face
from training.plates.made import make

WIDE, TALL_PX, CUT, STRIDE = 704, 448, 192, 8
PHOTOS = Path(__file__).resolve().parents[1] / "photos"
"""Any real photographs without plates lie here (JPEG, PNG): backgrounds. None are shipped."""


@cache
def _photos() -> list[Any]:
    read = [cv2.imread(str(path)) for path in sorted(PHOTOS.glob("*.*"))]
    return [each for each in read if each is not None and min(each.shape[:2]) > 200]


def ground(rng: Random) -> Any:
    """A drawn street, or a piece of a photograph."""
    photos = _photos()
    if not photos or rng.random() < 0.55:
        return street(rng.randrange(400), WIDE, TALL_PX).copy()
    photo = rng.choice(photos)
    height, width = photo.shape[:2]
    part = rng.uniform(0.35, 1.0)
    h, w = max(64, int(height * part)), max(64, int(min(width, height * part * WIDE / TALL_PX)))
    y, x = rng.randint(0, height - h), rng.randint(0, width - w)
    cut = cv2.resize(photo[y : y + h, x : x + w], (WIDE, TALL_PX), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(cut[:, ::-1] if rng.random() < 0.5 else cut)


def scene(
    rng: Random, camera: cameras.Camera, held_apart: bool = False
) -> tuple[Any, list[tuple[Any, bool]]]:
    """A picture (TALL_PX, WIDE, 3) and its plates: corners (4, 2), and whether it is to be found."""
    image = ground(rng)
    night = camera.light[1] < 0.45
    plates: list[tuple[Any, bool]] = []
    boxes = []
    widths = sorted(
        float(np.exp(rng.uniform(np.log(85), np.log(520)))) for _ in range(rng.choice((1, 2, 2, 3)))
    )
    for width in widths:
        plate = make(rng, held_apart=held_apart)
        rows = 2 if plate.rows[1] else 1
        car = Car(
            plate.text, "private", rows, x=rng.uniform(0.05, 0.95) * WIDE, y=rng.uniform(0.3, 1.02) * TALL_PX,
            width=width, colour=any_colour(rng), body=rng.choice(list(TALL)), front=rng.random() < 0.5,
            turn=float(np.clip(rng.uniform(*camera.yaw), -40, 40)), tilt=rng.uniform(*camera.roll) * 0.6,
            picture=plate.image,
        )  # fmt: skip
        seen = draw_car(image, car, 1.0 if not night or rng.random() < 0.7 else rng.uniform(0.35, 0.49), rng)
        for n, (corners, good) in enumerate(plates):
            x, y = corners.mean(0)
            over = seen.box[0] - 8 < x < seen.box[2] + 8 and seen.box[1] - 8 < y < seen.box[3] + 8
            plates[n] = (corners, good and not over)
        plates.append((seen.corners, True))
        boxes.append(seen.box)
    for _ in range(rng.choice((0, 0, 1, 2))):
        _loose(image, rng, camera, plates, held_apart)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        _words(image, rng, plates, held_apart)
    return image, plates


def _free(box: tuple[float, float, float, float], plates: list[tuple[Any, bool]]) -> bool:
    return all(
        p[:, 0].max() < box[0] - 4
        or p[:, 0].min() > box[2] + 4
        or p[:, 1].max() < box[1] - 4
        or p[:, 1].min() > box[3] + 4
        for p, _ in plates
    )


def _loose(
    image: Any, rng: Random, camera: cameras.Camera, plates: list[tuple[Any, bool]], held_apart: bool
) -> None:
    """A plate on a plain dark or light ground, turned more than a drawn car turns."""
    plate = make(rng, held_apart=held_apart)
    width = float(np.exp(rng.uniform(np.log(22 if plate.rows[1] else 28), np.log(230))))
    corners = cameras.corners(camera, rng, width, plate.image.shape[1] / plate.image.shape[0])
    place = np.array((rng.uniform(0.08, 0.92) * WIDE, rng.uniform(0.08, 0.95) * TALL_PX), np.float32)
    corners += place
    low, high = corners.min(0), corners.max(0)
    pad = (high - low) * rng.uniform(0.2, 1.2)
    if not _free((low[0] - pad[0], low[1] - pad[1], high[0] + pad[0], high[1] + pad[1]), plates):
        return
    if rng.random() < 0.8:
        middle = corners.mean(0)
        around = middle + (corners - middle) * (rng.uniform(1.05, 2.5), rng.uniform(1.15, 3.5))
        cv2.fillPoly(image, [np.round(around * 16).astype(np.int32)], any_colour(rng), cv2.LINE_AA, 4)
    paste(image, plate.image, corners)
    plates.append((corners, True))


def _words(image: Any, rng: Random, plates: list[tuple[Any, bool]], held_apart: bool) -> None:
    """What looks like a plate and is none: words, telephone numbers, vents, stickers, lit windows."""
    tall = rng.uniform(7, 36)
    text = "".join(rng.choice(SIGNS) for _ in range(rng.choice((1, 2, 4, 5, 9, 11, 12, 14))))
    wide = tall * rng.uniform(0.5, 0.9) * len(text)
    x, y = rng.uniform(0, WIDE - 10), rng.uniform(0, TALL_PX - 10)
    if not _free((x, y, x + wide, y + tall * 1.4), plates):
        return
    kind = rng.random()
    if kind < 0.75 or kind > 0.9:
        cv2.rectangle(
            image, (int(x), int(y)), (int(x + wide + tall * 0.4), int(y + tall * 1.4)), any_colour(rng), -1
        )
    ink = any_colour(rng)
    if kind < 0.9:
        any_face(rng, held_apart)(image, text, x + tall * 0.2, y + tall * 0.2, wide, tall, ink)
    else:
        for bar in np.arange(x, x + wide, rng.uniform(3, 9)):
            cv2.line(image, (int(bar), int(y)), (int(bar), int(y + tall)), ink, rng.randint(1, 3))


def _inside(corners: Any, part: float) -> Any:
    return corners.mean(0) + (corners - corners.mean(0)) * part


def target(plates: list[tuple[Any, bool]], left: int, top: int, size: int = CUT) -> tuple[Any, Any]:
    """(9, size/8, size/8) of what is to be said and (size/8, size/8) of what counts (0: not judged)."""
    cells = size // STRIDE
    wanted = np.zeros((9, cells, cells), np.float32)
    counts = np.ones((cells, cells), np.float32)
    middles = (np.arange(cells) + 0.5) * STRIDE
    for corners, good in plates:
        here = corners - (left, top)
        low, high = here.min(0), here.max(0)
        if (high < -8).any() or (low > size + 8).any():
            continue
        around = (
            np.clip(((low - 6) // STRIDE).astype(int), 0, cells),
            np.clip(((high + 6) // STRIDE).astype(int) + 1, 0, cells),
        )
        counts[around[0][1] : around[1][1], around[0][0] : around[1][0]] = 0
        if not good or (low < -1).any() or (high > size + 1).any() or high[0] - low[0] < 18:
            continue
        inner = _inside(here, 0.5).astype(np.float32)
        x, y = here.mean(0)
        spots = {(min(cells - 1, int(y // STRIDE)), min(cells - 1, int(x // STRIDE)))}
        for cy in range(around[0][1], around[1][1]):
            for cx in range(around[0][0], around[1][0]):
                if cv2.pointPolygonTest(inner, (float(middles[cx]), float(middles[cy])), False) >= 0:
                    spots.add((cy, cx))
        for cy, cx in spots:
            wanted[0, cy, cx] = 1
            wanted[1:, cy, cx] = ((here - (middles[cx], middles[cy])) / 32).ravel()
            counts[cy, cx] = 1
    return wanted, counts


def cuts(rng: Random, each: int = 3) -> Iterator[tuple[Any, Any, Any]]:
    """Squares of CUT pixels out of ever new scenes: most about a plate, some about nothing."""
    while True:
        camera = rng.choice(cameras.TRAIN)
        image, plates = scene(rng, camera)
        for _ in range(each):
            if plates and rng.random() < 0.85:
                middle = rng.choice(plates)[0].mean(0)
                left = int(np.clip(middle[0] - rng.uniform(0.15, 0.85) * CUT, 0, WIDE - CUT))
                top = int(np.clip(middle[1] - rng.uniform(0.15, 0.85) * CUT, 0, TALL_PX - CUT))
            else:
                left, top = rng.randint(0, WIDE - CUT), rng.randint(0, TALL_PX - CUT)
            cut = image[top : top + CUT, left : left + CUT]
            yield cameras.develop(cut, camera, rng, 0.55), *target(plates, left, top)
