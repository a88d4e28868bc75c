"""Saved walls of live tiles: one's own, and those that a region's seats share."""

from jedel.cameras.walls.service import collection

__all__ = ["collection"]
"""What others use."""
