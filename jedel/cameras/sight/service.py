"""Questions about what cameras see, answered from the process's picture of them."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jedel.access import Principal
from jedel.cameras import repository
from jedel.cameras import service as registry
from jedel.cameras.model import is_inside
from jedel.cameras.pages import Found
from jedel.cameras.schemas import CameraView
from jedel.cameras.sight import model
from jedel.cameras.sight.way import Way
from jedel.cameras.tiles.layer import Layer
from jedel.journal import Store
from jedel.kernel.geo import Point

AHEAD_MAX = 32
CANDIDATES_MAX = 128
"""Cameras that the registry is asked about: those inside of sites are left out, or come last."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera that sees the place that was asked for; figures as in model.Looks."""

    camera: UUID
    sees: model.Sees
    metres: float
    bearing: float
    off_deg: float | None
    px_per_m: float
    behind: bool | None


@dataclass(frozen=True, slots=True)
class Coming:
    """A camera on a way: when its view is reached."""

    camera: UUID
    metres: float
    seconds: float


def looking_at(
    layer: Layer, place: Point, limit: int, walls: NDArray[np.float64] | None = None
) -> list[Seen]:
    """The cameras that look at a place, the best first. ``walls`` (m, 4): sides of buildings around it; None:
    nobody knows them."""
    at = layer.near(place.lon, place.lat, model.REACH_M)
    at = at[model.sending(layer.kind[at], layer.state[at])]
    lon, lat = layer.where(at)
    here = (place.lon, place.lat)
    looks = model.looks(here, lon, lat, layer.kind[at], layer.heading[at], layer.fov[at], layer.range_m[at])
    hidden = np.zeros(len(at), dtype=np.bool_)
    if walls is not None:
        seeing = np.flatnonzero(looks.sees < len(model.Sees))
        hidden[seeing] = model.behind(here, lon[seeing], lat[seeing], walls)
    chosen = model.best(looks, layer.state[at], hidden, limit)
    return [
        Seen(
            camera=UUID(bytes=layer.ids[at[n]].tobytes()),
            sees=list(model.Sees)[int(looks.sees[n])],
            metres=round(float(looks.metres[n]), 1),
            bearing=round(float(looks.bearing[n]), 1),
            off_deg=None if np.isnan(looks.off_deg[n]) else round(float(looks.off_deg[n]), 1),
            px_per_m=round(float(looks.px_per_m[n]), 1),
            behind=None if walls is None else bool(hidden[n]),
        )
        for n in chosen.tolist()
    ]


def ahead(layer: Layer, way: Way, limit: int = CANDIDATES_MAX) -> list[Coming]:
    """The cameras that a car on this way is seen by, in the order of time."""
    middle = way.line[len(way.line) // 2]
    reach = max(model.distances(way.line, (float(middle[0]), float(middle[1])))) + model.BESIDE_M
    at = layer.near(float(middle[0]), float(middle[1]), float(reach))
    lon, lat = layer.where(at)
    sees = np.where(layer.range_m[at] > 0, layer.range_m[at], model.RANGE_M).astype(np.float64)
    card = (layer.kind[at], layer.heading[at], layer.fov[at])
    found = model.along(way.line, way.seconds, lon, lat, sees, *card)[:limit]
    return [
        Coming(UUID(bytes=layer.ids[at[each.at]].tobytes()), round(each.metres, 1), round(each.seconds, 1))
        for each in found
    ]


async def views(store: Store, who: Principal, ids: list[UUID]) -> dict[UUID, CameraView]:
    """What the registry says of them, those that are the asker's."""
    async with store.reading() as tx:
        rows = [camera for camera in await repository.several(tx.conn, ids) if camera.region == who.region]
        made = await registry.views(tx.conn, who, [Found(camera) for camera in rows])
    return {each.id: each for each in made}


def indoors(camera: CameraView) -> bool:
    """It hangs inside a site: walls stand between it and every street."""
    return is_inside(camera.zone, camera.site_id, camera.kind)
