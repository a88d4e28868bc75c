"""Openings as screens and the journal see them. Pure."""

from collections.abc import Sequence
from typing import Any

from jedel.cameras.openings.model import Part, Spot, sees
from jedel.cameras.openings.repository import camera

Row = dict[str, Any]
View = dict[str, object]

COLLECTION = "openings"


def opening_view(row: Row) -> View:
    """{id, region, incident_id, site_id, level, alarm_id, device_id, site, button, contacts, cameras,
    purpose, asked_by, asked_at, approved_by, opened_at}. Until a second person has agreed, ``opened_at`` is
    null and ``cameras`` empty."""
    ids = ("id", "incident_id", "site_id", "alarm_id", "device_id")
    return {
        **{name: str(row[name]) if row[name] else None for name in ids},
        **{name: row[name] for name in ("region", "level", "purpose", "asked_by", "asked_at", "approved_by")},
        "opened_at": row["opened_at"],
        **row["facts"],
    }


def spot_view(spot: Spot | None) -> View | None:
    """{zone, floor, plan {x, y}}."""
    if spot is None:
        return None
    return {"zone": spot.zone, "floor": spot.floor, "plan": {"x": spot.x, "y": spot.y}}


def camera_facts(row: Row, part: Part, button: Spot | None) -> View:
    """A camera as a tile needs it. ``sees``: the button lies in its picture."""
    drawn = row["plan_x"] is not None and row["plan_y"] is not None
    return {
        "id": str(row["id"]),
        **{name: row[name] for name in ("number", "name", "kind", "zone", "floor", "lon", "lat")},
        "plan": {"x": row["plan_x"], "y": row["plan_y"]} if drawn else None,
        **{name: row[name] for name in ("heading", "fov", "range_m", "ptz")},
        "part": part,
        "sees": button is not None and part is Part.SITE and sees(camera(row), button),
    }


def site_facts(site: Row) -> View:
    """{id, kind, name, lon, lat, address}."""
    return {name: site[name] for name in ("id", "kind", "name", "lon", "lat", "address")}


def contacts(site: Row, folder: Row | None) -> Sequence[View]:
    """[{name, post, phone}]: whom to ring at the site: the folder's people, then the map's telephone."""
    people = [dict(each) for each in (folder or {}).get("contacts", ())]
    told = (site.get("plan") or {}).get("contacts", {}).get("phone")
    return [*people, {"name": "", "post": "", "phone": told}] if told else people
