"""Travel time on the road graph, and an honest estimate where there is no road."""

from jedel.places.network.answers import Address, Route, Travel
from jedel.places.network.network import RoadNetwork

__all__ = ["Address", "RoadNetwork", "Route", "Travel"]
