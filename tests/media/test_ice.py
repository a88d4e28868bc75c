"""What the two ports answer, and to whom: raw datagrams instead of a browser."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aioice import stun

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.webrtc import Edge, Viewer
from jedel.media.webrtc import ice as lite
from jedel.media.webrtc.ports import Path, TcpPort
from tests.support import eventually

FINGERPRINT = ":".join(["AB"] * 32)
OFFER = f"""v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 0
c=IN IP4 0.0.0.0
a=mid:0
a=ice-ufrag:them
a=ice-pwd:theirpasswordtheirpassword
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
a=recvonly
a=rtcp-mux
a=rtpmap:0 PCMU/8000
""".replace("\n", "\r\n")


class Far:
    """A far end by UDP."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.port = port

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, ("127.0.0.1", self.port))

    async def receive(self) -> bytes:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 2048), 30)

    def nothing(self) -> bool:
        try:
            return not self.socket.recv(2048)
        except BlockingIOError:
            return True


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    edge = Edge(consent_s=60)
    await edge.start("127.0.0.1", 0)
    yield edge
    await edge.stop()


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.begin((Track(Codec.PCMU, 8_000, 1),))
    return hub


def said(answer: str, name: str) -> str:
    return next(line for line in answer.splitlines() if line.startswith(f"a={name}:")).partition(":")[2]


def check(answer: str, password: str | None = None, **attributes: Any) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{said(answer, 'ice-ufrag')}:them"
    message.attributes |= attributes
    message.add_message_integrity((password or said(answer, "ice-pwd")).encode())
    return bytes(message)


async def answered(far: Far, request: bytes) -> stun.Message:
    far.send(request)
    reply = stun.parse_message(await far.receive())
    assert reply.transaction_id == request[8:20]
    return reply


async def test_who_knows_the_password_is_answered(edge: Edge, hub: Hub) -> None:
    answer, _ = await edge.watch(hub, OFFER)
    far = Far(edge.port)
    reply = await answered(far, check(answer, **{"USE-CANDIDATE": None}))
    assert reply.message_class == stun.Class.RESPONSE
    assert reply.attributes["XOR-MAPPED-ADDRESS"] == far.socket.getsockname()
    assert reply.check_message_integrity(said(answer, "ice-pwd").encode())
    assert "a=ice-lite" in answer
    assert f" udp 2130706431 127.0.0.1 {edge.port} typ host" in answer
    assert f" 127.0.0.1 {edge.port} typ host tcptype passive" in answer


async def test_nobody_else_is_answered_at_all(edge: Edge, hub: Hub) -> None:
    """No reflector: what does not know a password gets no byte back."""
    answer, viewer = await edge.watch(hub, OFFER)
    stranger, far = Far(edge.port), Far(edge.port)
    stranger.send(check(answer, "wrongpasswordwrongpassword"))
    stranger.send(check(answer.replace(said(answer, "ice-ufrag"), "nobody")))
    stranger.send(bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)))
    stranger.send(b"\x16\xfe\xff" + bytes(200))  # a handshake from an address that nobody has proven
    stranger.send(b"\x80\x00" + bytes(100))
    await answered(far, check(answer))
    assert stranger.nothing()
    hub.publish(AccessUnit(0, 0, 0, True, (b"\xff" * 160,)))
    await answered(far, check(answer))
    assert viewer.sent.packets == 0  # proven, but no keys yet: no sound
    assert far.nothing()


async def test_two_controlled_ends_are_told_so(edge: Edge, hub: Hub) -> None:
    answer, _ = await edge.watch(hub, OFFER)
    reply = await answered(Far(edge.port), check(answer, None, **{"ICE-CONTROLLED": 1}))
    assert reply.attributes["ERROR-CODE"][0] == lite.ROLE_CONFLICT


async def test_a_peer_may_move_but_holds_few_ways(edge: Edge, hub: Hub) -> None:
    answer, viewer = await edge.watch(hub, OFFER)
    ways = [Far(edge.port) for _ in range(40)]
    for far in ways:
        await answered(far, check(answer, **{"USE-CANDIDATE": None}))
    assert len(viewer._peer.paths) <= 16
    assert len(edge._by_path) <= 16
    assert len(edge._udp.paths) <= 16
    viewer.close()
    assert not edge._by_path
    assert not edge._udp.paths
    assert edge.viewers == 0


async def test_garbage_harms_nobody(edge: Edge, hub: Hub) -> None:
    answer, viewer = await edge.watch(hub, OFFER)
    dice = random.Random(7)
    far, good = Far(edge.port), check(answer)
    await answered(far, good)
    for nth in range(3_000):
        kind = dice.randrange(4)
        if kind == 0:
            data = dice.randbytes(dice.randrange(1, 300))
        elif kind == 1:
            changed = bytearray(good)
            for _ in range(dice.randrange(1, 6)):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            data = bytes(changed)
        elif kind == 2:
            data = good[: dice.randrange(1, len(good))]
        else:
            data = bytes((dice.choice((20, 22, 63, 128, 144, 191)),)) + dice.randbytes(dice.randrange(0, 200))
        far.send(data)
        if nth % 50 == 0:
            await asyncio.sleep(0)
    other = Far(edge.port)
    await answered(other, check(answer))
    assert edge.viewers == 1
    assert viewer.sent.packets == 0


async def test_garbage_by_tcp(edge: Edge, hub: Hub) -> None:
    answer, _ = await edge.watch(hub, OFFER)
    dice = random.Random(8)
    for _ in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        writer.write(dice.randbytes(dice.randrange(1, 400)))
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    good = check(answer)
    framed = len(good).to_bytes(2) + good
    writer.write(framed[:7])
    await writer.drain()
    writer.write(framed[7:])
    size = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), 30))
    reply = stun.parse_message(await reader.readexactly(size))
    assert reply.message_class == stun.Class.RESPONSE
    writer.close()


async def test_strangers_by_tcp_are_few(edge: Edge) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", edge.port) for _ in range(150)]

    async def turned_away() -> bool:
        return sum(reader.at_eof() or reader.exception() is not None for reader, _ in opened) >= 22

    await eventually(turned_away)
    assert len(edge._tcp.strangers) <= 128
    for _, writer in opened:
        writer.close()


async def test_who_does_not_read_is_seen_to_be_full() -> None:
    """So that its viewer is given nothing up to the next keyframe, and the gateway's memory is not filled."""
    ways: list[Path] = []
    gone: list[Path] = []
    port = TcpPort(lambda _, path: ways.append(path), gone.append)
    await port.open("127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", port.port, limit=1)
    writer.write(b"\0\1x")

    async def come() -> list[Path]:
        return ways

    (path,) = await eventually(come)
    path.prove()
    sent = 0
    while not path.full and sent < 20_000:
        path.send_many([bytes(1_200)] * 100)
        sent += 100
        await asyncio.sleep(0)
    assert 100 < sent < 20_000
    writer.close()

    async def left() -> list[Path]:
        path.close()
        return gone

    await eventually(left)
    path.send(b"late")
    assert path.dropped == 1
    await port.close()


@pytest.mark.parametrize("addresses", [("0.0.0.0",), ("nowhere",), ()])
async def test_an_edge_says_where_it_is(addresses: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"address|JEDEL"):
        await Edge().start("0.0.0.0", 0, addresses)


async def test_who_falls_silent_is_gone(hub: Hub) -> None:
    edge = Edge(consent_s=0.5)
    await edge.start("127.0.0.1", 0)
    answer, viewer = await edge.watch(hub, OFFER)
    why: list[str] = []

    def closed(who: Viewer, reason: str) -> None:
        assert who is viewer
        why.append(reason)

    viewer.on_closed = closed
    await answered(Far(edge.port), check(answer))

    async def gone() -> list[str]:
        return why

    assert await eventually(gone) == ["silent"]
    assert hub.sinks == 0
    await edge.stop()


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0\1\0\0" + stun.COOKIE.to_bytes(4) + bytes(11), b"\0\1\0\4" + bytes(20)]
)
def test_what_is_no_check(data: bytes) -> None:
    assert lite.check_of(data) is None


def test_every_byte_of_a_check_may_be_wrong() -> None:
    """Nothing that is changed on the way passes for a check by its maker, and nothing raises."""
    credentials = lite.Credentials.new()
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{credentials.fragment}:them"
    message.attributes["ICE-CONTROLLING"] = 5
    message.add_message_integrity(credentials.password.encode())
    whole = bytes(message)
    right = lite.check_of(whole)
    assert right is not None
    assert right.by(credentials)
    for at in range(len(whole) - stun.FINGERPRINT_LENGTH):
        for value in (0, 255, whole[at] ^ 1, whole[at] ^ 128):
            changed = whole[:at] + bytes((value,)) + whole[at + 1 :]
            found = lite.check_of(changed)
            assert changed == whole or found is None or not found.by(credentials)
