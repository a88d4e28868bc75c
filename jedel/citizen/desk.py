"""What one web process keeps for the citizen services: its guard, and which tables the registers are in."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from jedel.citizen.addresses import Network, networks
from jedel.citizen.guard import Guard, Limits
from jedel.citizen.secret import load_or_make
from jedel.journal import Store
from jedel.registers import repository as registers
from jedel.registers.repository import InForce

IN_FORCE_S = 2.0
"""For so long a process goes on reading tables that an import has replaced."""


@dataclass(frozen=True, slots=True)
class CitizenSettings:
    """``secret``: none: the one in ``secret_file``, made on first use. ``trusted_proxies``: networks whose
    X-Forwarded-For is believed. ``regions``: that take reports."""

    secret_file: Path
    secret: str | None = None
    trusted_proxies: str = ""
    regions: tuple[str, ...] = ("00",)
    limits: Limits = field(default_factory=Limits)


class Desk:
    """Made with the application; the secret is read when the first question comes."""

    def __init__(self, settings: CitizenSettings) -> None:
        self.settings = settings
        self.trusted: tuple[Network, ...] = networks(settings.trusted_proxies)
        self._guard: Guard | None = None
        self._in_force: InForce | None = None
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def guard(self) -> Guard:
        if self._guard is None:
            given = self.settings.secret
            secret = given.encode() if given else load_or_make(self.settings.secret_file)
            self._guard = Guard(secret, self.settings.limits)
        return self._guard

    async def in_force(self, store: Store, *, anew: bool = False) -> InForce:
        """The registers' tables, asked of PostgreSQL every two seconds at most.

        Args:
            anew: one of them was gone.
        """
        if anew:
            self._asked_at = float("-inf")
        if self._in_force is None or time.monotonic() - self._asked_at > IN_FORCE_S:
            async with self._asking:
                if self._in_force is None or time.monotonic() - self._asked_at > IN_FORCE_S:
                    asked_at = time.monotonic()
                    async with store.pool.connection() as conn:
                        self._in_force = await registers.in_force(conn)
                    self._asked_at = asked_at
        return self._in_force
