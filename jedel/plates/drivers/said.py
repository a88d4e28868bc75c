"""What a camera said of one vehicle, whatever its protocol, and what was wrong with what it said. Pure."""

import binascii
from base64 import b64decode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

READS_MAX: Final = 500
"""In one message; what is beyond is refused and counted."""
MESSAGE_BYTES_MAX: Final = 8 * 1024 * 1024
TEXT_MAX: Final = 64
"""Of a plate, or of an event's own number: longer ones are no plates and no numbers."""
SAID_SURE: Final = 50
"""How sure, of 100, we take a make, colour or body to be that came without a figure of its own."""
PICTURE_BYTES_MAX: Final = 2 * 1024 * 1024


class Reason(StrEnum):
    """What is wrong with a message, a read, or a part of it. A read whose plate is right is taken without
    its wrong part."""

    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    ENTITIES = "entities"
    NO_READS = "no_reads"
    TOO_MANY = "too_many_reads"
    BAD_READ = "bad_read"
    NO_PLATE = "no_plate"
    PLATE_TOO_LONG = "plate_too_long"
    PLATE_UNREADABLE = "plate_unreadable"
    BAD_TIME = "bad_time"
    TOO_OLD = "too_old"
    CLOCK_WRONG = "clock_wrong"
    BAD_NUMBER = "bad_number"
    BAD_PICTURE = "bad_picture"
    PICTURE_TOO_LONG = "picture_too_long"
    PICTURE_TOO_LARGE = "picture_too_large"
    PICTURE_TRUNCATED = "picture_truncated"
    PICTURE_LOST = "picture_lost"
    LIMITED = "limited"
    REPEATED = "repeated"
    UNKNOWN_CAMERA = "unknown_camera"
    WRONG_DRIVER = "wrong_driver"
    DISABLED = "disabled"
    FAILED = "failed"


@dataclass(slots=True)
class Said:
    """One read. ``plate``: as it was said; ``name``: by which it is known when it is said again, "" where it
    says neither a time nor a number of its own; ``at_us`` since 1970;
    ``confidence``, ``weakest``: 0…100; the ``…_sure`` likewise; what was not said is None, "" or 0.
    ``wrong``: parts that could not be used."""

    plate: str
    name: str = ""
    at_us: int | None = None
    speed_kmh: float | None = None
    heading: float | None = None
    confidence: int = 0
    weakest: int | None = None
    frames: int = 1
    rows: int = 0
    make: str = ""
    colour: str = ""
    body: str = ""
    make_sure: int = 0
    colour_sure: int = 0
    body_sure: int = 0
    plate_picture: bytes | None = None
    car_picture: bytes | None = None
    wrong: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Decoded:
    """A message: its reads in order, each right one or the reason why it is none."""

    reads: list[Said | Reason] = field(default_factory=list)
    malformed: Reason | None = None
    """Nothing in it could be used."""
    beyond: int = 0
    """Reads beyond READS_MAX, not looked at."""


def picture(value: object, wrong: list[Reason]) -> bytes | None:
    """A picture in base64 (also as a data: address); what is none is noted in ``wrong``."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        wrong.append(Reason.BAD_PICTURE)
        return None
    if len(value) > PICTURE_BYTES_MAX * 3 // 2:
        wrong.append(Reason.PICTURE_TOO_LONG)
        return None
    try:
        return b64decode("".join(value.rpartition(",")[2].split()), validate=True)
    except (binascii.Error, ValueError):
        wrong.append(Reason.BAD_PICTURE)
        return None


def word(value: object) -> str:
    """A make, colour or body as it was said; nothing where it is no text."""
    return value.strip()[:TEXT_MAX] if isinstance(value, str) else ""
