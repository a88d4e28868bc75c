"""Bodies of this room's routes. Answers are the views of ``views.py``, which the live feed carries too."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from jedel.alarms.model import TEST_MINUTES_MAX
from jedel.alarms.signals import Level
from jedel.kernel.schema import Body

Result = Literal["resolved", "false_alarm", "duplicate", "no_offence", "handed_over", "cancelled"]

ZONES_MAX = 256


class Acknowledge(Body):
    id: UUID


class Close(Body):
    id: UUID
    result: Result


class TestMode(Body):
    """``minutes`` is asked for when ``on``; test mode always ends by itself."""

    id: UUID
    on: bool
    minutes: Annotated[int, Field(ge=1, le=TEST_MINUTES_MAX)] | None = None

    @model_validator(mode="after")
    def _minutes_when_on(self) -> Self:
        if self.on and self.minutes is None:
            raise ValueError("minutes are needed to switch test mode on")
        return self


class Panel(Body):
    """Settings of a DC-09 panel. ``aes_key``: 16, 24 or 32 bytes in hex, null for a panel that does not
    encrypt; it is never shown again. ``poll_s``: seconds between its reports. ``zones``: the level of each
    zone's button."""

    id: UUID
    aes_key: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})$")] | None = (
        None
    )
    poll_s: Annotated[int, Field(ge=10, le=86_400)] = 180
    zones: Annotated[
        dict[Annotated[str, Field(pattern=r"^[1-9A-F][0-9A-F]{0,3}$")], Level], Field(max_length=ZONES_MAX)
    ] = Field(default_factory=dict)
