"""The WebRTC edge of a gateway: every viewer and publisher behind one UDP and one TCP port."""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final
from weakref import WeakKeyDictionary

import structlog
from aiortc.rtcdtlstransport import RTCCertificate

from jedel.media.errors import OfferMalformed, TooManyViewers
from jedel.media.hub import Hub
from jedel.media.limits import VIEWERS_MAX
from jedel.media.model import first_video
from jedel.media.webrtc import ice
from jedel.media.webrtc.intake import Intake
from jedel.media.webrtc.lane import Lane
from jedel.media.webrtc.offer import (
    PLAYOUT_DELAY,
    TWCC,
    Accepted,
    Offer,
    Offered,
    Ours,
    Section,
    for_track,
    read_offer,
    to_receive,
    write_answer,
)
from jedel.media.webrtc.packets import Packets
from jedel.media.webrtc.peer import Peer
from jedel.media.webrtc.ports import Path, TcpPort, UdpPath, UdpPort
from jedel.media.webrtc.publisher import Publisher
from jedel.media.webrtc.viewer import Viewer

log = structlog.get_logger()

CONSENT_S: Final = 15.0
CONNECT_S: Final = 20.0
ROUND_S: Final = 1.0
BIND_TRIES: Final = 20
BITRATES: Final = "x-google-min-bitrate=200;x-google-start-bitrate=1500;x-google-max-bitrate=4000"
"""kbit/s: without these Chromium begins at 300 and creeps."""


class Edge:
    """``consent_s``: a peer that has not shown its password for so long is gone (RFC 7675). ``viewers_max``:
    of viewers and publishers together."""

    def __init__(self, *, consent_s: float = CONSENT_S, viewers_max: int = VIEWERS_MAX) -> None:
        self.port = 0
        self._consent_s = consent_s
        self._viewers_max = viewers_max
        self._certificate = RTCCertificate.generateCertificate()
        self._peers: dict[str, Peer] = {}
        self._served: dict[str, Viewer | Publisher] = {}
        self._publishers: WeakKeyDictionary[Hub, Publisher] = WeakKeyDictionary()
        self._by_path: dict[Path, Peer] = {}
        self._packets: WeakKeyDictionary[Hub, Packets] = WeakKeyDictionary()
        self._udp = UdpPort(self._arrived)
        self._tcp = TcpPort(self._arrived, self._path_gone)
        self._candidates: list[str] = []
        self._rounds: asyncio.Task[None] | None = None

    @property
    def viewers(self) -> int:
        return len(self._peers)

    async def start(self, host: str, port: int, addresses: Sequence[str] = ()) -> None:
        """Listen on ``port`` (0: any that is free) by UDP and TCP. ``addresses``: where browsers reach us;
        none: ``host``. Raises OSError, and ValueError where one is no address of one machine."""
        reached = [str(ip_address(each)) for each in addresses or [host]]
        if any(ip_address(each).is_unspecified for each in reached):
            raise ValueError("JEDEL_MEDIA_ADDRESSES: say where browsers reach this machine")
        for left in reversed(range(BIND_TRIES if port == 0 else 1)):
            await self._tcp.open(host, port)
            try:
                self._udp.open(host, self._tcp.port)
            except OSError:
                await self._tcp.close()
                if not left:
                    raise
            else:
                break
        self.port = self._tcp.port
        self._candidates = ice.candidates(reached, self.port)
        self._rounds = asyncio.create_task(self._go_round())

    async def stop(self) -> None:
        """All peers are told, then the ports close."""
        peers = list(self._peers.values())
        for peer in peers:
            peer.close("stopped")
        if told := [peer.leaving for peer in peers if peer.leaving is not None]:
            await asyncio.wait(told, timeout=ROUND_S)
        if self._rounds is not None:
            self._rounds.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._rounds
            self._udp.close()
        await self._tcp.close()

    async def watch(self, hub: Hub, offer_sdp: str) -> tuple[str, Viewer]:
        """A viewer of a stream that has begun (its tracks are known): the answer for the browser, and the
        sink that is in the hub already. Raises OfferMalformed, TooManyViewers."""
        self._make_room()
        offer = read_offer(offer_sdp)
        lanes, accepted = _lanes(offer, hub)
        if not lanes:
            raise OfferMalformed(reason="no codec of it is in the stream")
        peer = self._peer(offer)
        viewer = Viewer(peer, hub, self._packets.setdefault(hub, Packets()), lanes)
        self._served[viewer.id] = viewer
        viewer.ask_source = lambda: self._ask_keyframe(hub)
        hub.add(viewer)
        return write_answer(offer, accepted, self._ours(peer)), viewer

    async def publish(self, hub: Hub, offer_sdp: str) -> tuple[str, Publisher]:
        """One who feeds ``hub`` from now on, instead of whoever did before (that one is closed as
        ``replaced``). Raises OfferMalformed, TooManyViewers."""
        self._make_room()
        offer = read_offer(offer_sdp)
        intakes: dict[int, Intake] = {}
        accepted: list[Accepted | None] = []
        for section in offer.sections:
            offered = to_receive(section) if section.direction in ("sendonly", "sendrecv") else None
            known = {intake.video for intake in intakes.values()}
            if offered is None or (section.kind == "video") in known:
                accepted.append(None)
                continue
            intakes[offered.payload_type] = Intake(offered)
            accepted.append(_received(section, offered))
        if not intakes:
            raise OfferMalformed(reason="nothing in it that is sent in a codec that we carry")
        if (before := self._publishers.get(hub)) is not None:
            before.close("replaced")
        peer = self._peer(offer)
        extension = next(
            (section.extensions[TWCC] for section in offer.sections if TWCC in section.extensions), None
        )
        publisher = Publisher(peer, hub, intakes, extension)
        self._served[publisher.id] = self._publishers[hub] = publisher
        return write_answer(offer, accepted, self._ours(peer)), publisher

    def _ask_keyframe(self, hub: Hub) -> bool:
        publisher = self._publishers.get(hub)
        if publisher is None or not publisher.live:
            return False
        publisher.ask_keyframe()
        return True

    def _make_room(self) -> None:
        if len(self._peers) >= self._viewers_max:
            raise TooManyViewers(limit=self._viewers_max)

    def _peer(self, offer: Offer) -> Peer:
        peer = Peer(self._certificate, offer.fingerprints)
        peer.forget = self._forget
        peer.unused = self._unused
        self._peers[peer.credentials.fragment] = peer
        return peer

    def _ours(self, peer: Peer) -> Ours:
        fingerprint = next(
            each.value for each in self._certificate.getFingerprints() if each.algorithm == "sha-256"
        )
        said = peer.credentials
        return Ours(said.fragment, said.password, fingerprint, self._candidates, secrets.randbits(62))

    # what comes

    def _arrived(self, data: bytes, path: Path) -> None:
        if not data:
            return
        if ice.is_stun(data):
            self._checked(data, path)
        elif (peer := self._by_path.get(path)) is not None:
            peer.arrived(data)

    def _checked(self, data: bytes, path: Path) -> None:
        check = ice.check_of(data)
        peer = self._peers.get(check.fragment) if check else None
        if check is None or peer is None or not peer.checked(check, path):
            return
        before = self._by_path.get(path)
        if before is not peer:
            if before is not None:
                before.lost(path)  # a browser's port that serves another now
            self._by_path[path] = peer
            if isinstance(path, UdpPath):
                self._udp.paths[path.remote] = path

    def _path_gone(self, path: Path) -> None:
        peer = self._by_path.pop(path, None)
        if peer is not None:
            peer.lost(path)

    # who goes

    async def _go_round(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(ROUND_S)
            for peer in list(self._peers.values()):
                if loop.time() - peer.heard_at > self._consent_s:
                    peer.close("silent")
                elif not peer.ready and loop.time() - peer.made_at > CONNECT_S:
                    peer.close("dtls")
            for one in list(self._served.values()):
                one.report()

    def _forget(self, peer: Peer) -> None:
        self._peers.pop(peer.credentials.fragment, None)
        self._served.pop(peer.credentials.fragment, None)
        for path in peer.paths:
            self._unmap(path)

    def _unused(self, path: Path) -> None:
        """Of several ways of one peer, this one has not been used for long."""
        self._path_gone(path)
        self._unmap(path)
        path.close()

    def _unmap(self, path: Path) -> None:
        self._by_path.pop(path, None)
        if isinstance(path, UdpPath):
            self._udp.paths.pop(path.remote, None)


def _lanes(offer: Offer, hub: Hub) -> tuple[dict[int, Lane], list[Accepted | None]]:
    """Which track goes in which section of the offer: the first picture and the first sound that fit."""
    lanes: dict[int, Lane] = {}
    accepted: list[Accepted | None] = []
    for section in offer.sections:
        found = _fitting(section, hub, lanes)
        if found is None:
            accepted.append(None)
            continue
        number, lane, one = found
        lanes[number] = lane
        accepted.append(one)
    return lanes, accepted


def _received(section: Section, offered: Offered) -> Accepted:
    extensions = (TWCC,) if TWCC in section.extensions else ()
    parameters = offered.parameters
    if section.kind == "video":
        parameters = ";".join(filter(None, (parameters, BITRATES)))
    return Accepted(offered, None, extensions, parameters)


def _at_once(number: int) -> bytes:
    """A header extension (RFC 8285, one byte) that asks for pictures to be shown as soon as they are decoded:
    a playout delay of 0 to 0."""
    return b"\xbe\xde\0\1" + bytes((number << 4 | 2, 0, 0, 0))


def _fitting(section: Section, hub: Hub, taken: dict[int, Lane]) -> tuple[int, Lane, Accepted] | None:
    if section.direction not in ("recvonly", "sendrecv"):
        return None
    video = first_video(hub.tracks)
    for number, track in enumerate(hub.tracks):
        if track.video != (section.kind == "video") or (track.video and number != video) or number in taken:
            continue
        offered = for_track(section, track)
        if offered is not None:
            number_of = section.extensions.get(PLAYOUT_DELAY, 0) if track.video else 0
            at_once = 0 < number_of < 15
            lane = Lane(track, offered.payload_type, _at_once(number_of) if at_once else b"")
            return number, lane, Accepted(offered, lane.ssrc, (PLAYOUT_DELAY,) if at_once else ())
    return None
