"""A NATS client hears on, whatever became of its flushes."""

import asyncio
import os
import signal

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import FlushTimeoutError

from jedel.app.connections import connect_nats
from jedel.app.embedded.nats import EmbeddedNats

HEARS_WITHIN_S = 2.0
"""Below the fifteen seconds after which a client that hears nothing connects anew."""


async def hears(client: Client) -> None:
    async def answer(message: Msg) -> None:
        await message.respond(b"here")

    await client.subscribe("question", cb=answer)
    said = await client.request("question", timeout=HEARS_WITHIN_S)
    assert said.data == b"here"


async def test_after_a_server_that_stood_still_for_longer_than_a_flush(nats_server: EmbeddedNats) -> None:
    client = await connect_nats(nats_server.url, "patient")
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(FlushTimeoutError):
            await client.flush(1)
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    await hears(client)
    await client.flush(1)
    await client.close()


async def test_after_a_task_was_cancelled_in_the_midst_of_a_flush(nats_server: EmbeddedNats) -> None:
    client = await connect_nats(nats_server.url, "cancelled")
    flush = asyncio.ensure_future(client.flush())
    await asyncio.sleep(0)  # it has asked
    flush.cancel()
    await asyncio.wait({flush})
    await hears(client)
    await client.close()
