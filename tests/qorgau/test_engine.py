"""Reads against lists, register and last sightings: each ground, and what must not become one."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from jedel.plates.keys import key
from jedel.plates.looks import colour, make
from jedel.qorgau.matching import scores
from jedel.qorgau.matching.engine import KEEP_US
from jedel.qorgau.matching.roads import Roads, Spots
from jedel.qorgau.model import Ground
from tests.qorgau.matched import (
    DAY,
    ENTRY,
    NIGHT_US,
    NOON_US,
    cars,
    engine,
    found,
    judged,
    listed,
    network,
    read,
    reads,
    spots,
)

NOTHING = [(0, 0)]
OURS = "123ABC02"


def test_nothing_is_held_against_a_car() -> None:
    assert judged(engine(), read(OURS)) == NOTHING
    assert judged(engine(), *[]) == []


def test_a_listed_plate() -> None:
    made = engine(watch=listed(OURS, Ground.WANTED | Ground.UNPAID_FINES))
    batch = reads(read("AB1234CD", 1), read(OURS))
    answer = made.judge(batch, NOON_US, DAY)
    assert answer.grounds.tolist() == [0, Ground.WANTED | Ground.UNPAID_FINES]
    assert answer.score[1] >= 95
    hits = found(answer)
    assert hits.hits.tolist() == [1]
    assert hits.action.tolist() == [3]
    assert bytes(hits.entry[0]) == ENTRY.bytes
    assert hits.scores[0].tolist() == [answer.score[1], 0, answer.score[1], 0, 0, 0, 0, 0, 0]


def test_an_entry_ends_with_its_last_day() -> None:
    assert judged(engine(watch=listed(OURS, until=DAY)), read(OURS)) != NOTHING
    assert judged(engine(watch=listed(OURS, until=DAY - 1)), read(OURS)) == NOTHING


def test_the_list_changes() -> None:
    made = engine()
    made.change_watch(listed(OURS, Ground.WANTED), np.zeros(0, np.int64))
    assert judged(made, read(OURS))[0][0] == Ground.WANTED
    made.change_watch(listed(OURS, Ground.UNINSURED), np.zeros(0, np.int64))
    assert judged(made, read(OURS, 1))[0][0] == Ground.UNINSURED
    made.change_watch(listed(OURS)[:0], np.array([key(OURS)]))
    assert judged(made, read(OURS, 2)) == NOTHING


def test_nobody_is_told_to_stop_a_car_for_one_reading_alone() -> None:
    made = engine(watch=listed(OURS))
    assert judged(made, read(OURS, frames=1))[0] == (Ground.WANTED, scores.ALONE_MAX)
    assert judged(made, read(OURS, 120, camera=2, frames=1))[0][1] > 90, "another camera agrees"
    assert judged(made, read(OURS, 4_000, camera=3, frames=1))[0][1] == scores.ALONE_MAX, "too long ago"


def test_an_unsure_read_of_a_listed_plate() -> None:
    made = engine(watch=listed(OURS))
    unsure = judged(made, read(OURS, confidence=60, weakest=30, frames=1))[0]
    assert unsure[0] == Ground.WANTED
    assert unsure[1] < 50
    assert judged(made, read(OURS, 4_000, confidence=20, weakest=5, frames=1)) == NOTHING


@pytest.mark.parametrize("frames", [1, 2])
def test_another_car_under_a_listed_plate_is_less_sure(frames: int) -> None:
    same = found_score(engine(watch=listed(OURS)), Ground.WANTED, frames=frames)
    other = {"make": make("BMW"), "colour": colour("red"), "body": 5}
    assert 20 <= found_score(engine(watch=listed(OURS)), Ground.WANTED, frames=frames, **other) < same
    assert found_score(engine(watch=listed(OURS)), Ground.WANTED, **other) < 50


def found_score(made: Any, ground: Ground, **more: Any) -> int:
    answer = made.judge(reads(read(OURS, **more)), NOON_US, DAY)
    return int(found(answer).scores[0][list(Ground).index(ground)])


def seen_thrice(made: Any, **more: Any) -> list[int]:
    """Scores of LOOKS_DIFFER at three cameras, ten minutes apart."""
    scored = []
    for nth in range(3):
        grounds, score = judged(made, read(OURS, nth * 600, camera=1 + nth, **more))[0]
        assert grounds in {0, Ground.LOOKS_DIFFER}
        scored.append(score)
    return scored


def test_looks_that_are_not_the_registers() -> None:
    once, twice, thrice = seen_thrice(engine(), make=make("BMW"), colour=colour("red"))
    assert once == 0, "cameras err: one look is not enough"
    assert 50 < twice < thrice
    assert seen_thrice(engine(), colour=colour("silver")) == [0, 0, 0], "white and silver are alike"
    assert seen_thrice(engine(), make=0, colour=0, body=0) == [0, 0, 0], "nothing was seen"
    assert seen_thrice(engine(), make=make("BMW"), make_sure=20) == [0, 0, 0], "hardly seen"
    assert seen_thrice(engine(), colour=colour("red")) == [0, 0, 0], "of the same make: it was painted"
    assert not any(seen_thrice(engine(cars(OURS, make=0, colour=0)), make=make("BMW"), colour=colour("red")))


def test_a_bus_under_a_cars_plate_is_seen_at_once() -> None:
    sure = {"make_sure": 100, "colour_sure": 100, "body_sure": 100}
    assert seen_thrice(engine(), make=make("MAN"), colour=colour("red"), body=5, **sure)[0] > 60


def test_the_registers_car_seen_again_takes_the_doubt_away() -> None:
    made = engine()
    other = {"make": make("BMW"), "colour": colour("red")}
    judged(made, read(OURS, 0, camera=1, **other))
    judged(made, read(OURS, 600, camera=2))
    assert judged(made, read(OURS, 1_200, camera=3, **other)) == NOTHING


def test_one_camera_that_says_the_same_again_and_again_is_one_look() -> None:
    made = engine()
    rows = [read(OURS, nth, camera=1, make=make("BMW"), colour=colour("red")) for nth in range(40)]
    assert judged(made, *rows) == 40 * NOTHING
    for row in rows:
        assert judged(made, row | {"at_us": row["at_us"] + 41_000_000}) == NOTHING


def test_looks_add_up_in_one_batch_as_in_many() -> None:
    rows = [
        read(OURS, 600 * nth, camera=1 + nth, make=make("BMW"), colour=colour("red")) for nth in range(19)
    ]
    made = engine()
    one_by_one = [judged(made, row)[0] for row in rows]
    together = judged(engine(), *rows)
    assert [bool(grounds) for grounds, _ in one_by_one] == [bool(grounds) for grounds, _ in together]
    assert all(abs(a[1] - b[1]) <= 1 for a, b in zip(one_by_one, together, strict=True))


def test_colours_are_not_looked_at_in_the_dark() -> None:
    seen = {"make": 0, "colour": colour("yellow"), "colour_sure": 100, "body": 5, "body_sure": 100}
    day = seen_thrice(engine(), **seen)
    night = seen_thrice(engine(), from_us=NIGHT_US, **seen)
    assert sum(day) > sum(night)


def test_not_on_the_register() -> None:
    assert judged(engine(), read("777XYZ02"))[0][0] == Ground.NOT_ON_REGISTER
    assert judged(engine(), read("777XYZ03")) == NOTHING, "the register does not cover that region"
    assert judged(engine(), read("AB1234CD")) == NOTHING, "not ours"
    assert judged(engine(), read("777XYZ02", confidence=85, weakest=60)) == NOTHING, "not sure enough"
    made = engine()
    made.know(cars(OURS), complete=False)
    assert judged(made, read("777XYZ02")) == NOTHING, "the register is old"


@pytest.mark.parametrize("state", [2, 3, 4])
def test_withdrawn_scrapped_exported(state: int) -> None:
    assert judged(engine(cars(OURS, state=state)), read(OURS))[0][0] == Ground.NOT_ON_REGISTER


def test_a_state_that_nobody_knows_says_nothing() -> None:
    assert judged(engine(cars(OURS, state=0)), read(OURS)) == NOTHING


def test_a_misread_sign_explains_a_plate_that_was_never_issued() -> None:
    assert judged(engine(), read("128ABC02")) == NOTHING, "a white Toyota, and 123ABC02 is one"
    assert judged(engine(), read("128ABC02", make=make("BMW")))[0][0] == Ground.NOT_ON_REGISTER
    assert judged(engine(), read("128ABC02", make=0)) == NOTHING, "3 and 8 are often mistaken"
    assert judged(engine(), read("12?ABC02", weakest=0)) == NOTHING


def test_a_misread_sign_explains_other_looks() -> None:
    known = np.concatenate((cars("123ABC02"), cars("128ABC02", make=make("BMW"))[:1]))
    made = engine(known)
    assert judged(made, read("123ABC02", make=make("BMW"))) == NOTHING


def test_a_plate_that_cannot_be() -> None:
    assert judged(engine(), read("555BBB77"))[0][0] == Ground.IMPOSSIBLE_PLATE
    assert judged(engine(), read("123ABC82")) == NOTHING, "a misread 0"


def test_two_places() -> None:
    made = engine()
    assert judged(made, read(OURS, 0, camera=1)) == NOTHING
    assert judged(made, read(OURS, 600, camera=11)) == NOTHING, "ten kilometres in ten minutes"
    answer = made.judge(reads(read(OURS, 660, camera=1)), NOON_US, DAY)
    assert answer.grounds.tolist() == [Ground.TWO_PLACES]
    assert answer.score[0] > 80
    pair = found(answer).pairs[0]
    assert int(pair.before["camera"]) == 11
    assert int(pair.before["plate"]) == key(OURS)
    assert pair.seconds == pytest.approx(60)
    assert pair.metres == pytest.approx(10_000, rel=0.01)
    assert pair.clock_s == pytest.approx(2)
    assert 360 < pair.fastest_s < 380, "600 s by road at 1.6 times the speed, less what the cameras see"


def test_two_places_in_one_batch_in_whatever_order() -> None:
    for order in permutations(range(3)):
        rows = [read(OURS, 0, camera=1), read(OURS, 60, camera=11), read(OURS, 900, camera=12)]
        assert [grounds for grounds, _ in judged(engine(), *(rows[nth] for nth in order))] == [
            Ground.TWO_PLACES if nth == 1 else 0 for nth in order
        ]


def test_a_late_read_is_compared_with_what_came_before_and_after_it() -> None:
    made = engine()
    judged(made, read(OURS, 3_600, camera=1))
    assert judged(made, read(OURS, 0, camera=11)) == NOTHING, "an hour before"
    assert judged(made, read(OURS, 3_580, camera=11))[0][0] == Ground.TWO_PLACES, "a moment before"
    assert judged(made, read(OURS, 3_640, camera=2)) == NOTHING, "the newest sighting has stayed"


def test_clocks_are_counted_in() -> None:
    made = engine()
    made.roads = Roads(spots(clock_s=200.0), {0: network()})
    judged(made, read(OURS, 0, camera=1))
    assert judged(made, read(OURS, 60, camera=11)) == NOTHING
    made.roads = Roads(spots(clock_s=1_800.0), {0: network()})
    assert judged(made, read(OURS, 61, camera=1)) == NOTHING


def test_an_estimate_makes_no_clone() -> None:
    for made in (engine(), engine()):
        # 55 km from any road, in half an hour: quick, but not for a road that nobody knows.
        judged(made, read(OURS, 0, camera=1))
        assert judged(made, read(OURS, 1_800, camera=21)) == NOTHING
        made.roads = Roads(spots(), {})
        assert judged(made, read(OURS, 1_800 + 1_200, camera=1)) == NOTHING
    assert judged(made, read(OURS, 1_800 + 1_260, camera=21))[0][0] == Ground.TWO_PLACES, "nobody flies"


def test_between_regions_only_the_crow_speaks() -> None:
    made = engine()
    here = spots()
    made.roads = Roads(Spots(here.lon, here.lat, np.arange(22), here.clock_s), {0: network()})
    judged(made, read(OURS, 0, camera=1))
    assert judged(made, read(OURS, 240, camera=11)) == NOTHING, "150 km/h"
    assert judged(made, read(OURS, 300, camera=1))[0][0] == Ground.TWO_PLACES, "600 km/h"


def test_cameras_that_we_do_not_know_make_no_clone() -> None:
    made = engine()
    for at, camera in enumerate([1, 500, -3, 20, 500, 1]):
        grounds = judged(made, read(OURS, at, camera=camera))[0][0]
        assert grounds == 0


def test_an_unsure_read_makes_no_clone() -> None:
    made = engine()
    judged(made, read(OURS, 0, camera=1))
    assert judged(made, read(OURS, 20, camera=11, confidence=50, weakest=20, frames=1)) == NOTHING
    made = engine()
    judged(made, read(OURS, 0, camera=1, confidence=50, weakest=20, frames=1))
    assert judged(made, read(OURS, 20, camera=11)) == NOTHING


def test_the_same_read_again() -> None:
    made = engine(watch=listed(OURS))
    first = read(OURS, 0)
    again = read(OURS, 0)  # another id, the same moment
    answer = made.judge(reads(first, again, first), NOON_US, DAY)
    assert sorted(answer.repeated.tolist()) == [False, True, True]
    assert np.count_nonzero(answer.grounds) == 1
    for row in (first, again):
        answer = made.judge(reads(row), NOON_US, DAY)
        assert answer.repeated.tolist() == [True]
        assert answer.grounds.tolist() == [0]
    assert not made.judge(reads(read(OURS, 1)), NOON_US, DAY).repeated.any()


def test_what_was_seen_a_day_ago_is_forgotten() -> None:
    made = engine()
    judged(made, read(OURS, 0, camera=1))
    batch = reads(read(OURS, 10, camera=11))
    assert made.judge(batch, NOON_US + KEEP_US - 1_000_000, DAY).grounds[0]
    made = engine()
    judged(made, read(OURS, 0, camera=1))
    assert not made.judge(batch, NOON_US + KEEP_US + 1, DAY).grounds[0]
    assert made.seen.sweep(0, made.seen.slots, NOON_US + 60_000_000) == 1
    assert len(made.seen) == 0


def test_state_does_not_depend_on_how_reads_are_cut_into_batches() -> None:
    dice = np.random.default_rng(5)
    plates = [f"{n:03}ABC02" for n in range(40)]
    rows = [
        read(
            plates[dice.integers(40)],
            float(at),
            camera=int(dice.integers(1, 21)),
            frames=int(dice.integers(1, 3)),
        )
        for at in np.sort(dice.random(600) * 4_000)
    ]
    ways, roads = [], Roads(spots(), {0: network()})
    for size in (1, 7, 600):
        made = engine(cars(*plates))
        made.roads = roads  # a pair of cameras that is asked for the first time may have to wait
        parts = [made.judge(reads(*rows[at : at + size]), NOON_US, DAY) for at in range(0, 600, size)]
        ways.append(np.concatenate([part.grounds for part in parts]).tolist())
    assert any(ways[0])
    assert ways[0] == ways[1] == ways[2]
