"""Points of the demo city: SOS posts, banks, shops, stops, the names of city and station."""

from random import Random
from typing import Final

import numpy as np
import shapely

from simulator.city.blocks import Blocks, Houses
from simulator.city.ground import Line
from simulator.city.network import Network
from simulator.city.sites import BANKS, POSTS, Sites, Spot, Tags, named
from simulator.city.streets import NAMES, Street

_SHOPS: Final = (
    ("shop", "convenience", "дүкені", "магазин"), ("shop", "bakery", "наубайханасы", "пекарня"),
    ("shop", "clothes", "киім дүкені", "магазин одежды"), ("amenity", "cafe", "дәмханасы", "кафе"),
    ("amenity", "pharmacy", "дәріханасы", "аптека"), ("amenity", "restaurant", "мейрамханасы", "ресторан"),
    ("shop", "books", "кітап дүкені", "книжный магазин"),
    ("shop", "hairdresser", "шаштаразы", "парикмахерская"),
)  # fmt: skip

_CROWDED: Final = ("theatre", "marketplace", "university")


def _spread(candidates: Line, count: int, apart_m: float, rng: Random) -> list[int]:
    """Indices of `count` places as far apart as they come; the distance asked for shrinks until they fit."""
    order = list(range(len(candidates)))
    rng.shuffle(order)
    chosen: list[int] = []
    while len(chosen) < min(count, len(candidates)):
        for n in order:
            if len(chosen) == count:
                break
            if n in chosen:
                continue
            if not chosen or np.hypot(*(candidates[chosen] - candidates[n]).T).min() >= apart_m:
                chosen.append(n)
        apart_m *= 0.7
    return chosen


def _banks(houses: Houses, blocks: Blocks, rng: Random) -> list[tuple[Spot, Tags]]:
    town = np.array([blocks.zones[face] in "CS" for face in houses.face])
    fronts = houses.fronts[town]
    found = []
    for number, at in enumerate(_spread(fronts, BANKS, 850, rng)):
        kk, ru, en = NAMES["banks"][number % len(NAMES["banks"])]
        nth = number + 1
        names = named(f"{kk}, №{nth} бөлімше", f"{ru}, отделение №{nth}", f"{en} No. {nth}")
        tags = names | {"amenity": "bank", "atm": "yes", "contact:phone": f"+7 000 62 {nth:02d} 00"}
        machine = {"kk": f"{kk} банкоматы", "ru": f"банкомат, {ru}", "en": f"{en} ATM"}
        found.append((Spot(fronts[at], tags), machine))
    return found


def _post(number: int, at: Line, kk: str, ru: str, en: str) -> Spot:
    ref = f"SOS-{number:02d}"
    names = named(f"{ref} · {kk}", f"{ref} · {ru}", f"{ref} · {en}")
    return Spot(at, names | {"emergency": "phone", "ref": ref})


def _words(tags: Tags) -> tuple[str, str, str]:
    return tags["name:kk"], tags["name:ru"], tags.get("name:en", tags["name:ru"])


def _posts(sites: Sites, banks: list[tuple[Spot, Tags]], rng: Random) -> list[Spot]:
    """Posts beside every bank's cash machine, in parks and squares, the rest by crowded buildings."""
    places: list[tuple[Line, str, str, str]] = []
    for park, tags in sites.parks:
        if "name:kk" not in tags or park.geom_type != "Polygon":
            continue
        rim = shapely.get_coordinates(park.exterior)
        inside = shapely.get_coordinates(shapely.point_on_surface(park))
        spots = [inside[0]]
        if park.area > 25000:
            spots = [rim[0] * 0.9 + inside[0] * 0.1, inside[0] * 0.97 + rim[len(rim) // 2] * 0.03]
        places.extend((spot, *_words(tags)) for spot in spots)
    crowded = [
        (shapely.get_coordinates(site.building)[0], *_words(site.tags))
        for site in sites.sites
        if site.tags.get("shop") == "mall" or site.tags.get("amenity") in _CROWDED
    ]
    places = places[: POSTS - len(banks)]
    rng.shuffle(crowded)
    places += crowded[: POSTS - len(banks) - len(places)]
    places += [(bank.at + 2.5, words["kk"], words["ru"], words["en"]) for bank, words in banks]
    return [_post(number, np.asarray(at), *words) for number, (at, *words) in enumerate(places, 1)]


def _shops(houses: Houses, blocks: Blocks, rng: Random) -> list[Spot]:
    town = np.flatnonzero([blocks.zones[face] in "CSN" for face in houses.face])
    found = []
    for at in rng.sample(town.tolist(), min(260, len(town))):
        key, value, kk, ru = rng.choice(_SHOPS)
        word = rng.choice(NAMES["streets"])[0]
        found.append(Spot(houses.fronts[at], named(f"«{word}» {kk}", f"{ru} «{word}»") | {key: value}))
    return found


def _stops(streets: list[Street], rng: Random) -> list[Spot]:
    found = []
    for street in streets:
        if street.kind in ("primary", "secondary") and street.name:
            line = shapely.LineString(street.line)
            for at in np.arange(rng.uniform(150, 400), line.length, rng.uniform(620, 800)):
                spot = shapely.get_coordinates(shapely.line_interpolate_point(line, at))[0] + (9, -9)
                found.append(Spot(spot, {"highway": "bus_stop"}))
    return found


def make_spots(
    sites: Sites, houses: Houses, blocks: Blocks, streets: list[Street], station: Line, rng: Random
) -> list[Spot]:
    """All points with tags of their own."""
    banks = _banks(houses, blocks, rng)
    city = named("Жедел қаласы", "город Жедел", "Jedel City") | {"place": "city", "population": "214000"}
    rail = named("Жедел вокзалы", "вокзал Жедел", "Jedel railway station") | {"railway": "station"}
    return [
        Spot(np.array([0.0, 0.0]), city),
        Spot(station, rail),
        *(bank for bank, _ in banks),
        *_posts(sites, banks, rng),
        *_shops(houses, blocks, rng),
        *_stops(streets, rng),
    ]


def signals(streets: list[Street], network: Network) -> list[int]:
    """Nodes with traffic lights: where two larger streets cross."""
    major: dict[int, set[int]] = {}
    for way in network.ways:
        if streets[way.street].kind in ("primary", "secondary", "tertiary"):
            for node in way.nodes:
                major.setdefault(node, set()).add(way.street)
    return sorted(node for node, meeting in major.items() if len(meeting) > 1 and network.arms[node] >= 4)
