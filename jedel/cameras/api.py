"""Routes of the registry: a region's cameras."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.requests import HTTPConnection

from jedel.access import STAFF, Principal, Role, StoreDep, allow
from jedel.access.gate import sealer_of
from jedel.cameras import pages, search, service
from jedel.cameras.model import Kind
from jedel.cameras.schemas import CameraView, ChangeCamera, NewCamera
from jedel.cameras.service import Registry
from jedel.kernel.geo import Point
from jedel.kernel.schema import Lat, Lon
from jedel.media.book import tell_changed
from jedel.places.geocode_api import geocoder

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

WRITERS = allow(Role.ADMINISTRATOR, Role.SUPERVISOR)


def registry_of(connection: HTTPConnection) -> Registry:
    """What the registry needs, for routes."""
    networks = connection.app.state.settings.camera_networks.split(",")
    return Registry(sealer_of(connection), networks)


RegistryDep = Annotated[Registry, Depends(registry_of)]


async def tell(connection: HTTPConnection, camera_id: UUID) -> None:
    """Gateways look at a camera anew; one that does not hear it does so within a minute."""
    if connection.app.state.nats is not None:
        await tell_changed(connection.app.state.nats, f"camera/{camera_id}")


def near_of(
    lon: Annotated[Lon | None, Query()] = None, lat: Annotated[Lat | None, Query()] = None
) -> Point | None:
    """``lon`` and ``lat``: both or none."""
    return None if lon is None or lat is None else Point(lon, lat)


def asked_of(
    near: Annotated[Point | None, Depends(near_of)],
    q: Annotated[str, Query(max_length=200)] = "",
    site_id: UUID | None = None,
    group: UUID | None = None,
    kind: Kind | None = None,
    state: Annotated[str | None, Query(pattern="^(unknown|up|down)$")] = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=pages.PAGE_MAX)] = pages.PAGE_MAX,
    best: bool = False,
) -> pages.Asked:
    """What is looked for, in no region yet."""
    return pages.Asked("", q, site_id, group, kind, state, near, after, limit, best)


@router.get("")
async def cameras(
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    asked: Annotated[pages.Asked, Depends(asked_of)],
) -> list[CameraView]:
    """The region's cameras in the order of their numbers, those after `after`; near a place (`lon`, `lat`)
    the nearest first, within two kilometres. `q`: words of the name, the site, or the owner's id; of an
    address, also the cameras nearest to it, with their distance. `best`: one page, of the first 50 that are
    found, those that are called so before those that are at such an address."""
    found = await search.answer(store, geocoder, replace(asked, region=who.region))
    async with store.reading() as tx:
        return await service.views(tx.conn, who, found)


@router.get("/by-site/{site_id}")
async def by_site(
    site_id: UUID, who: Annotated[Principal, allow(*STAFF)], store: StoreDep
) -> list[CameraView]:
    """A site's cameras, by zone, floor and number."""
    return await service.at_site(store, who, site_id)


@router.get("/{camera_id}")
async def camera(camera_id: UUID, who: Annotated[Principal, allow(*STAFF)], store: StoreDep) -> CameraView:
    """One camera."""
    return await service.one(store, who, camera_id)


@router.post("", status_code=201)
async def add(
    body: NewCamera,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    registry: RegistryDep,
    connection: HTTPConnection,
) -> CameraView:
    """A new camera."""
    made = await service.add(store, who, registry, body)
    await tell(connection, made.id)
    return made


@router.patch("/{camera_id}")
async def change(
    camera_id: UUID,
    body: ChangeCamera,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    registry: RegistryDep,
    connection: HTTPConnection,
) -> CameraView:
    """What is given changes; one that is switched off is seen by nobody from then on."""
    made = await service.change(store, who, registry, camera_id, body)
    await tell(connection, camera_id)
    return made
