"""What a shortest-time engine is. There are two: contraction hierarchy (cch) and Dijkstra (its peer)."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jedel.places.network.graph import Ints

Start = tuple[int, int]
"""(node, milliseconds it takes to be there, or from there to the goal)."""


class ShortestTimes(Protocol):
    """Shortest times under one set of weights. Not for two threads at once."""

    def to(self, sources: Ints, goals: Sequence[Start]) -> NDArray[np.float64]:
        """(n,) milliseconds from each source node to the nearest goal; inf where there is no way."""
        ...

    def table(self, sources: Ints, nodes: Ints) -> NDArray[np.float64]:
        """(m, n) milliseconds to each of m nodes from each of n source nodes; inf where there is no way."""
        ...

    def path(self, starts: Sequence[Start], goals: Sequence[Start]) -> list[int]:
        """The arcs of the fastest way, in order; empty when it has none or no way exists.

        Starts and goals carry their own milliseconds; which of them was taken shows in the arcs' ends.
        """
        ...


class Engine(Protocol):
    """A graph made ready once; weights come and go."""

    def times(self, arc_ms: NDArray[np.int64]) -> ShortestTimes:
        """Shortest times for (A,) milliseconds per arc."""
        ...
