"""What a visitor may ask to see: a stolen car on its way to a patrol, one plate on two cars."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.planning import Place
from simulator.traffic.fleet import Cars
from simulator.traffic.reading import READ, Reads
from simulator.traffic.roads import Ints, Line, Roads
from simulator.traffic.truth import fastest_s
from simulator.traffic.world import World

SLOW: Final = 1.3
"""Times as long as at the limit."""
SOONEST_S: Final = 20.0
"""Nobody is told of a car that is past him before he has read it."""
AWAY_S: Final = (60.0, 420.0)
"""A camera is good when the car is at the patrol so long after it."""
SURE: Final = 100
"""How confident reads of a show are; no others are that."""
WAY_MAX_S: Final = 900.0
"""Then it has gone to ground."""
CLONE_S: Final = 20.0
"""The second car of a pair is read so long after the first."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One reading to come: `after_s` from now at the camera of this place in the world's cameras."""

    after_s: float
    camera: int


def way_to(world: World, patrols: list[Place]) -> list[Sight]:
    """Cameras that a car passes on its way to a patrol and beyond, the first now.

    The patrol is the first of the list that can be met well, and the way to it the one on which the fewest
    others are met before, then the shortest. Where there is none, the car drives from the first camera to the
    farthest other one.
    """
    roads, edges, cameras = world.roads, _edges(world), world.cameras
    away = roads.fastest(edges) + (roads.seconds[edges] * (1 - cameras["share"]))[:, None]
    nodes = [nearest(roads, patrol) for patrol in patrols]
    times_s = away[:, nodes] * SLOW
    for nth, node in enumerate(nodes):
        mine_s = times_s[:, nth]
        good = np.flatnonzero((mine_s > AWAY_S[0]) & (mine_s < AWAY_S[1]))
        if len(good):
            sooner = ((times_s > SOONEST_S) & (times_s < mine_s[:, None])).sum(axis=1)
            first = min(good.tolist(), key=lambda camera: (sooner[camera], mine_s[camera]))
            return _sights(world, first, node)
    return _sights(world, 0, int(roads.end[edges[np.argmax(away[0, roads.start[edges]])]]))


def way_on(world: World, camera: int, since_s: float, patrols: list[Place]) -> list[Sight]:
    """The way on of a car that passed a camera so long ago, towards the first patrol of the list."""
    roads = world.roads
    goal = nearest(roads, patrols[0]) if patrols else int(roads.end[_edges(world)[camera - 1]])
    sights = _sights(world, camera, goal)[1:]
    late_s = max(0.0, since_s - sights[0].after_s) if sights else 0.0
    on = [Sight(sight.after_s + late_s - since_s, sight.camera) for sight in sights]
    return on or way_to(world, patrols)


def _sights(world: World, first: int, goal: int) -> list[Sight]:
    """From a camera to a node, then on, each time to the nearest camera that has not seen the car yet."""
    roads, edges = world.roads, _edges(world)
    stands = {int(edge): nth for nth, edge in enumerate(edges)}
    after_s = float(roads.seconds[edges[first]] * (1 - world.cameras["share"][first])) * SLOW
    sights, here = [Sight(0.0, first)], int(roads.end[edges[first]])
    leg = _way(roads, here, goal)
    for _ in range(len(edges)):
        for edge in leg:
            seconds = float(roads.seconds[edge] * SLOW + roads.wait_s[edge])
            if (seen := stands.get(edge)) is not None:
                sights.append(Sight(after_s + seconds * float(world.cameras["share"][seen]), seen))
            after_s += seconds
            here = int(roads.end[edge])
        left = np.setdiff1d(np.arange(len(edges)), [sight.camera for sight in sights])
        if not len(left) or after_s > WAY_MAX_S:
            break
        next_ = int(edges[left[np.argmin(roads.fastest_from(here)[roads.start[edges[left]]])]])
        leg = [*_way(roads, here, int(roads.start[next_])), next_]
    return [sight for sight in sights if sight.after_s < WAY_MAX_S]


def _edges(world: World) -> Ints:
    found: Ints = world.cameras["edge"].astype(np.int64)
    return found


def _way(roads: Roads, start: int, goal: int) -> list[int]:
    towards = roads.towards(np.array([goal]))[0]
    way: list[int] = []
    while start != goal and len(way) < len(roads.start):
        way.append(int(towards[start]))
        start = int(roads.end[way[-1]])
    return way


def far_pair(world: World, dice: np.random.Generator) -> tuple[Sight, Sight]:
    """Two cameras between which no car drives in `CLONE_S` seconds; of the farthest pairs one."""
    count = len(world.cameras)
    a, b = (places.ravel() for places in np.divmod(np.arange(count * count), count))
    far = np.argsort(fastest_s(world, a, b))[-max(3, count) :]
    nth = int(dice.choice(far))
    return Sight(0.0, int(a[nth])), Sight(CLONE_S, int(b[nth]))


def other_looks(car: Cars, dice: np.random.Generator) -> Cars:
    """The same plate on a car of another make and a colour that nobody takes for the first one's."""
    other = car.copy()
    other["make"] = (car["make"] + dice.integers(0, 4)) % 6 + 1
    other["colour"] = np.where(np.isin(car["colour"], (6, 5)), 1, 6)
    return other


def nearest(roads: Roads, place: Place) -> int:
    """The node that lies nearest."""
    apart: Line = (roads.lon_lat - place) * (np.cos(np.radians(place[1])), 1.0)
    return int(np.argmin((apart**2).sum(axis=1)))


def read_now(world: World, car: Cars, camera: int, at_us: int, dice: np.random.Generator) -> Reads:
    """(1,) a sure read of a car (one row of a fleet) at a camera, now."""
    made: Reads = np.zeros(1, dtype=READ)
    stand = world.cameras[camera]
    made["camera"], made["true_us"] = stand["number"], at_us
    made["at_us"], made["event"] = at_us + stand["clock_ms"] * 1_000, at_us * 4096 + 4095 - camera % 2048
    for name in ("plate", "key", "make", "colour", "body"):
        made[name] = car[name]
    made["confidence"], made["weakest"], made["frames"] = SURE, dice.integers(88, 95), dice.integers(4, 8)
    made["make_sure"] = made["colour_sure"] = made["body_sure"] = 90
    made["heading"] = stand["heading"]
    made["speed"] = world.roads.limit_ms[stand["edge"]] * 3.6 / SLOW
    made["car"] = -1
    return made
