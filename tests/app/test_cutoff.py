"""A blocked device loses its connection to MQTT within two seconds, whoever was listening at that moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID, uuid4

import aiomqtt
import nats
import pytest
from nats.aio.client import Client

from jedel.access.devices import log_in
from jedel.app.cutoff import Cutoff
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.nats_auth import DeviceLogins
from jedel.journal import Store
from jedel.journal.relay import Relay
from tests.support import Api, eventually, in_proportion

CUT_OFF_WITHIN_S = 2.0


@pytest.fixture
async def cutoff(store: Store, bus: Client, nats_server: EmbeddedNats) -> AsyncIterator[Cutoff]:
    await DeviceLogins(nats_server.issuer_file.read_text(), partial(log_in, store)).listen(bus)
    system = await nats.connect(nats_server.system_url)
    yield Cutoff(store, system)
    await system.close()


@asynccontextmanager
async def button(port: int, device_id: UUID, key: str) -> AsyncIterator[aiomqtt.Client]:
    """A device that is connected; it need not be any longer when the block ends."""
    name = f"button-{uuid4().hex}"
    device = aiomqtt.Client(
        "127.0.0.1", port, username=str(device_id), password=key, identifier=name, timeout=30
    )
    await device.__aenter__()
    try:
        yield device
    finally:
        with suppress(aiomqtt.MqttError):
            await device.__aexit__(None, None, None)


async def gone(client: aiomqtt.Client) -> None:
    """Return when nothing can be said any longer."""

    async def silent() -> bool:
        try:
            await client.publish("jedel/nowhere", b"still here", qos=0)
        except aiomqtt.MqttError:
            return True
        return False

    await eventually(silent, within_s=in_proportion(CUT_OFF_WITHIN_S))


async def block(client: Api, device_id: UUID) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "reason": "stolen"}
    await admin.ok("POST", f"/api/devices/{device_id}/block", json=body)


async def test_by_the_journal(
    client: Api, store: Store, bus: Client, nats_server: EmbeddedNats, cutoff: Cutoff
) -> None:
    _, device_id, key = await client.device("panic_button")
    _, other_id, other_key = await client.device("panic_button")
    await cutoff.listen(bus)
    port = nats_server.mqtt_port
    async with button(port, other_id, other_key) as other:
        async with button(port, device_id, key) as device:
            await device.subscribe(f"jedel/device/{device_id}/down", qos=1)
            await Relay(store, bus).catch_up()
            await block(client, device_id)
            await Relay(store, bus).catch_up()
            await gone(device)
        with pytest.raises(aiomqtt.MqttError):
            async with button(port, device_id, key):
                pass
        await other.subscribe(f"jedel/device/{other_id}/down", qos=1)


async def test_by_the_sweep(client: Api, bus: Client, nats_server: EmbeddedNats, cutoff: Cutoff) -> None:
    """Nobody listened when it was blocked."""
    _, device_id, key = await client.device("panic_button")
    _, other_id, other_key = await client.device("panic_button")
    port = nats_server.mqtt_port
    async with button(port, other_id, other_key) as other:
        async with button(port, device_id, key) as device:
            await device.subscribe(f"jedel/device/{device_id}/down", qos=1)
            await block(client, device_id)
            await cutoff.listen(bus)
            await cutoff.sweep()
            await gone(device)
        await other.subscribe(f"jedel/device/{other_id}/down", qos=1)
