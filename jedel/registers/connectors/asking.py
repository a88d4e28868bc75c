"""One question to a source, by REST or SOAP: bounded in time and size, tried again where that may help."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, Final

import httpx
import orjson
import zeep
import zeep.exceptions
import zeep.helpers
from requests import RequestException, Session
from zeep.transports import Transport

from jedel.registers.connectors.config import Source
from jedel.registers.connectors.model import NotUnderstood, Page, page_of

TRIES: Final = 3
PAUSE_S: Final = 0.5
ANSWER_BYTES_MAX: Final = 64 * 1024**2


class SourceFailed(Exception):
    """The source gave no answer that can be used; the text says what it did."""


class _Again(SourceFailed):
    """Another try may help."""


async def ask(source: Source, position: str | None) -> Page:
    """The page that follows `position`.

    Raises:
        SourceFailed
    """
    once = _rest if source.protocol == "rest" else _soap
    return await _tried(lambda: once(source, position))


async def _tried(once: Callable[[], Awaitable[Page]]) -> Page:
    for left in reversed(range(TRIES)):
        try:
            return await once()
        except _Again:
            if not left:
                raise
        except NotUnderstood as fault:
            raise SourceFailed(f"its answer is not understood: {fault}") from fault
        await asyncio.sleep(PAUSE_S * (TRIES - left))
    raise AssertionError("unreachable")


def _parameters(source: Source, position: str | None) -> dict[str, str | int]:
    if source.whole:
        return {}
    said: dict[str, str | int] = {source.limit_parameter: source.page}
    return said if position is None else said | {source.position_parameter: position}


async def _rest(source: Source, position: str | None) -> Page:
    token = source.token()
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    body = bytearray()
    try:
        async with (
            asyncio.timeout(source.timeout_s),
            httpx.AsyncClient(timeout=source.timeout_s, headers=headers) as client,
            client.stream("GET", str(source.url), params=_parameters(source, position)) as answer,
        ):
            if answer.status_code >= 500 or answer.status_code == 429:
                raise _Again(f"it answers {answer.status_code}")
            if answer.status_code != 200:
                raise SourceFailed(f"it answers {answer.status_code}")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > ANSWER_BYTES_MAX:
                    raise SourceFailed(f"its answer is over {ANSWER_BYTES_MAX} bytes")
    except TimeoutError as fault:
        raise _Again(f"no answer in {source.timeout_s:g} s") from fault
    except httpx.HTTPError as fault:
        raise _Again(f"no link: {type(fault).__name__} {fault}") from fault
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise SourceFailed("its answer is no JSON") from fault
    return page_of(said, source.shape)


async def _soap(source: Source, position: str | None) -> Page:
    """zeep blocks, so it has a thread; its own time limits end that."""
    return await asyncio.to_thread(_call, source, position)


def _call(source: Source, position: str | None) -> Page:
    assert source.operation is not None
    with Session() as session:
        session.max_redirects = 0  # the description names the source, nobody else does
        if token := source.token():
            session.headers["Authorization"] = f"Bearer {token}"
        transport = Transport(  # type: ignore[no-untyped-call]
            session=session, timeout=source.timeout_s, operation_timeout=source.timeout_s
        )
        safe = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        try:
            client = zeep.Client(  # type: ignore[no-untyped-call]
                str(source.url), transport=transport, settings=safe
            )
            answer = client.service[source.operation](**_parameters(source, position))
        except zeep.exceptions.TransportError as fault:
            again = _Again if (fault.status_code or 500) >= 500 else SourceFailed
            raise again(f"it answers {fault.status_code}") from fault
        except RequestException as fault:
            raise _Again(f"no link: {type(fault).__name__}") from fault
        except zeep.exceptions.Fault as fault:
            raise SourceFailed(f"it says: {fault.message}") from fault
        except (zeep.exceptions.Error, AttributeError, TypeError, ValueError) as fault:
            raise SourceFailed(f"its answer is not understood: {fault}") from fault
    said = zeep.helpers.serialize_object(answer, dict)  # type: ignore[no-untyped-call]
    return page_of(_plain(said), source.shape)


def _plain(value: Any) -> Any:
    """Dates as the importer reads them."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value
