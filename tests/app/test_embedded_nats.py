"""The embedded NATS, and who may log in to it, seen by an MQTT client that we did not write."""

import asyncio
import os
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import aiomqtt
import nats
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from jedel.access import DeviceKind, Principal
from jedel.app.embedded.nats import EmbeddedNats, NatsFault, Tls
from jedel.app.nats_auth import DeviceLogins
from tests.support import eventually, in_proportion

REFUSED = aiomqtt.MqttError


def _device(kind: DeviceKind) -> Principal:
    return Principal(
        kind="device",
        id=uuid5(UUID(int=0), kind),
        region="00",
        name="a device",
        role=None,
        device_kind=kind,
        unit_id=uuid5(UUID(int=1), kind),
    )


class Gateway:
    """A NATS server with the responder, two devices and what arrived from them."""

    def __init__(self, server: EmbeddedNats, client: Client, logins: DeviceLogins) -> None:
        self.server = server
        self.client = client
        self.logins = logins
        self.heard: list[tuple[str, bytes]] = []

    def mqtt(self, device: UUID | str, key: str, name: str = "test") -> aiomqtt.Client:
        return aiomqtt.Client(
            "127.0.0.1",
            self.server.mqtt_port,
            identifier=name,
            username=str(device),
            password=key,
            timeout=30,
        )

    async def hear(self, message: Msg) -> None:
        self.heard.append((message.subject, message.data))


POST, TRACKER = _device(DeviceKind.POST), _device(DeviceKind.TRACKER)
SHORT: dict[str, datetime] = {}
"""Tokens, and until when they are good."""
KEYS = {POST.id: (POST, "post-key"), TRACKER.id: (TRACKER, "tracker-key")}


async def _check(device_id: UUID, key: str) -> tuple[Principal, datetime | None] | None:
    device, right = KEYS.get(device_id, (None, ""))
    return (device, SHORT.get(key)) if device and key in (right, *SHORT) else None


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    server = EmbeddedNats(tmp_path / "nats")
    server.start()
    client = await nats.connect(server.url, reconnect_time_wait=0.1, max_reconnect_attempts=-1)
    logins = DeviceLogins(server.issuer_file.read_text(), _check)
    await logins.listen(client)
    gateway = Gateway(server, client, logins)
    await client.subscribe("jedel.>", cb=gateway.hear)
    await client.flush()
    yield gateway
    await client.close()
    server.stop()


async def test_a_device_speaks_and_hears_its_answer(gateway: Gateway) -> None:
    async with gateway.mqtt(POST.id, "post-key") as device:
        await device.subscribe(f"jedel/device/{POST.id}/down", qos=1)
        await device.publish(f"jedel/device/{POST.id}/up", b"press", qos=1)

        async def arrived() -> bool:
            return (f"jedel.device.{POST.id}.up", b"press") in gateway.heard

        await eventually(arrived)
        await gateway.client.publish(f"jedel.device.{POST.id}.down", b"receipt")
        answer = await asyncio.wait_for(anext(aiter(device.messages)), 30)
        assert answer.payload == b"receipt"


@pytest.mark.parametrize(
    ("user", "key"),
    [
        (str(POST.id), "wrong"),
        (str(POST.id), "tracker-key"),
        (str(UUID(int=92)), "post-key"),
        ("not an id", "x"),
        ("jedel", "guess"),
        ("", ""),
    ],
)
async def test_who_is_not_known_is_refused(gateway: Gateway, user: str, key: str) -> None:
    with pytest.raises(REFUSED):
        async with gateway.mqtt(user, key):
            pass


async def test_a_device_cannot_speak_for_another_or_listen_to_it(gateway: Gateway) -> None:
    other = TRACKER.id
    async with gateway.mqtt(POST.id, "post-key") as device:
        for topic in (f"jedel/device/{other}/down", "jedel/device/#", "#", "$MQTT/sub/#", "$SYS/#", "$JS/#"):
            granted = await device.subscribe(topic, qos=1)
            assert all(code.is_failure for code in granted), topic  # type: ignore[union-attr]
        await device.publish(f"jedel/device/{other}/up", b"forged", qos=1)
        await device.publish("jedel/positions/raw/00", b"forged", qos=1)
        await device.publish(f"jedel/device/{POST.id}/up", b"own", qos=1)

        async def arrived() -> bool:
            return (f"jedel.device.{POST.id}.up", b"own") in gateway.heard

        await eventually(arrived)
    assert all(data != b"forged" for _, data in gateway.heard)


async def test_a_tracker_may_publish_positions_of_its_own_unit_only(gateway: Gateway) -> None:
    own = TRACKER.unit_id
    async with gateway.mqtt(TRACKER.id, "tracker-key") as device:
        for topic in (f"02/{own}", "00", f"00/{POST.unit_id}", f"00/{own}/more"):
            await device.publish(f"jedel/positions/raw/{topic}", b"another's", qos=1)
        await device.publish(f"jedel/positions/raw/00/{own}", b"own", qos=1)

        async def arrived() -> bool:
            return (f"jedel.positions.raw.00.{own}", b"own") in gateway.heard

        await eventually(arrived)
    assert all(data != b"another's" for _, data in gateway.heard)


async def test_a_connection_ends_with_the_token_that_opened_it(gateway: Gateway) -> None:
    SHORT["token"] = datetime.now(UTC) + timedelta(seconds=min(10.0, in_proportion(2)))
    async with gateway.mqtt(POST.id, "token") as device:

        async def ended() -> bool:
            try:
                await device.publish("jedel/nowhere", b"", qos=0)
            except aiomqtt.MqttError:
                return True
            return False

        with suppress(aiomqtt.MqttError):
            await eventually(ended, within_s=60)
            await device.publish("jedel/nowhere", b"", qos=0)
            pytest.fail("it may still speak")


async def test_a_device_on_the_nats_port_cannot_see_deliveries_to_others(gateway: Gateway) -> None:
    troubles: list[str] = []

    async def trouble(error: Exception) -> None:
        troubles.append(str(error))

    url = f"nats://{POST.id}:post-key@127.0.0.1:{gateway.server.port}"
    device = await nats.connect(url, allow_reconnect=False, error_cb=trouble)
    for subject in ("$MQTT.sub.>", "jedel.>", "$JS.API.>"):
        await device.subscribe(subject)
    await device.flush()

    async def all_refused() -> bool:
        return len(troubles) == 3

    await eventually(all_refused)
    await device.close()


async def test_while_no_gateway_answers_nobody_gets_in(gateway: Gateway) -> None:
    await gateway.client.close()
    with pytest.raises(REFUSED):
        async with gateway.mqtt(POST.id, "post-key"):
            pass


async def test_a_check_that_fails_refuses_and_the_next_one_works(gateway: Gateway) -> None:
    async def broken(device_id: UUID, key: str) -> tuple[Principal, datetime | None] | None:
        raise ConnectionError("the database is away")

    working, gateway.logins._check = gateway.logins._check, broken
    with pytest.raises(REFUSED):
        async with gateway.mqtt(POST.id, "post-key"):
            pass
    gateway.logins._check = working
    async with gateway.mqtt(POST.id, "post-key"):
        assert gateway.logins.refused == 1
        assert gateway.logins.granted == 1


async def test_a_garbled_request_is_passed_over(gateway: Gateway) -> None:
    await gateway.client.publish("$SYS.REQ.USER.AUTH", b"not.a.token")
    await gateway.client.publish("$SYS.REQ.USER.AUTH", b"")
    async with gateway.mqtt(POST.id, "post-key"):
        assert gateway.logins.granted == 1


@pytest.mark.thorough
async def test_after_a_kill_it_comes_back_and_devices_log_in_again(gateway: Gateway) -> None:
    js = gateway.client.jetstream()
    await js.add_stream(name="KEPT", subjects=["kept"])
    await js.publish("kept", b"x")
    os.kill(gateway.server.pid, signal.SIGKILL)
    gateway.server.restart()

    async def logged_in() -> bool:
        try:
            async with gateway.mqtt(POST.id, "post-key"):
                return True
        except REFUSED:
            return False

    assert await eventually(logged_in)

    async def kept() -> bool:
        try:
            return (await js.stream_info("KEPT")).state.messages == 1
        except (NoRespondersError, nats.errors.Error):
            return False

    assert await eventually(kept)


@pytest.mark.thorough
async def test_mqtt_over_tls_and_in_no_other_way(tmp_path: Path) -> None:
    tls = self_signed(tmp_path)
    server = EmbeddedNats(tmp_path / "nats", mqtt_tls=tls)
    server.start()
    client = await nats.connect(server.url)
    try:
        await DeviceLogins(server.issuer_file.read_text(), _check).listen(client)
        await client.flush()
        where: dict[str, Any] = {
            "identifier": "t",
            "username": str(POST.id),
            "password": "post-key",
            "timeout": 5,
        }
        context = ssl.create_default_context(cafile=str(tls.certificate))
        async with aiomqtt.Client("localhost", server.mqtt_port, tls_context=context, **where) as device:
            await device.publish(f"jedel/device/{POST.id}/up", b"press", qos=1)
        with pytest.raises(REFUSED):
            async with aiomqtt.Client("localhost", server.mqtt_port, **where):
                pass
        old = ssl.create_default_context(cafile=str(tls.certificate))
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((REFUSED, ssl.SSLError, OSError)):
            async with aiomqtt.Client("localhost", server.mqtt_port, tls_context=old, **where):
                pass
        copies = [tmp_path / "nats" / name for name in ("mqtt.pem", "mqtt-key.pem")]
        assert [each.stat().st_mode & 0o777 for each in copies] == [0o600, 0o600]
    finally:
        await client.close()
        server.stop()


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    tls = Tls(tmp_path / "none.pem", tmp_path / "none-key.pem")
    with pytest.raises(NatsFault, match=r"none\.pem"):
        EmbeddedNats(tmp_path / "nats", mqtt_tls=tls).start()


def self_signed(folder: Path) -> Tls:
    """For localhost, until tomorrow."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    tls = Tls(folder / "mqtt.pem", folder / "mqtt-key.pem")
    tls.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    tls.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return tls


def test_two_programs_cannot_have_one_folder(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path)
    server.start()
    with pytest.raises(NatsFault, match="in use by process"):
        EmbeddedNats(tmp_path).start()
    server.stop()
    second = EmbeddedNats(tmp_path)
    second.start()
    second.stop()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    first = EmbeddedNats(tmp_path / "a")
    first.start()
    with pytest.raises(NatsFault, match="did not start"):
        EmbeddedNats(tmp_path / "b", port=first.port).start()
    first.stop()


def test_a_taken_mqtt_port_is_named(tmp_path: Path) -> None:
    first = EmbeddedNats(tmp_path / "a")
    first.start()
    with pytest.raises(NatsFault, match="did not start"):
        EmbeddedNats(tmp_path / "b", mqtt_port=first.mqtt_port).start()
    first.stop()
