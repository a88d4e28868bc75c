"""The JetStream stream that carries positions from whoever reports them to the writer."""

from typing import Final

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from jedel.journal.relay import ensure_stream

STREAM: Final = "POSITIONS"
RAW: Final = "jedel.positions.raw"
NOW: Final = "jedel.positions.now"

#: While PostgreSQL is away positions wait here; past either bound the oldest go, and the writer tells it.
_AGE_S_MAX: Final = 24 * 3600
_BYTES_MAX: Final = 2 * 1024**3
_TWINS_S: Final = 120.0


async def ensure(js: JetStreamContext) -> None:
    """Make the stream where it is missing, or as it is to be now. Harmless to say twice.

    The centre itself says `RAW.<region>`; a tracker only `RAW.<region>.<its unit>`.
    """
    await ensure_stream(
        js,
        StreamConfig(
            name=STREAM,
            subjects=[f"{RAW}.*", f"{RAW}.*.*"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=_AGE_S_MAX,
            max_bytes=_BYTES_MAX,
            duplicate_window=_TWINS_S,
        ),
    )
