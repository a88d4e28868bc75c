"""A frame out of bytes: looked at before it is decoded, so that a picture bomb costs nothing."""

from typing import Final

import cv2
import numpy as np

from jedel.plates.drivers.said import Reason
from jedel.plates.pictures import fault
from jedel.plates.reader.errors import BAD_FRAME, FRAME_EMPTY, FRAME_TOO_LARGE, FRAME_TRUNCATED, BadFrame
from jedel.plates.reader.model import Picture

SIDE_MIN: Final = 32
PIXELS_MAX: Final = 16_000_000
_NAMED: Final = {
    Reason.PICTURE_TOO_LONG: FRAME_TOO_LARGE,
    Reason.PICTURE_TOO_LARGE: FRAME_TOO_LARGE,
    Reason.PICTURE_TRUNCATED: FRAME_TRUNCATED,
}


def decode(jpeg: bytes) -> Picture:
    """(h, w, 3) BGR of a JPEG, grey ones too. Raises BadFrame."""
    if not jpeg:
        raise BadFrame(FRAME_EMPTY)
    wrong = fault(jpeg)
    if wrong is not None:
        raise BadFrame(_NAMED.get(wrong, BAD_FRAME), wrong.value)
    frame = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if frame is None:
        raise BadFrame(BAD_FRAME, "not a JPEG that can be decoded")
    return checked(np.asarray(frame, np.uint8))


def checked(frame: object) -> Picture:
    """(h, w, 3) BGR of an array: grey gets three channels, transparency is dropped. Raises BadFrame."""
    if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8 or frame.ndim not in (2, 3):
        raise BadFrame(BAD_FRAME, "not an array (height, width, 3) of uint8")
    if min(frame.shape) == 0:
        raise BadFrame(FRAME_EMPTY)
    if frame.shape[0] * frame.shape[1] > PIXELS_MAX:
        raise BadFrame(FRAME_TOO_LARGE, f"{frame.shape[1]} × {frame.shape[0]}")
    if min(frame.shape[:2]) < SIDE_MIN:
        raise BadFrame(FRAME_EMPTY, f"{frame.shape[1]} × {frame.shape[0]} holds no plate")
    if frame.ndim == 2 or frame.shape[2] == 1:
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), np.uint8)
    if frame.shape[2] == 4:
        return np.ascontiguousarray(frame[..., :3])
    if frame.shape[2] != 3:
        raise BadFrame(BAD_FRAME, f"{frame.shape[2]} channels")
    return frame
