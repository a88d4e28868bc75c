"""What an alarm opens is recorded for its incident and kept with it; its end ends the recording."""

from typing import Any, Final
from uuid import UUID

from jedel.cameras import repository as cameras
from jedel.cameras.model import StreamName
from jedel.journal import Recorded, Tx
from jedel.media.recording import service


class ArchiveKeeper:
    """Gateways notice within two seconds; a camera that records on events keeps the seconds before."""

    name: Final = "cameras.archive"
    kinds: Final = frozenset({"cameras.opened", "dispatch.closed"})

    async def react(self, tx: Tx, entry: Recorded) -> None:
        if entry.kind == "dispatch.closed":
            await service.end_event(tx, entry.subject)
            return
        told: Any = entry.data.get("cameras")
        ids = [UUID(str(each)) for each in told] if isinstance(told, list) else []
        found = await cameras.several(tx.conn, ids)
        streams = [camera.stream_id(StreamName.MAIN) for camera in found if camera.enabled]
        await service.record_on_event(tx, entry.region, streams, entry.subject, reason="alarm")
