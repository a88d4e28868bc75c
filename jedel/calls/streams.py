"""The officer's voice as a stream: ``call/<id>/desk``."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from jedel.calls import repository
from jedel.journal import Connection
from jedel.media.model import SourceKind, StreamSpec

KEEP_DAYS: Final = 90
"""A recorded conversation is kept as long as what devices said (docs/design/calls.md)."""


class CallStreams:
    """What the gateways ask of calls."""

    prefix = "call/"

    async def spec(self, conn: Connection, stream_id: str) -> StreamSpec | None:
        """Only while the call goes on, and somebody has answered."""
        call_id = _call_id(stream_id)
        call = await repository.find(conn, call_id) if call_id else None
        if call is None or not call.live or call.answered_by is None or stream_id != call.desk_stream:
            return None
        return StreamSpec(
            id=stream_id,
            region=call.region,
            kind=SourceKind.PUSH,
            record=True,
            keep_days=KEEP_DAYS,
            publisher=call.answered_by,
        )

    async def published_by(self, _conn: Connection, _publisher: UUID) -> str | None:
        """None: an officer says at the call's own route which call is meant."""
        return None

    async def recorded(self, conn: Connection) -> Sequence[str]:
        """The voices of all conversations that go on."""
        return [f"call/{call_id}/desk" for call_id in await repository.answered(conn)]


def _call_id(stream_id: str) -> UUID | None:
    parts = stream_id.split("/")
    try:
        return UUID(parts[1]) if len(parts) == 3 else None
    except ValueError:
        return None
