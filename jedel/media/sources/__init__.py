"""What every source looks like to the gateway."""

from typing import Protocol

from jedel.media.hub import Hub


class Source(Protocol):
    """Where a stream comes from. One object, one attempt."""

    async def run(self, hub: Hub) -> None:
        """Say the tracks with ``hub.begin``, then publish unit after unit until cancelled.

        Raises SourceFault where it ends; the caller waits and makes a new one. Whatever the far end sends,
        nothing else may come out of here.
        """
