"""The whole application for one test, without working out its routes again."""

from fastapi import FastAPI
from nats.aio.client import Client
from starlette.routing import BaseRoute

from jedel.app.http import create_app
from jedel.app.settings import Settings
from jedel.journal import Store

_routes: list[BaseRoute] = []


def application(settings: Settings, store: Store, bus: Client | None) -> FastAPI:
    """`create_app`, with the routes of this process's first application.

    FastAPI works out what each route takes when an application gets its first requests: up to a fifth of a
    second, which hundreds of tests would pay. Routes know nothing of the application that they stand in: all
    that a test makes its own (settings, store, hub, desks) lies in `app.state`. The list is each one's own.
    """
    app = create_app(settings, store, bus)
    if not _routes:
        _routes.extend(app.router.routes)
    app.router.routes = list(_routes)
    return app
