"""Bodies and answers of the handovers' routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jedel.cameras.model import Kind
from jedel.kernel.schema import Body, View


class Outcome(StrEnum):
    """Taken or refused by the other region, or withdrawn by the one that offered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Offer(Body):
    """``id`` is both the handover's id and the command's."""

    id: UUID
    to_region: Annotated[str, Field(min_length=1, max_length=4, pattern=r"^[0-9A-Za-z]+$")]
    note: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


class Settle(Body):
    """``id``: the command's."""

    id: UUID
    outcome: Outcome


class HandoverView(View):
    """What the other region needs to know before it takes a camera."""

    id: UUID
    camera_id: UUID
    camera_name: str
    kind: Kind
    lon: float
    lat: float
    owner: str
    from_region: str
    to_region: str
    note: str
    offered_by_name: str
    offered_at: datetime
    outcome: Outcome | None


class RegionView(View):
    """``name``: in each language."""

    region: str
    name: dict[str, str]
