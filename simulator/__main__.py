"""`python -m simulator --config devices.json`: brings the demo city to life, and serves its devices' page."""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from simulator.config import Config, ConfigUnreadable, read
from simulator.demo_page import page_server
from simulator.flights import Flights
from simulator.life import CALM_S, Life, Wishes
from simulator.web import Web


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A city that drives Jedel from outside."
    )
    parser.add_argument("--config", type=Path, default=Path("var/demo/devices.json"), help="devices and keys")
    parser.add_argument("--url", help="the centre's address, instead of the one in the configuration")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same events")
    parser.add_argument("--rate", type=float, default=1.0, help="times as many presses and positions")
    parser.add_argument(
        "--calm",
        type=float,
        default=float(os.environ.get("JEDEL_DEMO_CALM_S", CALM_S)),
        help="seconds between presses at rate 1; 0: none by themselves (JEDEL_DEMO_CALM_S)",
    )
    parser.add_argument("--pace", type=float, default=1.0, help="times as fast as life")
    parser.add_argument("--patrols", type=int, help="only so many of the patrols")
    parser.add_argument("--host", default="127.0.0.1", help="where the page of devices is served")
    parser.add_argument("--port", type=int, default=8010, help="its port; 0: no page")
    parser.add_argument(
        "--troubles", type=Path, help="where `simulator.cameras` looks which pictures are lost"
    )
    arguments = parser.parse_args()
    if arguments.rate <= 0 or arguments.pace <= 0 or arguments.calm < 0:
        parser.error("--rate and --pace are above 0, --calm is not below it")
    return arguments


async def _live(config: Config, wishes: Wishes, given: argparse.Namespace) -> None:
    host, port = given.host, given.port
    web = Web.of(config.url)
    life = Life(config, wishes, web, flights=Flights(given.troubles))
    try:
        await life.prepare()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(life.run())
            if port:
                tasks.create_task(page_server(life, host, port).serve())
            print(
                f"{len(life.patrols)} patrols, {len(life.alarmers)} devices, seed {wishes.seed}", flush=True
            )
    finally:
        await web.close()


async def _until_told(config: Config, wishes: Wishes, given: argparse.Namespace) -> None:
    """Live until SIGTERM or SIGINT."""
    living = asyncio.create_task(_live(config, wishes, given))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, living.cancel)
    with suppress(asyncio.CancelledError):
        await living


def main() -> None:
    """Read the configuration and live."""
    arguments = _arguments()
    try:
        config = read(arguments.config)
    except ConfigUnreadable as error:
        sys.exit(str(error))
    if arguments.url:
        config = replace(config, url=arguments.url.rstrip("/"))
    wishes = Wishes(arguments.seed, arguments.rate, arguments.calm, arguments.pace, arguments.patrols)
    asyncio.run(_until_told(config, wishes, arguments))


if __name__ == "__main__":
    main()
