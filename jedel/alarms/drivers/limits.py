"""How much one sender may say. What is above is left unanswered and counted; the sender repeats it."""

from collections import OrderedDict

RATE_PER_S = 10.0
BURST = 50.0
SENDERS_MAX = 50_000


class Rates:
    """A bucket of ``BURST`` messages for each sender, refilled at ``RATE_PER_S``.

    Only the ``SENDERS_MAX`` that spoke last are remembered; a forgotten one starts with a full bucket.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, sender: object, now_s: float) -> bool:
        """Whether ``sender`` may say one more thing at ``now_s`` (any clock that only moves forward)."""
        left, since = self._buckets.pop(sender, (BURST, now_s))
        left = min(BURST, left + (now_s - since) * RATE_PER_S)
        allowed = left >= 1
        self._buckets[sender] = (left - allowed, now_s)
        if len(self._buckets) > SENDERS_MAX:
            self._buckets.popitem(last=False)
        return allowed
