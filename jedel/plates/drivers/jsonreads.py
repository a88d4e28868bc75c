"""Reads in a camera's JSON, found by its mapping: what the HTTP and the MQTT driver have in common. Pure."""

from typing import Any

import orjson

from jedel.plates.drivers.mapping import Paths, at_path, moment_us, number
from jedel.plates.drivers.said import (
    MESSAGE_BYTES_MAX,
    READS_MAX,
    SAID_SURE,
    TEXT_MAX,
    Decoded,
    Reason,
    Said,
    picture,
    word,
)


def decode(raw: bytes, found: Paths) -> Decoded:
    """All reads of one message."""
    if len(raw) > MESSAGE_BYTES_MAX:
        return Decoded(malformed=Reason.TOO_LONG)
    try:
        message = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Decoded(malformed=Reason.NOT_JSON)
    listed = at_path(message, found.steps["reads"]) if found.steps["reads"] else message
    if listed is None:
        listed = message
    rows = listed if isinstance(listed, list) else [listed]
    if not rows or not any(isinstance(row, dict) for row in rows[:READS_MAX]):
        return Decoded(malformed=Reason.NO_READS)
    return Decoded([_said(row, found) for row in rows[:READS_MAX]], beyond=max(0, len(rows) - READS_MAX))


def _said(row: Any, found: Paths) -> Said | Reason:
    if not isinstance(row, dict):
        return Reason.BAD_READ
    steps, mapping = found.steps, found.mapping

    def at(name: str) -> Any:
        path = steps[name]
        return at_path(row, path) if path else None

    plate = at("plate")
    if not isinstance(plate, str) or not plate:
        return Reason.NO_PLATE
    if len(plate) > TEXT_MAX:
        return Reason.PLATE_TOO_LONG
    wrong: list[Reason] = []

    def figure(name: str, least: float, most: float) -> float | None:
        value = at(name)
        if value is None or value == "":
            return None
        result = number(value, least, most)
        if result is None:
            wrong.append(Reason.BAD_NUMBER)
        return result

    said_at = at("at")
    at_us = moment_us(said_at, found) if said_at is not None else None
    if at_us is None:
        wrong.append(Reason.BAD_TIME)
    event_id = _name(at("event_id"))
    speed, most = figure("speed", 0, 10_000), mapping.confidence_of
    confidence, weakest = figure("confidence", 0, most), figure("weakest", 0, most)
    frames, rows = figure("frames", 1, 255), figure("rows", 0, 2)
    make, colour, body = (word(at(name)) for name in ("make", "colour", "body"))
    return Said(
        plate=plate,
        name=f"{event_id} {at_us} {plate}" if event_id or at_us is not None else "",
        at_us=at_us,
        speed_kmh=None if speed is None else speed * found.speed_factor,
        heading=figure("heading", 0, 360),
        confidence=mapping.confidence_unsaid if confidence is None else round(100 * confidence / most),
        weakest=None if weakest is None else round(100 * weakest / most),
        frames=1 if frames is None else int(frames),
        rows=0 if rows is None else int(rows),
        make=make,
        colour=colour,
        body=body,
        make_sure=SAID_SURE if make else 0,
        colour_sure=SAID_SURE if colour else 0,
        body_sure=SAID_SURE if body else 0,
        plate_picture=picture(at("plate_picture"), wrong),
        car_picture=picture(at("car_picture"), wrong),
        wrong=wrong,
    )


def _name(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if len(text) <= TEXT_MAX else ""
