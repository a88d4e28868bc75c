"""Finding places: from typed words to points, and from a point to the words for it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from jedel.journal import Store, Tx
from jedel.kernel.errors import OutsideMap
from jedel.kernel.geo import EARTH_RADIUS_M, Point, distance_m
from jedel.places import geocode_repository as search
from jedel.places import repository
from jedel.places.errors import NoMap
from jedel.places.geocode_match import (
    LIKE_MIN,
    Label,
    StreetNames,
    address_label,
    crossroad_label,
    likeness,
    nearest_house,
)
from jedel.places.geocode_names import NameIndex
from jedel.places.geocode_query import AddressQuery, CrossroadQuery, NameQuery, Reading, SiteQuery, parse

RESULTS_MAX = 50
MAPS_KEPT = 24
"""Name indexes of so many maps are kept in a process: every region of the country and the demo."""
REVERSE_REACH_M = (150.0, 1500.0)
"""First look close by, which nearly always is enough, then further."""
HOUSE_REACH_M = 90.0
CROSSROAD_REACH_M = 60.0
_APPROXIMATE = 0.8
"""What an answer keeps of its score when the house asked for is not on the map."""
_UNUSUAL = 0.95
_SURE_STREET = 0.8
"""Only a street that is meant this surely may answer for a house that it does not have."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place. `kind`: crossroad, address, street, site or district. `detail`: a site's address.

    `approximate`: the house that was asked for is not on the map; this is the nearest known, or the street.
    """

    kind: str
    id: UUID
    label: Label
    lon: float
    lat: float
    score: float
    detail: str = ""
    approximate: bool = False
    site_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """The words for a point. `kind`: address, crossroad or point (the label is coordinates)."""

    kind: str
    label: Label
    lon: float
    lat: float
    metres: float


@dataclass(frozen=True, slots=True)
class _Street:
    id: UUID
    names: StreetNames
    lon: float
    lat: float
    like: float


Streets = dict[str, list[_Street]]
"""Folded name → streets it may mean, best first."""


class Geocoder:
    """Searches the region's map in force. Keeps the names of sites and districts of each map in memory."""

    def __init__(self) -> None:
        self._indexes: dict[UUID, NameIndex] = {}

    async def search(
        self, store: Store, region: str, text: str, near: Point | None = None, limit: int = 10
    ) -> list[Found]:
        """Places that the text may mean, by score, then by distance to `near`. Raises NoMap."""
        readings = parse(text)
        async with store.reading() as tx:
            map_id = await self._map(tx, region)
            if not readings:
                return []
            index = await self._index(tx, map_id)
            streets = await _streets(tx, map_id, readings)
            found: list[Found] = []
            for reading in readings:
                found += await self._read(tx, map_id, index, streets, reading)
        return _ranked(found, near)[: min(limit, RESULTS_MAX)]

    async def reverse(self, store: Store, region: str, place: Point) -> Nearby:
        """The nearest house or crossroad in words. Raises NoMap, OutsideMap."""
        async with store.reading() as tx:
            row = await repository.map_in_force(tx.conn, region)
            if row is None:
                raise NoMap(region=region)
            if not (row["west"] <= place.lon <= row["east"] and row["south"] <= place.lat <= row["north"]):
                raise OutsideMap(lon=place.lon, lat=place.lat)
            house, crossing = await _nearest(tx, row["id"], place)
        options = []
        if house:
            at = Point(house["lon"], house["lat"])
            label = address_label(_names(house), house["house"])
            options.append(Nearby("address", label, *at, metres=distance_m(place, at)))
        if crossing:
            at = Point(crossing["lon"], crossing["lat"])
            label = crossroad_label(_names(crossing), _names(crossing, "other"))
            options.append(Nearby("crossroad", label, *at, metres=distance_m(place, at)))
        return _nearest_words(options) or Nearby("point", _coordinates(place), *place, metres=0)

    async def _map(self, tx: Tx, region: str) -> UUID:
        row = await repository.map_in_force(tx.conn, region)
        if row is None:
            raise NoMap(region=region)
        map_id: UUID = row["id"]
        return map_id

    async def _index(self, tx: Tx, map_id: UUID) -> NameIndex:
        index = self._indexes.pop(map_id, None)
        if index is None:
            index = NameIndex.of(
                await search.named_sites(tx.conn, map_id), await search.named_districts(tx.conn, map_id)
            )
        self._indexes[map_id] = index
        while len(self._indexes) > MAPS_KEPT:
            del self._indexes[next(iter(self._indexes))]
        return index

    async def _read(
        self, tx: Tx, map_id: UUID, index: NameIndex, streets: Streets, reading: Reading
    ) -> list[Found]:
        match reading:
            case CrossroadQuery(first, second):
                return await _crossroads(tx, streets[first], streets[second])
            case AddressQuery(street, house, unusual):
                houses = await _addresses(tx, map_id, streets[street], street, house)
                return [replace(h, score=h.score * _UNUSUAL) for h in houses] if unusual else houses
            case SiteQuery():
                return [_named(kind, thing, like) for kind, thing, like in index.sites(reading)]
            case NameQuery(name):
                named = [_named(kind, thing, like) for kind, thing, like in index.named(name)]
                return [_street(street, street.like) for street in streets[name]] + named


def _named(kind: str, thing: search.Row, like: float) -> Found:
    label = {language: thing[f"name_{language}"] for language in ("kk", "ru", "en")}
    return Found(
        kind=kind,
        id=thing["id"],
        label=label,
        lon=thing["lon"],
        lat=thing["lat"],
        score=like,
        detail=thing.get("address", ""),
        site_kind=thing.get("kind"),
    )


def _names(row: search.Row, prefix: str = "name") -> StreetNames:
    return StreetNames(row[prefix], row[f"{prefix}_kk"], row[f"{prefix}_ru"])


async def _streets(tx: Tx, map_id: UUID, readings: Iterable[Reading]) -> Streets:
    """Candidates for every street name in the readings, in one query."""
    names: dict[str, None] = {}
    for reading in readings:
        match reading:
            case CrossroadQuery(first, second):
                names |= {first: None, second: None}
            case AddressQuery(street):
                names[street] = None
            case NameQuery(name):
                names[name] = None
            case SiteQuery():
                pass
    found: Streets = {name: [] for name in names}
    for row in await search.streets_like(tx.conn, map_id, list(names)):
        like = likeness(row["asked"], row["key"])
        if like >= LIKE_MIN:
            found[row["asked"]].append(_Street(row["id"], _names(row), row["lon"], row["lat"], like))
    for streets in found.values():
        streets.sort(key=lambda street: (-street.like, street.id))
    return found


def _street(street: _Street, score: float, *, approximate: bool = False) -> Found:
    label = street.names.label()
    return Found("street", street.id, label, street.lon, street.lat, score, approximate=approximate)


async def _crossroads(tx: Tx, first: list[_Street], second: list[_Street]) -> list[Found]:
    if not first or not second:
        return []
    one = {street.id: street for street in first}
    two = {street.id: street for street in second}
    found = []
    for row in await search.crossroads(tx.conn, list(one), list(two)):
        a, b = row["street_a"], row["street_b"]
        pairs = [(one[x], two[y]) for x, y in ((a, b), (b, a)) if x in one and y in two]
        street, other = max(pairs, key=lambda pair: pair[0].like + pair[1].like)
        label = crossroad_label(street.names, other.names)
        score = (street.like + other.like) / 2
        found.append(Found("crossroad", row["id"], label, row["lon"], row["lat"], score))
    return found


async def _addresses(tx: Tx, map_id: UUID, streets: list[_Street], name: str, house: str) -> list[Found]:
    """The house where it is known; else the nearest known one of the likeliest streets, marked."""
    by_id = {street.id: street for street in streets}
    exact = [
        _house(row, by_id[row["street_id"]].names, by_id[row["street_id"]].like)
        for row in (await search.houses(tx.conn, list(by_id), house) if by_id else [])
    ]
    exact += [
        _house(row, StreetNames(row["street_name"], "", ""), like)
        for row in await search.houses_of_place(tx.conn, map_id, name, house)
        if (like := likeness(name, row["key"])) >= LIKE_MIN
    ]
    best = max((found.score for found in exact), default=0.0)
    sure = max(_SURE_STREET, best, streets[0].like - 0.03) if streets else 1.0
    missing = [street for street in streets if street.like >= sure and street.like > best][:3]
    return exact + [await _instead(tx, street, house) for street in missing]


async def _instead(tx: Tx, street: _Street, house: str) -> Found:
    known = {row["house_key"]: row for row in await search.all_houses(tx.conn, street.id)}
    key = nearest_house(house, list(known))
    if key is None:
        return _street(street, street.like * _APPROXIMATE, approximate=True)
    return replace(_house(known[key], street.names, street.like * _APPROXIMATE), approximate=True)


def _house(row: search.Row, street: StreetNames, score: float) -> Found:
    return Found("address", row["id"], address_label(street, row["house"]), row["lon"], row["lat"], score)


def _ranked(found: list[Found], near: Point | None) -> list[Found]:
    """Each place once with its best score; by score in hundredths, then by distance, then by name."""
    best: dict[UUID, Found] = {}
    for place in found:
        if place.id not in best or place.score > best[place.id].score:
            best[place.id] = place
    return sorted(
        best.values(),
        key=lambda place: (
            -round(place.score, 2),
            distance_m(near, Point(place.lon, place.lat)) if near else 0.0,
            place.label["ru"],
            place.id,
        ),
    )


async def _nearest(tx: Tx, map_id: UUID, place: Point) -> tuple[search.Row | None, search.Row | None]:
    """The nearest house and crossroad, either None."""
    house = crossing = None
    for reach_m in REVERSE_REACH_M:
        reach_deg = math.degrees(reach_m / EARTH_RADIUS_M)
        house = await search.nearest_house(tx.conn, map_id, *place, reach_deg)
        crossing = await search.nearest_crossroad(tx.conn, map_id, *place, reach_deg)
        if house or crossing:
            break
    return house, crossing


def _coordinates(place: Point) -> Label:
    return dict.fromkeys(("kk", "ru", "en"), f"{place.lat:.5f}, {place.lon:.5f}")


def _nearest_words(options: list[Nearby]) -> Nearby | None:
    """A crossroad when one stands on it, else the house, else the nearer of both."""
    for kind, reach_m in (("crossroad", CROSSROAD_REACH_M / 2), ("address", HOUSE_REACH_M)):
        for option in options:
            if option.kind == kind and option.metres <= reach_m:
                return option
    return min(options, key=lambda option: option.metres, default=None)
