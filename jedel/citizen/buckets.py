"""Shares of many callers, each a bucket that fills up again by the hour. Pure: time is passed in.

A bucket is one number: when it will be full again (GCRA). A full one is the same as none, so what is kept are
callers of the last minutes. ``KEPT_MAX`` of them are kept, each in 115 bytes: 12 MB; beyond that the one
that was used longest ago is forgotten, which gives it a full share again.
"""

from itertools import islice

KEPT_MAX = 100_000
SWEPT = 64
"""How many of the oldest are looked at when a new one comes."""


class Buckets:
    """``per_hour`` tokens flow into each caller's bucket, which holds ``burst``."""

    def __init__(self, per_hour: float, burst: float, kept_max: int = KEPT_MAX) -> None:
        self.token_s = 3600 / per_hour
        self.burst = burst
        self.kept_max = kept_max
        self._full_at: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def taken(self, key: bytes, now_s: float) -> float:
        """How many tokens are missing."""
        return max(self._full_at.get(key, 0.0) - now_s, 0.0) / self.token_s

    def wait_s(self, key: bytes, tokens: float, now_s: float) -> float:
        """How long until so many tokens are there; 0 when they are."""
        missing = self.taken(key, now_s) + tokens - self.burst
        return max(missing, 0.0) * self.token_s

    def take(self, key: bytes, tokens: float, now_s: float) -> None:
        """Take tokens that are there."""
        full_at = max(self._full_at.pop(key, 0.0), now_s) + tokens * self.token_s
        if len(self._full_at) >= self.kept_max:
            self._make_room(now_s)
        self._full_at[key] = full_at

    def _make_room(self, now_s: float) -> None:
        """Forget full ones among those that were used longest ago; the very first where none is."""
        oldest = list(islice(self._full_at.items(), SWEPT))
        for key, full_at in oldest:
            if full_at <= now_s:
                del self._full_at[key]
        if len(self._full_at) >= self.kept_max:
            del self._full_at[oldest[0][0]]
