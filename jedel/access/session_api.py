"""Routes: signing in and out, one's own sessions, one's own account."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.requests import HTTPConnection

from jedel.access import service
from jedel.access.cookies import drop_session, over_safe_wire, session_token, set_session
from jedel.access.gate import EVERY_ROLE, WHOEVER, SealerDep, StoreDep, password_alone, public
from jedel.access.model import Method, Principal
from jedel.access.schemas import ChooseLanguage, Me, ProveAgain, SessionView, SignIn
from jedel.access.standing import is_waiting
from jedel.jurisdictions import regions

router = APIRouter(prefix="/api", tags=["access"])


@router.post("/session", dependencies=[public(), over_safe_wire()])
async def sign_in(
    body: SignIn, store: StoreDep, sealer: SealerDep, request: Request, response: Response
) -> Me:
    """Sign in; the session comes as a cookie that scripts cannot read."""
    who, token = await service.sign_in(
        *(store, sealer, body.login, body.password, body.code),
        request.headers.get("user-agent", ""),
        password_alone=password_alone(request),
    )
    await service.leave(store, session_token(request))
    set_session(request, response, token)
    return me_of(request, who)


@router.post("/session/again", status_code=204)
async def prove_again(
    body: ProveAgain,
    who: Annotated[Principal, EVERY_ROLE],
    store: StoreDep,
    sealer: SealerDep,
    request: Request,
    response: Response,
) -> None:
    """Show again who you are; the session gets a new token."""
    token = await service.prove_again(
        *(store, sealer, who, session_token(request) or "", body.password, body.code),
        password_alone=password_alone(request),
    )
    set_session(request, response, token)


@router.delete("/session", status_code=204)
async def sign_out(
    who: Annotated[Principal, WHOEVER], store: StoreDep, request: Request, response: Response
) -> None:
    """End this session."""
    await service.sign_out(store, who, session_token(request) or "")
    drop_session(request, response)


@router.put("/session/seen", status_code=204)
async def seen(who: Annotated[Principal, WHOEVER], store: StoreDep, request: Request) -> None:
    """Somebody touched the screen: the session, which ends after half an hour of rest, goes on."""
    await service.seen(store, session_token(request) or "")


@router.get("/sessions")
async def sessions(
    who: Annotated[Principal, EVERY_ROLE], store: StoreDep, request: Request
) -> list[SessionView]:
    """One's own open sessions, the newest first."""
    found = await service.sessions(store, who, session_token(request) or "")
    return [SessionView.of(session) for session in found]


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, who: Annotated[Principal, EVERY_ROLE], store: StoreDep) -> None:
    """End one of one's own sessions, on whatever machine it is."""
    await service.end_session(store, who, session_id)


@router.get("/me")
async def me(who: Annotated[Principal, WHOEVER], request: Request) -> Me:
    """The signed-in account."""
    return me_of(request, who)


@router.put("/me/language", status_code=204)
async def choose_language(body: ChooseLanguage, who: Annotated[Principal, WHOEVER], store: StoreDep) -> None:
    """The language of the screens and messages."""
    await service.choose_language(store, who, body.language)


def me_of(connection: HTTPConnection, who: Principal) -> Me:
    """Who is signed in, as the screens show it."""
    assert who.role is not None
    now = connection.app.state.store.clock.now()
    return Me(
        id=who.id,
        name=who.name,
        role=who.role,
        region=who.region,
        region_name=regions()[who.region],
        language=who.language or "kk",
        method=Method(who.method or Method.PASSWORD),
        waiting=is_waiting(who, password_alone=password_alone(connection)),
        fresh=who.is_fresh(now),
    )
