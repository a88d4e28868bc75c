"""From what a network held likely, step by step, to the plates that the grammar has."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from jedel.plates.reader.choices import weigh
from jedel.plates.reader.engines import is_plate
from jedel.plates.reader.lattice import aligned, chances
from jedel.plates.reader.model import SIGNS, Choice

Path = NDArray[np.float32]


def row(text: str, sure: float = 0.999, **second: str) -> Path:
    """(40, 37) of a row: each sign for two steps, nothing between; ``p3="8"``: at place 3 an 8 is nearly as
    likely, ``p3="-"``: nothing is."""
    likely = np.full((40, 37), (1 - sure) / 36, np.float32)
    likely[:, 0] = sure
    for place, sign in enumerate(text):
        for step in (4 * place + 1, 4 * place + 2):
            likely[step] = (1 - sure) / 36
            likely[step, 1 + SIGNS.index(sign)] = sure
            if other := second.get(f"p{place}"):
                likely[step, 0 if other == "-" else 1 + SIGNS.index(other)] = sure * 0.6
    return np.asarray(likely / likely.sum(1, keepdims=True), np.float32)


def plate(top: str, bottom: str = "", sure: float = 0.999, **second: str) -> Path:
    return np.stack([row(top, sure, **second), row(bottom, sure)])


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
        (("114AAB02", ""), "114AAB02", "114AAB02"),  # the same sign twice
    ],
)
@pytest.mark.parametrize("sure", [0.9999, 0.99])
def test_rows_become_a_plate(rows: tuple[str, str], text: str, raw: str, sure: float) -> None:
    best = weigh(plate(*rows, sure=sure))[0]
    assert (best.text, best.raw) == (text, raw)


def test_a_letter_where_only_digits_stand_is_what_was_nearly_read() -> None:
    best, *others = weigh(plate("1B3ABC02", p1="8"))
    assert (best.text, best.raw) == ("183ABC02", "183ABC02")
    assert 0.5 < best.likely < 0.95
    assert "1B3ABC02" in {each.text for each in others}


def test_a_sign_that_was_nearly_missed_or_nearly_doubled_is_found_by_the_grammar() -> None:
    missed = plate("F123402")
    missed[0, 9:11] = np.array([0.55] + [0.45 / 36] * 36)
    missed[0, 9:11, 1 + SIGNS.index("2")] += 0.4
    missed /= missed.sum(-1, keepdims=True)
    assert weigh(missed)[0].text == "F123402"
    doubled = plate("123ABC02")
    doubled[0, 11, 1 + SIGNS.index("U")] = 1.3
    doubled /= doubled.sum(-1, keepdims=True)
    assert weigh(doubled)[0].text == "123ABC02"


def test_a_sure_impossible_region_stays_for_the_watch_to_judge() -> None:
    assert weigh(plate("123ABC77", sure=0.9999))[0].text == "123ABC77"


def test_an_unsure_impossible_region_is_the_one_nearly_read() -> None:
    assert weigh(plate("123ABC28", p6="1"))[0].text == "123ABC18"


def test_nothing_and_too_much_are_no_plate() -> None:
    assert weigh(plate("")) == ()
    assert weigh(plate("1234567", "1234567")) == ()


def test_likelihoods_are_shares_of_one() -> None:
    choices = weigh(plate("1O3ABC02", p0="7", p4="8", sure=0.8))
    assert 1 < len(choices) <= 6
    assert sum(each.likely for each in choices) <= 1
    assert [each.likely for each in choices] == sorted((each.likely for each in choices), reverse=True)


def all_texts(likely: Path) -> dict[tuple[int, ...], tuple[float, float]]:
    """Text → (all ways together, the likeliest way), by trying every way."""
    found: dict[tuple[int, ...], tuple[float, float]] = {}
    for way in product(range(likely.shape[1]), repeat=len(likely)):
        p = float(np.prod([likely[step, sign] for step, sign in enumerate(way)]))
        text = tuple(s - 1 for n, s in enumerate(way) if s and (n == 0 or way[n - 1] != s))
        whole, most = found.get(text, (0.0, 0.0))
        found[text] = whole + p, max(most, p)
    return found


def test_how_likely_a_text_is_is_the_sum_of_its_ways_and_the_best_way_is_found() -> None:
    dice = np.random.default_rng(7)
    patterns = [("ABC",), ("ABC", "ABC"), ("AB", "BC"), ("A", "A"), ("A", "A", "A"), ("ABC", "A", "C")]
    for _ in range(20):
        likely = dice.dirichlet(np.full(4, 0.4), 5).astype(np.float32)
        every = all_texts(likely)
        texts = list(every)
        assert np.allclose(chances(likely, texts), [every[text][0] for text in texts], atol=1e-6)
        for pattern, way in zip(patterns, aligned(likely, patterns, "ABC"), strict=True):
            assert way is not None
            assert all("ABC"[sign] in may for sign, may in zip(way.text, pattern, strict=True))
            best = max(
                most
                for text, (_, most) in every.items()
                if len(text) == len(pattern)
                and all("ABC"[sign] in may for sign, may in zip(text, pattern, strict=True))
            )
            assert every[way.text][1] == pytest.approx(best, rel=1e-4, abs=1e-9)


def test_a_row_too_short_has_no_way() -> None:
    short = np.full((4, 37), 1 / 37, np.float32)
    assert aligned(short, [("A",) * 5, ("A", "A", "A")], SIGNS) == [None, None]


@pytest.mark.parametrize(
    ("text", "series", "sure", "plate"),
    [
        ("123ABC02", "private", 0.3, True),
        ("A123BC77", None, 0.99, True),
        ("A123BC77", None, 0.06, False),
        ("APTEKA", None, 0.99, False),
        ("24H", None, 0.99, False),
    ],
)
def test_signs_of_shops_are_no_plates(text: str, series: str | None, sure: float, plate: bool) -> None:
    assert is_plate(Choice(text, text, sure), series) is plate
