"""Reads as cameras say them: JSON for HTTP and MQTT, or 64-byte records for those who measure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.registers import names
from simulator.traffic.reading import Reads

RECORD: Final = np.dtype(
    [
        ("id", "V16"), ("plate", "<i8"), ("at_us", "<i8"), ("heard_us", "<i8"), ("camera", "<i4"),
        ("speed_dkmh", "<u2"), ("heading_cdeg", "<u2"), ("make", "<u2"), ("colour", "u1"), ("body", "u1"),
        ("confidence", "u1"), ("weakest", "u1"), ("frames", "u1"), ("pictures", "u1"), ("reader", "u1"),
        ("rows", "u1"), ("make_sure", "u1"), ("colour_sure", "u1"), ("body_sure", "u1"), ("spare", "V3"),
    ]
)  # fmt: skip
UNKNOWN: Final = 65_535
_LOOKS: Final = ("make", "colour", "body")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def records(
    reads: Reads, makes: Sequence[int], colours: Sequence[int], bodies: Sequence[int], reader: int = 1
) -> NDArray[np.void]:
    """(n,) RECORD, heard 50 ms after they were read. `makes`, `colours`, `bodies`: the centre's numbers of
    the names' MAKES, COLOURS and CLASSES, in their order."""
    made = np.zeros(len(reads), dtype=RECORD)
    made["id"] = ids(reads)
    for name in (
        "camera",
        "at_us",
        "confidence",
        "weakest",
        "frames",
        "make_sure",
        "colour_sure",
        "body_sure",
    ):
        made[name] = reads[name]
    made["plate"], made["reader"] = reads["key"], reader
    made["heard_us"] = np.maximum(reads["true_us"], reads["at_us"]) + 50_000
    for name, numbers in zip(_LOOKS, (makes, colours, bodies), strict=True):
        made[name] = np.array([0, *numbers])[reads[name]]
    speed = np.rint(reads["speed"] * 10.0)
    made["speed_dkmh"] = np.where(np.isnan(speed), UNKNOWN, np.nan_to_num(speed)).astype(np.uint16)
    made["heading_cdeg"] = np.rint(reads["heading"] * 100.0).astype(np.int64) % 36_000
    return made


def ids(reads: Reads) -> NDArray[np.void]:
    """(n,) V16, a UUID of version 8 for each event, scattered as hashes are."""
    mixed = np.empty((len(reads), 2), dtype=np.uint64)
    for half, salt in enumerate((0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)):
        value = reads["event"].astype(np.uint64) + np.uint64(salt)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
            value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
        mixed[:, half] = value
    octets = mixed.view(np.uint8)
    octets[:, 6] = octets[:, 6] & 0x0F | 0x80
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    found: NDArray[np.void] = octets.view("V16").ravel()
    return found


def said(read: np.void) -> dict[str, Any]:
    """One read as the centre's own JSON has it."""
    speed = float(read["speed"])
    at = _EPOCH + timedelta(microseconds=int(read["at_us"]))
    found = {
        "id": event_name(int(read["camera"]), int(read["event"])),
        "plate": read["plate"].decode(),
        "at": at.isoformat(),
        "speed_kmh": None if np.isnan(speed) else round(speed, 1),
        "heading": round(float(read["heading"]) % 360, 1),
        "confidence": int(read["confidence"]),
        "weakest": int(read["weakest"]),
        "frames": int(read["frames"]),
        "make": _word(names.MAKES, read["make"]),
        "colour": _word(names.COLOURS, read["colour"]),
        "body": _word(names.CLASSES, read["body"]),
    }
    return {name: value for name, value in found.items() if value is not None}


def event_name(camera: int, event: int) -> str:
    """What the camera calls it."""
    return blake2b(f"{camera}/{event}".encode(), digest_size=8).hexdigest()


def _word(words: Sequence[str], number: int) -> str | None:
    return words[number - 1] if number else None
