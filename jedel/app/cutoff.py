"""Devices that were blocked lose their connections to NATS and MQTT at once, not when their grant ends.

The journal says who (through the relay, within a fraction of a second); the server's system account finds the
connections and closes them. A sweep catches what a gateway that was not there did not hear. Nothing here lets
anybody in: that is `nats_auth`, which asks PostgreSQL each time.

Protocol: https://docs.nats.io/running-a-nats-service/configuration/sys_accounts (CONNZ; KICK since 2.10).
"""

import asyncio
import re
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from prometheus_client import Counter
from psycopg_pool import PoolTimeout

from jedel.access.devices import DEVICE_BLOCKED, DEVICE_CODE_RENEWED
from jedel.access.repository import blocked_among
from jedel.app.connections import connect_nats
from jedel.app.feed import HEAD_MAX
from jedel.journal import Store
from jedel.kernel.tasks import heed_cancel

log = structlog.get_logger()

CUT = Counter("jedel_devices_cut_off_total", "Connections of blocked devices that were closed")

SWEEP_EVERY_S: Final = 60.0
PAGE: Final = 1024
CONNECTIONS: Final = "$SYS.REQ.SERVER.PING.CONNZ"

_OUT = re.compile(
    b'"kind":"(?:%b|%b)","subject":"([0-9a-f-]{36})"'
    % (re.escape(DEVICE_BLOCKED).encode(), re.escape(DEVICE_CODE_RENEWED).encode())
)


async def cut_off_blocked(system_url: str, store: Store, nats: Client) -> None:
    """Connect as the system account and do it for ever."""
    system = await connect_nats(system_url, "cutoff")
    try:
        cutoff = Cutoff(store, system)
        await cutoff.listen(nats)
        await cutoff.run()
    finally:
        await system.close()


class Cutoff:
    """Closes connections by the system account's link `system`; several gateways may do the same."""

    def __init__(self, store: Store, system: Client) -> None:
        self._store = store
        self._system = system
        self._one = system.new_inbox()
        self._page = system.new_inbox()

    async def listen(self, nats: Client) -> None:
        """Begin to follow the journal."""
        await self._system.subscribe(self._one, cb=self._on_connections)
        await self._system.subscribe(self._page, cb=self._on_page)
        await nats.subscribe("jedel.journal.*", cb=self._on_entry)

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            try:
                await self.sweep()
            except (NatsError, OSError) as error:
                log.warning("blocked devices not looked for", error=repr(error))
            heed_cancel()
            await asyncio.sleep(SWEEP_EVERY_S)

    async def sweep(self) -> None:
        """Look through every connection of every server, page by page as the answers come."""
        await self._ask({"offset": 0}, self._page)

    async def cut(self, device: UUID) -> None:
        """Close the connections that this device has."""
        await self._ask({"user": str(device)}, self._one)

    async def _on_entry(self, message: Msg) -> None:
        found = _OUT.search(message.data[:HEAD_MAX])
        if found is not None:
            await self.cut(UUID(found[1].decode()))

    async def _on_connections(self, message: Msg) -> None:
        server, connections = _read(message.data)
        for each in connections:
            await self._kick(server, each)

    async def _on_page(self, message: Msg) -> None:
        server, connections = _read(message.data)
        users = {device: each for each in connections if (device := _device(each)) is not None}
        try:
            async with self._store.reading() as tx:
                out = await blocked_among(tx.conn, list(users))
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("blocked devices not looked up", error=repr(error))
            return
        for each in connections:
            if _device(each) in out:
                await self._kick(server, each)
        if len(connections) == PAGE:
            offset = orjson.loads(message.data)["data"]["offset"] + PAGE
            await self._ask({"offset": offset}, self._page, f"$SYS.REQ.SERVER.{server}.CONNZ")

    async def _ask(self, what: dict[str, Any], reply: str, subject: str = CONNECTIONS) -> None:
        options = {"auth": True, "limit": PAGE} | what
        await self._system.publish(subject, orjson.dumps(options), reply=reply)

    async def _kick(self, server: str, connection: dict[str, Any]) -> None:
        CUT.inc()
        log.info("device cut off", device=connection["authorized_user"])
        # without a subject for its answer the server does nothing
        subject, reply = f"$SYS.REQ.SERVER.{server}.KICK", f"{self._one}.kicked"
        await self._system.publish(subject, orjson.dumps({"cid": connection["cid"]}), reply=reply)


def _read(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The server that answers, and its connections."""
    answer = orjson.loads(data)
    return answer["server"]["id"], (answer.get("data") or {}).get("connections") or []


def _device(connection: dict[str, Any]) -> UUID | None:
    try:
        return UUID(connection.get("authorized_user", ""))
    except ValueError:
        return None
