"""Which engine this machine has."""

from importlib.util import find_spec

import numpy as np

from jedel.places.network.dijkstra import DijkstraEngine
from jedel.places.network.engine import Engine
from jedel.places.network.graph import Floats, Ints, RoadGraph

HAS_CCH = find_spec("routingkit_cch") is not None


def engine(graph: RoadGraph) -> Engine:
    """The contraction hierarchy where its package is installed and the graph has an order, else Dijkstra."""
    if HAS_CCH and len(graph.order) == graph.nodes:
        from jedel.places.network.cch import CchEngine

        return CchEngine(graph)
    return DijkstraEngine(graph)


def order(nodes: int, tail: Ints, head: Ints, lon: Floats, lat: Floats) -> Ints:
    """(N,) contraction order; empty where the hierarchy's package is missing."""
    if HAS_CCH:
        from jedel.places.network.cch import contraction_order

        return contraction_order(nodes, tail, head, lon, lat)
    return np.empty(0, np.int32)
