"""The JSON that devices speak over MQTT and over HTTP: bytes → signals, and the receipts. Pure.

Up:   ``{"id": uuid, "kind": "press", "level": "help", "at": RFC 3339}``; ``level`` belongs to a press (help
      where it is missing), ``at`` may be missing.
Down: ``{"receipt": id, "at": our time, "alarm": uuid or null}`` after the commit, or
      ``{"refused": id or null, "code": why}``. A device repeats its message, with the same id, until it has
      one of the two.

Neither a field that we do not know nor a time that is none is a reason to drop a press: the signal counts,
and the message is kept as odd.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from jedel.alarms.signals import Level, Malformed, Reason, Signal, SignalKind

MESSAGE_BYTES_MAX = 4_096
FIELDS = frozenset({"id", "kind", "level", "at"})


def decode(raw: bytes, device_id: UUID) -> Signal | Malformed:
    """One message from the device that the link says it is (its MQTT user, its HTTP key)."""
    if len(raw) > MESSAGE_BYTES_MAX:
        return Malformed.of(Reason.TOO_LONG, raw, device_id)
    try:
        message = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Malformed.of(Reason.NOT_JSON, raw, device_id)
    if not isinstance(message, dict):
        return Malformed.of(Reason.BAD_FIELD, raw, device_id)
    try:
        kind = SignalKind(_text(message["kind"]))
        at, odd = _time(message.get("at"))
        return Signal(
            id=UUID(_text(message["id"])),
            kind=kind,
            device_id=device_id,
            level=_level(message) if kind is SignalKind.PRESS else None,
            at=at,
            odd=Reason.UNKNOWN_FIELD if message.keys() - FIELDS else odd,
            raw=raw,
        )
    except (KeyError, TypeError, ValueError):
        return Malformed.of(Reason.BAD_FIELD, raw, device_id)


def receipt(signal_id: UUID, at: datetime, alarm_id: UUID | None) -> bytes:
    """Committed: the device may stop repeating."""
    return orjson.dumps({"receipt": signal_id, "at": at, "alarm": alarm_id}, option=orjson.OPT_UTC_Z)


def refusal(signal_id: UUID | None, code: str) -> bytes:
    """Not taken, and repeating it unchanged will not help."""
    return orjson.dumps({"refused": signal_id, "code": code})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _level(message: dict[str, Any]) -> Level:
    level = message.get("level")
    return Level.HELP if level is None else Level(_text(level))


def _time(value: Any) -> tuple[datetime | None, Reason | None]:
    """RFC 3339 with its offset; a time without one says nothing."""
    if value is None:
        return None, None
    try:
        at = datetime.fromisoformat(_text(value))
        return (at.astimezone(UTC), None) if at.tzinfo else (None, Reason.BAD_FIELD)
    except (TypeError, ValueError, OverflowError):
        return None, Reason.BAD_FIELD
