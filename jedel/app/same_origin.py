"""Requests that change something come from our own pages: another site's page cannot use a person's cookie.

Browsers say where a request comes from (Fetch Metadata, Origin); what says nothing is no browser, and has no
cookie that it was not given. A bearer token is not sent by a browser by itself, so it needs no such guard.
"""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from jedel.access.accounts.errors import CrossSite
from jedel.access.origin import from_here
from jedel.app import problems

SAFE = {"GET", "HEAD", "OPTIONS"}


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
