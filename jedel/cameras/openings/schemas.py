"""Bodies and answers of the openings' routes."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, ShortText, View

Zone = Literal["surroundings", "entrance", "stairs", "classroom", "corridor"]
Metres = Annotated[float, Field(ge=-2_000, le=2_000, allow_inf_nan=False)]
Floor = Annotated[int, Field(ge=-9, le=99)]
Corner = tuple[Metres, Metres]
Corners = Annotated[tuple[Corner, ...], Field(min_length=3, max_length=64)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]


class Ask(Body):
    """``id`` is both the opening's id and the command's."""

    id: UUID
    incident_id: UUID
    site_id: UUID
    purpose: Annotated[ShortText, Field(min_length=10)]


class Decide(Body):
    """``id``: the command's."""

    id: UUID


class PlaceButton(Body):
    """``x``, ``y``: metres on the site's plan, to the east and to the north."""

    id: UUID
    zone: Zone
    floor: Floor
    x: Metres
    y: Metres


class Contact(Body):
    """A person of the site's administration."""

    name: Words
    post: Words = ""
    phone: Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[0-9+()\- ,;]+$")]


class RoomOutline(Body):
    name: Words
    zone: Zone
    corners: Corners


class FloorPlan(Body):
    floor: Floor
    outline: Corners
    rooms: Annotated[tuple[RoomOutline, ...], Field(max_length=120)] = ()


class SaveFolder(Body):
    """``id``: the command's. All of the folder as it is to be."""

    id: UUID
    contacts: Annotated[tuple[Contact, ...], Field(max_length=10)] = ()
    floors: Annotated[tuple[FloorPlan, ...], Field(max_length=12)] = ()


class FolderView(View):
    """What a patrol must know of a site; times are null and lists empty where nobody has written it."""

    site_id: UUID
    contacts: list[dict[str, Any]]
    floors: list[dict[str, Any]]
    updated_at: datetime | None
