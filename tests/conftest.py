"""Real PostgreSQL and NATS for tests, one of each per test process; a database of its own for each test."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4
from zlib import crc32

import hypothesis
import nats
import psycopg
import pytest
import structlog
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from nats.aio.client import Client
from psycopg import Connection
from psycopg.rows import TupleRow

from jedel.access import service as access
from jedel.app import migrate
from jedel.app.connections import make_pool, waker
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.app.frames import FeedProtocol
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support.api import Api
from tests.support.app import application
from tests.support.seed import add_staff
from tests.support.waiting import eventually

# a busy machine may stop a test for longer than Hypothesis takes for sound: none of them looks for that
hypothesis.settings.register_profile("jedel", deadline=None)
hypothesis.settings.load_profile("jedel")

# no test calls anybody beyond this machine: reading its certificates for each HTTP client takes 25 ms
os.environ.pop("SSL_CERT_FILE", None)

LONG_FIRST = (
    "tests/media/test_webrtc",
    "tests/e2e/test_almaty",
    "tests/e2e/test_sign_in",
    "tests/app/test_supervisor",
    "tests/faults",
    "tests/cameras/test_health_prober",
    "tests/media/test_rtsp_fuzz",
    "tests/simulator",
    "tests/places/test_geocode_search",
    "tests/units/test_writer",
    "tests/places/test_import",
    "tests/app",
)
"""Files that take long begin first, so that the processes end together; and those with a city of their own
before the one that the others share is started, as those who time a picture do."""


ROOM_IN_MEMORY = 4 << 30
"""Bytes free in memory for a process's PostgreSQL to be kept there; it takes up to 1 GiB."""


THOROUGH = (
    "tests/asvs/test_v",
    "tests/app/test_embedded_postgres",
    "tests/app/test_fuzz",
    "tests/registers/test_fuzz",
    "tests/journal/test_cli",
    "tests/journal/test_proof",
    "tests/places/test_import",
    "tests/plates/test_writer_kills",
    "tests/qorgau/test_clones",
    "tests/simulator/test_city",
    "tests/simulator/test_registers",
    "tests/faults/test_reads",
    "tests/e2e/test_access",
    "tests/e2e/test_citizen",
    "tests/e2e/test_lookup",
    "tests/e2e/test_passkey",
    "tests/e2e/test_qorgau",
    "tests/e2e/test_sign_in",
)
"""Attacks on every route, generated input, every screen but the first loop's, and what takes long though its
code seldom changes: `make thorough`, which CI runs too, and so are tests of the real city. What is left is
`make test`."""


BROWSER_ALONE = re.compile(r"^pytestmark = .*mark\.browser", re.M)
THOROUGH_ALONE = re.compile(r"^pytestmark = .*mark\.(thorough|almaty)", re.M)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file without a test that scripts/test.py asks for is not even read: that takes each process long."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    asked = set(re.findall(r"(?:not )?\w+", config.option.markexpr.replace(" and ", ";")))
    text = collection_path.read_text(encoding="utf-8")
    place = collection_path.relative_to(config.rootpath).as_posix()
    alone = place.startswith(THOROUGH) or THOROUGH_ALONE.search(text) is not None
    return (
        ("browser" in asked and "mark.browser" not in text)
        or ("not browser" in asked and BROWSER_ALONE.search(text) is not None)
        or ("thorough" in asked and not alone and "mark.thorough" not in text and "almaty" not in text)
        or ("not thorough" in asked and alone)
        or None
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(THOROUGH) or "almaty" in getattr(item, "fixturenames", ()):
            item.add_marker("thorough")
    items.sort(key=lambda item: _begins_after(item.nodeid))


def _begins_after(nodeid: str) -> tuple[int, int]:
    """What is left in no order of rooms: files that mostly wait, as media's do, beside files that reckon."""
    places = (place for place, start in enumerate(LONG_FIRST) if nodeid.startswith(start))
    file = nodeid.partition("::")[0]
    return next(places, len(LONG_FIRST)), 0 if "/e2e/" in file else crc32(file.encode())


ALMATY = Path(__file__).parents[2] / "shared" / "data" / "map" / "almaty-2012.osm.pbf"
"""The real extract, where it lies beside the repository."""


@pytest.fixture(scope="session")
def almaty() -> Path:
    if not ALMATY.is_file():
        pytest.skip(f"no real extract at {ALMATY}")
    return ALMATY


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Passwords by the same algorithm at the least cost: a hundred sign-ins would otherwise take a minute.
    That the real cost is what it should be is a test of its own (tests/asvs/test_v06_authentication.py)."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "HASHER", quick)
        patch.setattr(access, "NOBODY_HASH", quick.hash(uuid4().hex))
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> Iterator[None]:
    """structlog's default prints every local variable of a failure that is logged, which takes seconds."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    yield
    structlog.reset_defaults()


@dataclass(frozen=True)
class Database:
    """A migrated database that only one test uses."""

    url: str


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A real server without fsync, in memory where there is room: tests that kill it use their own."""
    with _fast_folder(tmp_path_factory) as folder:
        server = EmbeddedPostgres(folder, durable=False)
        server.start()
        yield server
        server.stop()


@contextmanager
def _fast_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < ROOM_IN_MEMORY:
        yield tmp_path_factory.mktemp("postgres")
        return
    with TemporaryDirectory(dir=memory, prefix="jedel-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedNats]:
    """A real server with JetStream and MQTT."""
    server = EmbeddedNats(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Iterator[Connection[TupleRow]]:
    """Where databases are made and dropped: one connection, for its opening costs as much as the copying."""
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        yield conn


def _create_database(databases: Connection[TupleRow], name: str, template: str) -> None:
    # copying files beats copying through the WAL five times where nothing is flushed
    databases.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres, databases: Connection[TupleRow]) -> str:
    """A database made by the real migrations, with the test staff in it."""
    _create_database(databases, "template_jedel", "template0")
    url = postgres.url_of("template_jedel")
    migrate.upgrade(url)

    async def seed() -> None:
        async with make_pool(url, 2) as pool:
            await add_staff(Store(pool, ManualClock(datetime.now(UTC))))

    asyncio.run(seed())
    return "template_jedel"


@pytest.fixture
def database(
    postgres: EmbeddedPostgres, databases: Connection[TupleRow], template: str
) -> Iterator[Database]:
    """A fresh copy of the template, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    _create_database(databases, name, template)
    yield Database(postgres.url_of(name))
    databases.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> ManualClock:
    """Stands at the real time of the test's start until the test moves it."""
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def nats_url(nats_server: EmbeddedNats) -> str:
    return nats_server.url


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Client]:
    """A connected NATS client on a server without streams."""
    client = await nats.connect(nats_url)
    js = client.jetstream()
    for stream in await js.streams_info():
        if stream.config.name and not stream.config.name.startswith("$MQTT"):
            await js.delete_stream(stream.config.name)
    yield client
    await client.close()


@pytest.fixture
async def store(database: Database, clock: ManualClock) -> AsyncIterator[Store]:
    """The rooms' way to the test's database; its clock is ``clock``."""
    async with make_pool(database.url, 6) as pool:
        yield Store(pool, clock)


@pytest.fixture
def settings(database: Database, nats_server: EmbeddedNats, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database.url,
        nats_url=nats_server.url,
        nats_issuer_file=nats_server.issuer_file,
        mqtt_port=nats_server.mqtt_port,
        http_port=0,
        dc09_port=0,
        media_port=0,
    )


@pytest.fixture
async def app(settings: Settings, store: Store, bus: Client) -> FastAPI:
    """The whole application on the test's database and NATS."""
    app = application(settings, Store(store.pool, store.clock, waker(bus)), bus)
    await app.state.hub.listen(bus)
    return app


@pytest.fixture
def client(app: FastAPI) -> Api:
    """The application in process: ``seat = await client.login("duty")``."""
    return Api(app, app.state.store)


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[Api]:
    """The application behind a real socket, for WebSockets; its feeds run."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None, ws=FeedProtocol))
    serving = asyncio.create_task(server.serve())
    feeds = asyncio.create_task(app.state.hub.run())

    async def started() -> bool:
        return server.started

    await eventually(started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Api(None, app.state.store, f"http://127.0.0.1:{port}")
    feeds.cancel()
    server.should_exit = True
    await serving
