"""Where to go on with a stream, whatever became of it meanwhile."""

from typing import Final

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from jedel.units.positions.repository import Progress, microseconds

_NEVER: Final = 0


async def first_unwritten(
    js: JetStreamContext, stream: str, written: Progress, first: int, last: int
) -> tuple[int, bool]:
    """The first message after ``written`` of a stream that has ``first`` … ``last``; whether we knew its end.

    A stream that lost its end in a crash gives the same numbers to other messages; then the time at which the
    stream took them says which are new.
    """
    if written.seq == 0 or written.seq < first:
        return max(first, 1), True
    if written.seq <= last and await taken_us(js, stream, written.seq) == written.taken_us:
        return written.seq + 1, True
    low, high = first, last + 1  # the first in [low, high) taken after `written`, by halving
    while low < high:
        middle = (low + high) // 2
        if await taken_us(js, stream, middle) > written.taken_us:
            high = middle
        else:
            low = middle + 1
    return low, False


async def taken_us(js: JetStreamContext, stream: str, seq: int) -> int:
    """When the stream took a message, microseconds since 1970; 0 where it is gone."""
    try:
        message = await js.get_msg(stream, seq)
    except NotFoundError:
        return _NEVER
    assert message.time is not None
    return microseconds(message.time)
