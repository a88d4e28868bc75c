"""Road graphs for tests."""

from collections.abc import Sequence

from hypothesis import strategies as st

from jedel.places.model import Drive, Names
from jedel.places.network.build import build
from jedel.places.network.dijkstra import DijkstraEngine
from jedel.places.network.engines import engine
from jedel.places.network.graph import RoadGraph
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Picture, Roads
from jedel.places.osm.extract import RawRoad
from tests.places.osm_files import at

Place = tuple[float, float]


def raw_road(
    places: Sequence[Place], kmh: float = 36.0, forward: bool = True, backward: bool = True, name: str = ""
) -> RawRoad:
    """A way over grid places (whole numbers are shared junctions); 36 km/h = 10 m/s."""
    refs = [hash(place) for place in places]
    lons, lats = zip(*(at(*place) for place in places), strict=True)
    drive = Drive(kmh, forward, backward)
    return RawRoad("residential", drive, Names(name), refs, list(lons), list(lats))


def graph_of(roads: Sequence[RawRoad], streets: Sequence[int] | None = None) -> RoadGraph:
    graph = build(roads, streets if streets is not None else [-1] * len(roads))
    assert graph is not None
    return graph


def roads_of(graph: RoadGraph, keys: tuple[str, ...] = (), *, peer: bool = False) -> Roads:
    return Roads(graph, Matcher(graph), DijkstraEngine(graph) if peer else engine(graph), keys)


def picture_of(roads: Sequence[RawRoad]) -> Picture:
    return Picture(roads_of(graph_of(roads)))


@st.composite
def random_roads(draw: st.DrawFn) -> list[RawRoad]:
    """A town of a few junctions with oneways, parallel roads, loops and dead ends; may fall apart."""
    places = [(float(x), float(y)) for x in range(4) for y in range(3)]
    ways = draw(st.lists(st.lists(st.sampled_from(places), min_size=2, max_size=5), min_size=3, max_size=14))
    roads = []
    for way in ways:
        kept = [place for n, place in enumerate(way) if n == 0 or place != way[n - 1]]
        if len(kept) > 1:
            forward, backward = draw(
                st.sampled_from([(True, True), (True, True), (True, False), (False, True)])
            )
            roads.append(raw_road(kept, draw(st.floats(5, 110)), forward, backward))
    return roads
