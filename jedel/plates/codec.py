"""A plate read as it travels on NATS: fixed little-endian records, so that a batch is one numpy array.

A message on ``jedel.reads.batch.<partition>`` is 1…N records; the partition is the plate's (`partition`), so
that all that is known of one plate is in one worker. Records of one message may be of several regions.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jedel.plates.keys import Keys

READ: Final = np.dtype(
    [
        ("id", "V16"),  # derived from what the camera said, so that the same read said again is the same id
        ("plate", "<i8"),  # keys.key
        ("at_us", "<i8"),  # when the camera saw it, its own clock, microseconds since 1970
        ("heard_us", "<i8"),  # when we heard of it
        ("camera", "<i4"),  # plate_camera.number
        ("speed_dkmh", "<u2"),  # tenths of km/h
        ("heading_cdeg", "<u2"),  # hundredths of a degree, the way the car drives
        ("make", "<u2"),  # looks.py's numbers
        ("colour", "u1"),
        ("body", "u1"),  # class of vehicle as seen
        ("confidence", "u1"),  # 0…100, of the whole plate
        ("weakest", "u1"),  # 0…100, of its least sure sign
        ("frames", "u1"),  # how many frames agreed
        ("pictures", "u1"),  # bit 0: of the plate, bit 1: of the car
        ("reader", "u1"),  # 0 ours, 1 the camera's own by HTTP, 2 ONVIF, 3 MQTT or NATS
        ("rows", "u1"),  # of the plate: 1, 2; 0 not known
        ("make_sure", "u1"),  # 0…100 each
        ("colour_sure", "u1"),
        ("body_sure", "u1"),
        ("spare", "V3"),
    ]
)
"""64 bytes. In ``u2``/``u1`` the highest value (UNKNOWN_2) of speed and heading means unknown, and 0 of make,
colour and body."""

UNKNOWN_2: Final = 65535
PARTITIONS: Final = 16
"""Of plates. Never changed while a stream has messages: a plate's last place is known to one worker only."""

Reads = NDArray[np.void]
"""(n,) of dtype READ."""


def decode(raw: bytes) -> Reads:
    """Records of one message. Raises ValueError where it is not a whole number of them."""
    return np.frombuffer(raw, dtype=READ)


def partition(plates: Keys) -> NDArray[np.int64]:
    """(n,) 0…PARTITIONS-1: splitmix64's mixing, since neighbouring numbers are neighbouring plates."""
    mixed = plates.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(PARTITIONS)).astype(np.int64)


def read_ids(camera: UUID, said: Iterable[str]) -> list[bytes]:
    """Ids of what one camera said, each under a name of its own (its event's number, else time and plate), as
    bytes: UUIDs of version 8, which Python's own class does not make before 3.14."""
    found = []
    for each in said:
        raw = bytearray(blake2b(camera.bytes + each.encode(errors="replace"), digest_size=16).digest())
        raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
        found.append(bytes(raw))
    return found


def reads_of(rows: Iterable[dict[str, Any]]) -> Reads:
    """Records of rows whose keys are READ's names; what is missing is unknown. ``id`` is a UUID."""
    listed = list(rows)
    made = np.zeros(len(listed), dtype=READ)
    made["speed_dkmh"] = made["heading_cdeg"] = UNKNOWN_2
    for nth, row in enumerate(listed):
        for name, value in row.items():
            made[name][nth] = np.void(value.bytes) if isinstance(value, UUID) else value
    return made
