"""Number plates, drawn without fonts, and camera pictures with cars that bear them."""

from simulator.plates.cars import Car, draw_car
from simulator.plates.plate import SERIES, draw_plate, rows_of
from simulator.plates.scene import Frame, Scene, Truth, frame

__all__ = ["SERIES", "Car", "Frame", "Scene", "Truth", "draw_car", "draw_plate", "frame", "rows_of"]
