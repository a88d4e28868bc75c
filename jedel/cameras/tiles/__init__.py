"""The map of every camera: vector tiles with live states."""

from jedel.cameras.tiles.live import CameraMap, camera_map_of
from jedel.cameras.tiles.model import CHANGED_SUBJECT, STATE_RECORD, STATE_SUBJECT

__all__ = ["CHANGED_SUBJECT", "STATE_RECORD", "STATE_SUBJECT", "CameraMap", "camera_map_of"]
