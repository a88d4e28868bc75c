"""Places: maps, roads and travel time, streets and addresses, sites, closures."""

from jedel.places import sites
from jedel.places.live import Networks, networks_of
from jedel.places.network import Address, RoadNetwork, Route, Travel

__all__ = ["Address", "Networks", "RoadNetwork", "Route", "Travel", "networks_of", "sites"]
