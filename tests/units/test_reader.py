"""Reading a stream in order, with bounded memory, until something is missing."""

from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client

from jedel.units.positions import reader, stream
from jedel.units.positions.reader import Carried, Reader, ReaderFault, place_of
from tests.support import eventually

SUBJECT = f"{stream.RAW}.00"


@pytest.fixture
async def reading(bus: Client) -> AsyncIterator[Reader]:
    """A reader of an empty stream."""
    await stream.ensure(bus.jetstream())
    opened = Reader(bus, stream.STREAM)
    await opened.open(1)
    yield opened
    await opened.close()


async def test_it_gives_everything_in_order_even_when_the_taker_is_slow(
    bus: Client, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server asks for room every so many bytes; while there is none it waits."""
    monkeypatch.setattr(reader, "WAITING_BYTES_MAX", 1)
    for n in range(2000):
        await bus.jetstream().publish_async(SUBJECT, b"%d" % n + bytes(3000), wait_stall=10)
    await bus.jetstream().publish_async_completed()
    taken: list[Carried] = []

    async def all_taken() -> bool:
        taken.extend(await reading.take(0.1))
        await reading.room()
        return len(taken) == 2000

    await eventually(all_taken, within_s=30)
    assert [message.seq for message in taken] == list(range(1, 2001))
    assert [int(message.data.rstrip(b"\0")) for message in taken] == list(range(2000))
    assert {message.subject for message in taken} == {SUBJECT}
    assert reading.pending == 0


async def _fault(reading: Reader) -> str:
    async def fault() -> str | None:
        try:
            await reading.take(0.05)
        except ReaderFault as found:
            return str(found)
        return None

    return await eventually(fault)


async def test_a_lost_message_ends_the_reading(bus: Client, reading: Reader) -> None:
    reading._delivered = 1  # as if there had been one more than came
    await bus.jetstream().publish(SUBJECT, b"x")
    assert await _fault(reading) == "messages lost between 1 and 1"
    await bus.jetstream().publish(SUBJECT, b"x")
    assert await _fault(reading) == "messages lost between 1 and 1"  # the first fault is the one to tell


async def test_a_lost_last_message_is_noticed_by_the_heartbeat(bus: Client, reading: Reader) -> None:
    assert reading._subscription is not None
    headers = {"Status": "100", "Nats-Last-Consumer": "1"}
    await bus.publish(reading._subscription.subject, b"", headers=headers)
    assert await _fault(reading) == "messages lost between 0 and 1"


@pytest.mark.parametrize(
    "reply", ["$JS.ACK.S.c.1.7.5.1793000000000000999.3", "$JS.ACK.d.a.S.c.1.7.5.1793000000000000999.3.t"]
)
def test_the_reply_subject_tells_the_place(reply: str) -> None:
    assert place_of(reply) == (7, 5, 1_793_000_000_000_000, 3)


async def test_a_server_that_forgot_the_consumer_is_noticed(
    bus: Client, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SILENT_AFTER_S", 0.2)
    assert reading._consumer is not None
    await bus.jetstream().delete_consumer(stream.STREAM, reading._consumer)
    assert await _fault(reading) == "NATS sends no heartbeat"


async def test_a_link_that_is_gone_is_noticed(bus: Client, reading: Reader) -> None:
    await bus.close()
    assert await _fault(reading) == "NATS is away"
