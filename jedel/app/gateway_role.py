"""The role `gateway`: devices."""

import asyncio
from functools import partial
from pathlib import Path

from nats.aio.client import Client

from jedel.access import devices
from jedel.access.seal import Sealer
from jedel.alarms.drivers.registry import Gateway, serving
from jedel.app.connections import open_links
from jedel.app.cutoff import cut_off_blocked
from jedel.app.leader import lead
from jedel.app.nats_auth import DeviceLogins
from jedel.app.settings import Settings
from jedel.cameras.mobile import Mavlink
from jedel.journal import Store
from jedel.plates.desk import Desk
from jedel.plates.taker import Taker
from jedel.units import PositionWriter


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
