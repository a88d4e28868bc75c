"""An RTSP client over one TCP connection, media interleaved (RFC 2326 §10.12).

It connects to the address that it is given and to no other: no redirect is followed, and what names another
host is refused. Nothing that the other end sends can make it wait without end or keep memory without bound.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from rtsp import auth, rtp, sdp
from rtsp.audio import AacLayout
from rtsp.errors import Cause, Malformed, StreamLost
from rtsp.messages import Headers, Request, Response, frame
from rtsp.payloads import Format, Receiver, format_of
from rtsp.player import Player, Take
from rtsp.wire import Wire

ANSWER_S: Final = 5.0
REPORT_S: Final = 5.0
KEEP_ALIVE_S_MAX: Final = 25.0
TRACKS_MAX: Final = 4
MALFORMED_MAX: Final = 1000
"""Packets in a stream that are none, before we say that it is broken."""


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"


class Client:
    """One session. ``tracks`` are known after `open`; `play` runs until the stream ends."""

    def __init__(self, url: str, credentials: Credentials | None = None, *, agent: str = "Jedel") -> None:
        self.url = url
        self.tracks: list[Format] = []
        self.server = ""
        self._credentials = credentials or Credentials()
        self._agent = agent
        self._wire: Wire | None = None
        self._player: Player | None = None
        self._cseq = 0
        self._challenge: auth.Challenge | None = None
        self._count = 0
        self._session = ""
        self._timeout_s = 60.0
        self._answer_s = ANSWER_S
        self._base = self._aggregate = url
        self._channels: dict[int, tuple[int, bool]] = {}
        """Of each channel: the track, and whether it is RTCP."""
        self._receivers: list[Receiver] = []
        self._ssrc = secrets.randbits(32)
        self._can: frozenset[str] = frozenset()

    @property
    def clock_error_us(self) -> int | None:
        """How far the sender's clock is ahead of ours, by its last report; None: it has not said."""
        return self._player.clock_error_us if self._player else None

    @property
    def received(self) -> int:
        """Bytes on the connection."""
        return self._wire.bytes if self._wire else 0

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return sum(each.lost for each in self._receivers)

    @property
    def damaged(self) -> int:
        """Pictures dropped because of a hole."""
        return sum(each.damaged for each in self._receivers)

    async def open(self, host: str, port: int, *, timeout_s: float = ANSWER_S) -> Sequence[Format]:
        """Connect to that address and ask what there is, ``timeout_s`` for each answer. Raises StreamLost."""
        self._answer_s = timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                _, wire = await asyncio.get_running_loop().create_connection(Wire, host, port)
        except (OSError, TimeoutError) as error:
            raise StreamLost(Cause.UNREACHABLE, str(error) or "no answer") from None
        self._wire = wire
        try:
            async with asyncio.timeout(timeout_s * 3):
                await self._describe(timeout_s)
        except TimeoutError:
            raise StreamLost(Cause.UNREACHABLE, "no answer") from None
        except Malformed as error:
            raise StreamLost(Cause.PROTOCOL, str(error)) from None
        return self.tracks

    async def _describe(self, timeout_s: float) -> None:
        options = await self._ask("OPTIONS", self.url, timeout_s=timeout_s, strict=False)
        self.server = options.headers.get("server")[:120]
        self._can = frozenset(each.strip().upper() for each in options.headers.get("public").split(","))
        answer = await self._ask("DESCRIBE", self.url, ("Accept", "application/sdp"), timeout_s=timeout_s)
        self.server = self.server or answer.headers.get("server")[:120]
        said = answer.headers.get("content-base") or answer.headers.get("content-location")
        if said and self._ours(said):
            self._base = said.strip()
        description = sdp.parse(answer.body)
        seen: set[bool] = set()
        for media in description.medias:
            format_ = format_of(media)
            if format_ is None or format_.video in seen:
                continue  # one picture and one sound; a second of either is another camera's affair
            seen.add(format_.video)
            await self._set_up(media, format_, timeout_s)
        if not any(each.video for each in self.tracks):
            kinds = ", ".join(sorted({media.encoding or media.kind for media in description.medias}))
            raise StreamLost(Cause.CODEC, f"it offers {kinds[:80] or 'nothing'}")
        control = description.control
        self._aggregate = self._resolve(control) if control not in ("", "*") else self._base

    async def _set_up(self, media: sdp.Media, format_: Format, timeout_s: float) -> None:
        layout = AacLayout.read(media.parameters) if format_.encoding == "MPEG4-GENERIC" else None
        track = len(self.tracks)
        asked = f"RTP/AVP/TCP;unicast;interleaved={2 * track}-{2 * track + 1}"
        answer = await self._ask(
            "SETUP", self._resolve(media.control), ("Transport", asked), timeout_s=timeout_s
        )
        given = answer.headers.get("transport").lower()
        if "tcp" not in given:
            raise StreamLost(Cause.PROTOCOL, "it does not send over the connection")
        session, _, rest = answer.headers.get("session").partition(";")
        self._session = session.strip()[:256] or self._session
        seconds = rest.strip().lower().removeprefix("timeout=")
        if seconds.isascii() and seconds.isdigit() and len(seconds) < 6:
            self._timeout_s = max(2.0, float(seconds))
        first = _interleaved(given, 2 * track)
        self._channels[first] = (track, False)
        self._channels[first + 1] = (track, True)
        self.tracks.append(format_)
        self._receivers.append(Receiver(format_, layout))

    async def play(
        self,
        take: Take,
        changed: Callable[[Sequence[Format]], None] | None = None,
        *,
        silence_s: float = 5.0,
        first_s: float | None = None,
    ) -> None:
        """Give unit after unit to ``take`` until the stream ends. ``changed``: when every picture's format is
        known, at the description or later; with the first keyframe; and where it changes. Always before the
        unit. Raises StreamLost, nothing else.

        ``silence_s``: without a whole picture for so long it is over; ``first_s``: the same for the first.
        """
        wire = self._wire
        if wire is None:
            raise StreamLost(Cause.UNREACHABLE, "not open")
        player = self._player = Player(self._receivers, self._channels, take, changed)
        wire.on_frame = player.on_frame
        helpers: list[asyncio.Task[None]] = []
        try:
            await self._ask("PLAY", self._aggregate, ("Range", "npt=0.000-"), timeout_s=self._answer_s)
            player.described()
            helpers.append(asyncio.create_task(self._keep_alive()))
            await self._watch(player, silence_s, first_s or silence_s)
        except Malformed as error:
            raise StreamLost(Cause.PROTOCOL, str(error)) from None
        finally:
            wire.on_frame = None
            for task in helpers:
                task.cancel()

    async def _watch(self, player: Player, silence_s: float, first_s: float) -> None:
        assert self._wire is not None
        loop = asyncio.get_running_loop()
        seen, at = 0, loop.time()
        while True:
            done, _ = await asyncio.wait([self._wire.lost], timeout=silence_s / 5)
            if done:
                why = self._wire.lost.result()
                if why.cause is Cause.UNREACHABLE and self._wire.bytes and player.pictures == 0:
                    raise StreamLost(Cause.NO_FRAMES, why.detail)
                raise why
            if player.malformed > MALFORMED_MAX:
                raise StreamLost(Cause.PROTOCOL, "too many packets that are none")
            if player.pictures > seen:
                seen, at = player.pictures, loop.time()
            elif loop.time() - at > (silence_s if seen else first_s):
                detail = "packets that are none" if player.malformed else "nothing comes"
                raise StreamLost(Cause.NO_FRAMES, detail)

    async def _keep_alive(self) -> None:
        """Receiver reports, and a word on the session before it runs out."""
        assert self._wire is not None
        every_s = min(KEEP_ALIVE_S_MAX, self._timeout_s / 2)
        loop = asyncio.get_running_loop()
        said = loop.time()
        while True:
            await asyncio.sleep(min(REPORT_S, every_s))
            for channel, (track, control) in self._channels.items():
                receiver = self._receivers[track]
                if control and receiver.received:
                    report = rtp.pack_receiver_report(
                        self._ssrc, receiver.ssrc, receiver.highest, receiver.lost
                    )
                    self._wire.write(frame(channel, report))
            if loop.time() - said >= every_s * 0.9:
                said = loop.time()
                method = "GET_PARAMETER" if "GET_PARAMETER" in self._can else "OPTIONS"
                with suppress(StreamLost):  # some never answer; whether pictures come is what counts
                    await self._ask(method, self._aggregate, timeout_s=self._answer_s, strict=False)

    def close(self) -> None:
        """Say goodbye and go; may be called at any time, and again."""
        wire, self._wire = self._wire, None
        if wire is None or wire.transport is None:
            return
        if self._session and not wire.transport.is_closing():
            self._wire = wire
            self._send("TEARDOWN", self._aggregate)
            self._wire = None
        wire.fail(StreamLost(Cause.UNREACHABLE, "closed by us"))

    def _send(self, method: str, uri: str, *more: tuple[str, str]) -> int:
        assert self._wire is not None
        self._cseq += 1
        headers = [("CSeq", str(self._cseq)), ("User-Agent", self._agent), *more]
        if self._session:
            headers.append(("Session", self._session))
        if self._challenge is not None:
            self._count += 1
            said = auth.answer(
                self._challenge,
                method,
                uri,
                self._credentials.user,
                self._credentials.password,
                secrets.token_hex(8),
                self._count,
            )
            headers.append(("Authorization", said))
        self._wire.write(Request(method, uri, Headers(headers)).encode())
        return self._cseq

    async def _ask(
        self, method: str, uri: str, *more: tuple[str, str], timeout_s: float, strict: bool = True
    ) -> Response:
        """One request, again with credentials where they are asked. Not ``strict``: any answer will do."""
        for attempt in range(3):
            answer = await self._once(method, uri, *more, timeout_s=timeout_s)
            if answer.status != 401:
                break
            offered = auth.read_challenges(answer.headers.all("www-authenticate"))
            refused = attempt > 0 and self._challenge is not None and not (offered and offered[0].stale)
            if not offered or not self._credentials.user or refused:
                if strict:
                    raise StreamLost(
                        Cause.CREDENTIALS, "they are refused" if refused else "they are asked for"
                    )
                break
            self._challenge, self._count = offered[0], 0
        if strict and answer.status != 200:
            raise _refused(method, answer.status)
        return answer

    async def _once(self, method: str, uri: str, *more: tuple[str, str], timeout_s: float) -> Response:
        wire = self._wire
        if wire is None:
            raise StreamLost(Cause.UNREACHABLE, "not open")
        if wire.lost.done():
            raise wire.lost.result()
        number = self._send(method, uri, *more)
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        wire.waiting[number] = future
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            raise StreamLost(Cause.UNREACHABLE, f"no answer to {method}") from None
        finally:
            wire.waiting.pop(number, None)

    def _resolve(self, control: str) -> str:
        """A track's address. Raises StreamLost where it is of another host."""
        if control in ("", "*"):
            return self._base
        if "://" not in control:
            base = self._base if self._base.endswith("/") else self._base + "/"  # also after a query
            return urljoin(base, control) if control.startswith("/") else base + control
        if not self._ours(control):
            raise StreamLost(Cause.PROTOCOL, "it points to another host")
        return control

    def _ours(self, url: str) -> bool:
        """Of the host that we are connected to, by the name that we know or by its address."""
        try:
            parts, asked = urlsplit(url.strip()), urlsplit(self.url)
            hosts = {asked.hostname}
            if self._wire is not None and self._wire.transport is not None:
                peer = self._wire.transport.get_extra_info("peername")
                hosts.add(peer[0] if peer else None)
            return parts.scheme in ("rtsp", "rtspu") and parts.hostname in hosts and "@" not in parts.netloc
        except ValueError:
            return False


def _refused(method: str, status: int) -> StreamLost:
    if 300 <= status < 400:
        return StreamLost(Cause.PROTOCOL, "it sends us elsewhere, which we do not follow")
    if status in (401, 403):
        return StreamLost(Cause.CREDENTIALS, f"{method}: {status}")
    if status == 404:
        return StreamLost(Cause.NOT_FOUND, f"{method}: 404")
    if status == 503:
        return StreamLost(Cause.UNREACHABLE, f"{method}: 503")
    return StreamLost(Cause.PROTOCOL, f"{method}: {status}")


def _interleaved(transport: str, otherwise: int) -> int:
    for part in transport.split(";"):
        name, _, value = part.strip().partition("=")
        first = value.split("-")[0]
        if name == "interleaved" and first.isascii() and first.isdigit() and len(first) < 4:
            return int(first) & 0xFE if int(first) < 256 else otherwise
    return otherwise
