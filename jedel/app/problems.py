"""Every refusal as ``application/problem+json`` (RFC 9457) with a code, in the user's language."""

from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from nats.errors import Error as NatsError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jedel.access.errors import TooManyFailures
from jedel.app import messages
from jedel.app.json import JsonResponse
from jedel.cameras.importing.api import FILE_BYTES_MAX
from jedel.kernel.errors import Problem, Unavailable, WrongRegion
from jedel.kernel.ids import new_id
from jedel.kernel.limits import BODY_BYTES_MAX
from jedel.plates.drivers.said import MESSAGE_BYTES_MAX

log = structlog.get_logger()

FIELDS_MAX = 20
"""Faulty fields that one answer lists."""

LARGER = dict.fromkeys(("/api/plates/reads", "/api/plates/onvif", "/api/plates/frames"), MESSAGE_BYTES_MAX)
LARGER["/api/cameras/import"] = FILE_BYTES_MAX
"""Routes that read more than ``BODY_BYTES_MAX``: pictures come with the reads of a camera, and cameras
themselves come by the ten thousand."""

HTTP_CODES = {404: "no_such_route", 405: "method_not_allowed", 413: "body_too_large"}


NOT_ALLOWED = {401, 403}
"""Somebody tried what he may not, or could not show who he is: the log keeps it."""


def problem(request: Request, status: int, code: str, params: dict[str, object], **more: Any) -> Response:
    """The answer that says what is wrong and what helps."""
    who = getattr(request.state, "principal", None)
    if status in NOT_ALLOWED:
        tell(request, code)
    own = getattr(who, "language", None)
    language = messages.language_of(request.headers.get("accept-language"), own)
    body = {
        "type": f"urn:jedel:problem:{code}",
        "status": status,
        "code": code,
        "title": messages.text(code, language, params),
        "params": {key: str(value) for key, value in params.items()},
        **more,
    }
    headers = {"Content-Language": language}
    if "retry_after_s" in params:
        headers["Retry-After"] = str(params["retry_after_s"])
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="jedel"'
    return JsonResponse(body, status, headers, media_type="application/problem+json")


def tell(request: Request, code: str) -> None:
    """A line of the log: who was refused what, and why. What was typed is not in it."""
    who = getattr(request.state, "principal", None)
    log.info(
        "refused", code=code, who=who.actor if who else None, method=request.method, path=request.url.path
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if isinstance(error, WrongRegion | TooManyFailures):
        tell(request, "wrong_region" if isinstance(error, WrongRegion) else error.code)
    return problem(request, error.status, error.code, error.params)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(request, 422, "invalid_request", {}, errors=_fields(error.errors()))


def _fields(errors: Sequence[Any]) -> list[dict[str, str]]:
    return [
        {
            "field": ".".join(str(part) for part in error["loc"]),
            "message": error["msg"],
            "kind": error["type"],
        }
        for error in errors[:FIELDS_MAX]
    ]


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = HTTP_CODES.get(error.status_code, "invalid_request")
    params: dict[str, object] = {"limit": body_max(request.url.path)} if error.status_code == 413 else {}
    answer = problem(request, error.status_code, code, params)
    answer.headers.update(error.headers or {})
    return answer


async def _away(request: Request, error: Exception) -> Response:
    what = "NATS" if isinstance(error, NatsError) else "PostgreSQL"
    log.warning("a server does not answer", what=what, error=repr(error), path=request.url.path)
    return await _refused(request, Unavailable(what=what))


async def _unstorable(request: Request, error: Exception) -> Response:
    """A value that passed the schema but that PostgreSQL cannot hold: nothing was changed."""
    log.warning("value refused by PostgreSQL", error=str(error), path=request.url.path)
    return problem(request, 422, "invalid_request", {})


async def _broken(request: Request, error: Exception) -> Response:
    ticket = new_id()
    log.error("internal error", id=str(ticket), path=request.url.path, exc_info=error)
    return problem(request, 500, "internal_error", {"id": ticket})


def install(app: FastAPI) -> None:
    """Give ``app`` these answers."""
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in (psycopg.OperationalError, PoolTimeout, NatsError, ConnectionError):
        app.add_exception_handler(away, _away)
    app.add_exception_handler(psycopg.DataError, _unstorable)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(BodyLimit)


def body_max(path: str) -> int:
    """Bytes of a body that this route reads."""
    return LARGER.get(path, BODY_BYTES_MAX)


class BodyLimit:
    """Refuses a body over what the route reads as soon as it is known to be, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = 0
        most = body_max(scope["path"])
        started = False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413)
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        request = Request(scope)
        try:
            declared = request.headers.get("content-length", "0")
            if declared.isdigit() and int(declared) > most:
                raise HTTPException(413)
            await self.app(scope, counted, watched)
        except HTTPException as error:
            if started:
                raise
            await (await _http(request, error))(scope, receive, send)
