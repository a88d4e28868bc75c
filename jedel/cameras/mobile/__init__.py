"""Mobile complexes and drones: where they are and what their cameras look at."""

from jedel.cameras.mobile.session import Mavlink

__all__ = ["Mavlink"]
