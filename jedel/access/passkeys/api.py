"""Routes: passkeys of one's own account, and signing in by one."""

from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.requests import HTTPConnection

from jedel.access import service
from jedel.access.cookies import over_safe_wire, session_token, set_session
from jedel.access.gate import EVERY_ROLE, WHOEVER, StoreDep, public
from jedel.access.model import Principal
from jedel.access.passkeys import service as passkeys
from jedel.access.passkeys.service import RelyingParty
from jedel.access.schemas import Me, NewPasskey, PasskeySignIn, PasskeyView
from jedel.access.session_api import me_of

router = APIRouter(prefix="/api", tags=["access"])


def relying_party(connection: HTTPConnection) -> RelyingParty:
    """By the setting `public_url`; without it, as whom the browser addressed us."""
    url = connection.app.state.settings.public_url or str(connection.base_url)
    parts = urlsplit(url)
    return RelyingParty(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


Party = Annotated[RelyingParty, Depends(relying_party)]


@router.post("/passkeys/options")
async def registration_options(
    who: Annotated[Principal, WHOEVER], party: Party, store: StoreDep
) -> dict[str, Any]:
    """What the browser needs to make a passkey (`PublicKeyCredential.parseCreationOptionsFromJSON`)."""
    return await passkeys.registration_options(store, who, party)


@router.post("/passkeys", status_code=201)
async def register(
    body: NewPasskey,
    who: Annotated[Principal, WHOEVER],
    party: Party,
    store: StoreDep,
    request: Request,
    response: Response,
) -> PasskeyView:
    """Keep the passkey that the browser made; a session that waited for it is a full one from now on."""
    own = session_token(request) or ""
    made, token = await passkeys.register(store, who, party, body.id, body.name, body.credential, own)
    if token is not None:
        set_session(request, response, token)
    return PasskeyView.of(made)


@router.get("/passkeys")
async def own_passkeys(who: Annotated[Principal, EVERY_ROLE], store: StoreDep) -> list[PasskeyView]:
    """One's own passkeys, the oldest first."""
    return [PasskeyView.of(each) for each in await passkeys.of_account(store, who)]


@router.delete("/passkeys/{passkey_id}", status_code=204)
async def remove_passkey(passkey_id: UUID, who: Annotated[Principal, EVERY_ROLE], store: StoreDep) -> None:
    """Forget one of one's own passkeys."""
    await passkeys.remove(store, who, passkey_id)


@router.post("/session/passkey/options", dependencies=[public()])
async def sign_in_options(party: Party, store: StoreDep) -> dict[str, Any]:
    """What the browser needs to sign in (`PublicKeyCredential.parseRequestOptionsFromJSON`)."""
    return await passkeys.sign_in_options(store, party)


@router.post("/session/passkey", dependencies=[public(), over_safe_wire()])
async def sign_in_by_passkey(
    body: PasskeySignIn, party: Party, store: StoreDep, request: Request, response: Response
) -> Me:
    """Sign in by passkey; the session comes as a cookie that scripts cannot read."""
    agent = request.headers.get("user-agent", "")
    who, token = await passkeys.sign_in(store, party, body.credential, agent)
    await service.leave(store, session_token(request))
    set_session(request, response, token)
    return me_of(request, who)


@router.post("/session/again/passkey", status_code=204)
async def prove_again_by_passkey(
    body: PasskeySignIn,
    who: Annotated[Principal, EVERY_ROLE],
    party: Party,
    store: StoreDep,
    request: Request,
    response: Response,
) -> None:
    """Show again who you are, by passkey; the session gets a new token."""
    own = session_token(request) or ""
    set_session(request, response, await passkeys.prove_again(store, who, party, body.credential, own))
