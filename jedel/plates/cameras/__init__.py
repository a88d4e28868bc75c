"""Cameras that read number plates: the registry, what each process knows of them, their clocks and faults."""

from jedel.plates.cameras.live import CHANGED_SUBJECT, Cameras
from jedel.plates.cameras.model import Camera, DriverName

__all__ = ["CHANGED_SUBJECT", "Camera", "Cameras", "DriverName"]
