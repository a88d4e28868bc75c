"""Cameras as rows, for tests of what is built upon the registry."""

from typing import Any
from uuid import UUID, uuid4

from jedel.journal import Store

LON, LAT = 76.945, 43.238
DEFAULTS = {"region": "00", "name": "Camera", "kind": "fixed", "lon": LON, "lat": LAT}


async def add_camera(store: Store, **columns: Any) -> UUID:
    """A camera with these columns, in the registry's table."""
    camera_id: UUID = columns.pop("id", None) or uuid4()
    row = DEFAULTS | columns | {"id": camera_id}
    names = ", ".join(row)
    marks = ", ".join(f"%({name})s" for name in row)
    async with store.transaction() as tx:
        await tx.conn.execute(
            f"INSERT INTO camera ({names}, created_at, updated_at) VALUES ({marks}, now(), now())", row
        )
    return camera_id
