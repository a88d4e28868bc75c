"""The JetStream stream that carries positions from whoever reports them to the writer."""

from datetime import datetime
from typing import Final, NamedTuple

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


class StreamState(NamedTuple):
    """When the stream was made, and the numbers of the first and the last message that it has."""

    created: datetime
    first: int
    last: int


async def state(js: JetStreamContext) -> StreamState:
    """What the stream is at this moment."""
    info = await js.stream_info(STREAM)
    assert info.created is not None
    return StreamState(info.created, info.state.first_seq, info.state.last_seq)
