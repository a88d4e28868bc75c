"""The real extract of Almaty (March 2012), where it lies beside the repository."""

import json
from pathlib import Path

import numpy as np
import pytest

from jedel.journal import Store
from jedel.kernel.geo import Point, distance_m
from jedel.places import Networks, repository, sites
from jedel.places.importer import import_map
from jedel.places.model import SiteKind
from jedel.places.network import RoadNetwork
from jedel.places.network.dijkstra import DijkstraEngine
from jedel.places.network.picture import Picture, Roads

pytestmark = pytest.mark.almaty
SQUARE = Point(76.9453, 43.2385)
"""Republic square, in the middle of town."""


@pytest.fixture
async def network(store: Store, tmp_path: Path, almaty: Path) -> RoadNetwork:
    done = await import_map(
        store, tmp_path, almaty, "02", name="Almaty", districts=almaty.with_name("almaty_districts.geojson")
    )
    assert done.basemap
    assert done.counts["road_km"] > 2_500
    assert done.counts["streets"] > 400
    assert done.counts["crossroads"] > 1_000
    assert done.counts["addresses"] == 768
    assert done.counts["districts"] == 8
    return await Networks(tmp_path).ready(store, "02")


async def test_almaty_is_imported_and_drives(store: Store, network: RoadNetwork) -> None:
    assert network.inside(SQUARE)
    assert not network.inside(Point(71.43, 51.13))
    assert network.nearest_address(SQUARE).street
    await _sites(store)
    roads = _roads(network)
    _same_as_dijkstra(roads)
    _sane_times(network, roads)


async def _sites(store: Store) -> None:
    async with store.reading() as tx:
        schools = await sites.of_region(tx.conn, "02", [SiteKind.SCHOOL])
        every = await sites.of_region(tx.conn, "02", [])
        crossing = await (
            await tx.conn.execute("SELECT count(*) AS n FROM crossroad WHERE key ~ '(^|/|[|])абая($|/|[|])'")
        ).fetchone()
        row = await repository.map_in_force(tx.conn, "02")
    assert len(schools) > 60
    in_town = [site for site in every if site["district"] is not None]
    assert len(in_town) > 0.8 * len(every)
    assert crossing is not None
    assert crossing["n"] > 40
    assert row is not None
    assert json.dumps(row["counts"])


def _roads(network: RoadNetwork) -> Roads:
    assert network.map is not None
    return network.map.roads


def _origins(roads: Roads, count: int) -> np.ndarray:
    dice = np.random.default_rng(7)
    chosen = dice.integers(0, roads.graph.nodes, count)
    places = np.column_stack((roads.graph.node_lon[chosen], roads.graph.node_lat[chosen]))
    return places + dice.normal(0, 2e-4, places.shape)


def _same_as_dijkstra(roads: Roads) -> None:
    peer = Picture(Roads(roads.graph, roads.matcher, DijkstraEngine(roads.graph), roads.street_keys))
    ours = Picture(roads)
    origins = _origins(roads, 400)
    for to in (SQUARE, Point(76.86, 43.35), Point(*origins[0])):
        a, b = ours.travel(origins, to), peer.travel(origins, to)
        np.testing.assert_allclose(a.seconds, b.seconds, atol=0.002)


def _sane_times(network: RoadNetwork, roads: Roads) -> None:
    """No time beats a straight road at the highest speed, and few are much slower than a city's pace."""
    origins = _origins(roads, 400)
    travel = network.travel_times(origins, SQUARE)
    crow = np.array([distance_m(Point(*origin), SQUARE) for origin in origins])
    on_road = ~travel.guessed
    assert on_road.mean() > 0.99
    assert (travel.metres[on_road] >= crow[on_road] * 0.999 - 1).all()
    kmh = travel.metres[on_road] / np.maximum(travel.seconds[on_road], 1) * 3.6
    assert (kmh <= 110).all()
    assert 25 < np.median(kmh) < 70
    for origin in origins[:20]:
        route = network.route(Point(*origin), SQUARE)
        drawn = sum(
            distance_m(Point(*a), Point(*b)) for a, b in zip(route.line, route.line[1:], strict=False)
        )
        assert drawn == pytest.approx(route.metres, rel=0.01, abs=5)
