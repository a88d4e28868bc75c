"""Bodies and answers of alerts. `AlertView` is also what journal entries and the live feed carry."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, Time, View
from jedel.qorgau.alerts.model import AlertState, Reason, Said
from jedel.qorgau.model import Action

Words = dict[str, str]
"""Text in kk, ru and en."""


class CameraSeen(View):
    number: int
    name: str
    lon: float
    lat: float


class GroundView(View):
    """Why the car is looked for: ``why`` in words (by language, or as the list says it), who vouches for it
    (``source``) and as of when."""

    code: str
    score: int
    entry_id: UUID | None
    why: Words | str
    source: str
    as_of: datetime | None


class PassingView(View):
    read_id: UUID
    at: datetime
    camera: CameraSeen
    heading: float | None


class PairView(View):
    """The same plate at two places: ``before`` is a ReadView; ``fastest_s`` is the least the road needs."""

    before: dict[str, Any]
    metres: float
    seconds: float
    fastest_s: float


class MeetView(View):
    """Where to meet the car. ``street``: the street by which it comes; ``compass``: the way it drives, one of
    N NE E SE S SW W NW."""

    lon: float
    lat: float
    label: str
    compass: str | None
    street: str


class ToldView(View):
    """A unit that was told. ``minutes_left``: until the car is there, as of ``updated_at``; ``meets_at``: the
    same as a time, which does not age."""

    unit_id: UUID
    call_sign: str
    minutes_left: float
    meets_at: datetime
    chance: float
    meet: MeetView
    told_at: datetime
    answer: Said | None


class RegisterView(View):
    make: str
    model: str
    colour: str
    body: str
    state: str
    insured_until: str | None


class AnswerView(View):
    unit_id: UUID | None
    account: str | None
    answer: Said
    reason: Reason | None
    at: datetime


class AlertView(View):
    """``confirmed``: an officer saw that plate and vehicle are those of the alert; until then every screen
    says "unconfirmed". ``priority``: 1 the gravest. ``read``: a ReadView of the newest passing."""

    id: UUID
    region: str
    plate: str
    series: str | None
    state: AlertState
    confirmed: bool
    action: Action
    priority: int
    grounds: tuple[GroundView, ...]
    score: int
    read: dict[str, Any]
    passings: tuple[PassingView, ...]
    pair: PairView | None
    units: tuple[ToldView, ...]
    register_: RegisterView | None = Field(alias="register")
    opened_at: datetime
    updated_at: datetime
    ends_at: datetime
    answers: tuple[AnswerView, ...]


class Answer(Body):
    """``at``: when it was pressed, where that was before it could be sent. Confirmed and stopped need
    ``plate_matches`` and ``vehicle_matches``, refuted needs ``reason``."""

    id: UUID
    answer: Said
    reason: Reason | None = None
    plate_matches: bool | None = None
    vehicle_matches: bool | None = None
    at: Time | None = None


class RateView(View):
    """Alerts of one camera, ground, source or reader that were opened in the period; ``rate``: refuted of
    those that were answered, null where none was."""

    by: Literal["camera", "ground", "source", "reader"]
    key: str
    name: str
    alerts: int
    answered: int
    confirmed: int
    refuted: int
    reasons: dict[str, int]
    rate: float | None


class LeftOutView(View):
    why: str
    hits: int


class RatesView(View):
    since: datetime
    until: datetime
    rates: tuple[RateView, ...]
    left_out: tuple[LeftOutView, ...]
