"""What a reader refuses, by name. `ReaderUnavailable` names its remedy."""

from typing import Final

BAD_FRAME: Final = "bad_frame"
FRAME_TOO_LARGE: Final = "frame_too_large"
FRAME_EMPTY: Final = "frame_empty"
FRAME_TRUNCATED: Final = "frame_truncated"


class BadFrame(ValueError):
    """A picture that is none. ``code``: bad_frame, frame_too_large, frame_empty, frame_truncated."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code


class ReadRefused(Exception):
    """The intake takes no reads of that camera. ``code`` as the drivers' reasons: unknown_camera, …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = str(code)


class ReaderUnavailable(RuntimeError):
    """No such reader here. ``remedy``: what makes it work."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"the plate reader {name!r} cannot be used here: {remedy}")
        self.name, self.remedy = name, remedy
