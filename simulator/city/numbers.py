"""House numbers: odd on a street's left side, even on its right, rising along the street."""

from random import Random
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from simulator.city.ground import Line
from simulator.city.network import Network
from simulator.city.streets import Street

Address = tuple[int, str]
"""(index of the street, house number)"""

_FAR_M: Final = 150.0


def nearest_streets(fronts: Line, streets: list[Street], network: Network) -> tuple[NDArray[np.int64], Line]:
    """For each place (n, 2) the index of the nearest named street (-1: none near) and where it lies on it."""
    ends, owners = [], []
    for way in network.ways:
        street = streets[way.street]
        if street.name is None or street.kind in ("trunk", "railway") or way.bridge:
            continue
        ends.append(np.stack([way.nodes[:-1], way.nodes[1:]], axis=1))
        owners.append(np.full(len(way.nodes) - 1, way.street))
    owner = np.concatenate(owners)
    lines = shapely.linestrings(network.nodes[np.concatenate(ends)])
    points = shapely.points(fronts)
    (asked, found), away = shapely.STRtree(lines).query_nearest(
        points, all_matches=False, return_distance=True
    )
    street_of = np.full(len(fronts), -1)
    street_of[asked] = np.where(away < _FAR_M, owner[found], -1)
    spots = fronts.copy()
    spots[asked] = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[found], shapely.line_locate_point(lines[found], points[asked]))
    )
    return street_of, spots


def number_houses(fronts: Line, streets: list[Street], network: Network, rng: Random) -> list[Address | None]:
    """An address for each front (n, 2), None where no named street is near. No address comes twice."""
    street_of, _ = nearest_streets(fronts, streets, network)
    addresses: list[Address | None] = [None] * len(fronts)
    points = shapely.points(fronts)
    for street in sorted(set(street_of[street_of >= 0].tolist())):
        members = np.flatnonzero(street_of == street)
        line = shapely.LineString(streets[street].line)
        along = shapely.line_locate_point(line, points[members])
        before = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along - 4, 0)))
        after = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 4))
        way, out = after - before, fronts[members] - before
        left = way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0] > 0
        for side, first in ((left, 1), (~left, 2)):
            chosen = members[side][np.argsort(along[side], kind="stable")]
            for house, number in zip(chosen, _numbers(len(chosen), first, rng), strict=True):
                addresses[int(house)] = (street, number)
    return addresses


def _numbers(count: int, first: int, rng: Random) -> list[str]:
    """'1', '3', '3А', '5/1', '5/2', '9'…: most follow each other, some share a number, some are missing."""
    found: list[str] = []
    number, dice = first, 1.0
    while len(found) < count:
        found.append(str(number))
        dice = rng.random()
        if dice < 0.05 and len(found) < count:
            found.append(f"{number}А")
        elif dice < 0.08:
            found.extend(f"{number}/{part}" for part in range(1, min(3, count - len(found) + 1)))
        number += 4 if dice > 0.95 else 2
    return found[:count]
