"""The demo city: generated from a seed, written as an OpenStreetMap extract, imported like any other."""

from simulator.city.plan import SEED, City, build
from simulator.city.write import write_pbf

__all__ = ["SEED", "City", "build", "write_pbf"]
