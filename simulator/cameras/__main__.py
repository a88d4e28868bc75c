"""`python -m simulator.cameras --config cameras.json --port 8554`: cameras by RTSP until told to end.

With `--control` it reads commands from its standard input, one JSON object a line:
`{"camera": "school-1/corridor-2", "trouble": "freeze"}`; `"trouble": null` makes it well. It says one JSON
line once it serves: `{"port": 8554, "cameras": 120}`. With `--troubles` a file says the same of several:
`{"drone-1": "stop"}`; whoever it no longer names is well again.
"""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from simulator.cameras.camera import Trouble
from simulator.cameras.config import Config, ConfigUnreadable, read
from simulator.cameras.life import Cameras

LOOK_S: Final = 0.5


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.cameras", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="cameras.json")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8554, help="0: any free one")
    parser.add_argument("--films", type=Path, help="folder in which what was drawn is kept")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw")
    parser.add_argument(
        "--prepare", action="store_true", help="draw all of them now, not when one is looked at"
    )
    parser.add_argument("--control", action="store_true", help="commands on standard input")
    parser.add_argument("--troubles", type=Path, help="a file that says what is wrong with which cameras")
    return parser.parse_args()


async def _commands(cameras: Cameras) -> None:
    """Until the other end goes."""
    reader = asyncio.StreamReader(limit=64 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        try:
            told = json.loads(line)
            cameras.trouble(told["camera"], Trouble(told["trouble"]) if told.get("trouble") else None)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"not a command: {error!r}", file=sys.stderr, flush=True)


async def _troubles(cameras: Cameras, file: Path) -> None:
    """As the file says, from within `LOOK_S` after it says so."""
    seen, named = 0, set[str]()
    while True:
        with suppress(OSError):
            changed = _changed(file)
            if changed != seen:
                seen = changed
                named = _as_told(cameras, file, named)
        await asyncio.sleep(LOOK_S)


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns


def _as_told(cameras: Cameras, file: Path, before: set[str]) -> set[str]:
    """The cameras that are named. Raises OSError."""
    try:
        told = {name: Trouble(what) for name, what in json.loads(file.read_bytes()).items()}
    except (ValueError, AttributeError) as error:
        print(f"{file}: no list of troubles: {error!r}", file=sys.stderr, flush=True)
        return before
    for name in before | told.keys():
        if name in cameras.streams:
            cameras.trouble(name, told.get(name))
    return set(told)


async def _serve(config: Config, given: argparse.Namespace) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    cameras = Cameras(config, host=given.host, port=given.port, folder=given.films, workers=given.workers)
    async with cameras:
        if given.prepare:
            cameras.prepare()
        print(json.dumps({"port": cameras.port, "cameras": len(config.places)}), flush=True)
        commands = asyncio.create_task(_commands(cameras)) if given.control else None
        looks = asyncio.create_task(_troubles(cameras, given.troubles)) if given.troubles else None
        waits = asyncio.create_task(told.wait())
        await asyncio.wait([each for each in (commands, waits) if each], return_when=asyncio.FIRST_COMPLETED)
        for task in (commands, looks, waits):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def main() -> None:
    """Read the configuration and serve."""
    given = _arguments()
    try:
        config = read(given.config)
    except ConfigUnreadable as error:
        sys.exit(str(error))
    try:
        asyncio.run(_serve(config, given))
    except OSError as error:
        sys.exit(f"port {given.port}: {error.strerror}")


if __name__ == "__main__":
    main()
