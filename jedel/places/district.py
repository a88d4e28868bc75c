"""Which district a place is in, by the outlines of the region's map in force."""

from uuid import UUID

import shapely

from jedel.journal import Connection
from jedel.kernel.geo import Point
from jedel.places import repository
from jedel.places.osm.joins import Inside

Names = dict[str, str]


class Districts:
    """One for the process: keeps each region's outlines until its map changes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[UUID, Inside, list[Names]]] = {}

    async def at(self, conn: Connection, region: str, point: Point) -> Names | None:
        """The district's id and names {id, kk, ru, en}, as in a site's view; None outside all districts."""
        row = await repository.map_in_force(conn, region)
        if row is None:
            return None
        known = self._known.get(region)
        if known is None or known[0] != row["id"]:
            known = self._known[region] = (row["id"], *await _read(conn, row["id"]))
        _, inside, names = known
        number = inside.of(point.lon, point.lat)
        return names[number] if number >= 0 else None


async def _read(conn: Connection, map_id: UUID) -> tuple[Inside, list[Names]]:
    rows = await repository.outlines(conn, map_id)
    shapes = [shapely.from_geojson(row["outline"]) for row in rows]
    names = [{"id": str(row["id"])} | {x: row[f"name_{x}"] for x in ("kk", "ru", "en")} for row in rows]
    return Inside(shapes), names
