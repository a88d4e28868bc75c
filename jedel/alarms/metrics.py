"""What this room counts."""

from prometheus_client import Counter

SIGNALS = Counter("jedel_alarms_signals_total", "Signals that were given a receipt", ["driver", "kind"])
REPEATED = Counter("jedel_alarms_repeated_total", "Signals that had been received before", ["driver"])
MALFORMED = Counter("jedel_alarms_malformed_total", "Messages that could not be used", ["driver", "reason"])
MALFORMED_NOT_KEPT = Counter(
    "jedel_alarms_malformed_not_kept_total",
    "Malformed messages counted only: there were too many",
    ["driver"],
)
OVERLOAD = Counter(
    "jedel_alarms_overload_total",
    "Messages left unanswered at a limit; their senders repeat them",
    ["driver", "limit"],
)
FAILED = Counter(
    "jedel_alarms_failed_total", "Messages left unanswered since they could not be stored", ["driver"]
)
