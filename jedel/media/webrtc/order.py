"""Packets of one sender put in order, and which of them to ask for again. Pure."""

from typing import Final

WAIT_S: Final = 0.3
"""How long a hole is waited for: three ways there and back of a poor radio link."""
ASK_EVERY_S: Final = 0.06
ASKS_MAX: Final = 5
WINDOW: Final = 2048
"""Packets: a larger jump means that the sender counts anew."""


class Order:
    """``lost``: given up. Times are seconds of a clock that does not fall."""

    def __init__(self) -> None:
        self.received = self.lost = self.doubled = 0
        self.highest = -1
        """Sequence number with its cycles; -1 before the first packet."""
        self.first = -1
        self._next = -1
        self._waiting: dict[int, bytes] = {}
        self._missing: dict[int, list[float]] = {}
        """Sequence number → when it was first missed, when last asked for, how often."""

    @property
    def whole(self) -> bool:
        return not self._missing

    def put(self, sequence: int, data: bytes, now: float) -> list[bytes]:
        """What can be read on with this packet, in order."""
        number = self._unwrap(sequence)
        if self.highest < 0 or abs(number - self.highest) > WINDOW:
            self._restart(number)
        if number < self._next or number in self._waiting:
            self.doubled += 1
            return []
        self.received += 1
        self._missing.pop(number, None)
        for absent in range(max(self.highest + 1, self._next), number):
            self._missing[absent] = [now, 0.0, 0.0]
        self.highest = max(self.highest, number)
        self._waiting[number] = data
        return self._release()

    def asked(self, now: float) -> list[int]:
        """Sequence numbers (16 bits) to ask for now."""
        found = []
        for number, (_, last, times) in self._missing.items():
            if now - last >= ASK_EVERY_S and times < ASKS_MAX:
                self._missing[number][1:] = [now, times + 1]
                found.append(number & 0xFFFF)
        return found

    def given_up(self, now: float) -> list[bytes]:
        """What can be read on because a hole is too old."""
        found: list[bytes] = []
        while self._missing:
            oldest = min(self._missing)
            if now - self._missing[oldest][0] < WAIT_S:
                break
            self.lost += 1
            del self._missing[oldest]
            self._next = max(self._next, oldest + 1)
            found += self._release()
        return found

    def _unwrap(self, sequence: int) -> int:
        if self.highest < 0:
            return sequence
        step = (sequence - self.highest + 0x8000 & 0xFFFF) - 0x8000
        return max(0, self.highest + step)

    def _restart(self, number: int) -> None:
        self._waiting.clear()
        self._missing.clear()
        self.highest = number - 1
        self.first = self._next = number

    def _release(self) -> list[bytes]:
        found = []
        while self._next in self._waiting:
            found.append(self._waiting.pop(self._next))
            self._next += 1
        return found
