"""A stored read as screens see it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from jedel.plates import keys, looks
from jedel.plates import model as plates
from jedel.plates.cameras.model import Camera
from jedel.plates.pictures import BITS, Which
from jedel.plates.store.rows import UNKNOWN
from jedel.plates.store.search.model import READERS, ground_codes
from jedel.plates.store.search.schemas import CameraSeen, PicturesOf, ReadView
from jedel.units.positions.repository import microseconds


class Address(Protocol):
    """Where a picture of a read may be seen."""

    def __call__(self, read_id: UUID, which: Which, at_us: int, /) -> str: ...


def read_view(row: Mapping[str, Any], camera: Camera, address: Address) -> ReadView:
    """A row of `plate_read` as everybody shows reads."""
    plate = plates.parse(keys.text(row["plate"]))
    return ReadView(
        id=row["id"],
        plate=plate.text,
        series=plate.series,
        region=plate.region,
        at=row["at"],
        heard_at=row["heard"],
        camera=CameraSeen(
            number=camera.number,
            id=camera.id,
            name=camera.name,
            lon=camera.lon,
            lat=camera.lat,
            heading=camera.heading,
        ),
        heading=camera.heading if row["heading"] == UNKNOWN else row["heading"] / 10,
        speed_kmh=None if row["speed"] == UNKNOWN else row["speed"] / 10,
        confidence=row["confidence"],
        weakest=row["weakest"],
        frames=row["frames"],
        make=looks.code("make", row["make"]),
        colour=looks.code("colour", row["colour"]),
        body=looks.code("body", row["body"]),
        grounds=ground_codes(row["grounds"]),
        score=row["score"],
        pictures=_pictures(row["id"], row["at"], row["pictures"], address),
        reader=READERS[row["reader"]] if row["reader"] < len(READERS) else "other",
    )


def _pictures(read_id: UUID, at: datetime, bits: int, address: Address) -> PicturesOf:
    shown = {
        which: address(read_id, which, microseconds(at)) if bits & bit else None
        for which, bit in BITS.items()
    }
    return PicturesOf(**shown)
