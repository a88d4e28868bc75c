"""Routes: posts ring and listen, officers answer, speak, write and end."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from jedel.access import CONSOLE, DeviceKind, Principal, Role, StoreDep, allow
from jedel.calls import service
from jedel.calls.errors import NoVoiceYet
from jedel.calls.schemas import (
    AnswerCall,
    CallView,
    EndCall,
    PostCallView,
    PostView,
    Ring,
    Speak,
    Write,
)
from jedel.media.book import tell_changed
from jedel.media.client import Answer, Grant, MediaClient
from jedel.media.limits import OFFER_BYTES_MAX

router = APIRouter(prefix="/api/calls", tags=["calls"])

SDP = "application/sdp"
_OFFER = {"requestBody": {"required": True, "content": {SDP: {"schema": {"type": "string"}}}}}
_SDP: dict[int | str, dict[str, Any]] = {
    201: {"description": "The answer's SDP", "content": {SDP: {"schema": {"type": "string"}}}}
}

Post = Annotated[Principal, allow(DeviceKind.POST)]
Desk = Annotated[Principal, allow(*CONSOLE)]
Officer = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR)]


@router.get("/own")
async def own(who: Post, store: StoreDep) -> PostView:
    """What a post that starts or waits has to know: whether it is under test, and the call that goes on."""
    return await service.post(store, who)


@router.post("", status_code=201)
async def ring(body: Ring, who: Post, store: StoreDep) -> PostCallView:
    """A press becomes a live call; during one it joins it, and the answer names that one."""
    return await service.ring(store, who, body.id, body.signal_id, body.language)


@router.get("/{call_id}/post")
async def heard(call_id: UUID, who: Post, store: StoreDep) -> PostCallView:
    """How the post's call goes: asked once a second, by which the officer knows that the post is there."""
    return await service.hear(store, who, call_id)


@router.post("/{call_id}/language")
async def speak(call_id: UUID, body: Speak, who: Post, store: StoreDep) -> PostCallView:
    """The person chose another language."""
    return await service.speak(store, who, call_id, body.id, body.language)


@router.get("/{call_id}")
async def one(call_id: UUID, who: Desk, store: StoreDep) -> CallView:
    """A call of the region, also one that is over."""
    return CallView.model_validate(await service.one(store, who, call_id))


@router.post("/{call_id}/answer")
async def answer(
    call_id: UUID, body: AnswerCall, who: Officer, store: StoreDep, request: Request
) -> CallView:
    """Have it: the alarm is acknowledged. 409 says who was quicker; ``instead_of`` takes it over from him."""
    view, before = await service.answer(store, who, call_id, body.id, body.instead_of)
    if before is not None:
        await media_of(request).cut(f"call:{call_id}/desk:{before}")
    await _tell(request, call_id)
    return CallView.model_validate(view)


@router.post("/{call_id}/end")
async def end(call_id: UUID, body: EndCall, who: Officer, store: StoreDep, request: Request) -> CallView:
    """The conversation is over: nobody hears or sees by it any more."""
    view = await service.end(store, who, call_id, body.id)
    await media_of(request).cut(f"call:{call_id}")
    await _tell(request, call_id)
    return CallView.model_validate(view)


@router.post("/{call_id}/text", status_code=204)
async def text(
    call_id: UUID,
    body: Write,
    who: Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, DeviceKind.POST)],
    store: StoreDep,
) -> None:
    """A line: the officer's words or a ready sentence, the person's sign."""
    await service.write(store, who, call_id, body)


@router.post(
    "/{call_id}/voice", status_code=201, response_class=Response, openapi_extra=_OFFER, responses=_SDP
)
async def voice(call_id: UUID, who: Officer, store: StoreDep, request: Request) -> Response:
    """The officer's microphone (WHIP). Only who answered."""
    call = await service.to_speak(store, who, call_id)
    grant = Grant.to(who, call.grant_key, f"{call.grant_key}/desk:{who.id}")
    return _answered(await media_of(request).publish(call.desk_stream, await _offer(request), grant))


@router.post(
    "/{call_id}/listen", status_code=201, response_class=Response, openapi_extra=_OFFER, responses=_SDP
)
async def listen(call_id: UUID, who: Post, store: StoreDep, request: Request) -> Response:
    """The officer's voice at the post (WHEP)."""
    call = await service.to_listen(store, who, call_id)
    if call.answered_by is None:
        raise NoVoiceYet(id=call_id)
    offer = await _offer(request)
    grant = Grant.to(who, call.grant_key)
    return _answered(await media_of(request).watch(call.desk_stream, offer, grant))


def media_of(request: Request) -> MediaClient:
    media: MediaClient = request.app.state.media
    return media


async def _tell(request: Request, call_id: UUID) -> None:
    """The gateways look the call's streams up anew."""
    if (nats := request.app.state.nats) is not None:
        await tell_changed(nats, f"call/{call_id}")


async def _offer(request: Request) -> str:
    raw = await request.body()
    if len(raw) > OFFER_BYTES_MAX:
        raise HTTPException(413)
    return raw.decode("utf-8", "replace")


def _answered(answer: Answer) -> Response:
    headers = {"Location": f"/api/media/viewers/{answer.viewer_id}"}
    return Response(answer.sdp, status_code=201, media_type=SDP, headers=headers)
