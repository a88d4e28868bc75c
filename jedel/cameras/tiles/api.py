"""Route: the map of all cameras of one's region, as vector tiles."""

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from jedel.access import STAFF, Principal, allow
from jedel.cameras.tiles import mvt
from jedel.cameras.tiles.layer import ZOOM_MAX
from jedel.cameras.tiles.live import camera_map_of
from jedel.cameras.tiles.model import wanted
from jedel.kernel.errors import NotFound

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

Kind = Literal["fixed", "ptz", "mobile", "drone", "badge", "post"]
State = Literal["unknown", "up", "down", "recording"]
EVERY: list[Kind] = []
ANY: list[State] = []


@router.get("/tiles/{zoom}/{x}/{y}.mvt", response_class=Response)
async def tile(
    zoom: Annotated[int, Path(ge=0, le=ZOOM_MAX)],
    x: Annotated[int, Path(ge=0, lt=1 << ZOOM_MAX)],
    y: Annotated[int, Path(ge=0, lt=1 << ZOOM_MAX)],
    who: Annotated[Principal, allow(*STAFF)],
    request: Request,
    kind: Annotated[list[Kind], Query(max_length=6)] = EVERY,
    state: Annotated[list[State], Query(max_length=4)] = ANY,
) -> Response:
    """A Mapbox vector tile (docs/ref/camera-tiles.md): layer `clusters` (n, up, recording, down, unknown),
    from zoom 14 on layer `cameras` (id, kind, state, heading, fov, range). `kind` and `state` filter; `up`
    means recording too."""
    if x >> zoom or y >> zoom:
        raise NotFound(what="tile", id=f"{zoom}/{x}/{y}")
    held = await camera_map_of(request).ready()
    body = held.picture.layer(who.region).tile(zoom, x, y, wanted(list(kind), list(state)))
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-store"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=mvt.MEDIA_TYPE, headers=headers)
