"""Use cases: the map in force, closures set and lifted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jedel.access import Principal
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, OutsideMap, TooMany, WrongRegion
from jedel.kernel.geo import Point
from jedel.kernel.ids import derived_id
from jedel.places import repository
from jedel.places.errors import ClosureInThePast, ClosureMatchesNoRoad, ClosureTooLong, NoMap
from jedel.places.live import Networks, closure_of
from jedel.places.network import RoadNetwork
from jedel.places.repository import CLOSURES_MAX, Row
from jedel.places.schemas import SetClosure

LINES_MAX = 300
"""Roads of one closure that a screen draws; a larger closure takes effect whole."""

CLOSURE_DAYS_MAX = 366

View = dict[str, object]


def map_view(row: Row) -> View:
    """The map as clients see it (schemas.MapView)."""
    return {
        "id": str(row["id"]),
        "region": row["region"],
        "name": row["name"],
        "bounds": {side: row[side] for side in ("west", "south", "east", "north")},
        "centre": {"lon": row["lon"], "lat": row["lat"]},
        "basemap": f"/api/map/basemap.pmtiles?map={row['id']}" if row["basemap"] else None,
        "attribution": row["attribution"],
        "imported_at": row["imported_at"],
        "counts": row["counts"],
    }


async def map_in_force(store: Store, region: str) -> Row:
    """Raises NoMap."""
    async with store.reading() as tx:
        row = await repository.map_in_force(tx.conn, region)
    if row is None:
        raise NoMap(region=region)
    return row


def closure_view(row: Row) -> View:
    """A closure as it stands in the live collection ``closures`` (schemas.ClosureView)."""
    view: View = {
        key: row[key] for key in ("region", "factor", "note", "line", "street", "lon", "lat", "radius_m")
    }
    times = {key: _utc(row[key]) for key in ("until", "set_at")}
    return {"id": str(row["id"]), **view, **times, "lines": row["lines"], "set_by": row["set_by"]}


def _utc(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None


async def closures(tx: Tx, region: str) -> list[View]:
    """The live collection ``closures``."""
    return [closure_view(row) for row in await repository.closures(tx.conn, region)]


async def set_closure(store: Store, networks: Networks, who: Principal, body: SetClosure) -> View:
    """Close or slow roads of the principal's region. The same command again answers with what it made."""
    network = await networks.ready(store, who.region)
    if network.map is None:
        raise NoMap(region=who.region)
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            row = await repository.closure(tx.conn, body.id)
            if row is None or row["region"] != who.region:
                raise NotFound(what="closure", id=body.id)
            return closure_view(row)
        row = await _new_row(tx, network, who, body)
        # Taken first: changes of one region's places follow each other, so the count below is true.
        await repository.raise_version(tx.conn, who.region)
        if await repository.count_closures(tx.conn, who.region) >= CLOSURES_MAX:
            raise TooMany(limit=CLOSURES_MAX)
        await repository.add_closure(tx.conn, row)
        view = closure_view(row)
        facts = {
            key: view[key] for key in ("factor", "until", "note", "street", "lon", "lat", "radius_m", "line")
        }
        tx.record(
            Entry(body.id, who.region, "places.closure_set", body.id, who.actor, facts, {"closures": [view]})
        )
    await networks.refresh(store)
    await networks.announce(who.region)
    return view


async def _new_row(tx: Tx, network: RoadNetwork, who: Principal, body: SetClosure) -> Row:
    if body.until is not None and body.until <= tx.now:
        raise ClosureInThePast(until=body.until.isoformat())
    if body.until is not None and body.until > tx.now + timedelta(days=CLOSURE_DAYS_MAX):
        raise ClosureTooLong(days=CLOSURE_DAYS_MAX)
    points = [Point(*place) for place in body.line or ()]
    if body.lon is not None and body.lat is not None:
        points.append(Point(body.lon, body.lat))
    for point in points:
        if not network.inside(point):
            raise OutsideMap(lon=point.lon, lat=point.lat)
    street = await _street(tx, who.region, body.street_id)
    row: Row = {
        "id": body.id, "region": who.region, "factor": body.factor, "until": body.until, "note": body.note,
        "line": [list(place) for place in body.line] if body.line else None,
        "street_key": street["key"] if street else "", "street": street["name"] if street else "",
        "lon": street["lon"] if street else body.lon, "lat": street["lat"] if street else body.lat,
        "radius_m": body.radius_m or 0.0,
        "set_by": who.actor, "set_at": tx.now,
    }  # fmt: skip
    lines = network.under(closure_of(row))
    if not lines:
        raise ClosureMatchesNoRoad
    return row | {"lines": lines[:LINES_MAX]}


async def _street(tx: Tx, region: str, street_id: UUID | None) -> dict[str, Any] | None:
    if street_id is None:
        return None
    street = await repository.street(tx.conn, region, street_id)
    if street is None:
        raise NotFound(what="street", id=street_id)
    return street


async def lift_closure(
    store: Store, networks: Networks, who: Principal, closure_id: UUID, command: UUID
) -> None:
    """Open the roads again. Lifting what is lifted already changes nothing."""
    async with store.transaction() as tx:
        if await tx.recorded(command):
            return
        row = await repository.closure(tx.conn, closure_id, lock=True)
        if row is None:
            raise NotFound(what="closure", id=closure_id)
        if row["region"] != who.region:
            raise WrongRegion(what="closure", id=closure_id)
        await _lift(tx, row, command, who.actor, "lifted")
    await networks.refresh(store)
    await networks.announce(who.region)


async def lift_ended(store: Store) -> int:
    """Lift the closures whose time is over; how many."""
    async with store.transaction() as tx:
        rows = await repository.ended_closures(tx.conn, tx.now)
        for row in rows:
            await _lift(tx, row, derived_id(row["id"], "places.closure_lifted"), "system:places", "ended")
    return len(rows)


async def _lift(tx: Tx, row: Row, command: UUID, actor: str, reason: str) -> None:
    await repository.raise_version(tx.conn, row["region"])
    await repository.delete_closure(tx.conn, row["id"])
    gone = {"closures": [str(row["id"])]}
    tx.record(
        Entry(
            command, row["region"], "places.closure_lifted", row["id"], actor, {"reason": reason}, gone=gone
        )
    )
