"""The JetStream stream that carries reads from the intake to the workers, by partition of the plate.

It holds what is not written yet: the workers take away what is. Full, it refuses, so that a camera keeps what
we cannot carry; it never drops what it took for room.
"""

from typing import Final

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from jedel.journal.relay import ensure_stream

STREAM: Final = "READS"
BATCH: Final = "jedel.reads.batch"
"""``BATCH.<partition>``: one or more records (`codec.READ`)."""
AGE_S_MAX: Final = 24 * 3600
"""A read that waited longer than reads without a hit are kept is nothing to write any more."""
_BYTES_MAX: Final = 2 * 1024**3
_TWINS_S: Final = 120.0


async def ensure(js: JetStreamContext) -> None:
    """Make the stream where it is missing, or as it is to be now. Harmless to say twice."""
    await ensure_stream(
        js,
        StreamConfig(
            name=STREAM,
            subjects=[f"{BATCH}.*"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_age=AGE_S_MAX,
            max_bytes=_BYTES_MAX,
            duplicate_window=_TWINS_S,
        ),
    )
