"""Which plates a search means."""

import pytest

from jedel.plates import keys
from jedel.plates.model import PlateUnreadable
from jedel.plates.store.search.model import GROUNDS, PatternTooOpen, ground_codes, near, said, wanted
from jedel.qorgau.model import Ground, codes


def texts(numbers: tuple[int, ...] | None) -> set[str]:
    assert numbers is not None
    return {keys.text(number) for number in numbers}


def test_a_plate_is_itself_however_it_is_typed() -> None:
    found = wanted("123 авс-02", near_misses=False)
    assert (found.text, found.exact, texts(found.numbers)) == ("123ABC02", True, {"123ABC02"})


def test_one_wrong_sign_is_any_sign_too_many_or_missing() -> None:
    found = texts(near("12A"))
    assert {"12A", "1ZA", "?2A", "12", "1A", "2A", "12AA", "012A", "12?A"} <= found
    assert not {"", "13B", "A21", "12AAA", "1"} & found
    assert len(found) == len(near("12A"))  # each once
    assert texts(wanted("12A", near_misses=True).numbers) == found
    assert all(len(text) in (11, 12) for text in texts(near("A" * 12)))


def test_few_open_places_are_a_list_of_plates() -> None:
    found = wanted("12?ABC0?", near_misses=True)
    assert not found.exact
    assert len(texts(found.numbers)) == len(keys.SIGNS) ** 2
    assert {"123ABC02", "12?ABC0Z"} <= texts(found.numbers)


@pytest.mark.parametrize(
    ("typed", "like", "beginning"),
    [
        ("123*", "123%", "123"),
        ("12*02", "12%02", "12"),
        ("***авс02", "%ABC02", None),
        ("1?3*", "1_3%", None),
        ("???авс02", "___ABC02", None),
        ("77??аа??", "77__AA__", "77"),
    ],
)
def test_open_patterns(typed: str, like: str, beginning: str | None) -> None:
    if typed == "1?3*":
        with pytest.raises(PatternTooOpen):
            wanted(typed, near_misses=False)
        return
    found = wanted(typed, near_misses=False)
    assert (found.numbers, found.like) == (None, like)
    assert found.between == (keys.prefix_range(beginning) if beginning else None)


@pytest.mark.parametrize("typed", ["*", "??", "12*", "*7?", "********"])
def test_a_pattern_names_some_signs(typed: str) -> None:
    with pytest.raises(PatternTooOpen):
        wanted(typed, near_misses=False)


@pytest.mark.parametrize("typed", ["", "1", "12ABC;DROP*", "1" * 13, "1" * 10_000, "%_%*"])
def test_what_is_no_plate(typed: str) -> None:
    with pytest.raises((PlateUnreadable, PatternTooOpen)):
        wanted(typed, near_misses=False)


def test_grounds_are_those_of_qorgau() -> None:
    assert [str(ground.name).lower() for ground in Ground] == list(GROUNDS)
    for grounds in (0, 1, 96, 511):
        assert ground_codes(grounds) == list(codes(grounds))


def test_cameras_are_named_in_order() -> None:
    assert said([7, 2, 30]) == "2,7,30"
