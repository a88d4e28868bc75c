"""Makes, colours and bodies by the words that registers, cameras and people have for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.plates import looks


@pytest.mark.parametrize(
    ("word", "code"),
    [("white", "white"), ("Тёмно-синий металлик", "blue"), ("темно-синий", "blue"), ("СЕРЕБРИСТЫЙ", "silver"),
     ("Gray", "grey"), ("күміс түсті", "silver"), ("қара", "black"), ("", None), ("colour of the sea", None)],
)  # fmt: skip
def test_colours(word: str, code: str | None) -> None:
    assert looks.code("colour", looks.colour(word)) == code


@pytest.mark.parametrize(
    ("word", "name"),
    [("TOYOTA Camry 70", "Toyota"), ("ВАЗ 21074", "Lada"), ("Land Rover Discovery", "Land Rover"),
     ("Mercedes-Benz", "Mercedes-Benz"), ("мерседес", "Mercedes-Benz"), ("Tulpar Demo", "Tulpar Demo"),
     ("spaceship", None)],
)  # fmt: skip
def test_makes(word: str, name: str | None) -> None:
    assert looks.code("make", looks.make(word)) == name


def test_bodies() -> None:
    assert looks.body("Легковой автомобиль") == looks.body("sedan") == looks.body("car")
    assert looks.body("Car") != looks.body("Truck") != 0
    assert looks.alike_bodies(looks.body("car"), looks.body("suv"))
    assert not looks.alike_bodies(looks.body("car"), looks.body("bus"))


def test_neighbouring_colours_are_alike_and_more_of_them_at_night() -> None:
    white, grey, silver, black = (looks.colour(word) for word in ("white", "grey", "silver", "black"))
    assert looks.alike(grey, silver)
    assert not looks.alike(white, black)
    assert not looks.alike(white, grey)
    assert looks.alike(white, grey, night=True)
    assert not looks.alike(white, black, night=True)
    assert looks.alike(0, black)
    assert looks.alike(white, 0)
    table = looks.alike_table(night=False)
    assert (table == table.T).all()
    assert table.diagonal().all()
    assert not (table & ~looks.alike_table(night=True)).any()
    assert not table.flags.writeable
    assert np.array_equal(looks.bodies_table(), looks.bodies_table().T)


def test_each_has_its_name_in_every_language() -> None:
    for language in ("kk", "ru", "en"):
        assert looks.name("colour", looks.colour("white"), language)
        assert looks.name("body", looks.body("car"), language)
        assert looks.name("make", looks.make("Toyota"), language) == "Toyota"
    assert looks.name("colour", 0, "kk") == looks.name("colour", 254, "kk") == ""
    assert looks.code("body", 0) is None


@given(st.text(max_size=300))
def test_any_word(word: str) -> None:
    for kind in (looks.make, looks.colour, looks.body):
        assert 0 <= kind(word) < 65_535
