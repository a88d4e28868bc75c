"""The cameras in a process of their own, so that nobody waits for their pictures."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Self

from simulator.cameras.camera import Trouble


class CamerasDead(Exception):
    """They do not begin, or have ended."""


class CamerasProcess:
    """``async with CamerasProcess(config, port=8554, films=folder)``: `python -m simulator.cameras`."""

    def __init__(
        self,
        config: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        films: Path | None = None,
        prepare: bool = False,
    ) -> None:
        self._command = ["--config", str(config), "--host", host, "--port", str(port), "--control"]
        self._command += ["--films", str(films)] if films else []
        self._command += ["--prepare"] if prepare else []
        self._host = host
        self.port = port
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Raises CamerasDead."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulator.cameras",
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise CamerasDead(f"the cameras ended with {await self._process.wait()}")
        self.port = int(json.loads(line)["port"])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()  # they end with it, also when this process is killed
        try:
            async with asyncio.timeout(10):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def wait(self) -> int:
        """Until they end by themselves; their exit status."""
        assert self._process is not None
        return await self._process.wait()

    def url(self, name: str, stream: str = "sub") -> str:
        return f"rtsp://{self._host}:{self.port}/{name}/{stream}"

    async def trouble(self, name: str, trouble: Trouble | None) -> None:
        """Raises CamerasDead."""
        if self._process is None or self._process.stdin is None or self._process.returncode is not None:
            raise CamerasDead("the cameras have ended")
        told = {"camera": name, "trouble": trouble}
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        try:
            await self._process.stdin.drain()
        except ConnectionError:
            raise CamerasDead("the cameras have ended") from None
