"""Routes of viewers and publishers that belong to no other room."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from jedel.access import STAFF, DeviceKind, Principal, StoreDep, allow
from jedel.media import ice_servers
from jedel.media.book import Book
from jedel.media.client import Grant, MediaClient
from jedel.media.errors import OfferMalformed, StreamNotThere
from jedel.media.limits import OFFER_BYTES_MAX
from jedel.media.schemas import IceServer, IceServers

router = APIRouter(prefix="/api/media", tags=["media"])

PUBLISHERS = (DeviceKind.POST, DeviceKind.TABLET, DeviceKind.CAMERA)
_TAKES = {"required": True, "content": {"application/sdp": {"schema": {"type": "string"}}}}
_GIVES = {201: {"content": {"application/sdp": {"schema": {"type": "string"}}}}}


def media_of(request: Request) -> MediaClient:
    """The way to the gateways, for routes."""
    media: MediaClient = request.app.state.media
    return media


MediaDep = Annotated[MediaClient, Depends(media_of)]


async def offer_of(request: Request) -> str:
    """The body as an SDP offer. Raises OfferMalformed."""
    body = await request.body()
    if len(body) > OFFER_BYTES_MAX:
        raise OfferMalformed(reason="too long")
    return body.decode("utf-8", "replace")


@router.post(
    "/publish",
    status_code=201,
    response_class=Response,
    responses=_GIVES,  # type: ignore[arg-type]  # FastAPI takes numbers too
    openapi_extra={"requestBody": _TAKES},
)
async def publish(
    request: Request, who: Annotated[Principal, allow(*PUBLISHERS)], media: MediaDep
) -> Response:
    """WHIP (RFC 9725): the device sends the stream of the camera that it is. Body: an SDP offer; answer: the
    SDP answer, and `Location`, which a DELETE ends. Whoever sent this stream before is let go."""
    offer = await offer_of(request)
    book: Book = request.app.state.media_book
    stream = await book.published_by(who.id)
    if stream is None:
        raise StreamNotThere(stream=str(who.id))
    answer = await media.publish(stream, offer, Grant.to(who))
    headers = {"Location": f"/api/media/viewers/{answer.viewer_id}"}
    return Response(answer.sdp, 201, headers, media_type="application/sdp")


@router.delete("/viewers/{viewer_id}", status_code=204, response_class=Response)
async def leave(
    viewer_id: Annotated[str, Path(max_length=200)],
    who: Annotated[Principal, allow(*STAFF, *PUBLISHERS)],
    media: MediaDep,
) -> Response:
    """A viewer or publisher goes; also one that is gone already. Only who began it may end it."""
    await media.leave(viewer_id, who.actor)
    return Response(status_code=204)


@router.get("/ice")
async def ice(
    request: Request, store: StoreDep, who: Annotated[Principal, allow(*STAFF, *PUBLISHERS)]
) -> IceServers:
    """STUN and TURN servers for RTCPeerConnection."""
    servers = ice_servers.read(request.app.state.settings.ice_servers)
    now_s = store.clock.now().timestamp()
    found = ice_servers.given(servers, str(who.id), now_s)
    return IceServers(ice_servers=[IceServer(**one) for one in found])
