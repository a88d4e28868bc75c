"""Incidents for tests of the pure files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from jedel.dispatch.model import Incident, IncidentClass, Priority, Times, Way
from jedel.kernel.geo import Point

T0 = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
SQUARE = Point(76.9286, 43.2567)
ROAD = Way(eta_s=90, metres=800, estimated=False)


def uid(name: str) -> UUID:
    """The same id for the same name, so that a failing test reads well."""
    return uuid5(UUID(int=0), name)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def incident(name: str = "one", **changes: object) -> Incident:
    base = Incident(
        id=uid(name),
        region="00",
        number=1,
        cls=IncidentClass.FIGHT,
        priority=Priority.URGENT,
        place=SQUARE,
        times=Times(received=T0, opened=T0),
        opened_by=f"account:{uid('operator')}",
        title={"kk": "Төбелес", "ru": "Драка", "en": "Fight"},
        label={"kk": "", "ru": "", "en": ""},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def sent(unit: str = "P1", at: float = 10, **changes: object) -> Incident:
    """An incident with one unit on it."""
    return incident(**changes).assign(uid(f"{unit}@{at}"), uid(unit), unit, ROAD, after(at))  # type: ignore[arg-type]
