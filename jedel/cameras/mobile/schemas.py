"""Bodies and answers of mobile units."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, Lat, Lon, Time, View
from jedel.units import UnitKind

Degrees = Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)]


class SetMobile(Body):
    """``system_id``: by which its MAVLink names it, null: it speaks JSON. ``key``: 32 bytes in hex of MAVLink
    2 signing, null: it signs nothing; it is never shown again. ``fov``: of its camera, degrees."""

    id: UUID
    camera_id: UUID | None = None
    system_id: Annotated[int, Field(ge=1, le=255)] | None = None
    key: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$")] | None = None
    fov: Annotated[float, Field(gt=0, lt=180, allow_inf_nan=False)] = 60


class Telemetry(Body):
    """``altitude_m``: above the ground. ``pitch``: of the gimbal, 0 level, -90 down; ``bearing``: of the
    gimbal, degrees from north."""

    at: Time
    lon: Lon
    lat: Lat
    speed_kmh: Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)] | None = None
    heading: Degrees | None = None
    altitude_m: Annotated[float, Field(ge=-500, le=20_000, allow_inf_nan=False)] | None = None
    pitch: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    bearing: Degrees | None = None


class PoseView(View):
    """``footprint``: the ground in the picture, (lon, lat) clockwise; null where it is not known."""

    at: datetime
    lon: float
    lat: float
    altitude_m: float | None
    heading: float | None
    pitch: float | None
    bearing: float | None
    footprint: list[tuple[float, float]] | None


class MobileView(View):
    """``stale``: nothing for over three seconds, or nothing ever. ``signed``: nothing unsigned is taken."""

    unit_id: UUID
    call_sign: str
    kind: UnitKind
    camera_id: UUID | None
    system_id: int | None
    signed: bool
    fov: float
    stale: bool
    pose: PoseView | None
