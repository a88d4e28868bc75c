"""The role `media`: one gateway of pictures and sound."""

import asyncio
import secrets
import socket
from collections.abc import Callable
from datetime import datetime

import structlog

from jedel.app.connections import open_links
from jedel.app.settings import Settings
from jedel.app.wiring import resolvers
from jedel.dispatch.day import zone_at
from jedel.media.answering import Answering
from jedel.media.book import Book
from jedel.media.gateway import Gateway, watch_lag
from jedel.media.model import SourceKind, StreamSpec
from jedel.media.recording.keeper import Recordings
from jedel.media.sources import Source
from jedel.media.sources.rtsp import RtspSource
from jedel.media.webrtc import Edge

log = structlog.get_logger()


async def media(settings: Settings) -> None:
    """Streams in and out, until cancelled. Another process with the same number is refused by the port."""
    nth = settings.media_gateway
    name = f"{socket.gethostname()}-{nth}"
    port = settings.media_port + nth if settings.media_port else 0
    addresses = _parts(settings.media_addresses)
    edge = Edge()
    await edge.start(settings.media_host, port, addresses)
    internal = settings.media_internal_port
    async with open_links(settings, f"media-{nth}") as (store, nats):
        book = Book(store, resolvers(settings))
        gateway = Gateway(
            f"{name}-{secrets.token_hex(3)}".replace(".", "-"),
            book,
            source_of,
            edge,
            (settings.media_internal_host, internal + nth if internal else 0),
        )
        await gateway.start()
        log.info("media", gateway=gateway.id, webrtc=edge.port, internal=gateway.internal)
        answering = Answering(nats, gateway, book, name, addresses or (settings.media_host,))

        def mine(stream: str) -> bool:
            owner = answering.live.owner(stream)
            return owner is not None and owner.id == gateway.id

        def local(moment: datetime) -> datetime:
            return moment.astimezone(zone_at(moment))

        recordings = Recordings(store, nats, settings.recordings, book, gateway.streams, mine, local)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(answering.run())
                tasks.create_task(watch_lag())
                tasks.create_task(recordings.run())
        finally:
            await gateway.close()
            await edge.stop()


def source_of(spec: StreamSpec) -> Source | None:
    """What a stream comes from; None: from its publisher."""
    make: dict[SourceKind, Callable[[StreamSpec], Source]] = {SourceKind.RTSP: RtspSource}
    found = make.get(spec.kind)
    return found(spec) if found is not None else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
