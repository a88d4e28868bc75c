"""Customizable contraction hierarchies by RoutingKit (package routingkit-cch, BSD-2-Clause).

The hierarchy depends on the graph alone; new weights only customise it (about 2 ms for a city).
"""

from collections.abc import Sequence
from threading import local

import numpy as np
import routingkit_cch as kit
from numpy.typing import NDArray

from jedel.places.network.engine import Start
from jedel.places.network.graph import Floats, Ints, RoadGraph


def contraction_order(nodes: int, tail: Ints, head: Ints, lon: Floats, lat: Floats) -> Ints:
    """(N,) the order of contraction by nested dissection: slow, so it is stored with the graph."""
    order = kit.compute_order_inertial(nodes, tail.tolist(), head.tolist(), lat.tolist(), lon.tolist())
    return np.array(order, np.int32)


class CchEngine:
    """Engine on a contraction hierarchy."""

    def __init__(self, graph: RoadGraph) -> None:
        tail, head = graph.arc_tail.tolist(), graph.arc_head.tolist()
        self._nodes = graph.nodes
        self._cch = kit.CCH(graph.order.tolist(), tail, head, False)

    def times(self, arc_ms: NDArray[np.int64]) -> "CchTimes":
        return CchTimes(kit.CCHMetric(self._cch, arc_ms.tolist()), self._nodes)


class _Queries(local):
    """The package's query objects, which only the thread that made them may use and drop."""

    point: kit.CCHQuery | None = None
    many: kit.CCHManyToOne | None = None
    every: kit.CCHManyToOne | None = None


class CchTimes:
    """Shortest times of one customised metric. To be dropped by the thread that asked it last."""

    def __init__(self, metric: kit.CCHMetric, nodes: int) -> None:
        self._metric = metric
        self._nodes = nodes
        self._queries = _Queries()

    def to(self, sources: Ints, goals: Sequence[Start]) -> NDArray[np.float64]:
        queries = self._queries
        if len(sources) > self._nodes:
            # Cheaper to know it for every node once, and pick.
            if queries.every is None:
                queries.every = kit.CCHManyToOne(self._metric, list(range(self._nodes)))
            return _milliseconds(queries.every.distances_to_multi(list(goals)))[sources]
        if queries.many is None:
            queries.many = kit.CCHManyToOne(self._metric, [0])
        queries.many.repin_sources(sources.tolist())
        return _milliseconds(queries.many.distances_to_multi(list(goals)))

    def table(self, sources: Ints, nodes: Ints) -> NDArray[np.float64]:
        queries = self._queries
        if queries.many is None:
            queries.many = kit.CCHManyToOne(self._metric, [0])
        queries.many.repin_sources(sources.tolist())
        found = np.empty((len(nodes), len(sources)))
        for nth, node in enumerate(nodes.tolist()):
            found[nth] = _milliseconds(queries.many.distances_to(node))
        return found

    def path(self, starts: Sequence[Start], goals: Sequence[Start]) -> list[int]:
        if self._queries.point is None:
            self._queries.point = kit.CCHQuery(self._metric)
        return self._queries.point.run_multi(list(starts), list(goals)).arc_path


def _milliseconds(found: list[int | None]) -> NDArray[np.float64]:
    times = np.array(found, dtype=np.float64)
    times[np.isnan(times)] = np.inf
    return times
