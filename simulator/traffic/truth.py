"""What is true of the traffic, and how well it was found: precision and recall by ground."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.book import Ground, Ints
from simulator.traffic.reading import Reads
from simulator.traffic.roads import Line
from simulator.traffic.world import Traffic, World

CLASH: Final = np.dtype([("first", "<i8"), ("second", "<i8"), ("seconds", "<f8"), ("fastest_s", "<f8")])
"""Two reads (places in the reads) of one plate on two cars, and the least time that the road allows."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one ground: plates that were rightly found, wrongly found, and not found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """1.0 where nothing was found."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """1.0 where there was nothing to find."""
        there = self.right + self.missed
        return self.right / there if there else 1.0


def fastest_s(world: World, a: Ints, b: Ints) -> Line:
    """(n,) seconds from camera place a to b at the limit, without a wait."""
    cameras, roads = world.cameras, world.roads
    some, which = np.unique(a, return_inverse=True)
    away = roads.fastest(cameras["edge"][some])
    edge_a, edge_b = cameras["edge"][a], cameras["edge"][b]
    share_a, share_b = cameras["share"][a], cameras["share"][b]
    round_s = away[which, roads.start[edge_b]] + roads.seconds[edge_b] * share_b
    round_s += roads.seconds[edge_a] * (1 - share_a)
    ahead = (edge_a == edge_b) & (share_a <= share_b)
    found: Line = np.where(ahead, roads.seconds[edge_a] * (share_b - share_a), round_s)
    return found


def clashes(world: World, reads: Reads) -> NDArray[np.void]:
    """Successive reads of a plate, rightly read on two cars, sooner than the road allows at `TOO_FAST` times
    its limits: what a perfect centre finds without looking at the cars."""
    plain = np.flatnonzero(~reads["misread"])
    order = plain[np.lexsort((reads["true_us"][plain], reads["key"][plain]))]
    first, second = order[:-1], order[1:]
    two = (reads["key"][first] == reads["key"][second]) & (reads["car"][first] != reads["car"][second])
    first, second = first[two], second[two]
    seconds = (reads["true_us"][second] - reads["true_us"][first]) / 1e6
    fastest = fastest_s(world, reads["camera"][first] - 1, reads["camera"][second] - 1)
    sooner = seconds < fastest / TOO_FAST
    made = np.zeros(int(sooner.sum()), dtype=CLASH)
    made["first"], made["second"] = first[sooner], second[sooner]
    made["seconds"], made["fastest_s"] = seconds[sooner], fastest[sooner]
    return made


TOO_FAST: Final = 1.5


def grounds_of_reads(traffic: Traffic) -> NDArray[np.uint16]:
    """(n,) bits of Ground that each read deserves: what is true of the car, where its plate was read rightly.

    LOOKS_DIFFER only where make or colour were seen as they are; TWO_PLACES only on the second of a clash.
    """
    reads, cars = traffic.reads, traffic.cars
    grounds: NDArray[np.uint16] = cars["grounds"][reads["car"]]
    seen = (reads["make"] == cars["make"][reads["car"]]) | (reads["colour"] == cars["colour"][reads["car"]])
    grounds[~seen] &= np.uint16(~Ground.LOOKS_DIFFER & 0xFFFF)
    grounds &= np.uint16(~Ground.TWO_PLACES & 0xFFFF)
    grounds[clashes(traffic.world, reads)["second"]] |= np.uint16(Ground.TWO_PLACES)
    grounds[reads["misread"]] = 0
    return grounds


def to_find(traffic: Traffic) -> dict[str, frozenset[str]]:
    """Ground's code → plates of cars that were read at least once as it takes to find them."""
    grounds = grounds_of_reads(traffic)
    plates = traffic.reads["plate"]
    return {
        ground.code: frozenset(plate.decode() for plate in np.unique(plates[grounds & ground > 0]))
        for ground in Ground
    }


def true_of(traffic: Traffic) -> dict[str, frozenset[str]]:
    """Ground's code → plates of all cars on the road of which it is true, read or not."""
    cars = traffic.cars
    return {
        ground.code: frozenset(plate.decode() for plate in cars["plate"][cars["grounds"] & ground > 0])
        for ground in Ground
    }


Plates = Mapping[str, Collection[str]]
"""Ground's code → plates."""


def score(traffic: Traffic, found: Plates) -> dict[str, Score]:
    """How well plates were found, by ground's code."""
    return score_of(to_find(traffic), true_of(traffic), found)


def score_of(wanted: Plates, true: Plates, found: Plates) -> dict[str, Score]:
    """A plate of which the ground is true although no read showed it counts neither for nor against."""
    scores = {}
    for code, plates in wanted.items():
        said = set(found.get(code, ()))
        scores[code] = Score(
            len(said.intersection(plates)), len(said.difference(true[code])), len(set(plates) - said)
        )
    return scores
