"""Opening a site's cameras for an incident, and closing them with it.

Locks are taken in dispatch's order: the region's incidents first, so that no incident closes unseen between
the look at it and the commit.
"""

from typing import Any, Protocol
from uuid import UUID

from jedel.alarms.model import Alarm
from jedel.cameras.openings import model, repository
from jedel.cameras.openings.model import Level, Part, Spot
from jedel.cameras.openings.views import (
    COLLECTION,
    camera_facts,
    contacts,
    opening_view,
    site_facts,
    spot_view,
)
from jedel.dispatch.model import Incident
from jedel.journal import Entry, Tx, View
from jedel.kernel.geo import Point
from jedel.kernel.ids import derived_id

Row = dict[str, Any]

OPENED = "cameras.opened"
RAISED = "cameras.opening_raised"
CLOSED = "cameras.closed"

WARM_S = 20.0
"""So long a stream that nobody has asked for yet is kept going: screens ask within a second."""


class Pictures(Protocol):
    """What openings ask of the gateways (jedel.media.client.MediaClient)."""

    async def want(self, stream: str, seconds: float) -> object: ...


async def chosen(tx: Tx, region: str, site: Row, spot: Spot | None) -> list[tuple[Row, Part]]:
    """The cameras that an alarm at a site opens, in their order."""
    own = await repository.of_site(tx.conn, region, UUID(str(site["id"])), model.SITE_CAMERAS_MAX)
    place = Point(site["lon"], site["lat"])
    streets = await repository.of_streets(tx.conn, region, place)
    rows = {row["id"]: row for row in (*own, *streets)}
    inside = model.in_order(map(repository.camera, own), spot)
    outside = model.around(map(repository.camera, streets), place)
    return [
        *((rows[each.id], Part.SITE) for each in inside),
        *((rows[each.id], Part.STREET) for each in outside),
    ]


async def open_for_alarm(tx: Tx, cause: UUID, incident: Incident, alarm: Alarm) -> View | None:
    """What the site's own button opens; an opening that is there rises to the alarm's level instead.

    None where the alarm stands at no site, or there is no wall to come up (`model.comes_up`).
    """
    if alarm.site is None:
        return None
    site: Row = dict(alarm.site)
    present = await repository.at_site(tx.conn, incident.id, UUID(str(site["id"])))
    if present is not None and present["opened_at"] is not None:
        return await _raised(tx, cause, present, Level(alarm.level))
    if present is not None:  # somebody asked for what the alarm now opens by itself
        await repository.close(tx.conn, present["id"], tx.now)
        replaced = derived_id(cause, "cameras.replaced")
        _record_end(tx, replaced, present, "system:cameras", "opened_by_alarm")
    spot = await repository.button(tx.conn, alarm.device_id)
    cameras = await chosen(tx, incident.region, site, spot)
    if not model.comes_up(alarm.device_kind, {part for _, part in cameras}):
        return None
    row: Row = {
        "id": cause, "region": incident.region, "incident_id": incident.id, "site_id": UUID(str(site["id"])),
        "level": alarm.level, "alarm_id": alarm.id, "device_id": alarm.device_id, "purpose": "",
        "asked_by": None, "asked_at": None, "approved_by": None, "opened_at": tx.now,
        "facts": await facts(tx, site, spot, cameras),
    }  # fmt: skip
    await repository.insert(tx.conn, row, [(camera["id"], part) for camera, part in cameras])
    return record(tx, cause, OPENED, row, "system:cameras")


async def facts(tx: Tx, site: Row, spot: Spot | None, cameras: list[tuple[Row, Part]]) -> Row:
    """What an opening's screens show, as it is now."""
    folder = await repository.folder(tx.conn, UUID(str(site["id"])))
    return {
        "site": site_facts(site),
        "button": spot_view(spot),
        "contacts": contacts(site, folder),
        "cameras": [camera_facts(camera, part, spot) for camera, part in cameras],
    }


async def _raised(tx: Tx, cause: UUID, row: Row, level: Level) -> View | None:
    """A lockdown outranks a call for help; nothing ever lowers an opening."""
    if level is not Level.LOCKDOWN or row["level"] == Level.LOCKDOWN:
        return None
    await repository.raise_level(tx.conn, row["id"], level)
    return record(tx, cause, RAISED, row | {"level": level}, "system:cameras")


async def raise_for_alarm(tx: Tx, cause: UUID, incident: Incident, alarm: Alarm) -> View | None:
    """The alarm went on to lockdown."""
    if alarm.site is None:
        return None
    present = await repository.at_site(tx.conn, incident.id, UUID(str(alarm.site["id"])))
    if present is None or present["opened_at"] is None:
        return None
    return await _raised(tx, cause, present, Level(alarm.level))


async def close_all(tx: Tx, cause: UUID, incident_id: UUID, actor: str, why: str) -> list[Row]:
    """The incident is over, and with it all that it opened."""
    rows = await repository.of_incident(tx.conn, incident_id)
    for nth, row in enumerate(rows):
        await close(tx, derived_id(cause, f"cameras.closed.{nth}"), row, actor, why)
    return rows


async def close(tx: Tx, command: UUID, row: Row, actor: str, why: str) -> None:
    """One opening is over. ``why``: a code."""
    await repository.close(tx.conn, row["id"], tx.now)
    _record_end(tx, command, row, actor, why)


def record(tx: Tx, command: UUID, kind: str, row: Row, actor: str) -> View:
    """Journal an opening whose state is written; its view. The subject is the incident: its log tells it."""
    view = opening_view(row)
    tx.record(
        Entry(
            *(command, row["region"], kind, row["incident_id"], actor),
            {
                "opening_id": row["id"], "site_id": row["site_id"], "level": row["level"],
                "alarm_id": row["alarm_id"], "purpose": row["purpose"], "asked_by": row["asked_by"],
                "approved_by": row["approved_by"], "count": len(row["facts"]["cameras"]),
                "cameras": [each["id"] for each in row["facts"]["cameras"]],
            },
            changed={COLLECTION: [view]},
        )
    )  # fmt: skip
    return view


def _record_end(tx: Tx, command: UUID, row: Row, actor: str, why: str) -> None:
    data = {"opening_id": row["id"], "site_id": row["site_id"], "why": why}
    gone = {COLLECTION: [str(row["id"])]}
    tx.record(Entry(command, row["region"], CLOSED, row["incident_id"], actor, data, gone=gone))


async def collection(tx: Tx, region: str) -> list[View]:
    """The live collection ``openings``: what is open now, and what waits for a second person."""
    return [opening_view(row) for row in await repository.of_region(tx.conn, region)]
