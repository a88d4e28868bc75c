"""Frames → passings: by vote, and a neighbour's plate never sticks."""

from random import Random

import numpy as np
import pytest

from jedel.plates.model import parse
from jedel.plates.reader.model import Box, Choice, PlateSeen
from jedel.plates.reader.track import Passing, Tracker, alike

FRAME = np.zeros((1080, 1920, 3), np.uint8)
STEP_US = 120_000


def seen(
    text: str, x: float, y: float, wide: int = 120, sure: float = 0.9, others: dict[str, float] | None = None
) -> PlateSeen:
    """A read with its plate's middle at x, y, and what it may be too."""
    box = Box(round(x - wide / 2), round(y - 14), round(x + wide / 2), round(y + 14))
    corners = np.array(
        [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    )
    plate = parse(text)
    choices = Choice(text, text, sure), *(Choice(t, t, p) for t, p in (others or {}).items())
    return PlateSeen(choices, plate.series, plate.region, box, corners.astype(np.float32))


def passed(frames: list[list[PlateSeen]], tracker: Tracker | None = None) -> list[Passing]:
    tracker = tracker or Tracker()
    said = []
    for nth, reads in enumerate(frames):
        said += tracker.add(nth * STEP_US, FRAME, reads)
    return said + tracker.flush()


def test_one_car_in_three_frames_is_one_passing() -> None:
    (passing,) = passed([[seen("123ABC02", 400 + 60 * n, 300 + 40 * n)] for n in range(3)])
    assert (passing.text, passing.frames, passing.region) == ("123ABC02", 3, "02")
    assert passing.first_us == 0
    assert passing.last_us == 2 * STEP_US


def test_a_misread_frame_is_outvoted() -> None:
    texts = ("123ABC02", "128ABC02", "123ABC02")
    (passing,) = passed(
        [[seen(t, 400 + 50 * n, 300, sure=0.4 if n == 1 else 0.9)] for n, t in enumerate(texts)]
    )
    assert (passing.text, passing.frames) == ("123ABC02", 2)
    assert passing.sure[2] < passing.sure[0]


def test_two_doubtful_frames_do_not_outvote_one_that_saw_it() -> None:
    """What each frame holds possible counts, not only what it holds likeliest."""
    doubtful = {"others": {"131QVD08": 0.4}, "sure": 0.45}
    frames = [seen("131OVD08", 400 + 50 * n, 300, **doubtful) for n in range(2)]  # type: ignore[arg-type]
    (passing,) = passed([*([each] for each in frames), [seen("131QVD08", 500, 300, sure=0.98)]])
    assert (passing.text, passing.frames) == ("131QVD08", 3)
    assert passing.sure[3] < passing.sure[0]


def test_frames_that_leave_two_plates_as_likely_say_none() -> None:
    tracker = Tracker()
    pair = ("131OVD08", "131QVD08")
    frames = [[seen(pair[n], 400 + 50 * n, 300, sure=0.5, others={pair[1 - n]: 0.49})] for n in range(2)]
    assert passed(frames, tracker) == []
    assert tracker.single == 1


def test_frames_that_disagree_say_none() -> None:
    tracker = Tracker()
    assert passed([[seen("123ABC02", 400, 300)], [seen("128ABC02", 450, 300)]], tracker) == []
    assert tracker.single == 1


def test_one_frame_alone_is_no_passing() -> None:
    tracker = Tracker()
    assert passed([[seen("123ABC02", 400, 300)]], tracker) == []
    assert tracker.single == 1


def test_neighbours_keep_their_plates() -> None:
    left = [seen("123ABC02", 500 + 10 * n, 400 + 60 * n) for n in range(4)]
    right = [seen("456DEF16", 720 + 10 * n, 410 + 60 * n) for n in range(4)]
    said = passed([[a, b] if n % 2 else [b, a] for n, (a, b) in enumerate(zip(left, right, strict=True))])
    assert sorted((each.text, each.frames) for each in said) == [("123ABC02", 4), ("456DEF16", 4)]


def test_a_neighbour_read_only_when_the_first_is_not_does_not_take_its_plate() -> None:
    """The own plate is hidden in the middle frames, where the next lane's is read nearby."""
    frames = [
        [seen("123ABC02", 500, 400)],
        [seen("456DEF16", 610, 440)],
        [seen("456DEF16", 620, 480)],
        [seen("123ABC02", 530, 520)],
    ]
    assert sorted(each.text for each in passed(frames)) == ["123ABC02", "456DEF16"]


def test_one_that_follows_in_the_same_place_is_another_car() -> None:
    frames = [[seen("123ABC02", 500, 400)], [seen("123ABC02", 505, 405)]]
    frames += [[seen("777XYZ05", 500, 400)], [seen("777XYZ05", 505, 405)]]
    assert sorted(each.text for each in passed(frames)) == ["123ABC02", "777XYZ05"]


def test_twins_a_sign_apart_side_by_side_stay_two() -> None:
    frames = [[seen("123ABC02", 500, 400 + 50 * n), seen("123ABC03", 760, 400 + 50 * n)] for n in range(3)]
    assert sorted(each.text for each in passed(frames)) == ["123ABC02", "123ABC03"]


def test_who_is_away_for_long_has_passed() -> None:
    tracker = Tracker()
    for nth in range(2):
        assert tracker.add(nth * STEP_US, FRAME, [seen("123ABC02", 500, 400)]) == []
    (passing,) = tracker.add(3_000_000, FRAME, [])
    assert passing.text == "123ABC02"
    assert tracker.flush() == []


def test_the_sharpest_frame_is_kept_with_its_own_crop() -> None:
    sharp = np.asarray(np.random.default_rng(4).integers(0, 255, (1080, 1920, 3)), np.uint8)
    tracker = Tracker()
    tracker.add(0, FRAME, [seen("123ABC02", 500, 400)])
    tracker.add(STEP_US, sharp, [seen("123ABC02", 520, 420)])
    tracker.add(2 * STEP_US, FRAME, [seen("123ABC02", 540, 440)])
    (passing,) = tracker.flush()
    assert passing.at_us == STEP_US
    assert passing.plate_picture.any()
    assert passing.car_picture.shape[1] > 3 * passing.plate_picture.shape[1]


def test_a_wall_of_plates_is_limited() -> None:
    tracker = Tracker()
    many = [seen(f"{n:03d}ABC02", 20 + 9 * (n % 200), 20 + 30 * (n // 200), wide=8) for n in range(400)]
    tracker.add(0, FRAME, many)
    assert len(tracker.flush()) == 0
    assert tracker.single == 200


@pytest.mark.parametrize(("a", "b", "share"), [("123", "123", 1.0), ("123", "", 0.0), ("1234", "1235", 0.75)])
def test_how_alike_texts_are(a: str, b: str, share: float) -> None:
    assert alike(a, b) == share


def test_lanes_of_traffic_by_chance_never_swap() -> None:
    """Ten crowds: four lanes, reads dropped and signs misread by chance; nobody gets another's plate."""
    for seed in range(10):
        rng = Random(seed)
        plates = [
            f"{rng.randrange(1000):03d}{rng.choice('ABCDEF')}{rng.choice('KLMN')}{rng.choice('RSTU')}02"
            for _ in range(4)
        ]
        frames = []
        for nth in range(6):
            reads = [
                seen(plate, 250 + 330 * lane + 8 * nth, 300 + 70 * nth + 20 * lane)
                for lane, plate in enumerate(plates)
                if rng.random() < 0.8
            ]
            rng.shuffle(reads)
            frames.append(reads)
        said = {each.text for each in passed(frames)}
        assert said <= set(plates)
        assert len(said) >= 3
