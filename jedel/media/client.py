"""How web processes and roles ask for streams: which gateway it is, and what it answered.

A gateway that does not answer is forgotten and the next one is asked, so a stream whose gateway died is
pulled by another at the first viewer who comes back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

import orjson
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from jedel.media.control import JPEG, Answer, Grant, StreamState, ask_subject, understood
from jedel.media.errors import NoGateway, OfferMalformed, StreamNotThere, TooManyViewers
from jedel.media.limits import MESSAGE_BYTES_MAX, OFFER_BYTES_MAX, RIGHT_ENDED
from jedel.media.placement import SAID_EVERY_S, Here, Live, follow

log = structlog.get_logger()

ANSWERS_WITHIN_S: Final = 2.0
LAST_ANSWERS_WITHIN_S: Final = 4.0
"""Where nobody else is left to ask: a gateway that begins sixteen pictures on a busy machine answers late,
and who is told that there is none asks again and makes it busier. Less than a page waits, and than a process
takes to replace another."""
TRIES: Final = 3

__all__ = ["Answer", "Feed", "Grant", "MediaClient", "StreamState"]


class Feed:
    """The bytes of one MSE viewer: the first is a line of JSON (``{"mime": …, "masked": …}``), then the init
    segment and fragments; a JSON line again where the codec changes. ``async for``, then ``aclose``."""

    def __init__(self, socket: ClientConnection, masked: bool) -> None:
        self._socket = socket
        self.masked = masked

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for message in self._socket:
                yield message if isinstance(message, bytes) else message.encode()
        except WebSocketException as error:
            log.debug("the gateway went", error=repr(error))

    @property
    def why(self) -> str:
        """Why the right ended (a code), once nothing more comes; empty: it ended for another reason."""
        return (self._socket.close_reason or "") if self._socket.close_code == RIGHT_ENDED else ""

    async def aclose(self) -> None:
        """Stop looking."""
        await self._socket.close()


class MediaClient:
    """One for a process. `listen` first; without it the first question waits for the gateways' words."""

    def __init__(self, nats: Client | None) -> None:
        self.live = Live()
        self._nats = nats
        self._listening: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()

    async def listen(self) -> None:
        """Hear who is alive, from now on."""
        if self._nats is None:
            raise NoGateway
        if self._listening is None:
            self._listening = asyncio.ensure_future(follow(self._nats, self.live, self._heard.set))
        await asyncio.shield(self._listening)

    async def watch(self, stream: str, offer_sdp: str, grant: Grant) -> Answer:
        """A WebRTC viewer. Raises StreamNotThere, StreamFault, OfferMalformed, TooManyViewers, NoGateway."""
        return _answer(await self._ask_offer("watch", stream, offer_sdp, grant))

    async def publish(self, stream: str, offer_sdp: str, grant: Grant) -> Answer:
        """A WebRTC publisher, instead of whoever published this stream before. Raises as `watch`,
        NotYours."""
        return _answer(await self._ask_offer("publish", stream, offer_sdp, grant))

    async def leave(self, viewer_id: str, who: str | None = None) -> None:
        """A viewer or publisher goes; ``who``: only if he holds it (NotYours). One that is gone is no
        error."""
        here = self.live.find(viewer_id.partition("~")[0])
        if here is not None:
            await self._ask(here, {"do": "leave", "viewer": viewer_id, "who": who})

    async def cut(self, grant_key: str) -> int:
        """End everything that hangs on this key, on every gateway; how many viewers that were."""
        alive = await self._alive()
        asked = [self._ask(here, {"do": "cut", "key": grant_key}) for here in alive]
        found = await asyncio.gather(*asked, return_exceptions=True)
        for here, said in zip(alive, found, strict=True):
            if isinstance(said, NoGateway):
                log.warning("a gateway did not hear of a right's end", gateway=here.id, key=grant_key)
            elif isinstance(said, BaseException):
                raise said
        return sum(int(said["cut"]) for said in found if isinstance(said, dict))

    async def mse(self, stream: str, grant: Grant) -> Feed:
        """A viewer by bytes. Raises as `watch`."""
        said, here = await self._ask_any(stream, {"do": "mse", "stream": stream, "grant": grant.view()})
        try:
            socket = await connect(
                f"ws://{here.internal}/{said['ticket']}",
                max_size=MESSAGE_BYTES_MAX,
                open_timeout=ANSWERS_WITHIN_S,
                ping_interval=None,
                compression=None,
                proxy=None,
            )
        except (OSError, TimeoutError, InvalidHandshake) as error:
            log.warning("no bytes from a gateway", gateway=here.id, error=repr(error))
            raise NoGateway from None
        return Feed(socket, bool(said["masked"]))

    async def still(self, stream: str) -> bytes:
        """A JPEG of the last keyframe, masks drawn in it where the stream has any. Raises as `watch`."""
        raw, _ = await self._ask_raw(stream, {"do": "still", "stream": stream})
        if not raw.startswith(JPEG):
            understood(raw)
            raise NoGateway
        return raw

    async def want(self, stream: str, seconds: float) -> None:
        """Start a stream now and keep it for so long, though nobody looks yet. Raises StreamNotThere,
        NoGateway; whether it gives anything is not waited for."""
        await self._ask_any(stream, {"do": "want", "stream": stream, "seconds": seconds})

    async def state(self, stream: str) -> StreamState | None:
        """How a stream is; None: it does not run now. Raises NoGateway."""
        said, _ = await self._ask_any(stream, {"do": "state", "stream": stream})
        found = said["state"]
        return None if found is None else StreamState(**{**found, "codecs": tuple(found["codecs"])})

    # asking

    async def _ask_offer(self, do: str, stream: str, offer: str, grant: Grant) -> dict[str, Any]:
        if len(offer) > OFFER_BYTES_MAX or not offer.startswith("v=0"):
            raise OfferMalformed(reason="it is no SDP" if len(offer) <= OFFER_BYTES_MAX else "too long")
        question = {"do": do, "stream": stream, "offer": offer, "grant": grant.view()}
        said, here = await self._ask_any(stream, question)
        return said | {"gateway": here.id}

    async def _ask_any(self, stream: str, question: dict[str, Any]) -> tuple[dict[str, Any], Here]:
        raw, here = await self._ask_raw(stream, question)
        return understood(raw), here

    async def _ask_raw(self, stream: str, question: dict[str, Any]) -> tuple[bytes, Here]:
        """The stream's gateway, or the next one where it is dead or full."""
        await self._alive()
        full: TooManyViewers | None = None
        asked: set[str] = set()
        for nth in range(TRIES):
            left = [each for each in self.live.order(stream) if each.id not in asked]
            if not left:
                break
            here = left[0]
            asked.add(here.id)
            last = len(left) == 1 or nth == TRIES - 1
            try:
                raw = await self._request(here, question, LAST_ANSWERS_WITHIN_S if last else ANSWERS_WITHIN_S)
            except NoGateway:
                continue
            if raw.startswith(b'{"error":"too_many_viewers"'):
                full = TooManyViewers(**orjson.loads(raw)["params"])
                continue
            return raw, here
        raise full or NoGateway

    async def _ask(self, here: Here, question: dict[str, Any]) -> dict[str, Any]:
        return understood(await self._request(here, question))

    async def _request(
        self, here: Here, question: dict[str, Any], within_s: float = ANSWERS_WITHIN_S
    ) -> bytes:
        assert self._nats is not None
        try:
            answer = await self._nats.request(ask_subject(here.id), orjson.dumps(question), timeout=within_s)
        except NoRespondersError:
            log.warning("a gateway is gone", gateway=here.id)
            self.live.forget(here.id)
            raise NoGateway from None
        except (NatsError, TimeoutError) as error:
            log.warning("a gateway does not answer", gateway=here.id, error=repr(error))
            raise NoGateway from None
        return answer.data

    async def _alive(self) -> list[Here]:
        """The living gateways; those whose words are on their way are waited for."""
        await self.listen()
        if not (alive := self.live.all()):
            self._heard.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), 2 * SAID_EVERY_S + 0.1)
            alive = self.live.all()
        return alive


def _answer(said: dict[str, Any]) -> Answer:
    try:
        return Answer(said["sdp"], said["viewer_id"], said["gateway"], bool(said["masked"]))
    except KeyError:
        raise StreamNotThere from None
