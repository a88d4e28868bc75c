"""Routes: the map and its tiles, sites and districts, a route, closures."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from jedel.access import CONSOLE, STAFF, DeviceKind, Principal, Role, StoreDep, allow, identify, public
from jedel.kernel.errors import NotFound, OutsideMap, Unauthenticated
from jedel.kernel.geo import Point
from jedel.places import repository, service, sites
from jedel.places.errors import NoBasemap
from jedel.places.live import networks_of
from jedel.places.model import SiteKind
from jedel.places.network import RoadNetwork
from jedel.places.network.mapfile import BASEMAP_FILE, folder
from jedel.places.schemas import ClosureView, DistrictView, MapView, RouteView, SetClosure, SiteView

router = APIRouter(prefix="/api", tags=["places"])

EVERYBODY = allow(*STAFF, Role.OFFICER, DeviceKind.TABLET)
CLOSERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR)
TILES_KEEP_S = 7 * 24 * 3600

LonLat = Annotated[
    str, Query(pattern=r"^-?\d{1,3}(\.\d{1,12})?,-?\d{1,2}(\.\d{1,12})?$", examples=["76.94,43.24"])
]


@router.get("/map", response_model=MapView)
async def map_in_force(who: Annotated[Principal, EVERYBODY], store: StoreDep) -> Any:
    """The map of one's region."""
    return service.map_view(await service.map_in_force(store, who.region))


@router.get("/map/basemap.pmtiles", dependencies=[public()], response_class=Response)
async def basemap(
    request: Request, store: StoreDep, map_id: Annotated[UUID | None, Query(alias="map")] = None
) -> Response:
    """The vector tiles, by ranges (PMTiles). With ``map`` open to all, since it holds only what
    OpenStreetMap publishes; without, the map of one's own region."""
    if map_id is None:
        who = await identify(request)
        if who is None:
            raise Unauthenticated
        row = await service.map_in_force(store, who.region)
    else:
        async with store.reading() as tx:
            found = await repository.map_by_id(tx.conn, map_id)
        if found is None:
            raise NotFound(what="map", id=map_id)
        row = found
    path = folder(networks_of(request).blob_dir, row["id"]) / BASEMAP_FILE
    if not row["basemap"] or not path.is_file():
        raise NoBasemap(region=row["region"])
    return _tiles(request, path, row["id"], forever=map_id is not None)


def _tiles(request: Request, path: Path, map_id: UUID, *, forever: bool) -> Response:
    """The file, or the range asked for. A map's id follows from its content, so it is the ETag too."""
    etag = f'"{map_id}"'
    keep = f"public, max-age={TILES_KEEP_S}, immutable" if forever else "no-cache"
    headers = {"ETag": etag, "Cache-Control": keep}
    asked = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in asked:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="application/vnd.pmtiles", headers=headers)


@router.get("/places/route", response_model=RouteView)
async def route(
    who: Annotated[Principal, EVERYBODY],
    request: Request,
    store: StoreDep,
    start: Annotated[LonLat, Query(alias="from")],
    to: LonLat,
) -> Any:
    """The fastest way by road between two places (``lon,lat``), closures considered."""
    network = await networks_of(request).ready(store, who.region)
    found = network.route(_inside(network, start), _inside(network, to))
    return RouteView(
        line=found.line,
        seconds=round(found.seconds, 1),
        metres=round(found.metres, 1),
        estimated=found.estimated,
    )


def _inside(network: RoadNetwork, text: str) -> Point:
    lon, lat = (float(part) for part in text.split(","))
    if not network.inside(Point(lon, lat)):
        raise OutsideMap(lon=lon, lat=lat)
    return Point(lon, lat)


@router.get("/sites", response_model=list[SiteView])
async def list_sites(
    who: Annotated[Principal, EVERYBODY],
    store: StoreDep,
    kind: Annotated[list[SiteKind], Query()] = [],  # noqa: B006
) -> Any:
    """Sites of one's region, of one kind, several or all."""
    async with store.reading() as tx:
        return await sites.of_region(tx.conn, who.region, kind)


@router.get("/sites/{site_id}", response_model=SiteView)
async def site(site_id: UUID, who: Annotated[Principal, EVERYBODY], store: StoreDep) -> Any:
    """One site with its plan data."""
    async with store.reading() as tx:
        found = await sites.get(tx.conn, site_id)
        if found is None or await sites.region_of(tx.conn, site_id) != who.region:
            raise NotFound(what="site", id=site_id)
    return found


@router.get("/places/districts", response_model=list[DistrictView])
async def districts(who: Annotated[Principal, EVERYBODY], store: StoreDep) -> Any:
    """Names of the districts of one's region; their outlines are in the basemap."""
    async with store.reading() as tx:
        rows = await repository.districts(tx.conn, who.region)
    return [{"id": row["id"], "name": {x: row[f"name_{x}"] for x in ("kk", "ru", "en")}} for row in rows]


@router.get("/places/closures", response_model=list[ClosureView])
async def list_closures(
    who: Annotated[Principal, allow(*CONSOLE, DeviceKind.TABLET)], store: StoreDep
) -> Any:
    """Closed and slowed roads of one's region."""
    async with store.reading() as tx:
        return await service.closures(tx, who.region)


@router.post("/places/closures", response_model=ClosureView, status_code=201)
async def set_closure(
    body: SetClosure, who: Annotated[Principal, CLOSERS], request: Request, store: StoreDep
) -> Any:
    """Close or slow roads; routes and times follow at once."""
    return await service.set_closure(store, networks_of(request), who, body)


@router.delete("/places/closures/{closure_id}", status_code=204)
async def lift_closure(
    closure_id: UUID, command: UUID, who: Annotated[Principal, CLOSERS], request: Request, store: StoreDep
) -> None:
    """Open the roads again; ``command`` is the command's id."""
    await service.lift_closure(store, networks_of(request), who, closure_id, command)
