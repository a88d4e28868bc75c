"""The web application: all rooms' routes, the live sockets, and the built screens."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from nats.aio.client import Client
from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jedel import __version__
from jedel.access import public
from jedel.app import problems
from jedel.app.hub import Hub
from jedel.app.json import JsonResponse
from jedel.app.same_origin import SameOrigin
from jedel.app.settings import Settings
from jedel.app.stream_book import resolvers
from jedel.app.wiring import COLLECTIONS, ROUTERS, citizen_desk
from jedel.cameras.tiles import CameraMap
from jedel.journal import Store
from jedel.media.book import Book
from jedel.media.client import MediaClient
from jedel.places import Networks
from jedel.plates.desk import Desk as PlatesDesk

WEB = Path(__file__).parents[2] / "web"
"""Where the screens are built."""

DIRECTIVES = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # the component library writes its variables into the page
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",  # live pictures and recordings, put together in the page
    "worker-src 'self' blob:",  # the map's own workers
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
"""Scripts come from us and nowhere else; nothing that a page loads or sends goes to another place."""

CITIZEN_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
"""The citizens' page needs nothing but its own files: no style is written into it, no form leaves it."""

POST_DIRECTIVES = (*CITIZEN_DIRECTIVES, "media-src 'self' blob:")
"""An SOS post plays the officer's voice besides."""

API_DIRECTIVES = (
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "sandbox",
)
"""An answer of the API is no page, whoever opens it as one."""

HEADERS = {
    "Content-Security-Policy": "; ".join(DIRECTIVES),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

API_HEADERS = HEADERS | {
    "Content-Security-Policy": "; ".join(API_DIRECTIVES),
    "Cache-Control": "no-store",  # most answers speak of people; a route that speaks of none says so itself
}

HSTS = "max-age=31536000; includeSubDomains"
"""Where people come by TLS, their browser never speaks to us in clear again."""


def create_app(settings: Settings, store: Store, nats: Client | None) -> FastAPI:
    """The application over links that are open already."""
    app = FastAPI(
        title="Jedel",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        default_response_class=JsonResponse,
        generate_unique_id_function=_operation,
    )
    app.state.settings = settings
    app.state.store = store
    app.state.nats = nats
    app.state.hub = Hub(store, COLLECTIONS)
    app.state.networks = Networks(settings.blob_dir)
    app.state.citizen = citizen_desk(settings)
    app.state.plates = PlatesDesk(store, settings.blob_dir)
    app.state.camera_map = CameraMap(settings.database_url)
    app.state.media = MediaClient(nats)
    app.state.media_book = Book(store, resolvers(settings))
    for router in ROUTERS:
        app.include_router(router)

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[public()])
    async def openapi() -> Response:
        return JsonResponse(app.openapi())

    problems.install(app)
    _mount_screens(app)
    app.add_middleware(SameOrigin)
    app.add_middleware(SafeHeaders)
    return app


def _operation(route: APIRoute) -> str:
    """Short, stable names for the generated clients."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def _mount_screens(app: FastAPI) -> None:
    """Citizens at ``/citizen/``, posts at ``/post/``, tablet at ``/tablet/``, console at ``/``, if built."""
    citizen = WEB / "citizen" / "dist"
    post = WEB / "post" / "dist"
    tablet = WEB / "tablet" / "dist"
    console = WEB / "console" / "dist"
    if tablet.is_dir():

        @app.get("/tablet", include_in_schema=False, dependencies=[public()])
        async def to_tablet() -> Response:
            return RedirectResponse("/tablet/")

        app.mount("/tablet/", Screens(tablet), name="tablet")
    if citizen.is_dir():

        @app.get("/citizen", include_in_schema=False, dependencies=[public()])
        async def to_citizen() -> Response:
            return RedirectResponse("/citizen/")

        app.mount("/citizen/", Screens(citizen, "; ".join(CITIZEN_DIRECTIVES)), name="citizen")
    if post.is_dir():

        @app.get("/post", include_in_schema=False, dependencies=[public()])
        async def to_post() -> Response:
            return RedirectResponse("/post/")

        app.mount("/post/", Screens(post, "; ".join(POST_DIRECTIVES)), name="post")
    if console.is_dir():
        app.mount("/", Screens(console), name="console")


class Screens(StaticFiles):
    """A built single-page app: files with a hash in their name are kept for ever, the page itself never."""

    def __init__(self, directory: Path, policy: str | None = None) -> None:
        super().__init__(directory=directory, html=True)
        self._policy = policy

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        hashed = isinstance(response, FileResponse) and "/assets/" in str(response.path)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        if self._policy is not None:
            response.headers["Content-Security-Policy"] = self._policy
        return response


class SafeHeaders:
    """Adds the headers that every answer carries; raw ASGI, since it runs for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                api = scope["path"].startswith("/api/")
                for name, value in (API_HEADERS if api else HEADERS).items():
                    headers.setdefault(name, value)
                if (scope["app"].state.settings.public_url or "").startswith("https://"):
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
