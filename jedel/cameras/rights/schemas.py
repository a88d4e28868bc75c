"""Bodies and answers of the rights' routes."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from jedel.access import Role
from jedel.cameras.rights.model import DAY_MIN, Action, Effect, Why
from jedel.kernel.schema import Body, Time, View

WINDOWS_MAX = 14


class WindowBody(Body):
    """``days``: ISO weekdays; ``start``, ``end``: minutes of the legal day; an ``end`` at or before ``start``
    lies on the day after."""

    days: Annotated[frozenset[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1)]
    start: Annotated[int, Field(ge=0, lt=DAY_MIN)]
    end: Annotated[int, Field(ge=0, le=DAY_MIN)]


class NewRight(Body):
    """``id`` is both the rule's id and the command's. Of ``role``, ``account_id`` and ``unit_id`` one;
    ``group_id`` none: every camera of the region; ``weekly`` empty: always."""

    id: UUID
    effect: Effect
    role: Role | None = None
    account_id: UUID | None = None
    unit_id: UUID | None = None
    group_id: UUID | None = None
    actions: Annotated[frozenset[Action], Field(min_length=1)]
    weekly: Annotated[tuple[WindowBody, ...], Field(max_length=WINDOWS_MAX)] = ()
    from_at: Time | None = None
    until_at: Time | None = None
    note: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_at is not None and self.until_at is not None and self.from_at >= self.until_at:
            raise ValueError("until_at lies before from_at")
        return self


class RightView(View):
    """``in_force``: whether its time is now."""

    id: UUID
    effect: Effect
    role: Role | None
    account_id: UUID | None
    account_name: str | None
    unit_id: UUID | None
    group_id: UUID | None
    actions: list[Action]
    weekly: list[WindowBody]
    from_at: datetime | None
    until_at: datetime | None
    note: str
    created_at: datetime
    created_by: str
    in_force: bool


class MayView(View):
    """What the asker may do with a camera now. ``unmasked``: sees it without its masks."""

    allowed: bool
    why: Why
    until: datetime | None
    unmasked: bool
    incidents: list[UUID]
