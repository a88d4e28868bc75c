"""Each fault, made with pictures: what a look at it says."""

import numpy as np
import pytest

from jedel.cameras.health.model import VIEWS_MAX, Code, Look, judged
from jedel.cameras.health.picture import (
    VIEW_BYTES,
    Grey,
    Memory,
    like,
    measure,
    packed,
    remember,
    unpacked,
)
from tests.cameras.scenes import scene, shot

STREET = scene(1)
OTHER = scene(2)


def look(memory: Memory, picture: Grey, **more: object) -> Code | None:
    found = measure(picture, memory)
    code = judged(Look(found.seen, usual=memory.usual, **more))  # type: ignore[arg-type]
    remember(memory, found, well=code is None)
    return code


def used(looks: int = 6, **more: object) -> Memory:
    """A camera that was well for some looks."""
    memory = Memory()
    for seed in range(looks):
        assert look(memory, shot(STREET, seed, people=3, **more)) is None  # type: ignore[arg-type]
    return memory


def test_a_busy_street_is_well_by_day_and_by_night() -> None:
    memory = used()
    for seed in range(100, 130):
        light = 1.0 if seed < 110 else 0.35 if seed < 120 else 0.15
        noise = 2.0 if light == 1.0 else 5.0
        assert look(memory, shot(STREET, seed, people=8, light=light, noise=noise)) is None, light
    assert len(memory.views) <= VIEWS_MAX


@pytest.mark.parametrize("level", [16, 128, 235])
def test_an_even_surface_is_black_whatever_is_written_on_it(level: int) -> None:
    dice = np.random.default_rng(1)
    picture = np.clip(dice.normal(level, 1.5, (360, 640)), 0, 255).astype(np.uint8)
    picture[8:24, 10:150] = 235 - level // 2
    assert look(used(), picture) is Code.BLACK
    assert look(Memory(), picture) is Code.BLACK


def test_the_same_picture_again_is_frozen() -> None:
    memory, picture = used(), shot(STREET, 50)
    assert look(memory, picture) is None
    assert look(memory, picture) is Code.FROZEN
    assert look(memory, shot(STREET, 51)) is None


def test_a_clock_that_goes_on_over_a_still_picture_does_not_hide_it() -> None:
    memory = used(clock="12:00:00")
    assert look(memory, shot(STREET, 50, clock="12:00:10")) is None
    assert look(memory, shot(STREET, 50, clock="12:00:20")) is Code.FROZEN


def test_a_drawn_picture_without_noise_is_not_frozen_while_its_clock_goes() -> None:
    memory = Memory()
    for second in range(6):
        assert look(memory, shot(STREET, 1, noise=0, clock=f"12:00:{second:02}")) is None


@pytest.mark.parametrize("blur", [4.0, 8.0])
def test_a_lens_out_of_focus_is_blurred(blur: float) -> None:
    assert look(used(), shot(STREET, 60, blur=blur, noise=1.0, clock="12:00:00")) is Code.BLURRED


def test_night_noise_is_no_blur() -> None:
    assert look(used(), shot(STREET, 61, light=0.3, noise=4.0)) is None


@pytest.mark.parametrize("shift", [(160, 0), (0, 110), (-200, -80)])
def test_a_camera_that_was_turned_has_moved(shift: tuple[int, int]) -> None:
    memory = used()
    assert look(memory, shot(STREET, 70, shift=shift)) is Code.MOVED
    assert look(memory, shot(STREET, 71, shift=shift), fixed=False) is None, "one that may turn"


def test_another_scene_has_moved_and_wind_has_not() -> None:
    memory = used()
    assert look(memory, shot(OTHER, 80)) is Code.MOVED
    assert look(memory, shot(STREET, 81, shift=(4, -3))) is None


def test_a_truck_in_half_of_the_picture_is_no_move() -> None:
    picture = shot(STREET, 82)
    picture[:, :300] = 120 + np.random.default_rng(0).normal(0, 2, (360, 300)).astype(np.int8)
    assert look(used(), picture) is None


def test_a_large_picture_is_measured_as_a_small_one() -> None:
    small = measure(shot(STREET, 1), Memory())
    large = measure(np.repeat(np.repeat(shot(STREET, 1), 3, axis=0), 3, axis=1), Memory())
    assert like(small.edges, large.edges) > 0.95
    assert large.seen.sharp == pytest.approx(small.seen.sharp, rel=0.2)


def test_views_come_back_from_the_database() -> None:
    memory = used()
    raw = packed(memory.views)
    assert len(raw) == VIEW_BYTES * len(memory.views)
    again = unpacked(raw + b"torn")
    assert [view.sharp for view in again] == pytest.approx([view.sharp for view in memory.views])
    assert all((a.edges == b.edges).all() for a, b in zip(again, memory.views, strict=True))
    assert unpacked(b"") == []
