"""The role `web`: HTTP, live sockets, screens."""

import asyncio

import uvicorn
from fastapi import FastAPI

from jedel.app.connections import open_links
from jedel.app.frames import FeedProtocol
from jedel.app.http import create_app
from jedel.app.roles import keep_loaded
from jedel.app.settings import Settings


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
        keep_loaded()  # the application itself, too
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
