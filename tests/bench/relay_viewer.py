"""A WebRTC viewer that decodes nothing: it goes through ICE, DTLS and the answer, then counts RTP packets."""

import asyncio
import secrets
import socket
from typing import Any, Final

from aioice import stun
from aiortc import sdp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport

CHECK_EVERY_S: Final = 1.0
PAYLOAD_TYPE: Final = 102


def own_address() -> str:
    """Of this machine, not the loopback where it has another: aiortc and janus leave that out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


class _Link:
    state = "completed"

    def __init__(self, viewer: "CountingViewer", role: str) -> None:
        self.role = role
        self.arrived: asyncio.Queue[bytes] = asyncio.Queue()
        self._viewer = viewer

    async def _recv(self) -> bytes:
        return await self.arrived.get()

    async def _send(self, data: bytes) -> None:
        self._viewer.send(data)


class CountingViewer(asyncio.DatagramProtocol):
    """``packets``, ``lost`` (holes that were never filled are not told from such that were: it asks nothing
    again), ``bytes``."""

    def __init__(self) -> None:
        self.packets = self.bytes = self.lost = 0
        self.secured = asyncio.Event()
        self._highest: int | None = None
        self._fragment, self._password = secrets.token_hex(4), secrets.token_hex(12)
        self._certificate = RTCCertificate.generateCertificate()
        self._remote: tuple[str, int] | None = None
        self._link: _Link | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._transport: Any = None
        self._dtls: Any = None
        self._port = 0

    async def open(self, host: str) -> None:
        loop = asyncio.get_running_loop()
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * 1024**2)
        near.bind((host, 0))
        self._host, self._port = near.getsockname()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=near)

    def offer(self) -> str:
        return self._said("actpass", "recvonly")

    def answer(self, mid: str, number: int) -> str:
        """To an offer of somebody who sends."""
        return self._said("active", "recvonly", mid, number)

    def _said(self, setup: str, direction: str, mid: str = "0", number: int = PAYLOAD_TYPE) -> str:
        fingerprint = next(one for one in self._certificate.getFingerprints() if one.algorithm == "sha-256")
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            f"a=group:BUNDLE {mid}",
            "a=msid-semantic: WMS *",
            f"m=video 9 UDP/TLS/RTP/SAVPF {number}",
            f"c=IN IP4 {self._host}",
            f"a={direction}",
            f"a=mid:{mid}",
            "a=rtcp-mux",
            f"a=rtpmap:{number} H264/90000",
            f"a=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            f"a=candidate:1 1 udp 2130706431 {self._host} {self._port} typ host",
            "a=end-of-candidates",
            f"a=ice-ufrag:{self._fragment}",
            f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {fingerprint.value}",
            f"a=setup:{setup}",
        ]
        return "\r\n".join(lines) + "\r\n"

    def connect(self, description: str) -> None:
        """What the other side said, as answer or offer: from now on we check and shake hands."""
        media: Any = next(one for one in sdp.SessionDescription.parse(description).media if one.port)
        ways = [one for one in media.ice_candidates if one.protocol == "udp" and ":" not in one.ip]
        self._remote = (ways[0].ip, ways[0].port)
        self._theirs = (media.ice.usernameFragment, media.ice.password)
        server = media.dtls.role == "client"
        self._link = _Link(self, "controlling" if server else "controlled")
        self._dtls = RTCDtlsTransport(self._link, [self._certificate])  # type: ignore[arg-type]
        self._dtls._set_role("server" if server else "client")
        self._tasks = [asyncio.create_task(self._check()), asyncio.create_task(self._secure(media.dtls))]

    async def _secure(self, fingerprints: Any) -> None:
        await self._dtls.start(fingerprints)
        if self._dtls.state == "connected":
            self.secured.set()

    async def _check(self) -> None:
        while True:
            request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
            request.attributes |= {
                "USERNAME": f"{self._theirs[0]}:{self._fragment}",
                "PRIORITY": 1,
                "ICE-CONTROLLING": 1,
                "USE-CANDIDATE": None,
            }
            request.add_message_integrity(self._theirs[1].encode())
            self.send(bytes(request))
            await asyncio.sleep(CHECK_EVERY_S if self.secured.is_set() else 0.05)

    def send(self, data: bytes) -> None:
        if self._transport is not None and self._remote is not None:
            self._transport.sendto(data, self._remote)

    def datagram_received(self, data: bytes, source: Any) -> None:
        first = data[0]
        if 128 <= first < 192:
            if not 192 <= data[1] <= 223:
                self._count(data)
        elif first >= 20:
            if self._link is not None:
                self._link.arrived.put_nowait(data)
        else:
            self._stun(data, source)

    def _count(self, data: bytes) -> None:
        self.packets += 1
        self.bytes += len(data)
        number = data[2] << 8 | data[3]
        if self._highest is None:
            self._highest = number
            return
        step = (number - self._highest + 0x8000 & 0xFFFF) - 0x8000
        if step > 0:
            self.lost += step - 1
            self._highest = number

    def _stun(self, data: bytes, source: Any) -> None:
        message = stun.parse_message(data)
        if message.message_class != stun.Class.REQUEST:
            return
        reply = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
        reply.attributes["XOR-MAPPED-ADDRESS"] = (source[0], source[1])
        reply.add_message_integrity(self._password.encode())
        self._remote = (source[0], source[1])
        self._transport.sendto(bytes(reply), source)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._dtls is not None:
            await self._dtls.stop()
        self._transport.close()
