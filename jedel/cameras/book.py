"""What gateways ask of cameras: where a stream comes from, who may publish it, and what is kept of it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import orjson

from jedel.access.seal import Sealer
from jedel.cameras import repository
from jedel.cameras.model import PRE_EVENT_S, Camera, Recording, StreamName, parsed
from jedel.journal import Connection
from jedel.media.model import SourceKind, StreamSpec


class CameraBook:
    """Answers for ``camera/…``. ``networks``: CIDR blocks in which cameras lie."""

    prefix: Final = "camera/"

    def __init__(self, sealer: Sealer, networks: Sequence[str]) -> None:
        self._sealer = sealer
        self._networks = tuple(networks)

    async def spec(self, conn: Connection, stream_id: str) -> StreamSpec | None:
        """None: no such camera or stream, or it is switched off. Raises SealFault."""
        parts = parsed(stream_id)
        camera = await repository.find(conn, parts[0]) if parts else None
        if camera is None or not camera.enabled or camera.stream_id(parts[1]) != stream_id:  # type: ignore[index]
            return None
        user, password = opened(self._sealer, camera)
        stream = camera.stream(parts[1])  # type: ignore[index]
        main = stream.name == camera.stream(StreamName.MAIN).name
        return StreamSpec(
            id=stream_id,
            region=camera.region,
            kind=camera.source,
            url=stream.url,
            user=user,
            password=password,
            networks=self._networks,
            masks=camera.masks,
            record=main and camera.recording is Recording.ALWAYS,
            pre_event_s=PRE_EVENT_S if main and camera.recording is Recording.EVENT else 0,
            keep_days=camera.keep_days,
            publisher=camera.device_id if camera.source is SourceKind.PUSH else None,
        )

    async def published_by(self, conn: Connection, publisher: UUID) -> str | None:
        """The stream of the camera that this device is."""
        camera = await repository.of_device(conn, publisher)
        if camera is None or not camera.enabled or camera.source is not SourceKind.PUSH:
            return None
        return camera.stream_id(StreamName.MAIN)

    async def recorded(self, conn: Connection) -> list[str]:
        """The large pictures of cameras that record, always or with the seconds before an event."""
        return await repository.recorded(conn)


def sealed(sealer: Sealer, camera_id: UUID, user: str, password: str) -> bytes:
    """Credentials as the table keeps them."""
    return sealer.seal(orjson.dumps([user, password]), camera_id)


def opened(sealer: Sealer, camera: Camera) -> tuple[str, str]:
    """User and password; empty where the camera asks for none. Raises SealFault."""
    if camera.credentials is None:
        return "", ""
    user, password = orjson.loads(sealer.open(camera.credentials, camera.id))
    return user, password
