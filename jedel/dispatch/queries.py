"""Reading: incidents, their logs, whom to send, and how the day goes."""

from collections.abc import Mapping
from uuid import UUID

import numpy as np

from jedel import access
from jedel.access import DeviceKind, Principal
from jedel.dispatch import ranking, repository, targets
from jedel.dispatch.day import local_day
from jedel.dispatch.model import Incident, State, Way
from jedel.dispatch.proposals import classes
from jedel.dispatch.ranking import Candidate
from jedel.dispatch.schemas import (
    LikenessView,
    LogEntryView,
    RecommendationView,
    TargetView,
    TodayView,
    offer_view,
)
from jedel.dispatch.service import own, views
from jedel.dispatch.targets import Measured
from jedel.journal import Store, Tx, View
from jedel.journal import repository as journal
from jedel.kernel.errors import NotFound
from jedel.kernel.geo import Point, distance_m
from jedel.places.district import Districts
from jedel.units import service as units
from jedel.units.hot import HotUnits
from jedel.units.model import DRONE_M_S, DRONE_START_S, UnitKind
from jedel.units.roads import Roads

LOG_MAX = 1_000
"""Newest entries of one incident's log."""

RANKED_MAX = 20
"""The soonest units among which skill and district may change the order."""


async def seen(tx: Tx, who: Principal, incident_id: UUID) -> Incident:
    """An incident that the asker may read: a tablet only those its unit was sent to."""
    incident = await own(tx, who, incident_id)
    if who.device_kind is DeviceKind.TABLET and who.unit_id not in {a.unit_id for a in incident.assignments}:
        raise NotFound(what="incident", id=incident_id)
    return incident


async def listed(store: Store, region: str, state: str, before: UUID | None, limit: int) -> list[View]:
    """Open incidents, oldest first; or closed ones, the last closed first, after the incident ``before``."""
    async with store.reading() as tx:
        if state == "open":
            found = (await repository.open_of_region(tx.conn, region))[:limit]
        else:
            found = await repository.closed_before(tx.conn, region, before, limit)
        return await views(tx, found)


async def one(store: Store, who: Principal, incident_id: UUID) -> View:
    async with store.reading() as tx:
        return (await views(tx, [await seen(tx, who, incident_id)]))[0]


async def log(store: Store, who: Principal, incident_id: UUID) -> list[LogEntryView]:
    """Everything that was done to the incident, oldest first, with the names of those who did it."""
    async with store.reading() as tx:
        await seen(tx, who, incident_id)
        entries = await journal.of_subject(tx.conn, incident_id, LOG_MAX)
        actors = {entry.actor: _actor_id(entry.actor) for entry in entries}
        names = await access.names(tx.conn, [found for found in actors.values() if found])
    return [
        LogEntryView(
            seq=entry.seq,
            id=entry.id,
            at=entry.at,
            kind=entry.kind,
            actor=entry.actor,
            actor_name=names.get(found) if (found := actors[entry.actor]) else None,
            data=entry.data,
        )
        for entry in entries
    ]


def _actor_id(actor: str) -> UUID | None:
    kind, _, name = actor.partition(":")
    return UUID(name) if kind in ("account", "device") else None


async def duplicates(store: Store, who: Principal, incident_id: UUID) -> list[LikenessView]:
    """The proposed duplicates with the reason of each."""
    async with store.reading() as tx:
        await own(tx, who, incident_id)
        likely = (await repository.likenesses(tx.conn, [incident_id])).get(incident_id, [])
        numbers = {i.id: i.number for i in await repository.several(tx.conn, [x.other_id for x in likely])}
    return [
        LikenessView(
            incident_id=like.other_id,
            number=numbers[like.other_id],
            score=like.score,
            metres=like.metres,
            seconds=like.seconds,
            same_class=like.same_class,
        )
        for like in likely
    ]


async def recommendation(
    store: Store, who: Principal, incident_id: UUID, hot: HotUnits, roads: Roads, districts: Districts
) -> RecommendationView:
    """Whom to send, best first. Nobody for a closed incident, or for one whose place is not known."""
    async with store.reading() as tx:
        incident = await own(tx, who, incident_id)
        near = []
        home: frozenset[str] = frozenset()
        if incident.state is not State.CLOSED and incident.place_known:
            near = await units.nearest(tx, hot, roads, who.region, incident.place, RANKED_MAX)
            home = _names(await districts.at(tx.conn, who.region, incident.place))
    skill = classes()[incident.cls].skill
    candidates = [
        Candidate(
            unit_id=n.unit.id,
            call_sign=n.unit.call_sign,
            status=n.unit.shown,
            way=Way(round(n.seconds), round(n.metres), n.estimated),
            skilled=skill is not None and skill in n.unit.skills,
            at_home=n.unit.district is not None and n.unit.district in home,
        )
        for n in near
    ]
    missing = max(incident.units_wanted - len(incident.active), 1)
    return RecommendationView(
        estimated=any(c.way.estimated for c in candidates),
        wanted=max(incident.units_wanted - len(incident.active), 0),
        units=[offer_view(offer) for offer in ranking.rank(candidates, skill, missing)],
    )


def _names(district: Mapping[str, str] | None) -> frozenset[str]:
    """All the ways in which a unit may name its district."""
    return frozenset(name for name in (district or {}).values() if name)


async def way_to(
    store: Store, who: Principal, incident_id: UUID, unit_id: UUID, hot: HotUnits, roads: Roads
) -> Way | None:
    """How far a unit is from an incident now; None where either's place is not known."""
    async with store.reading() as tx:
        incident = await own(tx, who, incident_id)
        unit = await units.get(tx, unit_id, who.region)
    place = hot.position(unit_id)
    if place is None or not incident.place_known:
        return None
    origin = Point(place["lon_e7"] / 1e7, place["lat_e7"] / 1e7)
    if unit.kind is UnitKind.DRONE:
        return through_the_air(origin, incident.place)
    return way(roads, origin, incident.place)


def through_the_air(origin: Point, to: Point) -> Way:
    """Of a drone: no road stops it."""
    metres = distance_m(origin, to)
    return Way(round(DRONE_START_S + metres / DRONE_M_S), round(metres), True)


def way(roads: Roads, origin: Point, to: Point) -> Way:
    travel = roads.travel_times(np.array([[origin.lon, origin.lat]]), to)
    return Way(round(float(travel.seconds[0])), round(float(travel.metres[0])), bool(travel.guessed[0]))


async def today(store: Store, region: str) -> TodayView:
    """The day's figures against the targets in force."""
    async with store.reading() as tx:
        day = local_day(tx.now)
        answer, dispatch = targets.in_force("answer", day), targets.in_force("dispatch", day)
        counts = await repository.measured(tx.conn, region, day, tx.now, answer.seconds, dispatch.seconds)
    answered = Measured(counts["answered_within"], counts["answered_counted"])
    dispatched = Measured(counts["dispatched_within"], counts["dispatched_counted"])
    return TodayView(
        day=day.isoformat(),
        waiting=counts["waiting"],
        answered_within_10s=answered.ratio,
        dispatched_within_60s=dispatched.ratio,
        targets=[
            TargetView(
                name=target.name,
                seconds=target.seconds,
                share=target.share,
                within=measured.within,
                counted=measured.counted,
                ratio=measured.ratio,
                measures=target.measures,
                source=target.source,
            )
            for target, measured in ((answer, answered), (dispatch, dispatched))
        ],
    )
