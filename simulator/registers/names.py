"""Words of a country that does not exist: nobody bears these names, nobody builds these cars."""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

GIVEN: Final = (
    "Үлгібек", "Сынақбай", "Мысалжан", "Ойданбек", "Қиялгүл", "Ертегіхан", "Нобайжан", "Жобагүл", "Макетбек",
    "Тәжірибегүл",
)  # fmt: skip
SURNAMES: Final = (
    "Үлгібаев", "Сынақов", "Мысалов", "Тестбаев", "Ойданов", "Қиялбаев", "Макетов", "Жобабаев", "Нобаев",
    "Ертегіев", "Демобаев", "Бейнеев",
)  # fmt: skip
COMPANIES: Final = ("ТОО Мысал", "ТОО Үлгі", "АО Сынақ", "ТОО Демо", "ТОО Нобай")
MAKES: Final = ("Aqquba", "Dalatau", "Samgau", "Tulpar Demo", "Qyran Test", "Jelmaia")
MODELS: Final = ("One", "Two", "Cross", "Cargo", "City", "Steppe")
COLOURS: Final = ("white", "black", "grey", "silver", "blue", "red", "green", "brown")
CLASSES: Final = ("car", "truck", "bus", "motorcycle", "trailer")
RESTRICTIONS: Final = ("", *[""] * 16, "pledge", "court arrest", "pledge; court arrest")
INSURERS: Final = ("Мысал Сақтандыру", "Үлгі Полис", "Demo Insurance")
ARTICLES: Final = ("592 ч.1", "592 ч.2", "599 ч.1", "593", "601", "590")
TENGE: Final = (21_625, 43_250, 43_250, 21_625, 12_975, 43_250)
WEAPONS: Final = ("smooth-bore, 12 gauge", "rifled, .22", "gas pistol")
REASONS: Final = ("stolen", "left the place of an accident", "court's search")
GROUNDS: Final = ("УПК, дело-образец 1", "УПК, дело-образец 2", "определение суда-образца")


def pick(dice: np.random.Generator, words: tuple[str, ...], count: int) -> pa.Array:
    """``count`` words drawn from ``words``."""
    return taken(words, dice.integers(0, len(words), count))


def taken(words: tuple[str, ...], places: NDArray[np.int64]) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def people(dice: np.random.Generator, count: int) -> pa.Array:
    """Surname and given name."""
    pairs = tuple(f"{surname} {given}" for surname in SURNAMES for given in GIVEN)
    return pick(dice, pairs, count)
