"""The readers behind one interface: our own, and `fast-alpr` where its package and its models can be had."""

from importlib import import_module
from typing import Any, Final

import cv2
import numpy as np

from jedel.plates.model import PlateUnreadable, normalise, parse
from jedel.plates.reader.choices import weigh
from jedel.plates.reader.detect import Detector
from jedel.plates.reader.errors import ReaderUnavailable
from jedel.plates.reader.model import Box, Choice, Corners, Engine, Picture, PlateSeen
from jedel.plates.reader.picture import checked
from jedel.plates.reader.recognise import Recogniser

NAMES: Final = ("jedel", "fast-alpr")
SIGNS_MIN: Final = 5
FOREIGN_SURE_MIN: Final = 0.1


def engine(name: str = "jedel", threads: int = 1) -> Engine:
    """A reader by its name. Raises ReaderUnavailable with the remedy."""
    if name == "jedel":
        return JedelEngine(threads)
    if name == "fast-alpr":
        return FastAlprEngine()
    raise ReaderUnavailable(name, f"the readers are {', '.join(NAMES)}")


class JedelEngine:
    """Our own three networks. Not for several threads at once."""

    name = "jedel"

    def __init__(self, threads: int = 1) -> None:
        self.detector, self.recogniser = Detector(threads), Recogniser(threads)

    def read(self, frame: Picture) -> list[PlateSeen]:
        frame = checked(frame)
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        found = self.detector.find(frame, grey)
        seen = []
        for each, path in zip(found, self.recogniser.read(grey, [f.corners for f in found]), strict=True):
            choices = weigh(path)
            plate = parse(choices[0].text) if choices else None
            if plate is None or not is_plate(choices[0], plate.series):
                continue
            seen.append(
                PlateSeen(
                    choices, plate.series, plate.region, _box(each.corners, frame), each.corners, each.sure
                )
            )
        return sorted(seen, key=lambda one: -one.confidence)


def is_plate(choice: Choice, series: str | None) -> bool:
    """Whether what was read may be a plate: signs of shops and windows are found too. One of our series
    is; else it has five signs, two digits among them, and is read with some certainty."""
    if series is not None:
        return True
    digits = sum(sign.isdigit() for sign in choice.text)
    return len(choice.text) >= SIGNS_MIN and digits >= 2 and choice.likely >= FOREIGN_SURE_MIN


class FastAlprEngine:
    """`fast-alpr` (MIT), whose models its own package downloads at first use. Its boxes are upright."""

    name = "fast-alpr"

    def __init__(self) -> None:
        try:
            self._alpr: Any = import_module("fast_alpr").ALPR()
        except ImportError as missing:
            raise ReaderUnavailable(self.name, "pip install 'fast-alpr[onnx]'") from missing
        except Exception as refused:  # its downloader raises what its libraries raise
            raise ReaderUnavailable(
                self.name, f"its models could not be fetched or loaded ({refused})"
            ) from refused

    def read(self, frame: Picture) -> list[PlateSeen]:
        seen = []
        for found in self._alpr.predict(checked(frame)):
            if found.ocr is None or not found.ocr.text:
                continue
            try:
                text = normalise(found.ocr.text)
            except PlateUnreadable:
                continue
            given = found.ocr.confidence
            sure = given if isinstance(given, list | tuple) else (float(given),) * len(text)
            at = found.detection.bounding_box
            box = Box(int(at.x1), int(at.y1), int(at.x2), int(at.y2))
            plate = parse(text)
            corners = np.array([(at.x1, at.y1), (at.x2, at.y1), (at.x2, at.y2), (at.x1, at.y2)], np.float32)
            tall = box.right - box.left < 2.2 * (box.bottom - box.top)
            raw = "/".join(plate.rows(2)).replace(" ", "") if tall else text
            choice = Choice(text, raw, float(np.prod(sure)))
            seen.append(
                PlateSeen(
                    (choice,), plate.series, plate.region, box, corners, float(found.detection.confidence)
                )
            )
        return sorted(seen, key=lambda one: -one.confidence)


def _box(corners: Corners, frame: Picture) -> Box:
    low = np.clip(np.floor(corners.min(0)), 0, None).astype(int)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, (frame.shape[1], frame.shape[0]))
    return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
