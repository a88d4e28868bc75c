"""What is known of a site beforehand: whom to ring, its floors, where its buttons are."""

from uuid import UUID

from jedel.access import DeviceKind, Principal, find_device
from jedel.cameras.openings import errors, repository
from jedel.cameras.openings.model import Spot
from jedel.cameras.openings.schemas import FolderView, PlaceButton, SaveFolder
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.places import sites

BUTTONS = frozenset({DeviceKind.PANIC_BUTTON, DeviceKind.PANEL, DeviceKind.POST})


async def folder(store: Store, who: Principal, site_id: UUID) -> FolderView:
    """A site's folder; empty where nobody has written it. Raises NotFound, WrongRegion."""
    async with store.reading() as tx:
        await _check_site(tx, who, site_id)
        row = await repository.folder(tx.conn, site_id)
    if row is None:
        return FolderView(site_id=site_id, contacts=[], floors=[], updated_at=None)
    return FolderView(**{name: row[name] for name in FolderView.model_fields})


async def save_folder(store: Store, who: Principal, site_id: UUID, body: SaveFolder) -> FolderView:
    """The folder as it is to be. Raises NotFound, WrongRegion."""
    async with store.transaction() as tx:
        await _check_site(tx, who, site_id)
        told = body.model_dump(mode="json", exclude={"id"})
        row = told | {"site_id": site_id, "region": who.region, "updated_at": tx.now, "updated_by": who.actor}
        if not await tx.recorded(body.id):
            await repository.save_folder(tx.conn, row)
            facts = {"contacts": len(body.contacts), "floors": [each.floor for each in body.floors]}
            tx.record(Entry(body.id, who.region, "cameras.site_folder_saved", site_id, who.actor, facts))
    return FolderView(**{name: row[name] for name in FolderView.model_fields})


async def place_button(store: Store, who: Principal, device_id: UUID, body: PlaceButton) -> None:
    """Say where on its site's plan a button is. Raises NotFound, WrongRegion, NoButton."""
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return
        device = await find_device(tx.conn, device_id)
        if device is None:
            raise NotFound(what="device", id=device_id)
        if device.region != who.region:
            raise WrongRegion(what="device", id=device_id)
        if device.kind not in BUTTONS or device.site_id is None:
            raise errors.NoButton
        spot = Spot(body.zone, body.floor, body.x, body.y)
        await repository.place_button(tx.conn, device_id, who.region, spot)
        facts = body.model_dump(exclude={"id"}) | {"site_id": device.site_id}
        tx.record(Entry(body.id, who.region, "cameras.button_placed", device_id, who.actor, facts))


async def _check_site(tx: Tx, who: Principal, site_id: UUID) -> None:
    region = await sites.region_of(tx.conn, site_id)
    if region is None:
        raise NotFound(what="site", id=site_id)
    if region != who.region:
        raise WrongRegion(what="site", id=site_id)
