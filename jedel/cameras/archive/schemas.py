"""Bodies and answers of looking back."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from jedel.cameras.model import StreamName
from jedel.kernel.schema import Body, ShortText, Time, View

CaseNumber = Annotated[str, Field(pattern=r"^[0-9A-ZА-ЯӘІҢҒҮҰҚӨҺ/-]{3,40}$")]
WINDOWS_MAX = 50


class RangeView(View):
    since: datetime
    until: datetime


class EventView(View):
    """On the timeline. ``kind``: incident, alarm, fault, recording. ``id``: of what it is; ``what``: a code
    (class of the incident, level of the alarm, the camera's fault, why it was recorded); ``until``: None: a
    moment, or not over. ``number``: of an incident."""

    kind: Literal["incident", "alarm", "fault", "recording"]
    id: UUID
    at: datetime
    until: datetime | None = None
    what: str = ""
    number: int | None = None
    priority: str | None = None


class ArchiveView(View):
    """``ranges``: what is recorded; ``gaps``: what is not, of the time up to now; ``dropped``: units that
    were lost while recording; ``first``: the oldest that is kept; ``keep_days``: how long it is."""

    camera_id: UUID
    stream: str
    since: datetime
    until: datetime
    first: datetime | None
    ranges: list[RangeView]
    gaps: list[RangeView]
    events: list[EventView]
    dropped: int
    keep_days: int | None
    masked: bool
    more: bool


class PurposeView(View):
    code: str
    names: dict[str, str]
    needs: str


class MomentCamera(View):
    """``recorded``: at the moment, or since. ``allowed``: whether the asker may look back now."""

    id: UUID
    name: str
    zone: str | None
    floor: int | None
    recorded: bool
    allowed: bool


class MomentView(View):
    """An incident's cameras, in order, and the moment to look at."""

    incident_id: UUID
    moment: datetime
    closed_at: datetime | None
    cameras: list[MomentCamera]


class Export(Body):
    """``id``: the command's, and the export's."""

    id: UUID
    since: Time
    until: Time
    purpose: ShortText
    incident_id: UUID | None = None
    case_number: CaseNumber | None = None
    stream: StreamName = StreamName.MAIN


class ExportView(View):
    """``made_at`` None: it is being made, unless ``fault`` says why not. ``sha256``: hex, of the file."""

    id: UUID
    camera_id: UUID
    asked_by: UUID
    asked_at: datetime
    purpose: str
    incident_id: UUID | None
    case_number: str | None
    since: datetime
    until: datetime
    unmasked: bool
    made_at: datetime | None
    bytes: int | None
    sha256: str | None
    fault: str | None
    manifest: dict[str, Any] | None


class WindowBody(Body):
    """``day``: 0 Monday; minutes of the local day, ``until`` up to 1440."""

    day: Annotated[int, Field(ge=0, le=6)]
    begin: Annotated[int, Field(ge=0, le=1439, alias="from")]
    until: Annotated[int, Field(ge=1, le=1440)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begin >= self.until:
            raise ValueError("a window ends before it begins")
        return self


class Schedule(Body):
    """Weekly windows in which the camera is recorded; none: as the camera's own setting says."""

    id: UUID
    windows: Annotated[tuple[WindowBody, ...], Field(max_length=WINDOWS_MAX)]


class ScheduleView(View):
    windows: list[dict[str, int]]


class Piece(Body):
    """What to play. ``at``: from the keyframe at or before it; ``origin``: what is time zero to the player;
    ``remake``: as H.264 and Opus, for a browser that does not take what was recorded."""

    at: Time
    origin: Time
    purpose: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
    seconds: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 10
    incident: UUID | None = None
    case: CaseNumber | None = None
    stream: StreamName = StreamName.MAIN
    remake: bool = False


class Record(Body):
    """Record now, with what is in memory of the seconds before."""

    id: UUID
    minutes: Annotated[int, Field(ge=1, le=480)] = 15
    incident_id: UUID | None = None
    reason: ShortText = "hand"


class DiskView(View):
    """``lost_before``: recordings up to then may have been removed before their time."""

    at: datetime | None = None
    free_share: float | None = None
    analytics_shed: bool = False
    lowered_at: datetime | None = None
    lost_before: datetime | None = None
