"""Requests that change something come from our own pages: another site's page cannot use a person's cookie.

Browsers say where a request comes from (Fetch Metadata, Origin); what says nothing is no browser, and has no
cookie that it was not given. A bearer token is not sent by a browser by itself, so it needs no such guard.
"""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from jedel.access.accounts.errors import CrossSite
from jedel.app import problems

SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = {"same-origin", "none"}
"""``none``: the person's own doing, not a page's."""


def from_here(connection: HTTPConnection) -> bool:
    """Whether a browser says that our own page sent this, or no browser speaks."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None and site not in OWN:
        return False
    if origin is None:
        return True
    public_url = connection.app.state.settings.public_url
    own = urlsplit(public_url).netloc if public_url else connection.headers.get("host")
    return origin != "null" and urlsplit(origin).netloc == own


class SameOrigin:
    """Refuses what another site's page sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            request = Request(scope)
            bearer = request.headers.get("authorization", "").lower().startswith("bearer ")
            if not bearer and not from_here(request):
                refused = problems.problem(request, CrossSite.status, CrossSite.code, {})
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)
