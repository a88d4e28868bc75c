"""The city's drones and mobile complexes, and what a visitor does to their links."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from simulator.config import Config
from simulator.devices.drone import SAYS_S, TELEMETRY_S, Complex, Drone
from simulator.planning import Place
from simulator.web import Web

LOST: Final = "stop"
"""Of a camera behind a lost link: it is there and sends nothing."""


@dataclass
class Flights:
    """``troubles``: the file by which the simulated cameras learn whose picture is lost; none: pictures go
    on."""

    troubles: Path | None = None
    crews: dict[str, Complex] = field(default_factory=dict)
    _lost: set[str] = field(default_factory=set)

    def prepare(self, config: Config, web: Web, seed: int, places: Sequence[Place], pace: float) -> None:
        """Put the crews at work, all links up."""
        for each in config.flying if places else ():
            given: dict[str, Any] = {"flying": each, "told": self._told}
            if each.system is not None and config.mavlink is not None:
                crew: Complex = Drone(
                    each.device, web, seed, list(places), pace, TELEMETRY_S, mavlink=config.mavlink, **given
                )
            else:
                crew = Complex(each.device, web, seed, list(places), pace, SAYS_S, **given)
            self.crews[crew.unit_id] = crew
        self._write()

    async def link(self, unit_id: str, up: bool) -> None:
        """Raises KeyError."""
        self.crews[unit_id].link(up)
        await asyncio.to_thread(self._write)

    def _told(self, camera: str, *, lost: bool) -> None:
        (self._lost.add if lost else self._lost.discard)(camera)

    def _write(self) -> None:
        if self.troubles is None or not self.crews:
            return
        beside = self.troubles.with_suffix(".new")
        beside.write_text(json.dumps(dict.fromkeys(sorted(self._lost), LOST)), "utf-8")
        beside.replace(self.troubles)
