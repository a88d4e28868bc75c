"""Where a car can be over the next ten minutes: how likely it passes each junction, and when.

From the arc that the camera looks at, cars are spread over the road graph junction by junction (`turns`).
Every step leads further from the camera in time, so a car passes a junction at most once; some end their
trip. With f the share of cars that reach an arc's end, s and q the sums of their times and squared times, a
step is

    f' = d · Pᵀf        s' = d · (Pᵀs + c·Pᵀf)        q' = d · (Pᵀq + 2c·Pᵀs + c²·Pᵀf)

with P the shares at junctions, c an arc's seconds and d = exp(-c / TRIP_LEFT_S).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from jedel.places.network.graph import Floats, Ints, RoadGraph
from jedel.qorgau.approach.turns import Turns

HORIZON_S: Final = 600.0
TRIP_LEFT_S: Final = 1_500.0
"""How long a car that is seen goes on driving, on average."""
CHANCE_MIN: Final = 0.02
"""A junction that fewer cars pass is no place to wait."""
PACE: Final = 0.2
"""Standard deviation of a car's time against that of the roads: drivers, lights, jams."""
SPREAD_S: Final = 5.0
BACK: Final = 0.3
"""Of the share of cars that ways back to where they came from would have: those who take them and are out of
sight. The others go on."""
STEPS_MAX: Final = 600
_GONE: Final = 1e-4

Start = tuple[int, float, float]
"""(arc, share of the cars that drive it, seconds from the camera to its end)."""


@dataclass(frozen=True)
class Cone:
    """K junctions. ``node`` (K,); ``chance`` (K,) that the car passes it within the horizon; ``seconds`` (K,)
    from the camera to there, mean; ``spread_s`` (K,) its standard deviation; ``arc`` (K,) by which the car
    most likely comes; ``lonlat`` (K, 2) degrees."""

    node: Ints
    chance: Floats
    seconds: Floats
    spread_s: Floats
    arc: Ints
    lonlat: Floats

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north of its junctions."""
        west, south = self.lonlat.min(axis=0).tolist()
        east, north = self.lonlat.max(axis=0).tolist()
        return west, south, east, north

    @cached_property
    def tree(self) -> cKDTree:
        return cKDTree(self.lonlat)

    def __len__(self) -> int:
        return len(self.node)


def cone(graph: RoadGraph, turns: Turns, arc_ms: NDArray[np.int64], starts: Sequence[Start]) -> Cone:
    """The cone of cars that are on these arcs now."""
    seconds = arc_ms / 1_000.0
    tail = graph.arc_tail
    earliest = _earliest(graph, tail, seconds, starts)
    ahead = (earliest[tail] < earliest[graph.arc_head]) & (earliest[tail] <= HORIZON_S)
    ahead[[arc for arc, _, _ in starts]] = True
    arcs = np.flatnonzero(ahead).astype(np.int32)
    place = {int(arc): nth for nth, arc in enumerate(arcs)}
    usual = graph.road_ms(graph.road_kmh)[graph.arc_road[arcs]]
    open_to = np.minimum(usual / arc_ms[arcs], 1.0)
    open_to[[place[arc] for arc, _, _ in starts]] = 0.0
    step = _step(turns.share, arcs, open_to)
    took = seconds[arcs] + turns.slow_s[arcs]
    total = _spread(step, took, [(place[arc], share, until) for arc, share, until in starts])
    return _by_node(graph, arcs, total)


def _earliest(graph: RoadGraph, tail: Ints, seconds: Floats, starts: Sequence[Start]) -> Floats:
    """(N,) seconds at which a car can be at each junction at the earliest; not by turning back at once."""
    own = np.isin(graph.arc_road, graph.arc_road[[arc for arc, _, _ in starts]])
    began = np.array([graph.arc_head[arc] for arc, _, _ in starts])
    root = graph.nodes
    cost = np.concatenate((np.where(own, np.inf, seconds), [until + 1e-6 for _, _, until in starts]))
    start = np.concatenate((tail, np.full(len(starts), root)))
    end = np.concatenate((graph.arc_head, began))
    order = np.lexsort((cost, end, start))  # a sparse matrix would add parallel arcs up
    first = np.ones(len(order), np.bool_)
    first[1:] = (start[order][1:] != start[order][:-1]) | (end[order][1:] != end[order][:-1])
    kept = order[first & np.isfinite(cost[order])]
    size = graph.nodes + 1
    matrix = csr_array((cost[kept], (start[kept], end[kept])), shape=(size, size))
    found: Floats = dijkstra(matrix, indices=root, limit=HORIZON_S)
    return found[: graph.nodes]


def _step(share: csr_array, arcs: Ints, open_to: Floats) -> csr_array:
    """(n, n) to the next arc from each, of those that lead further.

    ``open_to``: (n,) 0…1, less where a road is closed or slowed; 0 where the cars began, since nobody comes
    back there."""
    rows = share[arcs]
    every = np.asarray(rows.sum(axis=1)).ravel()
    part = rows[:, arcs].tocsr() @ diags_array(open_to)
    on = np.asarray(part.sum(axis=1)).ravel()
    whole = on + BACK * np.maximum(every - on, 0.0)
    scale = np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0)
    return csr_array((diags_array(scale) @ part).T)


def _spread(step: csr_array, took: Floats, starts: Sequence[Start]) -> Floats:
    """(n, 3) sums over all cars that drive each arc: share, seconds, squared seconds at its end."""
    now = np.zeros((len(took), 3))
    for place, share, until in starts:
        now[place] = share, share * until, share * until * until
    total = now.copy()
    lasts = np.exp(-took / TRIP_LEFT_S)[:, None]
    for _ in range(STEPS_MAX):
        came = step @ now
        now = came.copy()
        now[:, 1] += took * came[:, 0]
        now[:, 2] += 2.0 * took * came[:, 1] + took * took * came[:, 0]
        now *= lasts
        now[now[:, 1] > HORIZON_S * now[:, 0]] = 0.0
        if now[:, 0].sum() < _GONE:
            break
        total += now
    return total


def _by_node(graph: RoadGraph, arcs: Ints, total: Floats) -> Cone:
    head = graph.arc_head[arcs]
    sums = np.stack([np.bincount(head, total[:, n], graph.nodes) for n in range(3)])
    node = np.flatnonzero(sums[0] >= CHANCE_MIN).astype(np.int32)
    chance, mean = np.minimum(sums[0, node], 1.0), sums[1, node] / sums[0, node]
    spread = np.maximum(sums[2, node] / sums[0, node] - mean * mean, 0.0)
    by_share = np.argsort(total[:, 0], kind="stable")
    likeliest = np.full(graph.nodes, -1, np.int32)
    likeliest[head[by_share]] = arcs[by_share]  # of one junction's, the later assignment stays
    return Cone(
        node=node,
        chance=chance,
        seconds=mean,
        spread_s=np.sqrt(spread + (PACE * mean) ** 2 + SPREAD_S**2),
        arc=likeliest[node],
        lonlat=np.column_stack((graph.node_lon[node], graph.node_lat[node])),
    )
