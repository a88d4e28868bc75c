"""The live sockets: a snapshot with the last event's number, then events; a gap leads to a new snapshot."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated
from uuid import UUID

import orjson
import psycopg
import structlog
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from psycopg_pool import PoolTimeout
from starlette.websockets import WebSocketState

from jedel.access import (
    CONSOLE,
    DeviceKind,
    Principal,
    Role,
    devices,
    identify,
    identify_device,
    public,
    still_signed_in,
    store_of,
)
from jedel.access.origin import from_here
from jedel.app.feed import Listener
from jedel.app.frames import wire_of
from jedel.app.hub import Hub
from jedel.kernel.errors import Problem

log = structlog.get_logger()

StillAllowed = Callable[[], Awaitable[Principal | None]]
"""Asks again who is at the socket's other end."""

router = APIRouter(prefix="/api/live")

FEEDS: Mapping[str, Sequence[Role | DeviceKind]] = {
    "/api/live": CONSOLE,
    "/api/live/unit": (DeviceKind.TABLET,),
}
"""Who may listen."""

PING_EVERY_S = 15.0
"""A screen that hears nothing for twice this long says that its link is lost."""

ASK_AGAIN_S = 60.0
FIRST_MESSAGE_S = 10.0
TOO_SLOW = 4408
NOT_ALLOWED = 4403
NOT_SIGNED_IN = 4401


@router.websocket("", dependencies=[public()])
async def console(socket: WebSocket, last: Annotated[int | None, Query(ge=0)] = None) -> None:
    """The console's feed of its region (session cookie; same origin only)."""
    await socket.accept()
    who = await identify(socket) if from_here(socket) else None
    if who is None or who.role not in FEEDS["/api/live"]:
        await socket.close(NOT_SIGNED_IN if who is None else NOT_ALLOWED)
        return
    await _serve(socket, who, last, None, partial(still_signed_in, socket, who))


@router.websocket("/unit", dependencies=[public()])
async def unit(socket: WebSocket, last: Annotated[int | None, Query(ge=0)] = None) -> None:
    """A tablet's feed of its own unit and incidents; its first message is ``{"token": …}``."""
    await socket.accept()
    who, token = None, ""
    with suppress(TimeoutError, orjson.JSONDecodeError, KeyError, TypeError, Problem):
        async with asyncio.timeout(FIRST_MESSAGE_S):
            first = orjson.loads(await socket.receive_text())
        token = str(first["token"])
        who = await identify_device(store_of(socket), token)
    if who is None or who.device_kind not in FEEDS["/api/live/unit"] or who.unit_id is None:
        await socket.close(NOT_SIGNED_IN if who is None else NOT_ALLOWED)
        return
    # not the token again: the socket outlives it, and the device's block ends it
    since = (await devices.own(store_of(socket), who)).enrolled_at
    still = partial(devices.still_enrolled, store_of(socket), who, since)
    await _serve(socket, who, last, who.unit_id, still)


async def _serve(
    socket: WebSocket, who: Principal, last: int | None, unit_id: UUID | None, still: StillAllowed
) -> None:
    hub: Hub = socket.app.state.hub
    feed = hub.feed(who.region)
    listener = Listener(0, unit_id, who)
    first = await feed.join(listener, last)
    if unit_id is None:
        hub.tell_positions(who.region, listener)
    tasks = [
        asyncio.create_task(_send(socket, listener, first)),
        asyncio.create_task(_receive(socket)),
        asyncio.create_task(_still_allowed(listener, still)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        feed.leave(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if listener.cut_off and socket.application_state is WebSocketState.CONNECTED:
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(NOT_SIGNED_IN if listener.ended else TOO_SLOW)


async def _send(socket: WebSocket, listener: Listener, first: str | None) -> None:
    if first is not None:
        await socket.send_text(first)
    if wire := wire_of(socket):
        listener.pass_on(wire)
    while True:
        try:
            async with asyncio.timeout(PING_EVERY_S):
                text = await listener.queue.get()
        except TimeoutError:
            text = '{"type":"ping"}'
        if text is None:
            return
        await socket.send_text(text)


async def _still_allowed(listener: Listener, still: StillAllowed) -> None:
    """A session ends by rest and by time too, and no event says so."""
    while not listener.ended:
        await asyncio.sleep(ASK_AGAIN_S)
        try:
            who = await still()
        except Problem:
            who = None
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("session not checked", error=repr(error))
            continue
        if who is None:
            listener.end()


async def _receive(socket: WebSocket) -> None:
    """Screens have nothing to say on this socket; this notices when they go."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive()
