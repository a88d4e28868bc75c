"""Bytes on a socket, as no honest client sends them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from jedel.app.settings import LOOPBACK, Settings
from jedel.app.web_role import server_config
from tests.support.waiting import eventually

ANSWER_S = 5.0


@asynccontextmanager
async def serving(app: FastAPI, settings: Settings) -> AsyncIterator[int]:
    """The application served as `jedel run web` serves it; its port."""
    server = uvicorn.Server(server_config(app, settings))
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def exchange(port: int, sent: bytes) -> bytes:
    """All that comes back until the server closes, or has been silent for a while."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(sent)
    await writer.drain()
    got = bytearray()
    try:
        async with asyncio.timeout(ANSWER_S):
            while part := await reader.read(65536):
                got += part
    except TimeoutError:
        pass
    writer.close()
    return bytes(got)
