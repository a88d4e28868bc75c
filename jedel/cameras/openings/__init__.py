"""Cameras that an alarm opens, for its incident and no longer."""

from jedel.cameras.openings.jobs import jobs
from jedel.cameras.openings.reactor import Openings
from jedel.cameras.openings.repository import open_cameras
from jedel.cameras.openings.service import Pictures, collection

__all__ = ["Openings", "Pictures", "collection", "jobs", "open_cameras"]
"""What others use."""
