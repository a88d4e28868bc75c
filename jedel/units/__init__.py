"""Patrols: who is on shift, what they do, where they are, who is nearest.

For other rooms: `service.take`, `advance`, `free` (inside the caller's transaction; the caller records the
view they return), `service.nearest`, `service.get`. For `app`: `api.router`, `service.collection` (named
"units"), `jobs.jobs(store)`, `PositionWriter(store, nats).run()` in one gateway at a time, and
`last_positions(conn)`: each region's `HotUnits` begins with these before it follows
`jedel.positions.now.<region>`.
"""

from jedel.units.hot import HotUnits
from jedel.units.model import Unit, UnitKind, UnitStatus
from jedel.units.positions import PositionWriter
from jedel.units.positions import last as last_positions
from jedel.units.service import NearUnit

__all__ = [
    "HotUnits",
    "NearUnit",
    "PositionWriter",
    "Unit",
    "UnitKind",
    "UnitStatus",
    "last_positions",
]
