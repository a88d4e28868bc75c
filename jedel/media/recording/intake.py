"""Between the gateway's loop and a recorder's thread: units wait here, bounded and counted.

The recorder takes all that waits a few times a second, so that no unit costs a wake-up.
"""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

from jedel.media.model import AccessUnit, Fault, Track, first_video

UNITS_MAX: Final = 20_000
BYTES_MAX: Final = 48 * 1024**2
"""At 4 Mbit/s a disk may stand still for a minute and a half."""

Item = AccessUnit | tuple[Track, ...] | Fault


class Intake:
    """A sink. What does not fit is left out up to the next keyframe, and counted in ``dropped``."""

    def __init__(self, units_max: int = UNITS_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.dropped = 0
        """Units, since the stream began."""
        self.ended = False
        self._units_max, self._bytes_max = units_max, bytes_max
        self._waiting: deque[Item] = deque()
        self._bytes = 0
        self._skipping = False
        self._video: int | None = None
        self._lock = threading.Lock()

    def begin(self, tracks: Sequence[Track]) -> None:
        self._video, self._skipping = first_video(tracks), False
        self._put(tuple(tracks), 0)

    def take(self, unit: AccessUnit) -> None:
        size = unit.size
        opens = self._video is None or (unit.keyframe and unit.track == self._video)
        full = self._bytes + size > self._bytes_max or len(self._waiting) >= self._units_max
        if full or (self._skipping and not opens):
            self._skipping = True
            self.dropped += 1
            return
        self._skipping = False
        self._put(unit, size)

    def pause(self, fault: Fault) -> None:
        self._put(fault, 0)

    def end(self) -> None:
        self.ended = True

    @property
    def waiting(self) -> int:
        """Units and what stands between them."""
        return len(self._waiting)

    def drain(self) -> list[Item]:
        """All that waits; from any thread."""
        with self._lock:
            found, self._waiting, self._bytes = list(self._waiting), deque(), 0
        return found

    def _put(self, item: Item, size: int) -> None:
        with self._lock:
            self._waiting.append(item)
            self._bytes += size
