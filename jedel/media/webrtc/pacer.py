"""Packets leave at a pace that sockets and radio links swallow. Pure; the owner has the timer."""

from collections import deque
from typing import Final

from jedel.media.hub import KEPT_BYTES_MAX

BURST_BYTES: Final = 48 * 1024
RATE_BPS: Final = 40_000_000
TICK_S: Final = 0.005
WAITING_BYTES_MAX: Final = KEPT_BYTES_MAX + 4 * 1024**2
"""What may wait for one viewer, who begins with all that a hub keeps: with more he is dropped to the next
keyframe."""


class Pacer:
    """A bucket of tokens: ``BURST_BYTES`` at once, then ``RATE_BPS``."""

    __slots__ = ("_at", "_bytes", "_room", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[list[bytes]] = deque()
        self._bytes = 0
        self._room = float(BURST_BYTES)
        self._at = 0.0

    @property
    def waiting(self) -> int:
        """Bytes."""
        return self._bytes

    @property
    def full(self) -> bool:
        return self._bytes > WAITING_BYTES_MAX

    def put(self, packets: list[bytes]) -> None:
        if packets:
            self._waiting.append(packets)
            self._bytes += sum(map(len, packets))

    def clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0

    def due(self, now: float) -> list[bytes]:
        """What may leave at ``now`` (seconds of any clock that does not fall)."""
        self._room = min(float(BURST_BYTES), self._room + (now - self._at) * RATE_BPS / 8)
        self._at = now
        if self._bytes <= self._room and len(self._waiting) == 1:
            self._room -= self._bytes
            self._bytes = 0
            return self._waiting.popleft()
        found: list[bytes] = []
        while self._waiting and self._room > 0:
            packets = self._waiting[0]
            taken = 0
            while taken < len(packets) and self._room > 0:
                self._room -= len(packets[taken])
                self._bytes -= len(packets[taken])
                taken += 1
            found += packets[:taken]
            if taken == len(packets):
                self._waiting.popleft()
            else:
                self._waiting[0] = packets[taken:]
        return found
