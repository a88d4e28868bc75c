"""The session's cookie: ``__Host-`` and Secure where the page came by TLS, a plain name on loopback only."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.requests import HTTPConnection

from jedel.access.accounts.errors import TlsNeeded
from jedel.access.model import SESSION_LIFE

SESSION_COOKIE = "jedel_session"
"""On plain HTTP. With TLS its name is `SAFE_COOKIE`, which no other host and no plain page can set."""

SAFE_COOKIE = f"__Host-{SESSION_COOKIE}"


def by_tls(connection: HTTPConnection) -> bool:
    """Whether people reach us by TLS: the proxy in front says nothing, the setting does."""
    public_url = connection.app.state.settings.public_url
    scheme = urlsplit(public_url).scheme if public_url else connection.url.scheme
    return scheme in {"https", "wss"}


def cookie_name(connection: HTTPConnection, plain: str = SESSION_COOKIE) -> str:
    """What the cookie is called here."""
    return f"__Host-{plain}" if by_tls(connection) else plain


def session_token(connection: HTTPConnection) -> str | None:
    """What the browser brought."""
    return connection.cookies.get(cookie_name(connection)) or None


def set_session(request: Request, response: Response, token: str) -> None:
    """Give the browser the session, in a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=by_tls(request),
    )


def drop_session(request: Request, response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="strict", secure=by_tls(request)
    )


async def safe_wire(request: Request) -> None:
    """Raises TlsNeeded where a password would cross a network in clear. A proxy on this machine is loopback
    too: with it, `JEDEL_PUBLIC_URL` says that people come by TLS."""
    host = request.client.host if request.client else ""
    if not by_tls(request) and not request.app.state.settings.demo and not _is_loopback(host):
        raise TlsNeeded


def over_safe_wire() -> Any:
    """Dependency of every route that takes a secret of a person."""
    return Depends(safe_wire)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
