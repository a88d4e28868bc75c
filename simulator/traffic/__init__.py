"""Traffic of any size past cameras: cars of the made-up registers, planted grounds, and the truth kept."""

from simulator.traffic.book import Ground, Rules
from simulator.traffic.fleet import Kind, Mix
from simulator.traffic.reading import Mistakes
from simulator.traffic.roads import Roads, city_roads, extract_roads
from simulator.traffic.world import Traffic, World, generate, make_world

__all__ = [
    "Ground", "Kind", "Mistakes", "Mix", "Roads", "Rules", "Traffic", "World", "city_roads", "extract_roads",
    "generate", "make_world",
]  # fmt: skip
