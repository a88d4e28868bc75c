"""Limits of the media gateways."""

from typing import Final

OFFER_BYTES_MAX: Final = 64 * 1024
QUESTION_BYTES_MAX: Final = 96 * 1024
GRANT_KEYS_MAX: Final = 16
MESSAGE_BYTES_MAX: Final = 8 * 1024**2
"""Of one MSE fragment: a keyframe of the largest camera."""
STREAMS_MAX: Final = 400
"""Streams that one gateway runs at once."""
VIEWERS_MAX: Final = 1000
"""Viewers and publishers of one gateway, of any kind."""
TRANSCODERS_MAX: Final = 4
"""Derived streams that one gateway makes at once: each takes a good part of a core."""
RIGHT_ENDED: Final = 4403
"""Code with which a socket is closed whose viewer may look no longer; the reason says why."""
