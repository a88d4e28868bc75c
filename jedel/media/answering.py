"""A gateway's side of the questions over NATS: each is answered on its own, none holds up another."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from psycopg_pool import PoolTimeout

from jedel.kernel.errors import Problem, Unavailable
from jedel.kernel.tasks import heed_cancel
from jedel.media import metrics
from jedel.media.book import CHANGED
from jedel.media.control import HERE, Grant, ask_subject, refusal
from jedel.media.errors import NoGateway, OfferMalformed, StreamFault, StreamNotThere
from jedel.media.gateway import Gateway
from jedel.media.limits import OFFER_BYTES_MAX, QUESTION_BYTES_MAX
from jedel.media.model import Fault
from jedel.media.placement import SAID_EVERY_S, Here, Live, follow, owner_of
from jedel.media.streams import Stream

log = structlog.get_logger()

AT_ONCE_MAX: Final = 200
LOOK_UP_EVERY_S: Final = 60.0
IDLE_EVERY_S: Final = 0.5
ANSWERS_WITHIN_S: Final = 1.7
"""Before the asker takes us for dead and asks another gateway, which would pull the stream once more."""
_COUNTED: Final = "counted"


class Answering:
    """Says that the gateway is there, answers, hears of changes, and lets go of what nobody wants."""

    def __init__(self, nats: Client, gateway: Gateway, name: str, addresses: tuple[str, ...]) -> None:
        self.live = Live()
        self._nats, self._gateway = nats, gateway
        self._name, self._addresses = name, addresses
        self._under_way: set[asyncio.Task[None]] = set()
        self._do: dict[str, Callable[[dict[str, Any]], Awaitable[bytes]]] = {
            "watch": self._watch,
            "publish": self._publish,
            "mse": self._mse,
            "leave": self._leave,
            "cut": self._cut,
            "still": self._still,
            "want": self._want,
            "state": self._state,
        }

    async def run(self) -> None:
        """Until cancelled; then it says that it leaves."""
        await follow(self._nats, self.live, lambda: None)
        await self._nats.subscribe(ask_subject(self._gateway.id), cb=self._hear)
        await self._nats.subscribe(CHANGED, cb=self._changed)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._every(SAID_EVERY_S, self._say_here))
                tasks.create_task(self._every(IDLE_EVERY_S, self._gateway.streams.stop_idle))
                tasks.create_task(self._every(LOOK_UP_EVERY_S, self._gateway.streams.look_all_up))
        finally:
            await self._say(self._here(leaving=True))

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Again and again; where PostgreSQL is away the streams that run go on."""
        while True:
            try:
                await work()
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("PostgreSQL does not answer; running streams go on", error=repr(error))
            heed_cancel()
            await asyncio.sleep(seconds)

    # here

    def _here(self, *, leaving: bool = False) -> Here:
        streams = self._gateway.streams
        return Here(
            id=self._gateway.id,
            name=self._name,
            internal=self._gateway.internal,
            addresses=self._addresses,
            running=frozenset(owner_of(stream.id) for stream in streams),
            streams=len(streams),
            viewers=len(self._gateway.viewers),
            at_us=time.time_ns() // 1000,
            leaving=leaving,
        )

    async def _say_here(self) -> None:
        here = self._here()
        self.live.take(here)
        await self._say(here)
        self._count()
        others = {owner for each in self.live.all() if each.id != here.id for owner in each.running}
        for stream in self._gateway.streams:
            if owner_of(stream.id) in others and self._somebody_elses(stream):
                log.info("another gateway has it", stream=stream.id)
                await self._gateway.streams.stop(stream)

    def _somebody_elses(self, stream: Stream) -> bool:
        """Another gateway runs the same owner, is to have it, and said so when it must have heard of us: what
        one said that died since is no reason to let go."""
        first = self.live.owner(stream.id)
        if first is None or first.id == self._gateway.id:
            return False
        return self.live.heard_at(first.id) > stream.began_at + 2 * SAID_EVERY_S

    def _count(self) -> None:
        giving = {"yes": 0, "no": 0}
        came = 0
        for stream in self._gateway.streams:
            giving["yes" if stream.hub.ready.is_set() else "no"] += 1
            came += 0 if stream.derived else stream.hub.bytes - stream.shared.get(_COUNTED, 0)
            stream.shared[_COUNTED] = stream.hub.bytes
        metrics.BYTES_IN.inc(came)
        for state, count in giving.items():
            metrics.STREAMS.labels(state).set(count)

    async def _say(self, here: Here) -> None:
        if self._nats.is_connected:
            try:
                await self._nats.publish(HERE, here.said())
            except NatsError as error:
                log.warning("NATS did not take our word", error=repr(error))

    def mine(self, stream: str) -> bool:
        """Whether the stream lies, or should lie, on this gateway."""
        first = self.live.owner(stream)
        return first is not None and first.id == self._gateway.id

    async def _changed(self, message: Msg) -> None:
        try:
            await self._gateway.streams.changed(message.data.decode(errors="replace"))
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("a change was not looked up yet", error=repr(error))

    # answers

    async def _hear(self, message: Msg) -> None:
        if len(self._under_way) >= AT_ONCE_MAX:
            await message.respond(refusal(NoGateway()))
            return
        task = asyncio.ensure_future(self._answer(message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, message: Msg) -> None:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                answer = await self._answer_of(message.data)
        except TimeoutError:
            answer = refusal(StreamFault(stream="", fault=Fault.NO_FRAMES))
        except Problem as problem:
            answer = refusal(problem)
        except (psycopg.Error, PoolTimeout):
            answer = refusal(Unavailable(what="PostgreSQL"))
        except Exception as error:  # one question that we cannot stand ends itself, and nothing else
            metrics.BROKEN.inc()
            log.error("a question was not answered", exc_info=error)
            answer = refusal(NoGateway())
        try:
            await message.respond(answer)
        except NatsError as error:
            log.warning("an answer was lost", error=repr(error))

    async def _answer_of(self, raw: bytes) -> bytes:
        if len(raw) > QUESTION_BYTES_MAX:
            raise OfferMalformed(reason="too long")
        try:
            asked = orjson.loads(raw)
            do = self._do[asked["do"]]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise OfferMalformed(reason="no such question") from None
        return await do(asked)

    async def _watch(self, asked: dict[str, Any]) -> bytes:
        answer = await self._gateway.watch(*_offer_of(asked))
        return orjson.dumps({"sdp": answer.sdp, "viewer_id": answer.viewer_id, "masked": answer.masked})

    async def _publish(self, asked: dict[str, Any]) -> bytes:
        answer = await self._gateway.publish(*_offer_of(asked))
        return orjson.dumps({"sdp": answer.sdp, "viewer_id": answer.viewer_id, "masked": False})

    async def _mse(self, asked: dict[str, Any]) -> bytes:
        viewer, ticket, masked = await self._gateway.mse(_stream_of(asked), _grant_of(asked))
        return orjson.dumps({"viewer_id": viewer, "ticket": ticket, "masked": masked})

    async def _leave(self, asked: dict[str, Any]) -> bytes:
        who = asked.get("who")
        self._gateway.leave(str(asked.get("viewer")), None if who is None else str(who))
        return b"{}"

    async def _cut(self, asked: dict[str, Any]) -> bytes:
        return orjson.dumps({"cut": self._gateway.cut(str(asked.get("key")))})

    async def _still(self, asked: dict[str, Any]) -> bytes:
        return await self._gateway.still(_stream_of(asked))

    async def _want(self, asked: dict[str, Any]) -> bytes:
        seconds = asked.get("seconds")
        if not isinstance(seconds, int | float) or not seconds >= 0:
            raise OfferMalformed(reason="no such time")
        await self._gateway.want(_stream_of(asked), float(seconds))
        return b"{}"

    async def _state(self, asked: dict[str, Any]) -> bytes:
        found = self._gateway.state(_stream_of(asked))
        return orjson.dumps({"state": found.view() if found else None})


def _stream_of(asked: dict[str, Any]) -> str:
    stream = asked.get("stream")
    if not isinstance(stream, str):
        raise StreamNotThere(stream="")
    return stream


def _grant_of(asked: dict[str, Any]) -> Grant:
    try:
        return Grant.read(asked["grant"])
    except (KeyError, TypeError, ValueError):
        raise OfferMalformed(reason="no grant") from None


def _offer_of(asked: dict[str, Any]) -> tuple[str, str, Grant]:
    offer = asked.get("offer")
    if not isinstance(offer, str) or len(offer) > OFFER_BYTES_MAX:
        raise OfferMalformed(reason="no offer")
    return _stream_of(asked), offer, _grant_of(asked)
