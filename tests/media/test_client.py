"""The routes of media, before a real gateway: a device publishes what its camera sees, somebody looks."""

import asyncio
import hmac
import os
import signal
from base64 import b64encode
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack
from fastapi import FastAPI
from nats.aio.client import Client

from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.media_role import source_of
from jedel.app.settings import Settings
from jedel.app.stream_book import resolvers
from jedel.journal import Store
from jedel.media import ice_servers
from jedel.media.answering import Answering
from jedel.media.book import Book
from jedel.media.client import ANSWERS_WITHIN_S, Grant, MediaClient
from jedel.media.gateway import Gateway
from jedel.media.ice_servers import IceFault
from jedel.media.model import Fault
from jedel.media.webrtc import Edge
from tests.cameras.made import add_camera
from tests.media.playing import Whep
from tests.support import Api, Seat, eventually

SDP = {"Content-Type": "application/sdp"}


@pytest.fixture
async def gateway(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    edge = Edge()
    await edge.start("127.0.0.1", 0)
    book = Book(store, resolvers(settings))
    one = Gateway(f"g-{uuid4().hex[:6]}", book, source_of, edge, ("127.0.0.1", 0))
    await one.start()
    task = asyncio.ensure_future(Answering(bus, one, "g", ("127.0.0.1",)).run())
    yield one
    task.cancel()
    await asyncio.wait({task})
    await one.close()
    await edge.stop()


async def published(seat: Seat) -> tuple[RTCPeerConnection, str]:
    """A phone that sends a moving picture; where its DELETE goes."""
    phone = RTCPeerConnection()
    phone.addTrack(VideoStreamTrack())
    await phone.setLocalDescription(await phone.createOffer())
    answer = await seat.post("/api/media/publish", content=phone.localDescription.sdp, headers=SDP)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Content-Type"].startswith("application/sdp")
    await phone.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
    return phone, answer.headers["Location"]


async def test_a_device_publishes_and_somebody_looks(
    client: Api, app: FastAPI, store: Store, gateway: Gateway
) -> None:
    device, device_id, _ = await client.device("post")
    other, _, _ = await client.device("post")
    camera = await add_camera(store, source="push", device_id=device_id, kind="post")
    stream = f"camera/{camera}/main"
    phone, location = await published(device)
    media: MediaClient = app.state.media
    viewer = Whep()

    async def ask(offer: str) -> str:
        return (await media.watch(stream, offer, Grant(("x",), "account:x"))).sdp

    async def giving() -> bool:
        state = await media.state(stream)
        return state is not None and state.units > 3

    await eventually(giving, within_s=30)
    await viewer.open(ask)

    async def seen() -> bool:
        return viewer.frames > 3

    await eventually(seen, within_s=30)
    refused = await other.delete(location)
    assert (refused.status_code, refused.json()["code"]) == (403, "media_not_yours")
    assert (await device.delete(location)).status_code == 204
    assert (await device.delete(location)).status_code == 204

    async def gone() -> bool:
        state = await media.state(stream)
        return state is not None and state.fault == Fault.NO_PUBLISHER

    await eventually(gone)
    again, _ = await published(device)  # it may come again
    await eventually(giving, within_s=30)
    for peer in (phone, again):
        await peer.close()
    await viewer.close()


async def test_a_device_without_a_camera_publishes_nothing(
    client: Api, store: Store, gateway: Gateway
) -> None:
    seat, device_id, _ = await client.device("post")
    answer = await seat.post("/api/media/publish", content="v=0\r\n", headers=SDP)
    assert (answer.status_code, answer.json()["code"]) == (404, "stream_not_there")
    await add_camera(store, source="push", device_id=device_id, kind="post", enabled=False)
    answer = await seat.post("/api/media/publish", content="v=0\r\n", headers=SDP)
    assert answer.status_code == 404
    seat, device_id, _ = await client.device("post")
    await add_camera(store, source="push", device_id=device_id, kind="post")
    for offer in ("", "hello", "v=0\r\n" + "x" * 70_000):
        answer = await seat.post("/api/media/publish", content=offer, headers=SDP)
        assert (answer.status_code, answer.json()["code"]) == (422, "offer_malformed")


async def test_the_only_gateway_may_answer_late(
    client: Api, app: FastAPI, store: Store, gateway: Gateway, nats_server: EmbeddedNats
) -> None:
    device, device_id, _ = await client.device("post")
    await add_camera(store, source="push", device_id=device_id, kind="post")
    media: MediaClient = app.state.media
    await media.listen()

    async def spoke() -> bool:
        return media.live.find(gateway.id) is not None

    await eventually(spoke)
    os.kill(nats_server.pid, signal.SIGSTOP)
    late = asyncio.get_running_loop().call_later(
        ANSWERS_WITHIN_S + 1, os.kill, nats_server.pid, signal.SIGCONT
    )
    try:
        phone, _ = await published(device)
    finally:
        late.cancel()
        os.kill(nats_server.pid, signal.SIGCONT)
    await phone.close()


async def test_without_a_gateway_it_is_said(client: Api, store: Store) -> None:
    seat, device_id, _ = await client.device("post")
    await add_camera(store, source="push", device_id=device_id, kind="post")
    answer = await seat.post("/api/media/publish", content="v=0\r\n", headers=SDP)
    assert (answer.status_code, answer.json()["code"]) == (503, "media_no_gateway")
    assert (await seat.delete("/api/media/viewers/gone~x")).status_code == 204


async def test_browsers_are_told_of_turn(client: Api) -> None:
    seat = await client.login("duty")
    assert await seat.ok("GET", "/api/media/ice") == {"ice_servers": []}


def test_turn_servers_by_a_shared_secret() -> None:
    servers = ice_servers.read(
        '[{"urls": "stun:s:3478"}, {"urls": ["turn:t:3478", "turns:t:5349"], "secret": "k"}]'
    )
    plain, turn = ice_servers.given(servers, "duty", 1000.0)
    assert plain == {"urls": ["stun:s:3478"], "username": None, "credential": None}
    assert turn["username"] == "44200:duty"
    assert turn["credential"] == b64encode(hmac.digest(b"k", b"44200:duty", "sha1")).decode()
    assert "secret" not in turn


@pytest.mark.parametrize(
    "text", ["{", "{}", "[1]", "[{}]", '[{"urls": []}]', '[{"urls": "http://x"}]', str([{}] * 20)]
)
def test_turn_servers_that_are_none(text: str) -> None:
    with pytest.raises(IceFault):
        ice_servers.read(text)
