"""What happens when, from a seed: the same seed gives the same city life. Pure: no clock, no I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from random import Random
from typing import Any, Final

from simulator.config import Device

LOCKDOWN_SHARE: Final = 0.03
"""Of school presses 98 % are everyday emergencies (CENTEGIX); a little more here, so that it is seen."""
FIRST_PRESS_S: Final = 45.0
POOL: Final = 8
"""Presses come from so many devices: a repeated one joins its open alarm, so an unwatched demo stays calm."""

Place = tuple[float, float]
"""(longitude, latitude) in degrees"""


@dataclass(frozen=True, slots=True)
class Press:
    """`at_s` seconds after the start."""

    at_s: float
    device_id: str
    level: str


def presses(seed: int, devices: Sequence[Device], mean_s: float, pool: int = POOL) -> Iterator[Press]:
    """Presses without end, `mean_s` apart on average. None where no device is given."""
    rng = Random(f"{seed}/presses")
    ordered = sorted(devices, key=lambda device: device.id)
    chosen = rng.sample(ordered, min(pool, len(ordered)))
    at_s = FIRST_PRESS_S * min(1.0, mean_s / 60)
    while chosen:
        device = rng.choice(chosen)
        grave = "lockdown" in device.levels and rng.random() < LOCKDOWN_SHARE
        yield Press(at_s, device.id, "lockdown" if grave else "help")
        at_s += rng.expovariate(1 / mean_s)


def metres(a: Place, b: Place) -> float:
    """Straight-line metres, good within a city."""
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * 111_320


def itinerary(seed: int, unit_id: str, places: Sequence[Place], near: int = 5) -> Iterator[Place]:
    """Where a patrol drives when nothing calls it: a start, then each time the nearest of `near` places."""
    rng = Random(f"{seed}/patrol/{unit_id}")
    ordered = sorted(places)
    here = rng.choice(ordered)
    yield here
    while True:
        options = [place for place in rng.sample(ordered, min(near, len(ordered))) if place != here]
        here = min(options, key=lambda place: metres(here, place), default=here)
        yield here


@dataclass(frozen=True, slots=True)
class Answer:
    """How a crew answers one assignment. Seconds; `result` and `text` close it."""

    reaction_s: float
    on_scene_s: float
    result: str
    text: str


ANSWERED: Final = 0.6
"""Of the cars that a crew is told of; the others it does not meet."""
_REFUTED: Final = {"uninsured": "insured", "unpaid_fines": "paid"}


def alert_answers(
    seed: int, unit_id: str, alert_id: str, grounds: Sequence[str]
) -> tuple[tuple[float, dict[str, Any]], ...]:
    """What a crew answers about a car, and how many seconds after the answer before. Slowly, so that a
    visitor beside it is quicker; nothing where it does not meet the car."""
    rng = Random(f"{seed}/alert/{unit_id}/{alert_id}")
    if rng.random() >= ANSWERED:
        return ()
    seen = rng.uniform(60.0, 110.0), {"answer": "seen"}
    then_s, after_s, fate = rng.uniform(25.0, 50.0), rng.uniform(60.0, 90.0), rng.random()
    if fate < 0.2:
        return seen, (then_s, {"answer": "lost"})
    matches = {"plate_matches": True, "vehicle_matches": True}
    if fate < 0.35 and len(grounds) == 1 and grounds[0] in _REFUTED:
        return seen, (then_s, {"answer": "refuted", "reason": _REFUTED[grounds[0]]})
    confirmed = then_s, {"answer": "confirmed"} | matches
    return seen, confirmed, (after_s, {"answer": "stopped"} | matches)


_ENDINGS: Final = (
    (6, "resolved", "Ситуация на месте урегулирована, профилактическая беседа проведена."),
    (3, "false_alarm", "Ложное срабатывание: кнопка нажата по неосторожности."),
    (2, "no_offence", "Осмотрели место, нарушений не выявлено."),
    (1, "handed_over", "Передано участковому инспектору."),
)


def answer(seed: int, unit_id: str, incident_id: str) -> Answer:
    """The same crew answers the same incident in the same way."""
    rng = Random(f"{seed}/answer/{unit_id}/{incident_id}")
    _, result, text = rng.choices(_ENDINGS, [ending[0] for ending in _ENDINGS])[0]
    return Answer(rng.uniform(2.5, 7.0), rng.uniform(45.0, 100.0), result, text)
