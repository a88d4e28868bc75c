"""Number plates, drawn without fonts, and camera pictures with cars that bear them."""

from simulator.plates.plate import SERIES, draw_plate, rows_of

__all__ = ["SERIES", "draw_plate", "rows_of"]
