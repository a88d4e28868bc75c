"""Processes of the bench `relay`: the camera, our gateway, and one made of aiortc's RTCPeerConnection."""

import asyncio
import fractions
import io
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Final

import av
import numpy as np
import uvloop

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, SourceKind, StreamSpec, first_video
from jedel.media.sources.rtsp import RtspSource
from jedel.media.webrtc import Edge
from rtsp import auth, nal
from rtsp.payloads import H264, Format, Packetiser, Unit, with_parameters
from rtsp.server import Refused, Server, Viewer
from tests.support import eventually

WIDTH: Final = 1920
HEIGHT: Final = 1080
FPS: Final = 25
BITS_PER_S: Final = 4_000_000
STAMP_BITS: Final = 32
BLOCK: Final = 48
"""Pixels of a stamp's bit: 32 of them are 1536 wide."""


class Encoder:
    """1080p25 at 4 Mbit/s, without delay."""

    def __init__(self, profile: str = "baseline") -> None:
        self._codec: Any = av.CodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._codec.time_base = fractions.Fraction(1, FPS)
        self._codec.bit_rate = BITS_PER_S
        rate = f"{BITS_PER_S // 1000}k"
        self._codec.options = {
            "preset": "ultrafast", "tune": "zerolatency", "profile": profile, "g": str(2 * FPS),
            "maxrate": rate, "bufsize": rate,
        }  # fmt: skip
        dice = np.random.default_rng(3)
        self._plane = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        self._noise = dice.integers(60, 200, (HEIGHT // 4, WIDTH + 1024), np.uint8)
        self._shifts = dice.integers(0, 1024, 4 * FPS)
        self._nth = 0

    def __call__(self, stamp: int | None = None) -> tuple[bytes, ...]:
        """NAL units of the next picture: noise that nobody foresees, and the stamp's bits in the top row."""
        shift = self._shifts[self._nth % len(self._shifts)]
        self._plane[BLOCK : BLOCK + HEIGHT // 4] = self._noise[:, shift : shift + WIDTH]
        if stamp is not None:
            bits = [235 if stamp >> (STAMP_BITS - 1 - nth) & 1 else 16 for nth in range(STAMP_BITS)]
            self._plane[:BLOCK, : BLOCK * STAMP_BITS] = np.repeat(np.array(bits, np.uint8), BLOCK)
        frame = av.VideoFrame.from_ndarray(self._plane, format="yuv420p")
        frame.pts = self._nth
        self._nth += 1
        return tuple(
            part
            for packet in self._codec.encode(frame)
            for part in nal.from_annex_b(b"\0\0\0\1" + bytes(packet))
        )


class Mount:
    """A live stream of the camera's."""

    def __init__(self, format_: Format) -> None:
        self.tracks: Sequence[Format] = (format_,)
        self._viewers: dict[Viewer, bool] = {}

    async def attach(self, viewer: Viewer) -> None:
        self._viewers[viewer] = False

    def detach(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer, None)

    def give(self, unit: Unit) -> None:
        for viewer, started in list(self._viewers.items()):
            if started or unit.keyframe:
                self._viewers[viewer] = True
                viewer.send(0, unit)

    @property
    def wanted(self) -> bool:
        return bool(self._viewers)


def unit_of(nth: int, parts: tuple[bytes, ...]) -> Unit:
    return Unit(nth * 90_000 // FPS, any(nal.kind_h264(part) == 5 for part in parts), parts)


def camera(tell: Connection, seconds: int, rtp_port: int) -> None:
    """An RTSP camera: ``/loop`` runs a film that was encoded before, ``/live`` encodes as it goes, with the
    time in the picture. ``rtp_port``: the film goes there too, for a peer that takes bare RTP; 0: nowhere."""
    asyncio.run(_camera(tell, seconds, rtp_port))


async def _camera(tell: Connection, seconds: int, rtp_port: int) -> None:
    encoder = Encoder()
    film = [encoder() for _ in range(4 * FPS)]
    while not any(nal.kind_h264(part) == 5 for part in film[0]):
        film.append(film.pop(0))
    sets = tuple(part for part in film[0] if nal.kind_h264(part) in (7, 8))
    form = with_parameters(Format(H264, 90_000), sets)
    mounts = {"loop": Mount(form), "live": Mount(form)}

    async def find(path: str, _: auth.Login | None) -> Mount:
        if path not in mounts:
            raise Refused(404)
        return mounts[path]

    server = Server(find)
    await server.start()
    size = sum(sum(map(len, parts)) for parts in film)
    tell.send({"port": server.port, "mbps": size * 8 * FPS / len(film) / 1e6})
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    packer = Packetiser(form)
    live = Encoder()
    began, nth = time.monotonic(), 0
    while nth < seconds * FPS:
        unit = unit_of(nth, film[nth % len(film)])
        mounts["loop"].give(unit)
        if rtp_port:
            for packet in packer(unit):
                out.sendto(packet, ("127.0.0.1", rtp_port))
        if mounts["live"].wanted:
            stamp = time.time_ns() // 1_000_000 & 0xFFFFFFFF  # before it is encoded: the shutter
            mounts["live"].give(unit_of(nth, live(stamp)))
        nth += 1
        await asyncio.sleep(max(0.0, began + nth / FPS - time.monotonic()))
    await server.close()


def _begun(hub: Hub) -> Callable[[], Awaitable[int]]:
    async def look() -> int:
        return hub.units

    return look


Serve = Callable[[str], Awaitable[str]]


def gateway(orders: Connection, url: str, host: str, kind: str) -> None:
    """Pulls ``url``; each offer that comes by ``orders`` is answered. ``kind``: ours or aiortc."""
    uvloop.run(_gateway(orders, url, host, kind))


async def _gateway(orders: Connection, url: str, host: str, kind: str) -> None:
    hub = Hub()
    spec = StreamSpec("bench", "00", SourceKind.RTSP, url, networks=("127.0.0.0/8",))
    pulling = asyncio.create_task(RtspSource(spec).run(hub))
    await eventually(_begun(hub), within_s=60)
    edge = Edge()
    await edge.start(host, 0)
    serve = aiortc_serve(hub) if kind == "aiortc" else None
    loop = asyncio.get_running_loop()
    orders.send("ready")
    while (order := await loop.run_in_executor(None, orders.recv)) is not None:
        orders.send(await serve(order) if serve else (await edge.watch(hub, order))[0])
    pulling.cancel()
    await edge.stop()


def aiortc_serve(hub: Hub) -> Serve:
    """One RTCPeerConnection for each viewer; the pictures are not decoded either."""
    from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

    class Passed(MediaStreamTrack):
        kind = "video"

        def __init__(self) -> None:
            super().__init__()
            self.waiting: asyncio.Queue[AccessUnit] = asyncio.Queue(100)
            self._tracks = hub.tracks

        def begin(self, tracks: Any) -> None:
            self._tracks = tracks

        def take(self, unit: AccessUnit) -> None:
            if unit.track == first_video(self._tracks) and not self.waiting.full():
                self.waiting.put_nowait(unit)

        def pause(self, fault: Any) -> None: ...

        def end(self) -> None: ...

        async def recv(self) -> Any:
            unit = await self.waiting.get()
            data = io.BytesIO()
            for part in unit.parts:
                data.write(b"\0\0\0\1" + part)
            packet = av.Packet(data.getvalue())
            packet.pts, packet.time_base = unit.rtp, fractions.Fraction(1, 90_000)
            return packet

    connections = []

    async def serve(offer: str) -> str:
        connection = RTCPeerConnection()
        connections.append(connection)
        track = Passed()
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        connection.addTrack(track)
        await connection.setLocalDescription(await connection.createAnswer())
        hub.add(track)
        return str(connection.localDescription.sdp)

    return serve
