"""Any JSON that a camera pushes: the field mapping is the camera's configuration. Pure."""

from jedel.plates.drivers.jsonreads import decode

__all__ = ["decode"]
