"""How cars choose at junctions: the share of those who drive one arc that go on to each next one.

There are no counts of turning cars for a whole country, so the shares are a model: straight on is likelier
than a turn, a bigger road likelier than a smaller, nobody turns back. The weights below are assumptions; they
are the only ones, and a region that has counted its junctions can do better by changing this file alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from jedel.places.model import ROAD_CLASSES
from jedel.places.network.graph import Floats, Ints, RoadGraph, metres_per_degree

_TURN_DEG: Final = (0.0, 25.0, 60.0, 110.0, 150.0, 180.0)
_TURN_WEIGHT: Final = (1.0, 1.0, 0.45, 0.30, 0.08, 0.02)
"""Weight by the angle between the way one comes and the way one goes; between these points it is a line."""
_CLASS_WEIGHT: Final = {
    "motorway": 8.0,
    "trunk": 8.0,
    "primary": 6.0,
    "secondary": 4.0,
    "tertiary": 2.5,
    "unclassified": 1.2,
    "residential": 1.0,
    "living_street": 0.4,
    "service": 0.2,
}
"""By the road one would go on to; a link counts as its road, what is not named here as residential."""
TURN_S: Final = 4.0
"""What a turn costs beyond the road's own time."""
TURN_FROM_DEG: Final = 45.0


@dataclass(frozen=True, slots=True)
class Turns:
    """Of one graph with A arcs. ``share``: (A, A) unnormalised weight from an arc to the next; ``slow_s``:
    (A,) mean seconds lost on entering an arc by a turn; ``out_deg``, ``in_deg``: (A,) compass degrees at
    which an arc begins and ends."""

    share: csr_array
    slow_s: Floats
    out_deg: Floats
    in_deg: Floats


def turns_of(graph: RoadGraph) -> Turns:
    """Seconds for a country, a fraction of one for a city; once for a map."""
    out_deg, in_deg = _bearings(graph)
    degree = np.diff(graph.first_arc)
    after = degree[graph.arc_head]
    a = np.repeat(np.arange(graph.arcs), after)
    nth = np.arange(len(a)) - np.repeat(np.cumsum(after) - after, after)
    b = graph.first_arc[graph.arc_head[a]] + nth
    back = graph.arc_road[a] == graph.arc_road[b]
    a, b = a[~back], b[~back]
    angle = np.abs((out_deg[b] - in_deg[a] + 180.0) % 360.0 - 180.0)
    weight = np.interp(angle, _TURN_DEG, _TURN_WEIGHT) * _class_weights()[graph.road_kind[graph.arc_road[b]]]
    share = csr_array((weight, (a, b)), shape=(graph.arcs, graph.arcs))
    turned = np.where(angle >= TURN_FROM_DEG, TURN_S, 0.0)
    whole = np.maximum(np.bincount(b, weight, graph.arcs), 1e-12)
    return Turns(share, np.bincount(b, weight * turned, graph.arcs) / whole, out_deg, in_deg)


def _class_weights() -> Floats:
    weights = [_CLASS_WEIGHT.get(kind.removesuffix("_link"), 1.0) for kind in ROAD_CLASSES]
    return np.array(weights)


def _bearings(graph: RoadGraph) -> tuple[Floats, Floats]:
    """(A,), (A,) degrees from north at which each arc leaves its tail and reaches its head."""
    x, y = metres_per_degree(float(graph.node_lat.mean()))
    first, last = graph.shape_first[:-1], graph.shape_first[1:] - 1
    at_tail = _bearing(graph, first, first + 1, x, y)
    at_head = _bearing(graph, last - 1, last, x, y)
    tail, head = at_tail[graph.arc_road], at_head[graph.arc_road]
    along = graph.arc_along
    out_deg = np.where(along, tail, (head + 180.0) % 360.0)
    in_deg = np.where(along, head, (tail + 180.0) % 360.0)
    return out_deg, in_deg


def _bearing(graph: RoadGraph, a: Ints, b: Ints, x: float, y: float) -> Floats:
    east = (graph.shape_lon[b] - graph.shape_lon[a]) * x
    north = (graph.shape_lat[b] - graph.shape_lat[a]) * y
    bearing: Floats = np.degrees(np.arctan2(east, north)) % 360.0
    return bearing
