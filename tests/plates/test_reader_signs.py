"""From what a network held likely to the plate that the grammar has."""

import numpy as np
import pytest

from jedel.plates.reader.engines import is_plate
from jedel.plates.reader.model import SIGNS, Signs, interpret, spread


def row(text: str, sure: float = 0.97, **second: str) -> Signs:
    """Likelihoods of a row; ``p3="8"``: at place 3 an 8 is nearly as likely."""
    likely = np.full((len(text), 36), (1 - sure) / 35, np.float32)
    for place, sign in enumerate(text):
        likely[place, SIGNS.index(sign)] = sure
        if other := second.get(f"p{place}"):
            likely[place, SIGNS.index(other)] = sure * 0.6
    return likely


NOTHING = np.zeros((0, 36), np.float32)


@pytest.mark.parametrize(
    ("rows", "text", "raw"),
    [
        (("123ABC02", ""), "123ABC02", "123ABC02"),
        (("123", "02ABC"), "123ABC02", "123/02ABC"),
        (("12", "10UV"), "12UV10", "12/10UV"),
        (("F1234", "02"), "F123402", "F1234/02"),
        (("A123", "BCD"), "A123BCD", "A123/BCD"),
        (("123KP02", ""), "123KP02", "123KP02"),
        (("A123BC77", ""), "A123BC77", "A123BC77"),  # a Russian plate, kept
        (("01KG123ABC", ""), "01KG123ABC", "01KG123ABC"),
        (("XY", "1234Z"), "XY1234Z", "XY/1234Z"),  # of nobody's: row after row
    ],
)
def test_rows_become_a_plate(rows: tuple[str, str], text: str, raw: str) -> None:
    read = interpret([row(each) if each else NOTHING for each in rows])
    assert read is not None
    assert (read.text, read.raw) == (text, raw)
    assert len(read.sure) == len(text)


def test_a_letter_where_only_digits_stand_is_what_was_nearly_read() -> None:
    read = interpret([row("1B3ABC02", p1="8"), NOTHING])
    assert read is not None
    assert (read.text, read.raw) == ("183ABC02", "1B3ABC02")
    assert read.sure[1] < read.sure[0]
    assert read.confidence < 0.6


def test_a_sure_impossible_region_stays_for_the_watch_to_judge() -> None:
    read = interpret([row("123ABC77", sure=0.9999), NOTHING])
    assert read is not None
    assert read.text == "123ABC77"


def test_nothing_and_too_much_are_no_plate() -> None:
    assert interpret([NOTHING, NOTHING]) is None
    assert interpret([row("1234567"), row("1234567")]) is None


def test_a_run_of_steps_is_one_sign_and_a_gap_parts_two() -> None:
    path = np.full((7, 37), 0.001, np.float32)
    for step, sign in enumerate((0, 2, 2, 0, 2, 11, 0)):
        path[step, sign] = 0.9
    path[2, 2] = 0.95
    signs = spread(path)
    assert "".join(SIGNS[n] for n in signs.argmax(1)) == "11A"
    assert signs[0].max() == np.float32(0.95)


@pytest.mark.parametrize(
    ("text", "series", "sure", "plate"),
    [
        ("123ABC02", "private", 0.3, True),
        ("A123BC77", None, 0.99, True),
        ("A123BC77", None, 0.6, False),
        ("APTEKA", None, 0.99, False),
        ("24H", None, 0.99, False),
    ],
)
def test_signs_of_shops_are_no_plates(text: str, series: str | None, sure: float, plate: bool) -> None:
    read = interpret([row(text, sure=sure)])
    assert read is not None
    assert is_plate(read, series) is plate
