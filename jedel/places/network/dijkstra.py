"""Dijkstra by SciPy: for machines without the hierarchy's package, and the peer of its tests."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from jedel.places.network.engine import Start
from jedel.places.network.graph import Ints, RoadGraph


class DijkstraEngine:
    """Engine without any preparation; a query walks the whole graph."""

    def __init__(self, graph: RoadGraph) -> None:
        self._graph = graph

    def times(self, arc_ms: NDArray[np.int64]) -> "DijkstraTimes":
        return DijkstraTimes(self._graph, arc_ms)


class DijkstraTimes:
    """Shortest times by a search from the goal, backwards."""

    def __init__(self, graph: RoadGraph, arc_ms: NDArray[np.int64]) -> None:
        tail, head = graph.arc_tail, graph.arc_head
        # A sparse matrix adds parallel entries up; the fastest of them is what is driven.
        best = np.lexsort((arc_ms, head, tail))
        first = np.ones(len(best), np.bool_)
        first[1:] = (tail[best][1:] != tail[best][:-1]) | (head[best][1:] != head[best][:-1])
        self._arc = best[first]
        self._nodes = graph.nodes
        self._tail, self._head, self._ms = (
            tail[self._arc],
            head[self._arc],
            arc_ms[self._arc].astype(np.float64),
        )
        self._by_pair = {
            (int(t), int(h)): int(a) for t, h, a in zip(self._tail, self._head, self._arc, strict=True)
        }

    def _tree(self, goals: Sequence[Start]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Milliseconds to the goal and the next node on the way, for all nodes and a goal node at the end."""
        size = self._nodes + 1
        least = dict(sorted(goals, key=lambda goal: -goal[1]))
        ends, extra = np.array(list(least)), np.array(list(least.values()), dtype=np.float64)
        # Zero entries would vanish from a sparse matrix: half a millisecond more, taken off again.
        matrix = csr_matrix(
            (
                np.concatenate((self._ms, extra + 0.5)),
                (
                    np.concatenate((self._head, np.full(len(ends), self._nodes))),
                    np.concatenate((self._tail, ends)),
                ),
            ),
            shape=(size, size),
        )
        times, before = dijkstra(matrix, indices=self._nodes, return_predecessors=True)
        return times - 0.5, before

    def to(self, sources: Ints, goals: Sequence[Start]) -> NDArray[np.float64]:
        times, _ = self._tree(goals)
        found: NDArray[np.float64] = times[sources]
        return found

    def table(self, sources: Ints, nodes: Ints) -> NDArray[np.float64]:
        found = np.empty((len(nodes), len(sources)))
        for nth, node in enumerate(nodes.tolist()):
            found[nth] = self._tree([(node, 0)])[0][sources]
        return found

    def path(self, starts: Sequence[Start], goals: Sequence[Start]) -> list[int]:
        times, following = self._tree(goals)
        node = min(starts, key=lambda start: times[start[0]] + start[1])[0]
        arcs: list[int] = []
        while np.isfinite(times[node]) and (then := int(following[node])) != self._nodes:
            arcs.append(self._by_pair[node, then])
            node = then
        return arcs
