"""All registers of one invented country, in pieces of rows, the same for the same seed and size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator.registers import names, numbers

PIECE = 250_000
TODAY: Final = date(2026, 11, 1)
"""What the files are true of unless told; fixed, so that a seed gives the same files on any day."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many rows each register has, and the day on which they are true."""

    vehicles: int
    seed: int
    today: date = TODAY

    @property
    def phones(self) -> int:
        return min(max(self.vehicles // 20, 10), 900_000)

    @property
    def wanted(self) -> int:
        return max(self.vehicles // 500, 5)


Pieces = Iterator[pa.Table]


def vehicles(plan: Plan) -> Pieces:
    """Every plate and VIN once."""
    for places, dice in _pieces(plan, plan.vehicles, 1):
        count = len(places)
        years = dice.integers(1995, 2027, count)
        yield pa.table(
            {
                "plate": _text(numbers.plates(places)),
                "vin": _text(numbers.vins(places, years)),
                "make": names.pick(dice, names.MAKES, count),
                "model": names.pick(dice, names.MODELS, count),
                "colour": names.pick(dice, names.COLOURS, count),
                "class": _classes(dice, places),
                "year": pa.array(years.astype(np.int16)),
                "state": names.pick(
                    dice, (*["registered"] * 30, "deregistered", "scrapped", "exported"), count
                ),
                "restrictions": names.pick(dice, names.RESTRICTIONS, count),
                "accidents": pa.array(np.minimum(dice.geometric(0.7, count) - 1, 9).astype(np.int16)),
            }
        )


def owners(plan: Plan) -> Pieces:
    """One present owner of each car; a third had another before. One in ten is an organisation."""
    for places, dice in _pieces(plan, plan.vehicles, 2):
        count = len(places)
        firms = dice.random(count) < 0.1
        number = np.where(firms, numbers.bins(dice, count), numbers.iins(dice, count))
        name = pc.if_else(
            pa.array(firms), names.pick(dice, names.COMPANIES, count), names.people(dice, count)
        )
        since = _days(plan, dice, count, 30, 3_000)
        plates = _text(numbers.plates(places))
        present = {"plate": plates, "number": _text(number), "name": name, "since": _date(since)}
        yield pa.table(present | {"until": pa.nulls(count, pa.date32())})
        had = np.flatnonzero(dice.random(count) < 0.33)
        former = {
            "plate": plates.take(pa.array(had)),
            "number": _text(numbers.iins(dice, len(had))),
            "name": names.people(dice, len(had)),
            "since": _date(since[had] - dice.integers(100, 3_000, len(had))),
        }
        yield pa.table(former | {"until": _date(since[had])})


def insurance(plan: Plan) -> Pieces:
    """All but one car in fifty have a policy; of every hundred of these two have ended."""
    for places, dice in _pieces(plan, plan.vehicles, 3):
        insured = places[dice.random(len(places)) < 0.98]
        ended = dice.random(len(insured)) < 0.02
        since = _days(plan, dice, len(insured), 0, 330) - np.where(ended, 400, 0)
        yield pa.table(
            {
                "policy": _numbered("DEMO-", insured),
                "plate": _text(numbers.plates(insured)),
                "insurer": names.pick(dice, names.INSURERS, len(insured)),
                "since": _date(since),
                "until": _date(since + 364),
            }
        )


def wanted_vehicles(plan: Plan) -> Pieces:
    """One car in 500; entries end after a year."""
    dice = np.random.default_rng((plan.seed, 4))
    places = np.sort(dice.choice(plan.vehicles, min(plan.wanted, plan.vehicles), replace=False))
    yield pa.table(
        {"entry": _numbered("WV-", places), "plate": _text(numbers.plates(places))}
        | _entry(plan, dice, len(places))
    )


def wanted_persons(plan: Plan) -> Pieces:
    """Half of them also by a document."""
    dice = np.random.default_rng((plan.seed, 5))
    places = np.arange(plan.wanted)
    documents = _numbered("N", places + 10_000_000)
    yield pa.table(
        {
            "entry": _numbered("WP-", places),
            "iin": _text(numbers.iins(dice, len(places))),
            "document": pc.if_else(pa.array(places % 2 == 0), documents, pa.scalar(None, pa.string())),
            "name": names.people(dice, len(places)),
        }
        | _entry(plan, dice, len(places))
    )


def fines(plan: Plan) -> Pieces:
    """One car in twelve has one; one in 300 has three to seven."""
    for places, dice in _pieces(plan, plan.vehicles, 6):
        drawn = dice.random(len(places))
        several = np.where(drawn < 1 / 300, dice.integers(3, 8, len(places)), 1)
        fined = np.repeat(places, np.where(drawn < 1 / 12, several, 0))
        which = dice.integers(0, len(names.ARTICLES), len(fined))
        yield pa.table(
            {
                "notice": _numbered("DN-", fined * 10 + _nth(fined)),
                "plate": _text(numbers.plates(fined)),
                "article": names.taken(names.ARTICLES, which),
                "amount_tenge": pa.array(np.array(names.TENGE)[which]),
                "issued": _date(_days(plan, dice, len(fined), 1, 300)),
            }
        )


def phones(plan: Plan) -> Pieces:
    """Lost and stolen ones."""
    for places, dice in _pieces(plan, plan.phones, 7):
        count = len(places)
        yield pa.table(
            {
                "imei": _text(numbers.imeis(places)),
                "state": names.pick(dice, ("lost", "stolen"), count),
                "since": _date(_days(plan, dice, count, 1, 700)),
                "report": _numbered("DR-", places),
            }
        )


def weapon_permits(plan: Plan) -> Pieces:
    """As many as one for fifty cars."""
    dice = np.random.default_rng((plan.seed, 8))
    places = np.arange(max(plan.vehicles // 50, 5))
    since = _days(plan, dice, len(places), 1, 1_500)
    yield pa.table(
        {
            "permit": _numbered("GP-", places),
            "iin": _text(numbers.iins(dice, len(places))),
            "weapon": names.pick(dice, names.WEAPONS, len(places)),
            "purpose": names.pick(dice, ("hunting", "self-defence", "sport"), len(places)),
            "since": _date(since),
            "until": _date(since + 1_825),
        }
    )


def offences(plan: Plan) -> Pieces:
    """One car in ten has one to three; one in 250 has six to nine, all within the last year."""
    for places, dice in _pieces(plan, plan.vehicles, 9):
        drawn = dice.random(len(places))
        many = np.where(drawn < 0.004, dice.integers(6, 10, len(places)), dice.integers(1, 4, len(places)))
        cars = np.repeat(places, np.where(drawn < 0.1, many, 0))
        yield pa.table(
            {
                "notice": _numbered("DO-", cars * 10 + _nth(cars)),
                "plate": _text(numbers.plates(cars)),
                "article": names.pick(dice, names.ARTICLES, len(cars)),
                "committed": _date(_days(plan, dice, len(cars), 1, 300)),
            }
        )


KINDS: Final[dict[str, Callable[[Plan], Pieces]]] = {
    "vehicles": vehicles,
    "owners": owners,
    "insurance": insurance,
    "wanted-vehicles": wanted_vehicles,
    "wanted-persons": wanted_persons,
    "fines": fines,
    "phones": phones,
    "weapon-permits": weapon_permits,
    "offences": offences,
}
"""Every register by the name that `jedel registers import` takes."""


def _pieces(plan: Plan, rows: int, which: int) -> Iterator[tuple[NDArray[np.int64], np.random.Generator]]:
    for begin in range(0, rows, PIECE):
        dice = np.random.default_rng((plan.seed, which, begin))
        yield np.arange(begin, min(begin + PIECE, rows)), dice


def _classes(dice: np.random.Generator, places: NDArray[np.int64]) -> pa.Array:
    """Trailers and motorcycles are those whose plates say so; of the others nine in ten are cars."""
    drawn = np.searchsorted((0.9, 0.96), dice.random(len(places)))
    series = numbers.series_of(places)
    of_series = [each.name for each in numbers.SERIES]
    drawn[series == of_series.index("motorcycle")] = names.CLASSES.index("motorcycle")
    drawn[series == of_series.index("trailer")] = names.CLASSES.index("trailer")
    return names.taken(names.CLASSES, drawn)


def _entry(plan: Plan, dice: np.random.Generator, count: int) -> dict[str, pa.Array]:
    since = _days(plan, dice, count, 1, 200)
    which = dice.integers(0, len(names.REASONS), count)
    return {
        "reason": names.taken(names.REASONS, which),
        "ground": names.taken(names.GROUNDS, which),
        "initiator": names.pick(dice, ("Отдел-образец 1", "Отдел-образец 2"), count),
        "since": _date(since),
        "expires": _date(since + 3_650),
    }


def _days(plan: Plan, dice: np.random.Generator, count: int, least: int, most: int) -> NDArray[np.int64]:
    """Days since 1970, from ``most`` to ``least`` days before the plan's."""
    return (plan.today - date(1970, 1, 1)).days - dice.integers(least, most, count)


def _date(days: NDArray[np.int64]) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _text(words: NDArray[np.bytes_]) -> pa.Array:
    return pa.array(words, pa.binary()).cast(pa.string())


def _numbered(prefix: str, places: NDArray[np.int64]) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(places).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _nth(sorted_places: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2 … within each run of the same place."""
    _, first, which = np.unique(sorted_places, return_index=True, return_inverse=True)
    found: NDArray[np.int64] = np.arange(len(sorted_places)) - first[which]
    return found
