"""The role `media`: one gateway of pictures and sound."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import structlog

from jedel.app.connections import open_links
from jedel.app.settings import Settings
from jedel.app.stream_book import resolvers
from jedel.cameras.health.prober import Prober
from jedel.cameras.rights.judging import RightsJudge
from jedel.dispatch.day import zone_at
from jedel.media.answering import Answering
from jedel.media.book import Book
from jedel.media.control import Grant
from jedel.media.gateway import Gateway, watch_lag
from jedel.media.hub import Hub
from jedel.media.judging import Checking, Judge
from jedel.media.model import SourceKind, StreamSpec
from jedel.media.recording.keeper import Recordings
from jedel.media.rtsp_out import KIND as RTSP_VIEWER
from jedel.media.rtsp_out import Door, RtspOut
from jedel.media.rtsp_users import Users
from jedel.media.sources import Source
from jedel.media.sources.rtsp import RtspSource
from jedel.media.sources.srt import SrtSource
from jedel.media.streams import Outlet
from jedel.media.webrtc import Edge

log = structlog.get_logger()


async def serve(settings: Settings, nth: int) -> None:
    """Be the gateway of this number, until cancelled."""
    edge = Edge()
    await edge.start(settings.media_host, _nth(settings.media_port, nth), _parts(settings.media_addresses))
    async with open_links(settings, f"media-{nth}") as (store, nats), AsyncExitStack() as closing:
        closing.push_async_callback(edge.stop)
        book = Book(store, resolvers(settings))
        name = f"{socket.gethostname()}-{nth}".replace(".", "-")
        internal = (settings.media_internal_host, _nth(settings.media_internal_port, nth))
        gateway = Gateway(f"{name}-{secrets.token_hex(3)}", book, source_of, edge, internal)
        await gateway.start()
        closing.push_async_callback(gateway.close)
        judges: list[Judge] = [RightsJudge(store)]
        if settings.media_rtsp_port:
            users = Users(settings.media_rtsp_users_file)
            judges.insert(0, users)
            await closing.enter_async_context(_rtsp(settings, gateway, users, nth))
        addresses = _parts(settings.media_addresses) or (settings.media_host,)
        answering = Answering(nats, gateway, name, addresses)
        recordings = Recordings(
            store, nats, settings.recordings, book, gateway.streams, answering.mine, _local
        )
        every_s = (0.7 * settings.camera_look_s, settings.camera_look_s)
        prober = Prober(
            *(store, nats, book, gateway.streams, answering.mine, source_of, lambda: recordings.recording),
            every_s=every_s,
        )
        log.info("media", gateway=gateway.id, webrtc=edge.port, internal=gateway.internal)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(answering.run())
            tasks.create_task(Checking(gateway, judges, nats).run())
            tasks.create_task(recordings.run())
            tasks.create_task(prober.run())
            tasks.create_task(watch_lag())


@asynccontextmanager
async def _rtsp(settings: Settings, gateway: Gateway, users: Users, nth: int) -> AsyncIterator[None]:
    """RTSP for other systems."""
    out = RtspOut(door_of(gateway), users.grant_of)
    await out.start(settings.media_host, _nth(settings.media_rtsp_port, nth))
    try:
        yield
    finally:
        await out.close()


def door_of(gateway: Gateway) -> Door:
    """What RTSP viewers are let in by: the same gates as everybody's."""

    async def look(stream: str, grant: Grant) -> Hub:
        found = await gateway.streams.look(stream, Outlet.ANY, unmasked=grant.unmasked)
        await found.ready()
        return found.hub

    async def enter(stream: str, grant: Grant, close: Callable[[], None]) -> tuple[str, Hub]:
        viewer = await gateway.attach(stream, RTSP_VIEWER, grant, close)
        return viewer.id, viewer.stream.hub

    return Door(look, enter, gateway.leave)


def _local(moment: datetime) -> datetime:
    """By the country's clock, which weekly windows are meant in."""
    return moment.astimezone(zone_at(moment))


def _nth(port: int, nth: int) -> int:
    """Each gateway has the next port; 0: any that is free."""
    return port + nth if port else 0


def source_of(spec: StreamSpec) -> Source | None:
    """What a stream comes from; None: from its publisher."""
    match spec.kind:
        case SourceKind.RTSP:
            return RtspSource(spec)
        case SourceKind.SRT:
            return SrtSource(spec)
        case SourceKind.PUSH:
            return None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
