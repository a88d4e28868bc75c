"""Bits of a NAL unit's payload, as parameter sets are written. Pure."""

from rtsp.errors import Malformed


def unescape(nal: bytes) -> bytes:
    """Without emulation prevention bytes."""
    return nal.replace(b"\0\0\3", b"\0\0")


class Bits:
    """Raises Malformed past the end."""

    __slots__ = ("_at", "_size", "_value")

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = len(data) * 8
        self._at = 0

    def take(self, count: int) -> int:
        self._at += count
        if self._at > self._size:
            raise Malformed("a parameter set is cut")
        return self._value >> (self._size - self._at) & ((1 << count) - 1)

    def skip(self, count: int) -> None:
        self.take(count)

    def ue(self) -> int:
        """Exp-Golomb."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise Malformed("a number of a parameter set")
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)
