"""The two pictures of a read, as a camera keeps them: the plate's crop and the car."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from simulator.plates import SERIES, Car, Scene, frame
from simulator.plates.scene import HEIGHT, WIDTH
from simulator.registers import names

SIZE: Final = (960, 540)
QUALITY: Final = 80
PLATE_PX: Final = 320
_PAINT: Final = {
    "white": (232, 234, 234), "black": (34, 32, 32), "grey": (112, 112, 110), "silver": (186, 188, 188),
    "blue": (150, 84, 36), "red": (44, 40, 172), "green": (70, 110, 52), "brown": (52, 74, 104),
}  # fmt: skip
"""BGR by the name that the register has."""
_BODY: Final = {"car": "sedan", "truck": "truck", "bus": "van", "motorcycle": "hatchback", "trailer": "truck"}


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEG."""

    plate: bytes
    car: bytes

    def said(self) -> dict[str, str]:
        """As the centre's JSON has them."""
        return {"plate": b64encode(self.plate).decode(), "car": b64encode(self.car).decode()}


def pictures(car: np.void, camera: int) -> Pictures:
    """Of a car of the fleet at a camera, by day. The same car, the same picture. About 20 ms, once."""
    return _pictures(*looks_of(car), int(camera))


def looks_of(car: np.void) -> tuple[str, str, str]:
    """Plate, colour and class of a car of the fleet, in the register's words."""
    return car["plate"].decode(), names.COLOURS[car["colour"] - 1], names.CLASSES[car["body"] - 1]


@lru_cache(maxsize=128)
def _pictures(plate: str, colour: str, body: str, camera: int) -> Pictures:
    rng = Random(f"{plate}/{camera}")
    car = Car(
        plate=plate,
        series=series_of(plate),
        x=SIZE[0] / 2 + rng.uniform(-60, 60),
        y=SIZE[1] - rng.uniform(30, 70),
        width=rng.uniform(330, 380),
        colour=_PAINT[colour],
        body=_BODY[body],
        turn=rng.uniform(-14, 14),
        worn=rng.randrange(1_000),
    )
    seen = frame(Scene((car,), street=camera, grain=3.0, size=SIZE, seed=rng.randrange(1_000)))
    truth = seen.truths[0]
    left, top, right, bottom = truth.car
    whole = seen.image[max(0, top - 30) : bottom + 30, max(0, left - 50) : right + 50]
    low, high = truth.corners.min(0).astype(int) - 6, truth.corners.max(0).astype(int) + 7
    crop = seen.image[max(0, low[1]) : high[1], max(0, low[0]) : high[0]]
    scale = PLATE_PX / max(crop.shape[1], 1)
    crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)  # type: ignore[assignment]
    return Pictures(_jpeg(crop), _jpeg(whole))


FRAMES: Final = 3


def frames(plate: str, colour: str, body: str, camera: int, **_: object) -> list[bytes]:
    """JPEG pictures of the whole street, as a camera that reads nothing by itself takes them while the car
    comes nearer. Some 100 ms of work each."""
    rng = Random(f"{plate}/{camera}/frames")
    x, turn, worn = WIDTH / 2 + rng.uniform(-220, 220), rng.uniform(-12, 12), rng.randrange(1_000)
    made = []
    for nth in range(FRAMES):
        car = Car(
            plate=plate, series=series_of(plate), x=x, y=HEIGHT * (0.72 + 0.08 * nth),
            width=430.0 + 70 * nth, colour=_PAINT[colour], body=_BODY[body], turn=turn, worn=worn,
        )  # fmt: skip
        made.append(_jpeg(frame(Scene((car,), street=camera, seed=worn + nth)).image))
    return made


def series_of(plate: str) -> str:
    """How a plate is drawn: by its shape; a neighbour's as a private one."""
    shape = "".join("D" if sign.isdigit() else "L" for sign in plate)
    if shape == "DDDLLDD":
        return "police" if plate[3:5] == "KP" else "organisation"
    found = _SHAPES.get(shape, "private")
    assert found in SERIES
    return found


_SHAPES: Final = {
    "DDLLLDD": "trailer", "DDLLDD": "motorcycle", "LDDDDDD": "foreigner", "LDDDDDDDD": "diplomatic",
    "LDDDLLL": "private_1993", "LDDDLL": "organisation_1993",
}  # fmt: skip


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    done, found = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done
    return found.tobytes()
