"""Bodies and answers of the routes by which cameras are turned."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, View

Speed = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class Turn(Body):
    """``x`` to the right, ``y`` up, ``zoom`` nearer: shares of the camera's speed, until `stop` or two
    seconds without another command. ``preset``: its token; empty: the camera's home."""

    do: Literal["move", "stop", "preset"]
    x: Speed = 0
    y: Speed = 0
    zoom: Speed = 0
    preset: Annotated[str, Field(max_length=64, pattern=r"^[\x20-\x7e]*$")] = ""
    incident_id: UUID | None = None


PresetName = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]
PresetToken = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$")]


class SavePreset(Body):
    """Keep what the camera looks at now as a new place. ``id``: the command's."""

    id: UUID
    name: PresetName


class LockView(View):
    """``mine``: whether the asker holds it; ``taken_from``: whose lock this command ended."""

    camera_id: UUID
    name: str
    mine: bool
    incident_id: UUID | None
    since: datetime
    until: datetime
    taken_from: str | None = None


class PresetView(View):
    token: str
    name: str
