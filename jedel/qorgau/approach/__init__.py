"""Where a car can be after a camera saw it, and which patrol can be there before it."""

from jedel.qorgau.approach.approach import Approach, Meeting, Patrols

__all__ = ["Approach", "Meeting", "Patrols"]
"""What others use."""
