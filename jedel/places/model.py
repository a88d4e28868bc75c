"""What tags of OpenStreetMap mean to a patrol, and what a closure does. Pure: no I/O, no clock.

Sources: wiki.openstreetmap.org Key:highway, Key:access, Key:oneway, Key:maxspeed, Key:emergency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

Tags = Mapping[str, str]

SPEED_KMH: Final[Mapping[str, float]] = {
    "motorway": 100, "trunk": 80, "primary": 55, "secondary": 50, "tertiary": 45,
    "motorway_link": 60, "trunk_link": 50, "primary_link": 40, "secondary_link": 40, "tertiary_link": 35,
    "unclassified": 35, "residential": 30, "road": 30, "living_street": 15, "service": 15, "unsurfaced": 20,
    "track": 15,
}  # fmt: skip
"""Speed in free traffic by class of road, km/h; a class that is not here is not for cars."""

ROAD_CLASSES: Final = tuple(SPEED_KMH)
MAXSPEED_SHARE: Final = 0.85
"""What is driven on average where a limit is signed: crossings and bends cost the rest."""
SPEED_KMH_MIN: Final = 5.0
SPEED_KMH_MAX: Final = 110.0
KMH_PER_MPH: Final = 1.609344
CLOSED_KMH: Final = 1.0
"""A closed road is priced, not removed: it is taken only where nothing else leads there, so a place inside
a closure still has an order of units."""

_NO: Final = frozenset({"no", "agricultural", "forestry"})
_ZONES_KMH: Final = {"urban": 60.0, "rural": 90.0, "motorway": 110.0, "living_street": 20.0, "trunk": 90.0}


@dataclass(frozen=True, slots=True)
class Names:
    """A thing's names; empty where the map has none."""

    plain: str = ""
    kk: str = ""
    ru: str = ""
    en: str = ""

    @property
    def any(self) -> str:
        return self.plain or self.ru or self.kk or self.en

    def label(self) -> dict[str, str]:
        """One text per language, the nearest one known where its own is missing."""
        return {
            "kk": self.kk or self.plain or self.ru or self.en,
            "ru": self.ru or self.plain or self.kk or self.en,
            "en": self.en or self.plain or self.ru or self.kk,
        }


def names(tags: Tags) -> Names:
    """Names from ``name`` and ``name:xx``."""
    return Names(
        tags.get("name", "").strip(),
        tags.get("name:kk", "").strip(),
        tags.get("name:ru", "").strip(),
        tags.get("name:en", "").strip(),
    )


@dataclass(frozen=True, slots=True)
class Drive:
    """How a way can be driven. At least one direction is True."""

    kmh: float
    forward: bool
    backward: bool


def drive(tags: Tags) -> Drive | None:
    """How a patrol car drives a way; None where it cannot."""
    road = tags.get("highway", "")
    if road not in SPEED_KMH or tags.get("area") == "yes" or _forbidden(tags):
        return None
    forward, backward = _directions(tags, road)
    return Drive(_speed(tags, road), forward, backward)


def _forbidden(tags: Tags) -> bool:
    """The most particular tag decides. ``private`` stays open: a patrol goes where it is called."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key] in _NO
    return False


def _directions(tags: Tags, road: str) -> tuple[bool, bool]:
    oneway = tags.get("oneway", "")
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway in ("yes", "true", "1"):
        return True, False
    round_about = tags.get("junction") in ("roundabout", "circular")
    implied = round_about or road in ("motorway", "motorway_link")
    return True, not implied or oneway == "no"


def _speed(tags: Tags, road: str) -> float:
    limit = limit_kmh(tags.get("maxspeed", ""))
    if limit is None:
        return SPEED_KMH[road]
    return min(max(limit * MAXSPEED_SHARE, SPEED_KMH_MIN), SPEED_KMH_MAX)


def limit_kmh(maxspeed: str) -> float | None:
    """A signed limit in km/h: "60", "60 km/h", "5 mph", "KZ:urban"; None for what says no number."""
    text = maxspeed.strip().lower()
    if ":" in text:
        return _ZONES_KMH.get(text.rsplit(":", 1)[1])
    number, _, unit = text.replace("km/h", " km/h").replace("mph", " mph").partition(" ")
    if not number.isdecimal() or not 0 < len(number) <= 3:
        return None
    return float(number) * (KMH_PER_MPH if unit.strip() == "mph" else 1.0) or None


class SiteKind(StrEnum):
    """Places that an alarm or a dispatcher may mean by name."""

    SCHOOL = "school"
    POLICE = "police"
    HOSPITAL = "hospital"
    PARK = "park"
    BANK = "bank"
    POST = "post"


_AMENITY: Final = {
    "school": SiteKind.SCHOOL, "police": SiteKind.POLICE, "hospital": SiteKind.HOSPITAL,
    "bank": SiteKind.BANK,
}  # fmt: skip


def site_kind(tags: Tags) -> SiteKind | None:
    """Which kind of site a thing is; None for the rest. SOS posts are ``emergency=phone``."""
    if tags.get("emergency") == "phone":
        return SiteKind.POST
    if tags.get("leisure") == "park":
        return SiteKind.PARK
    return _AMENITY.get(tags.get("amenity", ""))


def site_id(region: str, osm: str) -> UUID:
    """The id a site keeps over every later import of its region. ``osm``: "n123", "w123" or "r123"."""
    return uuid5(NAMESPACE_URL, f"jedel:site:{region}:{osm}")


_CONTACTS: Final = ("phone", "email", "website")


def plan(tags: Tags, building: Tags, entrances: list[dict[str, object]]) -> dict[str, object]:
    """What a patrol wants to know before it enters. Only what the map says is in it.

    Keys: ``ref``, ``operator``, ``levels``, ``underground_levels``, ``capacity``, ``opening_hours``,
    ``contacts`` {phone, email, website}, ``entrances`` [{lon, lat, kind, name}].
    """
    found: dict[str, object] = {}
    for key in ("ref", "operator", "capacity", "opening_hours", "wheelchair"):
        if tags.get(key):
            found[key] = tags[key]
    for key, tag in (("levels", "building:levels"), ("underground_levels", "building:levels:underground")):
        value = tags.get(tag) or building.get(tag, "")
        if value.isdecimal() and len(value) <= 3:
            found[key] = int(value)
    contacts = {key: tags.get(f"contact:{key}") or tags.get(key) for key in _CONTACTS}
    if any(contacts.values()):
        found["contacts"] = {key: value for key, value in contacts.items() if value}
    if entrances:
        found["entrances"] = entrances
    return found


@dataclass(frozen=True, slots=True)
class Closure:
    """A road closed or slowed: along a ``line`` ((lon, lat), …), a whole ``street``, or a circle.

    ``factor``: share of the usual speed that is left; 0 = closed. ``until``: None = until lifted.
    ``street``: the street's key, which outlives a new map. ``centre``: of the circle, or a place on the
    street, since towns have streets of the same name.
    """

    id: UUID
    factor: float
    until: datetime | None = None
    line: tuple[tuple[float, float], ...] = ()
    street: str = ""
    centre: tuple[float, float] | None = None
    radius_m: float = 0.0

    def holds(self, now: datetime) -> bool:
        """Whether it is still in force; its end is no longer part of it."""
        return self.until is None or now < self.until


def slowed_kmh(kmh: float, factor: float) -> float:
    """Speed on a road under a closure, never below walking through."""
    return max(kmh * factor, CLOSED_KMH)
