"""Bodies and answers of the registry's routes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, SecretStr

from jedel.cameras.model import STREAMS_MAX, Camera, Kind, Recording, StreamName, Zone
from jedel.kernel.schema import Body, Lat, Lon, ShortText, View
from jedel.media.model import SourceKind

NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Address = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Degrees = Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False)]
Fov = Annotated[float, Field(gt=0, le=360, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
Coordinate = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]
Floor = Annotated[int, Field(ge=-20, le=200)]
Pixels = Annotated[int, Field(ge=0, le=20_000)]
KeepDays = Annotated[int, Field(ge=1, le=3650)]


class OnPlan(Body):
    """Metres on the site's plan."""

    x: Coordinate
    y: Coordinate


class StreamBody(Body):
    """``url``: without credentials; empty where the pictures are sent to us."""

    name: StreamName = StreamName.MAIN
    url: Address = ""
    codec: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""
    width: Pixels = 0
    height: Pixels = 0
    fps: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0


class Credentials(Body):
    """Kept sealed; never given back."""

    user: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    password: Annotated[SecretStr, Field(max_length=200)] = SecretStr("")


class _Camera(Body):
    kind: Kind = Kind.FIXED
    site_id: UUID | None = None
    zone: Zone | None = None
    floor: Floor | None = None
    plan: OnPlan | None = None
    heading: Degrees | None = None
    fov: Fov | None = None
    range_m: Metres | None = None
    owner: Text = ""
    owner_contact: Text = ""
    external_id: ShortText | None = None
    source: SourceKind = SourceKind.RTSP
    streams: Annotated[tuple[StreamBody, ...], Field(max_length=STREAMS_MAX)] = ()
    credentials: Credentials | None = None
    onvif_url: Annotated[Address, Field(min_length=1)] | None = None
    device_id: UUID | None = None
    unit_id: UUID | None = None
    recording: Recording = Recording.OFF
    keep_days: KeepDays = 30
    enabled: bool = True


class NewCamera(_Camera):
    """``id`` is both the camera's id and the command's."""

    id: UUID
    name: ShortText
    lon: Lon
    lat: Lat


class ChangeCamera(_Camera):
    """``id``: the command's. Only what is given changes; ``credentials`` null takes them away."""

    id: UUID
    name: ShortText = "-"
    lon: Lon = 0
    lat: Lat = 0


class StreamView(View):
    """``url``: for administrators only."""

    name: StreamName
    codec: str
    width: int
    height: int
    fps: float
    url: str | None = None


class PlanView(View):
    x: float
    y: float


class CameraView(View):
    """A camera as screens have it. ``state``: up, down, unknown; ``fault``: why it is down; ``since``: of the
    state. ``metres``: from where was asked."""

    id: UUID
    number: int
    region: str
    name: str
    kind: Kind
    site_id: UUID | None
    zone: Zone | None
    floor: int | None
    plan: PlanView | None
    lon: float
    lat: float
    heading: float | None
    fov: float | None
    range_m: float | None
    owner: str
    owner_contact: str
    external_id: str | None
    source: SourceKind
    streams: list[StreamView]
    credentials: bool
    ptz: bool
    onvif: bool
    onvif_url: str | None
    device_id: UUID | None
    unit_id: UUID | None
    masked: bool
    recording: Recording
    keep_days: int
    enabled: bool
    state: str
    fault: str | None
    since: datetime | None
    recording_now: bool
    groups: list[UUID]
    metres: float | None = None

    @classmethod
    def of(
        cls,
        camera: Camera,
        groups: Sequence[UUID] = (),
        state: Mapping[str, Any] | None = None,
        *,
        addresses: bool = False,
        metres: float | None = None,
    ) -> Self:
        """``addresses``: the asker may see where the camera lies in the network."""
        same = {name: getattr(camera, name) for name in _SAME}
        drawn = camera.plan_x is not None and camera.plan_y is not None
        streams = [
            StreamView(
                name=each.name,
                codec=each.codec,
                width=each.width,
                height=each.height,
                fps=each.fps,
                url=each.url if addresses else None,
            )
            for each in camera.streams
        ]
        return cls(
            **same,
            plan=PlanView(x=camera.plan_x, y=camera.plan_y) if drawn else None,
            streams=streams,
            credentials=camera.credentials is not None,
            ptz=camera.ptz is not None,
            onvif=camera.onvif_url is not None,
            onvif_url=camera.onvif_url if addresses else None,
            masked=bool(camera.masks),
            groups=list(groups),
            metres=metres,
            **(state or {"state": "unknown", "fault": None, "since": None, "recording_now": False}),
        )


_SAME = (
    "id", "number", "region", "name", "kind", "site_id", "zone", "floor", "lon", "lat", "heading", "fov",
    "range_m", "owner", "owner_contact", "external_id", "source", "device_id", "unit_id", "recording",
    "keep_days", "enabled",
)  # fmt: skip
