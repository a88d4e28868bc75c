"""Which reads are surely new, surely known, or to be looked for."""

import numpy as np

from jedel.plates.codec import Reads, reads_of
from jedel.plates.store.fresh import AHEAD_US, Fresh
from jedel.plates.store.repository import moment
from tests.plates.made import plates, read

S = 1_000_000
NOW = 1_800_000_000 * S


def made(*said: tuple[str, int, int]) -> Reads:
    """(plate, camera, seconds after NOW)"""
    return reads_of(read(plate, moment(NOW + s * S), camera) for plate, camera, s in said)


def sorted_by(fresh: Fresh, reads: Reads) -> tuple[list[bool], list[bool]]:
    repeated, doubtful = fresh.sort(reads, reads["at_us"])
    return repeated.tolist(), doubtful.tolist()


def test_later_than_all_is_new_and_what_was_written_is_known() -> None:
    fresh = Fresh(NOW, {})
    reads = made(("123ABC02", 7, 10), ("123ABC02", 7, 11), ("123ABC02", 8, 3))
    assert sorted_by(fresh, reads) == ([False] * 3, [False, False, True])  # 3 s: from before we began?
    fresh.written(reads, reads["at_us"])
    assert sorted_by(fresh, reads) == ([True] * 3, [False] * 3)
    assert sorted_by(fresh, made(("123ABC02", 7, 10))) == ([False], [True])  # not later than the latest
    assert sorted_by(fresh, made(("123ABC02", 7, 12))) == ([False], [False])
    assert sorted_by(fresh, made(("123ABC02", 9, 10))) == ([False], [False])  # another camera
    twice = np.concatenate((made(("777ZZZ02", 7, 20)),) * 2)
    assert sorted_by(fresh, twice) == ([False, True], [False, False])


def test_a_camera_far_ahead_is_always_looked_for() -> None:
    fresh = Fresh(NOW, {5: NOW + 3600 * S})
    ahead = made(("123ABC02", 7, 100))
    ahead["heard_us"] -= AHEAD_US + 1
    assert sorted_by(fresh, ahead) == ([False], [True])
    assert sorted_by(fresh, made(("123ABC02", 5, 3000))) == ([False], [True])
    assert sorted_by(fresh, made(("123ABC02", 5, 3601))) == ([False], [False])


def test_cameras_of_any_number_and_nothing_at_all() -> None:
    fresh = Fresh(NOW, {3000: NOW})
    reads = made(*((plate, 1 + 900 * n, 10) for n, plate in enumerate(plates(200))))
    assert not any(sorted_by(fresh, reads)[1])
    fresh.written(reads, reads["at_us"])
    assert all(sorted_by(fresh, reads)[0])
    assert sorted_by(fresh, reads[:0]) == ([], [])
    fresh.written(reads[:0], reads["at_us"][:0])
