"""Cameras that an alarm opens, for its incident and no longer."""

from jedel.cameras.openings.repository import open_cameras

__all__ = ["open_cameras"]
"""What others use."""
