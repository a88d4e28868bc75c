"""What every driver makes of the bytes it was sent: a signal, or something malformed. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

RAW_BYTES_MAX = 2_048
"""Of a malformed message at most this many bytes are kept; its true length is kept beside them."""


class SignalKind(StrEnum):
    """What a device says."""

    PRESS = "press"
    RESTORE = "restore"
    HEARTBEAT = "heartbeat"
    TAMPER = "tamper"
    TROUBLE = "trouble"
    TEST = "test"


class Level(StrEnum):
    """How a button was pressed: staff help (98 of 100 presses), or the whole site locks down."""

    HELP = "help"
    LOCKDOWN = "lockdown"


class Reason(StrEnum):
    """Why a message could not be used. The label of the counter, so a closed list."""

    TOO_LONG = "too_long"
    NOT_A_FRAME = "not_a_frame"
    BAD_CHECKSUM = "bad_checksum"
    NOT_JSON = "not_json"
    BAD_FIELD = "bad_field"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_FORMAT = "unknown_format"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_DEVICE = "unknown_device"
    BLOCKED_DEVICE = "blocked_device"
    NO_KEY = "no_key"
    NOT_ENCRYPTED = "not_encrypted"
    UNREADABLE = "unreadable"
    CLOCK_SKEW = "clock_skew"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a device said.

    ``id`` is made by the sender, or derived from the message where the protocol has no ids, so the same
    message sent again has the same id. Exactly one of ``device_id`` and ``account`` (DC-09, upper-case hex)
    is given. ``level`` is given for a press. ``clears`` says what a restore ends; None means everything but
    an alarm, which only a person ends. ``again_after_s``: protocols whose ids come round again (DC-09's
    9,999 sequence numbers) say after how many seconds an equal id is a new message. ``odd``: something in
    it was not understood; the signal counts all the same, and the message is kept besides.
    """

    id: UUID
    kind: SignalKind
    device_id: UUID | None = None
    account: str | None = None
    level: Level | None = None
    at: datetime | None = None
    clears: SignalKind | None = None
    note: str = ""
    again_after_s: float | None = None
    odd: Reason | None = None
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that could not be used, with as much of its sender as is known. It is kept raw and
    counted."""

    reason: Reason
    raw: bytes
    size: int
    device_id: UUID | None = None
    account: str | None = None

    @classmethod
    def of(
        cls, reason: Reason, raw: bytes, device_id: UUID | None = None, account: str | None = None
    ) -> "Malformed":
        """Cut ``raw`` to what may be kept."""
        return cls(reason, bytes(raw[:RAW_BYTES_MAX]), len(raw), device_id, account)


def unusable(signal: Signal, reason: Reason) -> Malformed:
    """A well-formed signal that nobody may act upon, for example from an unknown device."""
    return replace(Malformed.of(reason, signal.raw), device_id=signal.device_id, account=signal.account)
