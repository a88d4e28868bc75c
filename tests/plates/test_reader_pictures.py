"""Bad pictures are named and cost nothing."""

from importlib.util import find_spec

import cv2
import numpy as np
import pytest

from jedel.plates.reader.engines import engine
from jedel.plates.reader.errors import BadFrame, ReaderUnavailable
from jedel.plates.reader.frames import FRAMES_MAX, BadFrames, camera_of, pack, unpack
from jedel.plates.reader.picture import checked, decode


def jpeg(height: int = 120, width: int = 160) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3)).astype(np.uint8)
    return cv2.imencode(".jpg", noise)[1].tobytes()


def bomb() -> bytes:
    """A small file that says that it is 60,000 by 60,000."""
    whole = bytearray(jpeg())
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = (60_000).to_bytes(2) * 2
    return bytes(whole)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "frame_empty"),
        (b"GIF89a" + bytes(100), "bad_frame"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "bad_frame"),
        (jpeg()[: len(jpeg()) // 2], "frame_truncated"),
        (bomb(), "frame_too_large"),
        (jpeg() + bytes(3 * 1024 * 1024), "frame_too_large"),
    ],
)
def test_a_bad_jpeg_is_named(raw: bytes, code: str) -> None:
    with pytest.raises(BadFrame) as bad:
        decode(raw)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (np.zeros((0, 0, 3), np.uint8), "frame_empty"),
        (np.zeros((720, 0, 3), np.uint8), "frame_empty"),
        (np.zeros((8, 8, 3), np.uint8), "frame_empty"),
        (np.zeros((64, 64, 3), np.float32), "bad_frame"),
        (np.zeros((64, 64, 2), np.uint8), "bad_frame"),
        (np.zeros(64, np.uint8), "bad_frame"),
        (np.zeros((5000, 5000), np.uint8), "frame_too_large"),
        ("a picture", "bad_frame"),
    ],
)
def test_a_bad_array_is_named(frame: object, code: str) -> None:
    with pytest.raises(BadFrame) as bad:
        checked(frame)
    assert bad.value.code == code


def test_grey_and_transparent_pictures_are_read_as_others() -> None:
    for shape in ((64, 96), (64, 96, 1), (64, 96, 4), (64, 96, 3)):
        assert checked(np.full(shape, 90, np.uint8)).shape == (64, 96, 3)
    grey = cv2.imencode(".jpg", np.full((64, 96), 90, np.uint8))[1].tobytes()
    assert decode(grey).shape == (64, 96, 3)


def test_frames_are_packed_and_unpacked_in_the_order_of_their_times() -> None:
    frames = [(20, b"second"), (10, b"first"), (30, b"")]
    assert unpack(pack(frames)) == [(10, b"first"), (20, b"second"), (30, b"")]
    assert camera_of("jedel.frames.17") == 17
    assert camera_of("jedel.frames.x") is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x01\x00",
        b"\xff\xff\xff\xff" + bytes(10),
        (4).to_bytes(4, "little") + b"nope",
        (2).to_bytes(4, "little") + b"{}",
        (2).to_bytes(4, "little") + b"[]",
        pack([(1, b"abc")])[:-1],
        pack([(1, b"abc")]) + b"x",
        pack([(1, b"abc")]).replace(b'"bytes":3', b'"bytes":-'),
    ],
)
def test_a_bad_message_of_frames_is_named(raw: bytes) -> None:
    with pytest.raises(BadFrames) as bad:
        unpack(raw)
    assert bad.value.code == "bad_frames"


def test_too_many_frames_are_refused() -> None:
    with pytest.raises(BadFrames) as bad:
        unpack(pack([(n, b"x") for n in range(FRAMES_MAX + 1)]))
    assert bad.value.code == "too_many_frames"


def test_a_reader_that_is_not_there_names_the_remedy() -> None:
    with pytest.raises(ReaderUnavailable, match="the readers are jedel, fast-alpr"):
        engine("nobody's")


@pytest.mark.skipif(find_spec("fast_alpr") is not None, reason="fast-alpr is installed")
def test_fast_alpr_where_it_is_missing_says_what_helps() -> None:
    with pytest.raises(ReaderUnavailable, match="pip install 'fast-alpr"):
        engine("fast-alpr")
