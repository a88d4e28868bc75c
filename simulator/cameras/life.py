"""All simulated cameras behind one RTSP port."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

from rtsp import auth
from rtsp.payloads import Format
from rtsp.server import Mount, Refused, Server
from simulator.cameras.camera import OTHER_SIZE, Stream, Trouble
from simulator.cameras.config import SIZES, Config
from simulator.cameras.film import Films, format_of, quietly

REALM = "camera"


class Cameras:
    """``async with Cameras(config) as cameras``: they are there; ``cameras.url(name)``.

    ``folder``: where films are kept between runs; ``workers``: processes that draw.
    """

    def __init__(
        self,
        config: Config,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        folder: Path | None = None,
        workers: int = 1,
    ) -> None:
        self.config, self._host, self._port = config, host, port
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), quietly)
        self.films = Films(self._work, workers, folder)
        self.server = Server(self._find, name=REALM)
        self.streams: dict[str, dict[str, Stream]] = {}
        self._makes: asyncio.Task[None] | None = None

    def _work(self, function: Any, *arguments: Any) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)

    async def __aenter__(self) -> Self:
        """Raises OSError where the port is taken."""
        sizes = [*SIZES.values(), OTHER_SIZE]
        found: list[Format] = await asyncio.gather(*(self._work(format_of, size) for size in sizes))
        formats = dict(zip(sizes, found, strict=True))
        for place in self.config.places:
            self.streams[place.name] = {name: Stream(place, name, self.films, formats) for name in SIZES}
        self._makes = asyncio.create_task(self.films.run())
        await self.server.start(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()
        if self._makes is not None:
            self._makes.cancel()
            await asyncio.gather(self._makes, return_exceptions=True)
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def port(self) -> int:
        return self.server.port

    def url(self, name: str, stream: str = "sub") -> str:
        return f"rtsp://{self._host}:{self.port}/{name}/{stream}"

    def trouble(self, name: str, trouble: Trouble | None) -> None:
        """Both streams of a camera. Raises KeyError: no such camera."""
        for stream in self.streams[name].values():
            stream.put(trouble)
            if trouble is Trouble.GONE:
                self.server.cut(stream)

    def prepare(self, names: Iterable[str] | None = None) -> None:
        """Have the films of these cameras (all) made when nobody waits for another."""
        for name in self.streams if names is None else names:
            self.streams[name]["sub"].prepare()

    async def _find(self, path: str, login: auth.Login | None) -> Mount:
        if self.config.user:
            known = (
                login is not None and login.user == self.config.user and login.matches(self.config.password)
            )
            if not known:
                raise Refused(401)
        name, _, stream = path.rpartition("/")
        if name not in self.streams or stream not in SIZES:
            name, stream = path, "sub"
        if name not in self.streams:
            raise Refused(404)
        found = self.streams[name][stream]
        if found.trouble is Trouble.GONE:
            raise Refused(404)
        return found
