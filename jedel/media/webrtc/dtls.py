"""DTLS-SRTP (RFC 5764) by aiortc, as the passive side. SRTP packets never pass aiortc's queue and router."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pylibsrtp
import structlog
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport
from OpenSSL import SSL

log = structlog.get_logger()

WAITING_MAX: Final = 64
"""Handshake datagrams that may wait for their turn."""


class _Link:
    """What aiortc takes for its ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._give = send
        self.arrived: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING_MAX)

    async def _recv(self) -> bytes:
        data = await self.arrived.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._give(data)


class _Transport(RTCDtlsTransport):
    def __init__(self, link: Any, certificate: RTCCertificate) -> None:
        super().__init__(link, [certificate])
        self._set_role("server")

    @property
    def ways(self) -> tuple[Any, Any]:
        """SRTP sessions: what comes, what goes."""
        return self._rx_srtp, self._tx_srtp


class Secured:
    """DTLS over a way that is already proven, and the keys that come of it."""

    def __init__(
        self, certificate: RTCCertificate, fingerprints: RTCDtlsParameters, send: Callable[[bytes], None]
    ) -> None:
        self._link = _Link(send)
        self._transport = _Transport(self._link, certificate)
        self._fingerprints = fingerprints
        self._incoming: Any = None
        self._outgoing: Any = None

    @property
    def ready(self) -> bool:
        return self._outgoing is not None

    def on_end(self, tell: Callable[[], None]) -> None:
        """``tell``: the far side has taken leave, or the handshake failed."""

        def changed() -> None:
            if self._transport.state in ("closed", "failed"):
                tell()

        self._transport.on("statechange", changed)

    async def shake_hands(self) -> bool:
        """False where it failed: a wrong fingerprint, no common profile, garbage."""
        try:
            await self._transport.start(self._fingerprints)
        except (ConnectionError, SSL.Error, ValueError, pylibsrtp.Error) as error:
            log.info("media.dtls_failed", error=str(error))
            return False
        if self._transport.state != "connected":
            return False
        self._incoming, self._outgoing = self._transport.ways
        return True

    def arrived(self, data: bytes) -> None:
        """A DTLS record."""
        if not self._link.arrived.full():
            self._link.arrived.put_nowait(data)

    def protect(self, packets: list[bytes]) -> list[bytes]:
        """RTP to SRTP."""
        protect = self._outgoing.protect
        return [protect(packet) for packet in packets]

    def protect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._outgoing.protect_rtcp(packet))

    def open(self, data: bytes) -> bytes | None:
        """SRTP to RTP; None where it is forged, doubled or broken."""
        try:
            return bytes(self._incoming.unprotect(data))
        except (pylibsrtp.Error, ValueError):
            return None

    def open_rtcp(self, data: bytes) -> bytes | None:
        try:
            return bytes(self._incoming.unprotect_rtcp(data))
        except (pylibsrtp.Error, ValueError):
            return None

    async def leave(self) -> None:
        """Say that we go, if it can still be said."""
        self._outgoing = None
        self._transport.remove_all_listeners("statechange")
        await self._transport.stop()
