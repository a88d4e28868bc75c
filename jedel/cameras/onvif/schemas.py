"""Bodies and answers of the routes by which cameras are found and asked."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from jedel.cameras.model import Recording, Zone
from jedel.cameras.schemas import Address, Credentials, Degrees, Fov, KeepDays, Metres, Text
from jedel.kernel.schema import Body, Lat, Lon, ShortText, View


class Ask(Body):
    """``url``: ``http://host[:port]/onvif/device_service``."""

    url: Annotated[Address, Field(min_length=1)]
    credentials: Credentials | None = None


class Onboard(Body):
    """``id`` is both the camera's id and the command's. ``main``, ``sub``: tokens of profiles; ``main`` none:
    the largest, ``sub`` none: the smallest of the others."""

    id: UUID
    url: Annotated[Address, Field(min_length=1)]
    credentials: Credentials | None = None
    name: ShortText
    lon: Lon
    lat: Lat
    site_id: UUID | None = None
    zone: Zone | None = None
    heading: Degrees | None = None
    fov: Fov | None = None
    range_m: Metres | None = None
    owner: Text = ""
    owner_contact: Text = ""
    external_id: ShortText | None = None
    recording: Recording = Recording.OFF
    keep_days: KeepDays = 30
    main: ShortText | None = None
    sub: ShortText | None = None


class HeardView(View):
    url: str
    name: str
    hardware: str
    known: bool
    """A camera of the own region has this address."""


class ProfileView(View):
    token: str
    name: str
    codec: str
    width: int
    height: int
    fps: float
    url: str
    ptz: bool


class DescribedView(View):
    """``clock_error_ms``: the camera's clock minus ours."""

    manufacturer: str
    model: str
    firmware: str
    serial: str
    clock_error_ms: int | None
    profiles: list[ProfileView]
