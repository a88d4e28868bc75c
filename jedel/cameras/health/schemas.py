"""Bodies and answers about the health of cameras."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from jedel.cameras.health.model import Code
from jedel.cameras.health.orders import OrderState
from jedel.kernel.schema import Body, View


class SummaryView(View):
    """A region's cameras by state; ``faults``: of those that are down, by why."""

    up: int
    recording: int
    down: int
    unknown: int
    faults: dict[Code, int]
    orders_open: int


class OrderBrief(View):
    id: UUID
    number: int
    state: OrderState


class UnavailableView(View):
    """A camera that is down. ``detail``: in the source's own words; ``order``: who was asked to mend it."""

    id: UUID
    number: int
    name: str
    kind: str
    site_id: UUID | None
    zone: str | None
    lon: float
    lat: float
    owner: str
    owner_contact: str
    code: Code
    detail: str
    since: datetime
    looked_at: datetime | None
    order: OrderBrief | None


class FaultView(View):
    """``until`` null: it lasts."""

    id: UUID
    code: Code
    detail: str
    since: datetime
    until: datetime | None


class OrderView(View):
    """``text``: what the owner is told, by language."""

    id: UUID
    number: int
    camera_id: UUID
    camera_name: str
    camera_number: int
    site: dict[str, str] | None
    address: str | None
    lon: float
    lat: float
    code: Code
    since: datetime
    until: datetime | None
    owner: str
    contact: str
    state: OrderState
    note: str
    opened_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    done_at: datetime | None
    text: dict[str, str]


class StepOrder(Body):
    """``id``: the command's."""

    id: UUID
    state: Literal["sent", "acknowledged", "done"]
    note: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class AcceptView(Body):
    """``id``: the command's."""

    id: UUID
