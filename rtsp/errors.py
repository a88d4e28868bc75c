"""What can go wrong between us and the other end."""

from enum import StrEnum


class Malformed(ValueError):
    """What came is not what its format says. Decoders raise nothing else."""


class Cause(StrEnum):
    """Why there is no stream."""

    UNREACHABLE = "unreachable"
    CREDENTIALS = "credentials"
    NOT_FOUND = "not_found"
    PROTOCOL = "protocol"
    NO_FRAMES = "no_frames"
    CODEC = "codec"


class StreamLost(Exception):
    """The client's session ended. ``detail`` never holds credentials."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else str(cause))
        self.cause = cause
        self.detail = detail
