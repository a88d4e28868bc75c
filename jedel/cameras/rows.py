"""Cameras as rows: from the database and into it."""

from dataclasses import asdict
from typing import Any, Final

from psycopg.types.json import Jsonb

from jedel.cameras.model import Camera, Kind, Recording, Stream, StreamName, Zone
from jedel.media.model import Mask, SourceKind

Row = dict[str, Any]

PLAIN: Final = (
    "number", "id", "region", "name", "site_id", "floor", "plan_x", "plan_y", "lon", "lat", "heading", "fov",
    "range_m", "owner", "owner_contact", "external_id", "credentials", "onvif_url", "ptz", "device_id",
    "unit_id", "keep_days", "enabled", "created_at", "updated_at",
)  # fmt: skip
COLUMNS: Final = ", ".join(
    f"c.{name}" for name in (*PLAIN, "kind", "zone", "source", "streams", "masks", "recording")
)
WRITTEN: Final = (
    "name", "kind", "site_id", "zone", "floor", "plan_x", "plan_y", "lon", "lat", "heading", "fov", "range_m",
    "owner", "owner_contact", "external_id", "source", "streams", "credentials", "onvif_url", "ptz",
    "device_id", "unit_id", "masks", "recording", "keep_days", "enabled",
)  # fmt: skip
"""What may change; of who may change what, the services decide."""


def camera_of(row: Row) -> Camera:
    """From a row with COLUMNS."""
    return Camera(
        **{name: row[name] for name in PLAIN},
        kind=Kind(row["kind"]),
        zone=Zone(row["zone"]) if row["zone"] else None,
        source=SourceKind(row["source"]),
        streams=tuple(Stream(**each | {"name": StreamName(each["name"])}) for each in row["streams"]),
        masks=masks_of(row["masks"]),
        recording=Recording(row["recording"]),
    )


def masks_of(found: list[list[list[float]]]) -> tuple[Mask, ...]:
    """From JSON: corners of each, in shares of the picture."""
    return tuple(Mask(tuple((x, y) for x, y in corners)) for corners in found)


def written(camera: Camera) -> Row:
    """A camera's changeable columns, as parameters."""
    row = {name: getattr(camera, name) for name in WRITTEN}
    return row | {
        "streams": Jsonb([asdict(each) for each in camera.streams]),
        "masks": Jsonb([list(map(list, mask.corners)) for mask in camera.masks]),
        "ptz": None if camera.ptz is None else Jsonb(dict(camera.ptz)),
    }
