"""Rows of the dispatch tables → the model."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.dispatch.model import (
    Assignment,
    Caller,
    Incident,
    IncidentClass,
    Priority,
    Result,
    Step,
    Times,
    Way,
)
from jedel.kernel.geo import Point

STEPS = ("received", "opened", "answered", "dispatched", "en_route", "on_scene", "closed")


def incident(row: dict[str, Any]) -> Incident:
    """A row of ``incident`` with ``alarm_ids`` (array) and ``work``, its assignments as JSON or NULL."""
    return Incident(
        id=row["id"],
        region=row["region"],
        number=row["number"],
        cls=IncidentClass(row["class"]),
        priority=Priority(row["priority"]),
        place=Point(row["lon"], row["lat"]),
        place_known=row["place_known"],
        times=Times(**{step: utc(row[f"{step}_at"]) for step in STEPS}),  # type: ignore[arg-type]
        opened_by=row["opened_by"],
        title=row["title"],
        label=row["label"],
        site_id=row["site_id"],
        site=row["site"],
        callers=tuple(Caller(c["name"], c["phone"]) for c in row["callers"]),
        alarm_ids=tuple(row["alarm_ids"]),
        units_wanted=row["units_wanted"],
        assignments=tuple(map(assignment, row["work"] or ())),
        result=Result(row["result"]) if row["result"] else None,
        result_text=row["result_text"],
        joined_into=row["joined_into"],
    )


def assignment(row: dict[str, Any]) -> Assignment:
    """An assignment from PostgreSQL's JSON of its row."""
    assigned_at = _read(row["assigned_at"])
    assert assigned_at is not None
    return Assignment(
        id=UUID(row["id"]),
        unit_id=UUID(row["unit_id"]),
        call_sign=row["call_sign"],
        status=Step(row["status"]),
        assigned_at=assigned_at,
        way=None if row["eta_s"] is None else Way(row["eta_s"], row["metres"], row["estimated"]),
        en_route_at=_read(row["en_route_at"]),
        en_route_said=_read(row["en_route_said"]),
        on_scene_at=_read(row["on_scene_at"]),
        on_scene_said=_read(row["on_scene_said"]),
        released_at=_read(row["released_at"]),
        reason=row["reason"],
    )


def callers(one: Incident) -> Jsonb:
    return Jsonb([{"name": c.name, "phone": c.phone} for c in one.callers])


def utc(moment: datetime | None) -> datetime | None:
    """The database answers in its session's zone; views are written in UTC."""
    return moment.astimezone(UTC) if moment else None


def _read(text: str | None) -> datetime | None:
    return utc(datetime.fromisoformat(text)) if text else None
