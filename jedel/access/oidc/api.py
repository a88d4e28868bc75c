"""Routes: signing in and out by the identity provider."""

from typing import Annotated
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import RedirectResponse

from jedel.access import service as sessions
from jedel.access.accounts.errors import CrossSite
from jedel.access.cookies import by_tls, cookie_name, drop_session, over_safe_wire, session_token, set_session
from jedel.access.gate import EVERY_ROLE, StoreDep, public
from jedel.access.model import Principal
from jedel.access.oidc import model
from jedel.access.oidc import service as oidc
from jedel.access.oidc.errors import NoProvider, ProviderNotValid
from jedel.access.oidc.provider import Provider, client_secret
from jedel.kernel.errors import Problem
from jedel.kernel.schema import View

log = structlog.get_logger()

router = APIRouter(prefix="/api/session/oidc", tags=["access"])

BROWSER_COOKIE = "jedel_oidc"


def provider_of(connection: HTTPConnection) -> Provider:
    """The provider of the settings, kept with its keys. Raises NoProvider."""
    state = connection.app.state
    given = state.settings
    if given.oidc_issuer is None:
        raise NoProvider
    expectation = model.Expectation(
        given.oidc_issuer, given.oidc_client_id, given.oidc_login_claim, given.oidc_acr
    )
    kept = getattr(state, "oidc", None)
    if kept is None or kept.expectation != expectation:
        state.oidc = kept = Provider(
            expectation, client_secret(given.oidc_client_secret, given.oidc_client_secret_file)
        )
    assert isinstance(kept, Provider)
    return kept


ProviderDep = Annotated[Provider, Depends(provider_of)]


class SignedOut(View):
    """``url``: where to sign out at the provider too, if it offers that."""

    url: str | None


@router.get("", dependencies=[public(), over_safe_wire()])
async def go_to_provider(store: StoreDep, provider: ProviderDep, request: Request) -> Response:
    """Off to the provider; a person's own doing, not another site's page's (Fetch Metadata)."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise CrossSite
    url, browser = await oidc.begin(store, provider, _callback(request))
    response = RedirectResponse(url, 303)
    response.set_cookie(
        cookie_name(request, BROWSER_COOKIE),
        browser,
        max_age=int(model.FLOW_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",  # it must come back with the provider's redirect
        secure=by_tls(request),
    )
    return response


@router.get("/callback", dependencies=[public(), over_safe_wire()])
async def back_from_provider(
    store: StoreDep,
    provider: ProviderDep,
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Back from the provider: to the console, signed in or told why not."""
    name = cookie_name(request, BROWSER_COOKIE)
    try:
        _, token = await oidc.finish(
            *(store, provider, _callback(request)),
            state=state,
            code=code,
            iss=iss,
            browser=request.cookies.get(name, ""),
            agent=request.headers.get("user-agent", ""),
        )
    except Problem as problem:
        response: Response = RedirectResponse(f"/#refused={problem.code}", 303)
    else:
        await sessions.leave(store, session_token(request))
        response = RedirectResponse("/", 303)
        set_session(request, response, token)
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=by_tls(request))
    return response


@router.post("/end")
async def sign_out_at_provider(
    who: Annotated[Principal, EVERY_ROLE],
    store: StoreDep,
    provider: ProviderDep,
    request: Request,
    response: Response,
) -> SignedOut:
    """End this session, and say where the provider's own is ended."""
    await sessions.sign_out(store, who, session_token(request) or "")
    drop_session(request, response)
    try:
        return SignedOut(url=await provider.end_address(_home(request)))
    except Problem as problem:
        log.warning("signed out here only", why=problem.code)
        return SignedOut(url=None)


@router.post("/ended", dependencies=[public()])
async def ended_at_provider(store: StoreDep, provider: ProviderDep, request: Request) -> Response:
    """The provider says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    form = parse_qs((await request.body()).decode("ascii", "replace"))
    tokens = form.get("logout_token", [])
    if len(tokens) != 1:
        raise ProviderNotValid
    await oidc.ended_there(store, provider, tokens[0])
    return Response(headers={"Cache-Control": "no-store"})


def _home(request: Request) -> str:
    return (request.app.state.settings.public_url or str(request.base_url)).rstrip("/") + "/"


def _callback(request: Request) -> str:
    return f"{_home(request)}api/session/oidc/callback"
