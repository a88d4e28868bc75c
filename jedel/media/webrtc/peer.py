"""One browser: the credentials that it must know, the way that it has proven, its keys."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsParameters

from jedel.media.webrtc import ice
from jedel.media.webrtc.dtls import Secured
from jedel.media.webrtc.ports import Path

log = structlog.get_logger()

PATHS_MAX: Final = 16
Callback = Callable[[], None]


class Peer:
    """Nothing but STUN answers and the DTLS handshake leaves before the far side has shown our password from
    the address it is sent to; no media before its certificate has the fingerprint of its offer.

    ``on_rtp``, ``on_rtcp``: plain packets; ``on_ready``: media may flow; ``on_closed``: once, with the
    reason. ``forget``, ``unused``: what the owner of the ports does when we, or one of our ways, are done.
    """

    def __init__(self, certificate: RTCCertificate, fingerprints: RTCDtlsParameters) -> None:
        self.credentials = ice.Credentials.new()
        self.on_rtp: Callable[[bytes], None] = lambda _: None
        self.on_rtcp: Callable[[bytes], None] = lambda _: None
        self.on_ready: Callback = lambda: None
        self.on_closed: Callable[[str], None] = lambda _: None
        self.forget: Callable[[Peer], None] = lambda _: None
        self.unused: Callable[[Path], None] = lambda _: None
        self.path: Path | None = None
        self.paths: list[Path] = []
        self.closed = False
        now = asyncio.get_running_loop().time()
        self.made_at = self.heard_at = now
        """Of the loop's clock; heard: the last check with our password."""
        self._dtls = Secured(certificate, fingerprints, self._send_plain)
        self._dtls.on_end(lambda: self.close("left"))
        self._task: asyncio.Task[None] | None = None
        self.leaving: asyncio.Task[None] | None = None
        """From `close` on: done when the far side has been told."""

    @property
    def ready(self) -> bool:
        return not self.closed and self._dtls.ready

    def checked(self, check: ice.Check, path: Path) -> bool:
        """A check for us came by this way. False where it does not know our password."""
        if self.closed or not check.by(self.credentials):
            return False
        self.heard_at = asyncio.get_running_loop().time()
        path.prove()
        if path not in self.paths:
            if len(self.paths) >= PATHS_MAX:
                self.unused(next(old for old in self.paths if old is not self.path))
            self.paths.append(path)
        if self.path is None or check.nominated:
            self.path = path
        path.send(ice.answer(check, self.credentials, path.remote))
        if self._task is None:
            self._task = asyncio.create_task(self._secure())
        return True

    def arrived(self, data: bytes) -> None:
        """Anything but STUN, by a proven way."""
        first = data[0]
        if 20 <= first < 64:
            self._dtls.arrived(data)
        elif 128 <= first < 192 and self.ready and len(data) >= 12:
            if 192 <= data[1] <= 223:
                if (report := self._dtls.open_rtcp(data)) is not None:
                    self.on_rtcp(report)
            elif (packet := self._dtls.open(data)) is not None:
                self.on_rtp(packet)

    def lost(self, path: Path) -> None:
        """A way is no more."""
        if path in self.paths:
            self.paths.remove(path)
        if path is self.path:
            self.path = self.paths[-1] if self.paths else None

    def send(self, packets: list[bytes]) -> None:
        """RTP."""
        if self.ready and self.path is not None:
            self.path.send_many(self._dtls.protect(packets))

    def send_rtcp(self, packet: bytes) -> None:
        if self.ready and self.path is not None:
            self.path.send(self._dtls.protect_rtcp(packet))

    def close(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        if self._task is not None:
            self._task.cancel()
        self.leaving = asyncio.create_task(self._leave())
        log.info("media.peer_closed", peer=self.credentials.fragment, reason=reason)
        self.on_closed(reason)
        self.forget(self)

    async def _leave(self) -> None:
        await self._dtls.leave()
        for path in self.paths:
            path.close()

    def _send_plain(self, data: bytes) -> None:
        if self.path is not None:
            self.path.send(data)

    async def _secure(self) -> None:
        if not await self._dtls.shake_hands():
            self.close("dtls")
            return
        if not self.closed:
            self.on_ready()
