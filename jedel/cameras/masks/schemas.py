"""Bodies and answers of the masks' routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from jedel.cameras.masks.model import CORNERS_MAX, CORNERS_MIN, MASKS_MAX, MINUTES_MAX, is_mask
from jedel.kernel.schema import Body, ShortText, View
from jedel.media.model import Mask

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Corner = tuple[Share, Share]


def _covers(corners: tuple[Corner, ...]) -> tuple[Corner, ...]:
    if not is_mask(Mask(corners)):
        raise ValueError("it covers nothing")
    return corners


Corners = Annotated[
    tuple[Corner, ...],
    Field(min_length=CORNERS_MIN, max_length=CORNERS_MAX),
    AfterValidator(_covers),
]
Purpose = ShortText


class SetMasks(Body):
    """``id``: the command's. All masks as they are to be; where one of those there are is not among them the
    change waits for a second person, and ``purpose`` says to that one why."""

    id: UUID
    masks: Annotated[tuple[Corners, ...], Field(max_length=MASKS_MAX)]
    purpose: Purpose = "-"


class AskUnmasked(Body):
    """``id`` is both the request's id and the command's. An open incident, or a case's number."""

    id: UUID
    purpose: Purpose
    incident_id: UUID | None = None
    case_number: ShortText | None = None
    minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] = 15


class Decide(Body):
    """``id``: the command's."""

    id: UUID
    grant: bool


class MasksView(View):
    """``waiting``: a change that waits for its second person."""

    camera_id: UUID
    masks: list[list[Corner]]
    waiting: UUID | None = None


class MaskChangeView(View):
    id: UUID
    camera_id: UUID
    camera_name: str
    masks: list[list[Corner]]
    before: list[list[Corner]]
    purpose: str
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime


class UnmaskingView(View):
    """``state``: waiting, granted, refused, over."""

    id: UUID
    camera_id: UUID
    camera_name: str
    requested_by: UUID
    requested_by_name: str
    requested_at: datetime
    purpose: str
    incident_id: UUID | None
    case_number: str | None
    minutes: int
    decided_by_name: str | None
    until_at: datetime | None
    state: str
