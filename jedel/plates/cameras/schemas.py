"""Bodies and answers of the cameras' routes."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, Lat, Lon, ShortText, View
from jedel.plates.cameras.model import Camera, DriverName, clock_is_wrong
from jedel.plates.drivers.mapping import Mapping

Heading = Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)]
Road = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class NewCamera(Body):
    """``id`` is both the camera's id and the command's. ``heading``: the way the traffic drives that it
    sees, none for both ways; ``device_id``: an enrolled device of the kind camera, none for one that gives
    frames."""

    id: UUID
    name: ShortText
    road: Road = ""
    lon: Lon
    lat: Lat
    heading: Heading | None = None
    driver: DriverName
    mapping: Mapping = Mapping()
    device_id: UUID | None = None
    enabled: bool = True


class ChangeCamera(Body):
    """``id``: the command's. All of the camera as it is to be."""

    id: UUID
    name: ShortText
    road: Road = ""
    lon: Lon
    lat: Lat
    heading: Heading | None = None
    driver: DriverName
    mapping: Mapping = Mapping()
    device_id: UUID | None = None
    enabled: bool = True


class CameraStateView(View):
    """What was heard of a camera since it was added. ``faults``: how often each thing was wrong, by its code;
    ``fault``: the last of them."""

    heard_at: datetime | None = None
    reads: int = 0
    faults: dict[str, int] = Field(default_factory=dict)
    fault: str | None = None
    fault_at: datetime | None = None


class CameraView(View):
    """``clock_error_ms``: the camera's clock minus ours; ``clock_wrong``: far enough off to be named."""

    number: int
    id: UUID
    region: str
    name: str
    road: str
    lon: float
    lat: float
    heading: float | None
    driver: DriverName
    mapping: dict[str, Any]
    device_id: UUID | None
    enabled: bool
    clock_error_ms: int | None
    clock_wrong: bool
    state: CameraStateView

    @classmethod
    def of(cls, camera: Camera, state: CameraStateView | None = None) -> Self:
        return cls(
            number=camera.number,
            id=camera.id,
            region=camera.region,
            name=camera.name,
            road=camera.road,
            lon=camera.lon,
            lat=camera.lat,
            heading=camera.heading,
            driver=camera.driver,
            mapping=camera.mapping,
            device_id=camera.device_id,
            enabled=camera.enabled,
            clock_error_ms=camera.clock_error_ms,
            clock_wrong=clock_is_wrong(camera.clock_error_ms),
            state=state or CameraStateView(),
        )
