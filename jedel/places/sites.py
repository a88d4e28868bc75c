"""Schools, police, hospitals, parks, banks and SOS posts, as the map has them."""

from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.places import repository
from jedel.places.model import SiteKind

Site = dict[str, Any]


def view(row: dict[str, Any]) -> Site:
    """{id, kind, name {kk, ru, en}, lon, lat, address, district {id, kk, ru, en} | None, plan}."""
    district = {"id": str(row["district_id"])} | {x: row[f"district_{x}"] for x in ("kk", "ru", "en")}
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "name": {x: row[f"name_{x}"] for x in ("kk", "ru", "en")},
        "lon": row["lon"],
        "lat": row["lat"],
        "address": row["address"],
        "district": district if row["district_id"] else None,
        "plan": row["plan"],
    }


async def get(conn: Connection, site_id: UUID) -> Site | None:
    """A site's view, also when a newer map no longer has it; None for an id that never was one."""
    row = await repository.site(conn, site_id)
    return view(row) if row else None


async def region_of(conn: Connection, site_id: UUID) -> str | None:
    """The region that a site belongs to."""
    row = await repository.site(conn, site_id)
    return str(row["region"]) if row else None


async def of_region(conn: Connection, region: str, kinds: list[SiteKind]) -> list[Site]:
    """All sites of the region's map in force, by kind and name; ``kinds`` empty: every kind."""
    return [view(row) for row in await repository.sites(conn, region, list(kinds or SiteKind))]
