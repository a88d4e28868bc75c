"""Where in a camera's JSON the parts of a read stand, as configuration of the camera. Pure.

A path is names and list places parted by dots: ``event.plates.0.text``; ``reads`` is the path of a list of
reads, else the message itself is one read (or a list of reads).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import Field

from jedel.kernel.schema import Body

PATH_MAX: Final = 200
YEAR_MIN, YEAR_MAX = 1970, 2200

Path = Annotated[str, Field(max_length=PATH_MAX, pattern=r"^[^\x00]*$")]


class Mapping(Body):
    """Field mapping of one camera; the defaults read our own JSON.

    ``time_format``: ``rfc3339``, ``unix_s``, ``unix_ms``, ``unix_us``, or a pattern of strptime;
    ``utc_offset_min``: of times that name no zone. ``confidence_of``: the number that means quite sure.
    ``confidence_unsaid``: 0…100, taken where a camera says none: a hit on an unsure read stops nobody.
    """

    reads: Path = "reads"
    plate: Path = "plate"
    event_id: Path = "id"
    at: Path = "at"
    time_format: Annotated[str, Field(min_length=2, max_length=60, pattern=r"^[^\x00]+$")] = "rfc3339"
    utc_offset_min: Annotated[int, Field(ge=-840, le=840)] = 0
    speed: Path = "speed_kmh"
    speed_unit: Literal["km/h", "m/s", "mph"] = "km/h"
    heading: Path = "heading"
    confidence: Path = "confidence"
    confidence_of: Annotated[float, Field(gt=0, le=1_000_000)] = 100.0
    confidence_unsaid: Annotated[int, Field(ge=0, le=100)] = 0
    weakest: Path = "weakest"
    frames: Path = "frames"
    rows: Path = "rows"
    make: Path = "make"
    colour: Path = "colour"
    body: Path = "body"
    plate_picture: Path = "pictures.plate"
    car_picture: Path = "pictures.car"


@dataclass(frozen=True, slots=True)
class Paths:
    """A mapping ready for use: each path as its steps, none where the camera has no such field."""

    mapping: Mapping
    steps: dict[str, tuple[str | int, ...]]
    speed_factor: float
    zone: timezone


_PATHS: Final = (
    "reads", "plate", "event_id", "at", "speed", "heading", "confidence", "weakest", "frames", "rows", "make",
    "colour", "body", "plate_picture", "car_picture",
)  # fmt: skip
_TO_KMH: Final = {"km/h": 1.0, "m/s": 3.6, "mph": 1.609344}
_UNIX_US: Final = {"unix_s": 1_000_000, "unix_ms": 1_000, "unix_us": 1}


def paths(mapping: dict[str, Any]) -> Paths:
    """Of a camera's stored mapping. Raises pydantic's ValidationError."""
    return _paths(orjson.dumps(mapping, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=4096)
def _paths(stored: bytes) -> Paths:
    mapping = Mapping.model_validate_json(stored)
    steps = {name: _steps(getattr(mapping, name)) for name in _PATHS}
    return Paths(
        mapping, steps, _TO_KMH[mapping.speed_unit], timezone(timedelta(minutes=mapping.utc_offset_min))
    )


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdecimal() else step for step in path.split(".")) if path else ()


def at_path(value: Any, steps: tuple[str | int, ...]) -> Any:
    """What stands at a path; None where nothing does."""
    if len(steps) == 1 and type(value) is dict:  # nearly all are
        return value.get(str(steps[0]))
    for step in steps:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def number(value: Any, least: float, most: float) -> float | None:
    """A number, also one in quotes, within bounds; None for any other thing. Never infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and least <= found <= most else None


def moment_us(value: Any, found: Paths) -> int | None:
    """Microseconds since 1970 of a time as the camera writes it; None for what is no time of this age."""
    form = found.mapping.time_format
    try:
        if form in _UNIX_US:
            seconds = number(value, 0, 1e17)
            at_us = None if seconds is None else round(seconds * _UNIX_US[form])
        elif not isinstance(value, str) or len(value) > 60:
            return None
        else:
            parsed = datetime.fromisoformat(value) if form == "rfc3339" else datetime.strptime(value, form)  # noqa: DTZ007
            if parsed.tzinfo is None:
                parsed = parsed.replace(tzinfo=found.zone)
            at_us = round(parsed.timestamp() * 1e6)
    except (ValueError, OverflowError):
        return None
    return at_us if at_us is not None and 0 <= at_us < _AGE_END_US else None


_AGE_END_US: Final = round(datetime(YEAR_MAX, 1, 1, tzinfo=timezone.utc).timestamp()) * 1_000_000  # noqa: UP017
