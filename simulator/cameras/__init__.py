"""Cameras of the simulated city: RTSP streams whose pictures are drawn, encoded once and served in a loop.

`Cameras` (in this process), `CamerasProcess` (in one of its own), `python -m simulator.cameras`.
"""

from simulator.cameras.camera import Trouble
from simulator.cameras.config import Config, Place, config_of, read
from simulator.cameras.life import Cameras
from simulator.cameras.process import CamerasDead, CamerasProcess

__all__ = ["Cameras", "CamerasDead", "CamerasProcess", "Config", "Place", "Trouble", "config_of", "read"]
