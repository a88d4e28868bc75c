"""Bodies and answers of the walls' routes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from jedel.cameras.walls.model import TILES_MAX
from jedel.kernel.schema import Body, ShortText, View

Layout = Literal["1", "4", "6", "9", "12", "16", "1+5", "1+7", "1+12"]


class SaveWall(Body):
    """``id``: the command's. ``tiles``: cameras in the layout's order, null where a tile is empty."""

    id: UUID
    name: Annotated[ShortText, Field(max_length=60)]
    layout: Layout
    tiles: Annotated[tuple[UUID | None, ...], Field(max_length=TILES_MAX)]
    shared: bool = False


class WallView(View):
    """``account_id``: whose it is."""

    id: UUID
    region: str
    account_id: UUID
    name: str
    layout: str
    tiles: list[UUID | None]
    shared: bool
    updated_at: datetime
