"""What each process does: ``jedel run web`` and the like; the same code on one machine or on many."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from prometheus_client import start_http_server

from jedel.access import devices
from jedel.access.seal import Sealer
from jedel.alarms.drivers.registry import Gateway, serving
from jedel.app import media_process
from jedel.app.connections import WAKE_SUBJECT, open_links
from jedel.app.cutoff import cut_off_blocked
from jedel.app.frames import FeedProtocol
from jedel.app.http import create_app
from jedel.app.leader import lead
from jedel.app.nats_auth import DeviceLogins
from jedel.app.plate_roles import plates, qorgau
from jedel.app.settings import LOOPBACK, Settings
from jedel.app.wiring import jobs, reactors
from jedel.cameras.mobile import Mavlink
from jedel.journal import Follower, Store
from jedel.journal.jobs import keep_running
from jedel.journal.reactor import follow
from jedel.journal.relay import Relay
from jedel.media.client import MediaClient
from jedel.plates.desk import Desk
from jedel.plates.taker import Taker
from jedel.units import PositionWriter

log = structlog.get_logger()


async def run(role: str, settings: Settings) -> None:
    """Run one role until SIGINT or SIGTERM."""
    if settings.metrics_port and role in METRICS_AFTER:
        nth = settings.qorgau_worker if role == "qorgau" else 0
        start_http_server(settings.metrics_port + METRICS_AFTER[role] + nth, LOOPBACK)
    work = ROLES[role](settings)
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


async def web(settings: Settings) -> None:
    """HTTP, live sockets, screens."""
    async with open_links(settings, "web") as (store, nats):
        app = create_app(settings, store, nats)
        await app.state.hub.listen(nats)
        await app.state.networks.listen(nats)
        await app.state.plates.cameras.listen(nats)
        await app.state.media.listen()
        await app.state.camera_map.listen(nats)
        server = uvicorn.Server(server_config(app, settings))
        # What is loaded stays for ever: looking all of it through for garbage would now and then stop every
        # answer for a tenth of a second.
        gc.collect()
        gc.freeze()
        async with asyncio.TaskGroup() as tasks:
            roads = tasks.create_task(app.state.networks.keep_fresh(store))
            background = tasks.create_task(app.state.hub.run())
            cameras = tasks.create_task(app.state.camera_map.keep_fresh())
            await server.serve()  # ends at SIGTERM by itself, after its open requests
            background.cancel()
            roads.cancel()
            cameras.cancel()


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        ws=FeedProtocol,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_config=None,
        lifespan="off",
        proxy_headers=False,  # a caller could name his own address; who believes proxies says which
        server_header=False,  # what we are made of is nobody's business
        timeout_graceful_shutdown=3,
        backlog=4096,
    )


async def gateway(settings: Settings) -> None:
    """Devices: their log-ins, their drivers, the positions of units, and reads that cameras say over MQTT."""
    assert settings.database_url is not None
    dc09 = (settings.dc09_host, settings.dc09_port)
    async with (
        open_links(settings, "gateway") as (store, nats),
        serving(Gateway(store, nats, dc09)),
        asyncio.TaskGroup() as tasks,
    ):
        await _answer_logins(settings, store, nats)
        if settings.nats_system_url is not None:
            tasks.create_task(cut_off_blocked(settings.nats_system_url, store, nats))
        tasks.create_task(lead(settings.database_url, "positions", PositionWriter(store, nats).run))
        if settings.mavlink_port:
            at = (settings.mavlink_host, settings.mavlink_port)
            drones = Mavlink(store, nats, Sealer(settings.seal_key), at, settings.mavlink_networks)
            tasks.create_task(drones.run())
        desk = Desk(store, settings.blob_dir)
        await desk.cameras.listen(nats)
        tasks.create_task(Taker(store, nats, desk).run())


async def _answer_logins(settings: Settings, store: Store, nats: Client) -> None:
    if settings.nats_issuer_file is not None:
        check = partial(devices.log_in, store)
        await DeviceLogins(private_text(settings.nats_issuer_file), check).listen(nats)


def private_text(file: Path) -> str:
    """A secret that nobody but its owner may read. Raises PermissionError."""
    if file.stat().st_mode & 0o077:
        raise PermissionError(f"{file} is open to others: chmod 600 {file}")
    return file.read_text()


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


ROLES: dict[str, Callable[[Settings], Awaitable[None]]] = {
    "web": web,
    "gateway": gateway,
    "jobs": follow_journal,
    "qorgau": qorgau,
    "plates": plates,
    "media": media_process.media,
}

METRICS_AFTER = {"gateway": 0, "jobs": 1, "qorgau": 2, "plates": 18}
"""Which port after ``JEDEL_METRICS_PORT`` a role's counters are on; each `qorgau` has its own, in turn;
of `media` `jedel.app.media_process` says."""
