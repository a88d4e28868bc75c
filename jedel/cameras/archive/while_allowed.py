"""Answers that take their time: they break off when whoever asked may no longer."""

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from typing import Final

import psycopg
import structlog
from fastapi.responses import Response
from psycopg_pool import PoolTimeout
from starlette.types import Message, Receive, Scope, Send

from jedel.cameras.rights.judging import RightsJudge
from jedel.journal import Store
from jedel.media.judging import CHECK_EVERY_S, Ended, Held

log = structlog.get_logger()

MASKED: Final = "masked"
"""Masks came, or are others, while it was being sent."""
Still = Callable[[], Awaitable[str | None]]


class _Broken(Exception):
    """Nothing more is sent."""


def still(store: Store, held: Held) -> Still:
    """Asks why the right ended, None: it goes on; an end is on record before it is answered."""
    judge = RightsJudge(store)

    async def ask() -> str | None:
        verdict = await judge.judge([held])
        why = verdict.ended.get(held.viewer)
        if why is None and verdict.changed and not held.grant.unmasked:
            why = MASKED
        if why is not None:
            log.info("may look no longer", who=held.grant.who, stream=held.stream, by=held.kind, why=why)
            await judge.write_down([Ended(held, why)])
        return why

    return ask


class WhileAllowed(Response):
    """``inner``; before a part of it ``still`` is asked, once in ``every_s``. One that breaks off is never
    completed: the connection is closed, so that nobody takes it for a whole."""

    def __init__(self, inner: Response, still: Still, *, every_s: float = CHECK_EVERY_S) -> None:
        self.inner, self._still, self._every_s = inner, still, every_s
        self.status_code, self.background = inner.status_code, inner.background
        self.raw_headers, self.media_type = inner.raw_headers, inner.media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = get_running_loop()
        asked_at = loop.time()

        async def checked(message: Message) -> None:
            nonlocal asked_at
            if loop.time() - asked_at >= self._every_s:
                try:
                    ended = await self._still()
                except (psycopg.Error, PoolTimeout, OSError) as error:
                    log.warning("rights not judged; what runs goes on", error=repr(error))
                    ended = None
                if ended is not None:
                    raise _Broken
                asked_at = loop.time()
            await send(message)

        try:
            await self.inner(scope, receive, checked)
        except _Broken:
            return
