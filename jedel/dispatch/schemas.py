"""Bodies and views of the dispatch API. ``id`` of every body is the command's id, made by the sender."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from jedel.dispatch.model import Assignment, Incident, IncidentClass, Priority, Result, State, Step
from jedel.dispatch.proposals import Likeness
from jedel.dispatch.ranking import Offer
from jedel.kernel.schema import Body, Lat, Lon, LongText, ShortText, Time, View


def _of_this_age(at: datetime) -> datetime:
    """In UTC; a year that no clock shows would not survive the change of zone or the way to the database."""
    if not 1970 <= at.year <= 2200:
        raise ValueError("the year is not of this age")
    return at.astimezone(UTC)


Told = Annotated[Time, AfterValidator(_of_this_age)]
"""A time as somebody's clock or memory has it."""

Phone = Annotated[str, Field(min_length=2, max_length=32, pattern=r"^\+?[0-9 ()\-]+$")]


class CallerBody(Body):
    name: ShortText | None = None
    phone: Phone | None = None


class OpenIncident(Body):
    """``received_at``: when the call came in, where that was before now. The incident's id is ``id``."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: UUID
    cls: Annotated[IncidentClass, Field(alias="class")]
    priority: Priority
    lon: Lon
    lat: Lat
    label: ShortText | None = None
    note: LongText | None = None
    caller: CallerBody | None = None
    received_at: Told | None = None


class AssignUnit(Body):
    """``instead_of``: a unit of this incident that is released in the same step.
    ``from_incident``: the incident that the unit is taken from, when it is on one."""

    id: UUID
    unit_id: UUID
    instead_of: UUID | None = None
    from_incident: UUID | None = None


class ReleaseUnit(Body):
    id: UUID
    unit_id: UUID
    reason: ShortText | None = None


class Progress(Body):
    """``at``: when the officer pressed, by the tablet's clock; kept beside the server's time."""

    id: UUID
    unit_id: UUID
    status: Literal[Step.EN_ROUTE, Step.ON_SCENE]
    at: Told | None = None


class Note(Body):
    id: UUID
    text: LongText
    at: Told | None = None


class SetPriority(Body):
    id: UUID
    priority: Priority


class CloseIncident(Body):
    id: UUID
    result: Result
    text: LongText | None = None
    at: Told | None = None


class JoinIncident(Body):
    """``into``: the incident that stays."""

    id: UUID
    into: UUID


class PlaceView(View):
    """``known`` is False where only the middle of the map can be shown."""

    lon: float
    lat: float
    known: bool
    label: dict[str, str]
    site_id: UUID | None
    site: dict[str, object] | None


class CallerView(View):
    name: str | None
    phone: str | None


class AssignmentView(View):
    unit_id: UUID
    call_sign: str
    status: Step
    assigned_at: datetime
    en_route_at: datetime | None
    en_route_said: datetime | None
    on_scene_at: datetime | None
    on_scene_said: datetime | None
    released_at: datetime | None
    reason: str | None
    eta_s: int | None
    metres: int | None
    estimated: bool | None


class TimesView(View):
    received: datetime
    opened: datetime
    answered: datetime | None
    dispatched: datetime | None
    en_route: datetime | None
    on_scene: datetime | None
    closed: datetime | None


class IncidentView(View):
    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    id: UUID
    region: str
    number: int
    cls: Annotated[IncidentClass, Field(alias="class")]
    priority: Priority
    state: State
    place: PlaceView
    title: dict[str, str]
    callers: list[CallerView]
    alarm_ids: list[UUID]
    units_wanted: int
    assignments: list[AssignmentView]
    times: TimesView
    duplicates: list[UUID]
    opened_by: str
    joined_into: UUID | None
    result: Result | None
    result_text: str | None


class LogEntryView(View):
    seq: int
    id: UUID
    at: datetime
    kind: str
    actor: str
    actor_name: str | None
    data: dict[str, object]


class ReasonView(View):
    code: str
    params: dict[str, object]


class OfferView(View):
    unit_id: UUID
    call_sign: str
    status: str
    eta_s: int
    metres: int
    reason: ReasonView


class RecommendationView(View):
    """``estimated``: times are by straight line. ``wanted``: units still missing by the class's rule."""

    estimated: bool
    wanted: int
    units: list[OfferView]


class LikenessView(View):
    incident_id: UUID
    number: int
    score: float
    metres: int
    seconds: int
    same_class: bool


class TargetView(View):
    name: str
    seconds: int
    share: float
    within: int
    counted: int
    ratio: float | None
    measures: str
    source: str


class TodayView(View):
    """The ratios are None while there is nothing to judge."""

    day: str
    waiting: int
    answered_within_10s: float | None
    dispatched_within_60s: float | None
    targets: list[TargetView]


def assignment_view(a: Assignment) -> AssignmentView:
    return AssignmentView(
        unit_id=a.unit_id,
        call_sign=a.call_sign,
        status=a.status,
        assigned_at=a.assigned_at,
        en_route_at=a.en_route_at,
        en_route_said=a.en_route_said,
        on_scene_at=a.on_scene_at,
        on_scene_said=a.on_scene_said,
        released_at=a.released_at,
        reason=a.reason,
        eta_s=a.way.eta_s if a.way else None,
        metres=a.way.metres if a.way else None,
        estimated=a.way.estimated if a.way else None,
    )


def incident_view(incident: Incident, likely: list[Likeness]) -> IncidentView:
    place, times = incident.place, incident.times
    return IncidentView(
        id=incident.id,
        region=incident.region,
        number=incident.number,
        cls=incident.cls,
        priority=incident.priority,
        state=incident.state,
        place=PlaceView(
            lon=place.lon,
            lat=place.lat,
            known=incident.place_known,
            label=dict(incident.label),
            site_id=incident.site_id,
            site=dict(incident.site) if incident.site is not None else None,
        ),
        title=dict(incident.title),
        callers=[CallerView(name=c.name, phone=c.phone) for c in incident.callers],
        alarm_ids=list(incident.alarm_ids),
        units_wanted=incident.units_wanted,
        assignments=[assignment_view(a) for a in incident.assignments],
        times=TimesView(
            received=times.received,
            opened=times.opened,
            answered=times.answered,
            dispatched=times.dispatched,
            en_route=times.en_route,
            on_scene=times.on_scene,
            closed=times.closed,
        ),
        duplicates=[like.other_id for like in likely],
        opened_by=incident.opened_by,
        joined_into=incident.joined_into,
        result=incident.result,
        result_text=incident.result_text,
    )


def offer_view(offer: Offer) -> OfferView:
    c = offer.candidate
    return OfferView(
        unit_id=c.unit_id,
        call_sign=c.call_sign,
        status=c.status,
        eta_s=c.way.eta_s,
        metres=c.way.metres,
        reason=ReasonView(code=offer.reason.code, params=offer.reason.params),
    )
