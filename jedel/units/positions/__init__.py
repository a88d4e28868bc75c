"""The way of a position: HTTP or NATS → stream → PostgreSQL, each exactly once → hot pictures and screens."""

from jedel.units.positions.repository import last
from jedel.units.positions.writer import PositionWriter

__all__ = ["PositionWriter", "last"]
