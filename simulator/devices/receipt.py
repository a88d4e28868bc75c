"""What a device learns after a press."""

from dataclasses import dataclass
from typing import Protocol

from simulator.config import Device


class NoReceipt(Exception):
    """The centre refused the signal, or did not answer in time; the text says which."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The centre's own receipt, sent after it stored the signal. `alarm`: None where the protocol has no room
    for it (DC-09) or none was raised. `ms` from the press to the receipt; `tries` how often it was sent.
    """

    receipt: str
    alarm: str | None
    ms: float
    tries: int


class Alarmer(Protocol):
    """A device with a button."""

    device: Device

    async def run(self) -> None:
        """Keep the link and report in until cancelled."""

    async def press(self, level: str, within_s: float = 30.0) -> Receipt:
        """Press and wait for the receipt, repeating the same signal until it comes. Raises NoReceipt."""
