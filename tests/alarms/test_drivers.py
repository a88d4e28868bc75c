"""Bounds of the sessions that the conformance suite does not reach: connections, time-outs, odd subjects."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from siadc09 import message
from siadc09.account import Account

from jedel.access import DeviceKind
from jedel.alarms.drivers import limits
from jedel.alarms.drivers.dc09 import session as dc09
from jedel.alarms.drivers.dc09.session import Dc09Session
from jedel.alarms.drivers.limits import Rates
from jedel.alarms.drivers.mqtt import session as mqtt
from jedel.alarms.drivers.registry import Gateway, serving
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.alarms.support import device, kinds, rows
from tests.support import eventually

NULL = message.NullMessage(Account(acct=0x1234)).encode()


@pytest.fixture
async def receiver(store: Store) -> AsyncIterator[Dc09Session]:
    await device(store, DeviceKind.PANEL, account="1234")
    session = Dc09Session(store, "127.0.0.1", 0, idle_s=0.2, frame_s=0.2)
    await session.start()
    yield session
    await session.stop()


async def connect(receiver: Dc09Session) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", receiver.port)


async def test_supervision_makes_a_panel_available(receiver: Dc09Session, store: Store) -> None:
    reader, writer = await connect(receiver)
    writer.write(NULL)
    assert isinstance(message.parse_frame(await reader.readuntil(b"\r")), message.AckMessage)
    assert await kinds(store) == ["device_back"]
    writer.close()


async def test_an_idle_connection_is_closed(receiver: Dc09Session) -> None:
    reader, writer = await connect(receiver)
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()


async def test_an_unfinished_frame_is_kept_and_its_connection_closed(
    receiver: Dc09Session, store: Store
) -> None:
    reader, writer = await connect(receiver)
    writer.write(NULL[:20])
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    assert await rows(store, "SELECT reason, raw FROM alarm_malformed") == [
        {"reason": "not_a_frame", "raw": NULL[:20]}
    ]
    writer.close()


async def test_a_frame_without_end_is_cut_off(receiver: Dc09Session, store: Store) -> None:
    reader, writer = await connect(receiver)
    writer.write(b"\n" + b"A" * 20_000)
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    (kept,) = await rows(store, "SELECT reason, size FROM alarm_malformed")
    assert kept["reason"] == "too_long"
    assert kept["size"] <= 3 * 4105
    writer.close()


async def test_connections_are_bounded(receiver: Dc09Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dc09, "CONNECTIONS_MAX", 1)
    receiver.idle_s = 30
    reader, writer = await connect(receiver)
    writer.write(NULL)
    await reader.readuntil(b"\r")
    beyond, other = await connect(receiver)
    async with asyncio.timeout(20):
        assert await beyond.read() == b""
    writer.write(NULL)
    assert await reader.readuntil(b"\r")
    for link in (writer, other):
        link.close()


async def test_a_blocked_panel_is_told(receiver: Dc09Session, store: Store) -> None:
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE device SET blocked_at = now()")
    reader, writer = await connect(receiver)
    writer.write(NULL)
    assert isinstance(message.parse_frame(await reader.readuntil(b"\r")), message.DuhMessage)
    assert await rows(store, "SELECT reason FROM alarm_malformed") == [{"reason": "blocked_device"}]
    writer.close()


async def test_datagrams_beyond_the_line_are_left_unanswered() -> None:
    waiting: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue(1)
    datagrams = dc09._Datagrams(waiting)
    for _ in range(3):
        datagrams.datagram_received(NULL, ("127.0.0.1", 1))
    assert waiting.qsize() == 1


async def test_a_subject_that_is_no_device_is_kept(store: Store, bus: Client) -> None:
    async with serving(Gateway(store, bus, ("127.0.0.1", 0))) as sessions:
        assert set(sessions) == {"mqtt", "dc09"}
        await bus.publish("jedel.device.nobody.up", b"{}")

        async def kept() -> object:
            return await rows(store, "SELECT 1 FROM alarm_malformed WHERE reason = 'unknown_device'")

        await eventually(kept)


async def test_a_full_lane_leaves_messages_unanswered(
    store: Store, bus: Client, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    monkeypatch.setattr(mqtt, "WAITING_MAX", 1)
    session = mqtt.MqttSession(store, bus)
    device_id = await device(store)
    message_ = Msg(bus, f"jedel.device.{device_id}.up", "", b"{}")
    for _ in range(3):
        await session._on_message(message_)
    assert sum(lane.qsize() for lane in session._lanes) == 1
    await session.stop()


def test_a_senders_bucket_fills_again_and_only_the_last_senders_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rates = Rates()
    assert [rates.take("a", 0.0) for _ in range(int(limits.BURST) + 1)].count(True) == limits.BURST
    assert rates.take("b", 0.0)
    assert rates.take("a", 0.1)
    assert not rates.take("a", 0.1)
    monkeypatch.setattr(limits, "SENDERS_MAX", 1)
    assert rates.take("c", 0.1)
    assert list(rates._buckets) == ["a", "c"]
