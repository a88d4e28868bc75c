"""Vehicles that speak MAVLink over UDP: heard in one gateway, carried on as positions and poses.

Nothing is answered: whoever sends cannot make us send. What comes from elsewhere than the allowed networks,
from vehicles that nobody registered, or is no MAVLink, is counted and forgotten.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Final
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import Counter
from psycopg import Error as DatabaseError

from jedel.access.seal import Sealer, SealFault
from jedel.cameras.mobile import repository
from jedel.cameras.mobile.codec import Gimbal, Lens, Malformed, Place, Reader, Reason, Said, frames
from jedel.cameras.mobile.model import Pose, Vehicle
from jedel.journal import Store
from jedel.kernel.tasks import heed_cancel
from jedel.units import codec as positions
from jedel.units.codec import Fix
from jedel.units.positions import intake, stream

log = structlog.get_logger()

TAKEN = Counter("jedel_mavlink_frames_total", "MAVLink frames that were understood")
REFUSED = Counter("jedel_mavlink_refused_total", "MAVLink frames that were not believed", ["reason"])

LOOK_EVERY_S: Final = 5.0
"""How soon a vehicle that was just registered is heard."""
TELL_EVERY_S: Final = 0.2
POSE_EVERY_S: Final = 0.5


@dataclass
class Heard:
    """A vehicle and what it said so far."""

    vehicle: Vehicle
    reader: Reader
    pose: Pose | None = None
    gimbal: Gimbal | None = None
    speed_m_s: float = 0.0
    fresh: bool = False
    """Its place is newer than what was told."""


class Mavlink(asyncio.DatagramProtocol):
    """``networks``: CIDR blocks from which vehicles may speak. `run` until cancelled."""

    def __init__(
        self, store: Store, nats: Client, sealer: Sealer, address: tuple[str, int], networks: str
    ) -> None:
        self.port = 0
        """Where it listens, once it does."""
        self._store, self._nats, self._sealer = store, nats, sealer
        self._address = address
        self._networks = tuple(ip_network(part.strip()) for part in networks.split(",") if part.strip())
        self._heard: dict[int, Heard] = {}
        self._kept: dict[UUID, Pose] = {}

    async def run(self) -> None:
        await self._look()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=self._address)
        self.port = transport.get_extra_info("sockname")[1]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._every(LOOK_EVERY_S, self._look))
                tasks.create_task(self._every(TELL_EVERY_S, self._tell))
                tasks.create_task(self._every(POSE_EVERY_S, self._keep))
        finally:
            transport.close()

    async def _every(self, seconds: float, what: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await what()
            except (DatabaseError, NatsError, TimeoutError) as error:
                log.warning("mavlink waits", error=repr(error))
            heed_cancel()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Everything that a datagram can do to us is here, and none of it waits or raises."""
        sender = ip_address(addr[0].partition("%")[0])
        if not any(sender in network for network in self._networks):
            REFUSED.labels(Reason.WRONG_NETWORK).inc()
            return
        for found in frames(data):
            if isinstance(found, Malformed):
                REFUSED.labels(found.reason).inc()
                continue
            heard = self._heard.get(found.system_id)
            if heard is None:
                REFUSED.labels(Reason.UNKNOWN_VEHICLE).inc()
                continue
            said = heard.reader.read(found, time.time())
            if isinstance(said, Reason):
                REFUSED.labels(said).inc()
            else:
                TAKEN.inc()
                if said is not None:
                    _hear(heard, said, datetime.now(UTC))

    async def _look(self) -> None:
        """Which vehicles there are; one whose key changed begins anew."""
        async with self._store.glance() as tx:
            rows = await repository.vehicles(tx.conn)
        found: dict[int, Heard] = {}
        for row in rows:
            sealed = row.pop("key")
            try:
                key = self._sealer.open(bytes(sealed), row["unit_id"]) if sealed is not None else None
            except SealFault as fault:
                log.error("the key of a vehicle cannot be opened", unit=str(row["unit_id"]), error=str(fault))
                continue
            vehicle = Vehicle(**row, key=key)
            before = self._heard.get(vehicle.system_id or 0)
            same = before is not None and before.vehicle == vehicle
            found[vehicle.system_id or 0] = before if before and same else Heard(vehicle, Reader(key))
        self._heard = found

    async def _tell(self) -> None:
        """New places into the stream of all positions, by region."""
        by_region: dict[str, list[Fix]] = {}
        for heard in self._heard.values():
            if heard.fresh and heard.pose is not None:
                heard.fresh = False
                by_region.setdefault(heard.vehicle.region, []).append(_fix(heard, heard.pose))
        for region, fixes in by_region.items():
            await intake.publish(self._nats, f"{stream.RAW}.{region}", positions.encode(fixes))

    async def _keep(self) -> None:
        """Poses for the screens: the last of each."""
        now = {h.vehicle.unit_id: h.pose for h in self._heard.values() if h.pose is not None}
        new = [(unit_id, pose) for unit_id, pose in now.items() if self._kept.get(unit_id) != pose]
        if new:
            async with self._store.transaction() as tx:
                await repository.said(tx.conn, new)
        self._kept = now


def _hear(heard: Heard, said: Said, now: datetime) -> None:
    """Take in what was said; our own clock is its time."""
    if isinstance(said, Place):
        heard.speed_m_s = said.speed_m_s
        heard.pose = _looking(Pose(now, said.lon, said.lat, said.altitude_m, said.heading), heard.gimbal)
        heard.fresh = True
    elif isinstance(said, Gimbal):
        heard.gimbal = said
        if heard.pose is not None:
            heard.pose = _looking(heard.pose, said)
    elif isinstance(said, Lens):
        return  # what was registered counts: a zoom that nobody sees must not widen the footprint


def _looking(pose: Pose, gimbal: Gimbal | None) -> Pose:
    if gimbal is None:
        return pose
    bearing = gimbal.yaw if gimbal.absolute else None
    if bearing is None and pose.heading is not None:
        bearing = (pose.heading + gimbal.yaw) % 360
    return replace(pose, pitch=gimbal.pitch, bearing=bearing)


def _fix(heard: Heard, pose: Pose) -> Fix:
    at_us = round(pose.at.timestamp() * 1e6)
    return Fix(heard.vehicle.unit_id, at_us, pose.lon, pose.lat, heard.speed_m_s * 3.6, pose.heading, None)
