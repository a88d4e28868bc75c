"""The whole demo city, from a seed to streets, blocks, houses, sites and districts. Same seed, same city."""

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import shapely

from simulator.city.blocks import Blocks, Geometries, Houses, find_blocks, houses_along
from simulator.city.ground import Ground, Line, make_ground
from simulator.city.network import Network, make_network
from simulator.city.numbers import Address, number_houses
from simulator.city.sites import Sites, Spot, Tags, make_sites, named
from simulator.city.spots import make_spots, signals
from simulator.city.streets import NAMES, Street, plan_streets

SEED: Final = 7


@dataclass(frozen=True)
class City:
    """Everything in metres on the plane; `ground.to_lon_lat` brings it to the globe."""

    ground: Ground
    streets: list[Street]
    network: Network
    blocks: Blocks
    sites: Sites
    site_addresses: list[Address | None]
    houses: Houses
    addresses: list[Address | None]
    spots: list[Spot]
    lights: list[int]
    districts: list[tuple[shapely.Geometry, Tags]]


def _districts(ground: Ground) -> list[tuple[shapely.Geometry, Tags]]:
    """Four districts: the river and one avenue part the city."""
    land = shapely.simplify(shapely.buffer(shapely.union_all(_built(ground)), 450), 40)
    river = ground.river_line
    north = shapely.Polygon(np.vstack([river, [(9000, 9000), (-9000, 9000)]]))
    v = np.linspace(-7000, 7000, 80)
    avenue = ground.warp(np.column_stack([np.full_like(v, ground.avenues_u[5]), v]))
    west = shapely.Polygon(np.vstack([avenue, [(-9000, 9000), (-9000, -9000)]]))
    quarters = (
        shapely.intersection(north, west),
        shapely.difference(north, west),
        shapely.difference(shapely.difference(land, north), west),
        shapely.difference(shapely.intersection(land, west), north),
    )
    found = []
    for quarter, (kk, ru, en) in zip(quarters, NAMES["districts"], strict=True):
        parts = shapely.get_parts(shapely.intersection(quarter, land))
        tags = named(kk, ru, en) | {"boundary": "administrative", "admin_level": "6", "type": "boundary"}
        found.append((parts[int(np.argmax(shapely.area(parts)))], tags))
    return found


def _built(ground: Ground) -> Geometries:
    return ground.superblocks()[1]


def _fronts(sites: Sites) -> Line:
    """The middle of each public building's front (its first side)."""
    corners = [shapely.get_coordinates(site.building) for site in sites.sites]
    return np.array([(outline[0] + outline[1]) / 2 for outline in corners])


def build(seed: int = SEED) -> City:
    """Make the city. The same seed gives the same city on every machine."""
    rng = Random(seed)
    ground = make_ground(rng)
    streets = plan_streets(ground, rng)
    network = make_network(streets, ground)
    blocks = find_blocks(streets, network, ground)
    sites = make_sites(blocks, ground, rng)
    keep_out = shapely.union_all(
        [
            *sites.taken(),
            shapely.buffer(ground.river, 12),
            shapely.buffer(shapely.LineString(ground.railway), 22),
        ]
    )
    houses = houses_along(blocks, keep_out, rng)
    numbered = number_houses(np.vstack([houses.fronts, _fronts(sites)]), streets, network, rng)
    station = ground.warp(np.array([(340.0, 2540.0)]))[0]
    return City(
        ground=ground,
        streets=streets,
        network=network,
        blocks=blocks,
        sites=sites,
        site_addresses=numbered[len(houses.shapes) :],
        houses=houses,
        addresses=numbered[: len(houses.shapes)],
        spots=make_spots(sites, houses, blocks, streets, station, rng),
        lights=signals(streets, network),
        districts=_districts(ground),
    )
