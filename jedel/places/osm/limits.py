"""Bounds of an import."""

OBJECTS_PER_STEP = 20_000
"""Objects read between two signs of life."""

PLACE_GRID_DEG = 1e-7
"""The grid that OpenStreetMap itself keeps places on."""

DISTRICT_LEVELS = (6, 7, 8, 9)
"""admin_level of rayons (6), towns (7, 8) and city districts (9) in OpenStreetMap's Kazakhstan."""

DISTRICT_COVERED = 0.8
"""A unit covered to this share by finer ones is dropped for them."""

STREET_GAP_M = 1_000.0
"""Roads of one name further apart than this are two streets."""

CROSSROAD_GAP_M = 60.0
"""Junctions of the same two streets nearer than this are one crossroad (dual carriageways)."""

ADDRESS_STREET_M = 1_500.0
"""How far a house may be from the street its address names."""
