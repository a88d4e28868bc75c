"""A person opens a site's cameras: with a purpose, for an incident near it, and only with a second person."""

from uuid import UUID

from jedel.access import Principal
from jedel.cameras.openings import errors, repository, service
from jedel.cameras.openings.model import ASKED_LIFE, STREET_WITHIN_M
from jedel.cameras.openings.schemas import Ask
from jedel.cameras.openings.service import OPENED, Row
from jedel.cameras.openings.views import opening_view, site_facts
from jedel.dispatch import repository as incidents
from jedel.dispatch.model import State
from jedel.journal import Store, Tx, View
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.geo import Point, distance_m
from jedel.places import sites

ASKED = "cameras.opening_asked"
REFUSED = "refused"


async def ask(store: Store, who: Principal, body: Ask) -> View:
    """A request that opens nothing yet.

    Raises NotFound and WrongRegion of the incident, NotFound of the site, OpeningThere, OpeningOver of an
    incident that is closed, SiteElsewhere.
    """
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return opening_view(await _own(tx, who, body.id))
        await incidents.lock(tx.conn, who.region)
        incident = await incidents.find(tx.conn, body.incident_id)
        if incident is None:
            raise NotFound(what="incident", id=body.incident_id)
        if incident.region != who.region:
            raise WrongRegion(what="incident", id=body.incident_id)
        if incident.state is State.CLOSED:
            raise errors.OpeningOver
        site = await sites.get(tx.conn, body.site_id)
        if site is None or await sites.region_of(tx.conn, body.site_id) != who.region:
            raise NotFound(what="site", id=body.site_id)
        away = distance_m(incident.place, Point(site["lon"], site["lat"]))
        if not incident.place_known or away > STREET_WITHIN_M:
            raise errors.SiteElsewhere(metres=round(STREET_WITHIN_M))
        if await repository.at_site(tx.conn, incident.id, body.site_id) is not None:
            raise errors.OpeningThere
        facts: Row = {"site": site_facts(site), "button": None, "contacts": [], "cameras": []}
        row: Row = {
            "id": body.id, "region": who.region, "incident_id": incident.id, "site_id": body.site_id,
            "level": "help", "alarm_id": None, "device_id": None, "purpose": body.purpose,
            "asked_by": who.actor, "asked_at": tx.now, "approved_by": None, "opened_at": None, "facts": facts,
        }  # fmt: skip
        await repository.insert(tx.conn, row, [])
        return service.record(tx, body.id, ASKED, row, who.actor)


async def approve(store: Store, who: Principal, opening_id: UUID, command: UUID) -> View:
    """The second person's word: the cameras are open from the commit on.

    Raises NotFound, OwnOpening, OpeningDecided, OpeningOver, NoCameras.
    """
    async with store.transaction() as tx:
        await incidents.lock(tx.conn, who.region)
        row = await _own(tx, who, opening_id)
        if await tx.recorded(command):
            return opening_view(row)
        await _check_waits(tx, row)
        if row["asked_by"] == who.actor:
            raise errors.OwnOpening
        site = await sites.get(tx.conn, row["site_id"])
        cameras = await service.chosen(tx, row["region"], site, None) if site else []
        if site is None or not cameras:
            raise errors.NoCameras
        facts = await service.facts(tx, site, None, cameras)
        await repository.approve(tx.conn, row["id"], who.actor, tx.now, facts)
        await repository.save_cameras(tx.conn, row["id"], [(camera["id"], part) for camera, part in cameras])
        agreed = row | {"approved_by": who.actor, "opened_at": tx.now, "facts": facts}
        return service.record(tx, command, OPENED, agreed, who.actor)


async def _check_waits(tx: Tx, row: Row) -> None:
    incident = await incidents.find(tx.conn, row["incident_id"])
    late = row["asked_at"] is not None and tx.now >= row["asked_at"] + ASKED_LIFE
    if row["closed_at"] is not None or incident is None or incident.state is State.CLOSED:
        raise errors.OpeningOver
    if row["opened_at"] is not None:
        raise errors.OpeningDecided
    if late:
        raise errors.OpeningOver


async def end(store: Store, who: Principal, opening_id: UUID, command: UUID) -> View:
    """Refuse what is asked for, or close what is open before its incident ends.

    Raises NotFound, OpeningOver.
    """
    async with store.transaction() as tx:
        await incidents.lock(tx.conn, who.region)
        row = await _own(tx, who, opening_id)
        if not await tx.recorded(command):
            if row["closed_at"] is not None:
                raise errors.OpeningOver
            await service.close(
                tx, command, row, who.actor, REFUSED if row["opened_at"] is None else "by_hand"
            )
        return opening_view(row)


async def _own(tx: Tx, who: Principal, opening_id: UUID) -> Row:
    row = await repository.find(tx.conn, opening_id)
    if row is None:
        raise NotFound(what="opening", id=opening_id)
    if row["region"] != who.region:
        raise WrongRegion(what="opening", id=opening_id)
    return row
