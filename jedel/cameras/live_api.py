"""Routes by which a picture comes: WebRTC, bytes over a WebSocket, one still."""

import asyncio
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, WebSocket
from fastapi.responses import Response
from starlette.websockets import WebSocketDisconnect, WebSocketState

from jedel.access import STAFF, Principal, StoreDep, allow, identify, public, store_of
from jedel.access.origin import from_here
from jedel.cameras.model import StreamName
from jedel.cameras.watching import look
from jedel.kernel.errors import Forbidden, NotFound, Problem
from jedel.media.client import Feed, MediaClient
from jedel.media.errors import OfferMalformed
from jedel.media.limits import OFFER_BYTES_MAX

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
NOTHING_COMES = 4404
"""Codes with which a socket is closed."""

Wanted = Annotated[StreamName, Query()]
Purpose = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.post("/{camera_id}/live", status_code=201, response_class=Response)
async def live(
    camera_id: UUID,
    request: Request,
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    stream: Wanted = StreamName.SUB,
    incident: UUID | None = None,
    purpose: Purpose = "",
) -> Response:
    """Body: an SDP offer (`application/sdp`); answer: the SDP answer, `Location` of the viewer, and
    `Jedel-Masked`: 1 where parts of the picture are covered."""
    body = await request.body()
    camera, _, grant = await look(store, who, camera_id, incident_id=incident, purpose=purpose)
    if len(body) > OFFER_BYTES_MAX:
        raise OfferMalformed(reason="too long")
    media: MediaClient = request.app.state.media
    answer = await media.watch(camera.stream_id(stream), body.decode("utf-8", "replace"), grant)
    headers = {
        "Location": f"/api/media/viewers/{answer.viewer_id}",
        "Jedel-Masked": str(int(answer.masked)),
    }
    return Response(answer.sdp, 201, headers, media_type="application/sdp")


@router.get("/{camera_id}/still.jpg", response_class=Response)
async def still(
    camera_id: UUID,
    request: Request,
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    stream: Wanted = StreamName.SUB,
    incident: UUID | None = None,
    purpose: Purpose = "",
) -> Response:
    """The last whole picture, masks drawn in it."""
    camera, _, _ = await look(store, who, camera_id, incident_id=incident, purpose=purpose)
    media: MediaClient = request.app.state.media
    return Response(await media.still(camera.stream_id(stream)), media_type="image/jpeg")


@router.websocket("/{camera_id}/live.mp4", dependencies=[public()])
async def live_bytes(
    socket: WebSocket,
    camera_id: UUID,
    stream: Wanted = StreamName.SUB,
    incident: UUID | None = None,
    purpose: Purpose = "",
) -> None:
    """The same picture as fragmented MP4 for Media Source Extensions; the first message is a line of JSON.
    Session cookie, same origin only; a refusal closes with 4401 or 4403 and its code, a right that ends with
    4403 and why, 4404 where the camera gives nothing."""
    await socket.accept()
    who = await identify(socket) if from_here(socket) else None
    if who is None or not who.may(frozenset(STAFF)):
        await _close(socket, NOT_SIGNED_IN if who is None else NOT_ALLOWED, "unauthenticated")
        return
    media: MediaClient = socket.app.state.media
    try:
        camera, _, grant = await look(store_of(socket), who, camera_id, incident_id=incident, purpose=purpose)
        feed = await media.mse(camera.stream_id(stream), grant)
    except Problem as refused:
        forbidden = isinstance(refused, Forbidden | NotFound)
        reason = str(refused.params.get("why", refused.code))
        await _close(socket, NOT_ALLOWED if forbidden else NOTHING_COMES, reason)
        return
    try:
        await _carry(socket, feed)
    finally:
        await feed.aclose()


async def _carry(socket: WebSocket, feed: Feed) -> None:
    """Until either side goes."""
    sending = asyncio.ensure_future(_send(socket, feed))
    gone = asyncio.ensure_future(_until_gone(socket))
    await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, gone):
        task.cancel()
    await asyncio.gather(sending, gone, return_exceptions=True)
    await _close(socket, *((NOT_ALLOWED, feed.why) if feed.why else (NOTHING_COMES, "stream_ended")))


async def _send(socket: WebSocket, feed: Feed) -> None:
    first = True
    async for message in feed:
        if first or message.startswith(b"{"):
            await socket.send_text(message.decode())
        else:
            await socket.send_bytes(message)
        first = False


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    if socket.application_state is WebSocketState.CONNECTED:
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code, reason)
