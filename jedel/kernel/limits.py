"""Bounds that more than one room obeys. Every queue, body, list and text in the system has one."""

BODY_BYTES_MAX = 256 * 1024
"""Largest HTTP request body that a JSON route reads."""

SHORT_TEXT_MAX = 200
LONG_TEXT_MAX = 4_000

PAGE_MAX = 200
"""Most rows in one answer."""

FEED_TAIL_MAX = 2_000
"""Events per region that a web process keeps for consoles that reconnect."""

FEED_QUEUE_MAX = 1_000
"""Events that may wait for one slow console before it is cut off and must fetch a new snapshot."""
