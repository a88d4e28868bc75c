"""Devices that we did not write press over real MQTT, logged in with their own keys: ``aiomqtt`` and
``paho-mqtt``."""

import asyncio
import json
import queue
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import aiomqtt
import pytest
from nats.aio.client import Client
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from jedel.access.devices import log_in
from jedel.alarms.drivers.mqtt.session import MqttSession
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.nats_auth import DeviceLogins
from jedel.journal import Store
from tests.alarms.support import rows
from tests.support import Api

WITHIN_S = 60


@pytest.fixture
async def mqtt_port(store: Store, bus: Client, nats_server: EmbeddedNats) -> AsyncIterator[int]:
    """The MQTT listener, with the gateway behind it."""
    await DeviceLogins(nats_server.issuer_file.read_text(), partial(log_in, store)).listen(bus)
    session = MqttSession(store, bus)
    await session.start()
    yield nats_server.mqtt_port
    await session.stop()


def press() -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": "press", "level": "lockdown", "at": "2026-11-22T08:59:58Z"}


def peer(port: int, device_id: UUID, key: str) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        port,
        username=str(device_id),
        password=key,
        identifier=f"peer-{uuid4().hex}",
        timeout=WITHIN_S,
    )


async def receipt(client: aiomqtt.Client) -> Any:
    async with asyncio.timeout(WITHIN_S):
        message = await anext(aiter(client.messages))
        assert isinstance(message.payload, bytes)
        return json.loads(message.payload)


async def test_aiomqtt_presses_repeats_and_has_one_receipt(client: Api, store: Store, mqtt_port: int) -> None:
    _, device_id, key = await client.device("panic_button")
    said = json.dumps(press())
    up, down = f"jedel/device/{device_id}/up", f"jedel/device/{device_id}/down"
    async with peer(mqtt_port, device_id, key) as device:
        await device.subscribe(down, qos=1)
        await device.publish(up, said, qos=1)
        first = await receipt(device)
    async with peer(mqtt_port, device_id, key) as device:
        await device.subscribe(down, qos=1)
        await device.publish(up, said, qos=1)
        assert await receipt(device) == first
        await device.publish(up, "press!", qos=1)
        assert await receipt(device) == {"refused": None, "code": "signal_malformed"}
    (alarm,) = await rows(store, "SELECT id, level, presses FROM alarm")
    assert alarm == {"id": UUID(first["alarm"]), "level": "lockdown", "presses": 1}


async def test_a_wrong_key_does_not_get_in(client: Api, mqtt_port: int) -> None:
    _, device_id, _ = await client.device("panic_button")
    with pytest.raises(aiomqtt.MqttError):
        async with peer(mqtt_port, device_id, "wrong"):
            pass


async def test_a_device_cannot_press_for_another(client: Api, store: Store, mqtt_port: int) -> None:
    _, one, key = await client.device("panic_button")
    _, other, other_key = await client.device("panic_button")
    async with peer(mqtt_port, one, key) as thief:
        with suppress(aiomqtt.MqttError):
            await thief.publish(f"jedel/device/{other}/up", json.dumps(press()), qos=1)
    async with peer(mqtt_port, other, other_key) as device:
        await device.subscribe(f"jedel/device/{other}/down", qos=1)
        await device.publish(f"jedel/device/{other}/up", json.dumps(press()), qos=1)
        await receipt(device)
    assert await rows(store, "SELECT presses FROM alarm") == [{"presses": 1}]


async def test_paho_presses(client: Api, store: Store, mqtt_port: int) -> None:
    _, device_id, key = await client.device("post")
    said = press()
    got: queue.Queue[bytes] = queue.Queue()
    device = Paho(CallbackAPIVersion.VERSION2, client_id=f"paho-{uuid4().hex}")
    device.username_pw_set(str(device_id), key)

    def connected(*_: Any) -> None:
        device.subscribe(f"jedel/device/{device_id}/down", qos=1)

    def subscribed(*_: Any) -> None:
        device.publish(f"jedel/device/{device_id}/up", json.dumps(said), qos=1)

    def arrived(_client: Any, _userdata: Any, message: MQTTMessage) -> None:
        got.put(bytes(message.payload))

    device.on_connect, device.on_subscribe, device.on_message = connected, subscribed, arrived
    device.connect_async("127.0.0.1", mqtt_port)
    device.loop_start()
    try:
        answer = json.loads(await asyncio.to_thread(got.get, True, WITHIN_S))
    finally:
        device.loop_stop()
    assert answer["receipt"] == said["id"]
    assert await rows(store, "SELECT id FROM alarm") == [{"id": UUID(answer["alarm"])}]
