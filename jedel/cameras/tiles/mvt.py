"""Points as a Mapbox vector tile (version 2.1), written by numpy. Pure.

Every feature of a layer takes the same number of bytes, so that all of them are the rows of one array: whole
numbers are varints filled up to a fixed width (0x81 0x80 0x00 is 1), which protocol buffers read like any
other. Measured in docs/design/camera-map.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

EXTENT: Final = 4096
MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
_ID, _TAG, _STEP, _UINT = 5, 3, 2, 5
"""Bytes of an id, of an index into the values, of a coordinate, of a whole number."""

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """A column of few words: ``index`` (n,) into ``words``."""

    words: Sequence[str]
    index: Whole


@dataclass(frozen=True, slots=True)
class Ids:
    """A column of UUIDs, (n,) of 16 bytes, which the tile says as text."""

    raw: NDArray[np.void]


Column = Whole | Words | Ids
"""Whole numbers are ≥ 0, (n,)."""


@dataclass(frozen=True, slots=True)
class Points:
    """``x``, ``y`` (n,) within the tile, 0 ≤ each < EXTENT; ``ids`` (n,) < 2^32; each column (n,)."""

    ids: Whole
    x: Whole
    y: Whole
    columns: Mapping[str, Column]


def layer(name: str, groups: Sequence[Points]) -> bytes:
    """One layer; each group has columns of its own. Empty where there are no points."""
    groups = [group for group in groups if len(group.ids)]
    if not groups:
        return b""
    keys = list(dict.fromkeys(key for group in groups for key in group.columns))
    features, values, before = [], [], 0
    for group in groups:
        tags = []
        for key, column in group.columns.items():
            index, said, count = _values(column)
            tags.append((keys.index(key), index + before))
            values.append(said)
            before += count
        features.append(_features(group, tags))
    body = b"".join(
        (
            b"\x78\x02",
            b"\x0a" + _text(name),
            *features,
            *(b"\x1a" + _text(key) for key in keys),
            *values,
            b"\x28" + _varint(EXTENT),
        )
    )
    return b"\x1a" + _varint(len(body)) + body


def _features(points: Points, tags: Sequence[tuple[int, Whole]]) -> bytes:
    tagged = (1 + _TAG) * len(tags)
    size = 1 + _ID + 2 + tagged + 2 + 2 + 1 + 2 * _STEP
    assert size < 128, "a length of one byte"
    head = bytes([0x12, size, 0x08, *bytes(_ID), 0x12, tagged])
    tail = bytes([0x18, 0x01, 0x22, 1 + 2 * _STEP, 0x09, *bytes(2 * _STEP)])
    pairs = b"".join(bytes([key, *bytes(_TAG)]) for key, _ in tags)
    template = np.frombuffer(head + pairs + tail, dtype=np.uint8)
    rows = np.tile(template, (len(points.ids), 1))
    _put(rows, 3, _ID, points.ids)
    for nth, (_, index) in enumerate(tags):
        _put(rows, len(head) + nth * (1 + _TAG) + 1, _TAG, index)
    _put(rows, len(template) - 2 * _STEP, _STEP, points.x * 2)  # zigzag of what is not negative
    _put(rows, len(template) - _STEP, _STEP, points.y * 2)
    return rows.tobytes()


def _values(column: Column) -> tuple[Whole, bytes, int]:
    """Index of each value, the values as the layer says them, and how many they are."""
    if isinstance(column, Words):
        said = b"".join(b"\x22" + _sized(b"\x0a" + _text(word)) for word in column.words)
        return column.index, said, len(column.words)
    if isinstance(column, Ids):
        return np.arange(len(column.raw)), _uuids(column.raw), len(column.raw)
    found, index = np.unique(column.astype(np.int64), return_inverse=True)
    rows = np.zeros((len(found), 3 + _UINT), dtype=np.uint8)
    rows[:, :3] = 0x22, 1 + _UINT, 0x28
    _put(rows, 3, _UINT, found)
    return index, rows.tobytes(), len(found)


_HEX: Final = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_DASHES: Final = (8, 13, 18, 23)
_DIGITS: Final = np.array([place for place in range(36) if place not in _DASHES])


def _uuids(ids: NDArray[np.void]) -> bytes:
    raw = np.ascontiguousarray(ids).view(np.uint8).reshape(-1, 16)
    rows = np.full((len(raw), 40), ord("-"), dtype=np.uint8)
    rows[:, :4] = 0x22, 38, 0x0A, 36
    rows[:, 4 + _DIGITS[0::2]] = _HEX[raw >> 4]
    rows[:, 4 + _DIGITS[1::2]] = _HEX[raw & 15]
    return rows.tobytes()


def _put(rows: Bytes, at: int, width: int, value: Whole) -> None:
    """Varints filled up to ``width`` bytes."""
    for nth in range(width):
        digit = ((value >> (7 * nth)) & 0x7F).astype(np.uint8)
        rows[:, at + nth] = digit | 0x80 if nth < width - 1 else digit


def _varint(value: int) -> bytes:
    said = bytearray()
    while value > 0x7F:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*said, value])


def _sized(raw: bytes) -> bytes:
    return _varint(len(raw)) + raw


def _text(text: str) -> bytes:
    return _sized(text.encode())
