"""An alarm panel that speaks SIA DC-09 over TCP, in clear or with AES: events, and polls that it is alive.

Frames are made and read by `siadc09`, a peer of the centre's own receiver.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from siadc09.account import Account
from siadc09.message import EventMessage, NullMessage, parse_frame
from siadc09.siadcs import parse_siadcs

from simulator.config import Address, Device
from simulator.devices.receipt import NoReceipt, Receipt

logging.getLogger("siadc09").propagate = False  # it logs every frame

POLL_S: Final = 40.0
REPLY_S: Final = 4.0
AGAIN_S: Final = 1.0
ZONES: Final = {"help": "1", "lockdown": "2"}
"""The panel's zones, as it was set up at the centre."""


@dataclass
class Dc09Panel:
    """A bank's panel. Every frame has its own connection, as with most real ones."""

    device: Device
    address: Address
    first_poll_s: float = 0.0
    linked: bool = False
    _seq: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        acct = int(self.device.account or "0", 16)
        self.account = Account(acct=acct, key=self.device.aes_key)

    async def run(self) -> None:
        """Poll until cancelled; a panel that stops is unavailable at the centre."""
        await asyncio.sleep(self.first_poll_s)
        while True:
            with suppress(NoReceipt):
                await self._deliver(NullMessage(self.account), POLL_S / 2)
            await asyncio.sleep(POLL_S)

    async def press(self, level: str, within_s: float = 30.0) -> Receipt:
        """Send a panic event of the level's zone and wait for the ACK. Raises NoReceipt."""
        event = f"#{self.device.account}|Nri1/PA{ZONES[level]}".encode()
        message = EventMessage(self.account, config={"idtoken": "SIA-DCS", "data": parse_siadcs(event)})
        return await self._deliver(message, within_s)

    async def _deliver(self, message: Any, within_s: float) -> Receipt:
        """The same frame, the same number, until it is acknowledged."""
        seq = next(self._seq) % 9999 or 9999
        at = datetime.now(UTC)
        began, tries, said = time.perf_counter(), 0, "no answer"
        while time.perf_counter() - began < within_s:
            tries += 1
            reply = await self._exchange(message.encode(seq=seq, timestamp=at))
            said = reply.idtoken if reply is not None else "no answer"
            self.linked = said == "ACK"
            if said == "ACK":
                return Receipt(f"ACK {seq:04d}", None, (time.perf_counter() - began) * 1000, tries)
            if said == "NAK":
                at = datetime.now(UTC)
            await asyncio.sleep(AGAIN_S)
        raise NoReceipt(f"no ACK within {within_s:.0f} s ({said})")

    async def _exchange(self, frame: bytes) -> Any:
        """One connection: the frame out, the reply in; None where none came."""
        try:
            async with asyncio.timeout(REPLY_S):
                reader, writer = await asyncio.open_connection(self.address.host, self.address.port)
                try:
                    writer.write(frame)
                    await writer.drain()
                    reply = await reader.readuntil(b"\r")
                finally:
                    writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None
        try:
            return parse_frame(reply, self.account.key)
        except (TypeError, RuntimeError, ValueError):
            return None
