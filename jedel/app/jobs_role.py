"""The role `jobs`: what follows the journal, and periodic work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from jedel.app.background import jobs, reactors
from jedel.app.connections import WAKE_SUBJECT, open_links
from jedel.app.leader import lead
from jedel.app.settings import Settings
from jedel.journal import Follower, Store
from jedel.journal.jobs import keep_running
from jedel.journal.reactor import follow
from jedel.journal.relay import Relay
from jedel.media.client import MediaClient


async def follow_journal(settings: Settings) -> None:
    """The relay to NATS, the rooms that follow other rooms, and periodic work: one process at a time."""
    assert settings.database_url is not None
    async with open_links(settings, "jobs") as (store, nats):
        await lead(settings.database_url, "jobs", partial(_follow_all, settings, store, nats))


async def _follow_all(settings: Settings, store: Store, nats: Client) -> None:
    bells: list[asyncio.Event] = []
    media = MediaClient(nats)
    await media.listen()

    async def ring(_message: Msg) -> None:
        for bell in bells:
            bell.set()

    def following(catch_up: Callable[[], Awaitable[int]]) -> Awaitable[None]:
        bells.append(asyncio.Event())
        return follow(catch_up, bells[-1])

    subscription = await nats.subscribe(f"{WAKE_SUBJECT}.*", cb=ring)
    try:
        await asyncio.gather(
            following(Relay(store, nats).catch_up),
            *(following(Follower(store, reactor).catch_up) for reactor in reactors(media)),
            *(keep_running(job) for job in jobs(store, settings)),
        )
    finally:
        with suppress(NatsError):
            await subscription.unsubscribe()
