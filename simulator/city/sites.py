"""Sites of the demo city: public buildings with their grounds, and parks."""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Final

import numpy as np
import shapely

from simulator.city.blocks import Blocks, Geometries
from simulator.city.ground import Ground, Line
from simulator.city.streets import NAMES

Tags = dict[str, str]

SCHOOLS: Final = 40
POSTS: Final = 30
BANKS: Final = 12


@dataclass(frozen=True)
class Site:
    """A public building: outline, grounds and tags of both. `entrances` are corners of the outline."""

    building: shapely.Geometry
    grounds: shapely.Geometry
    tags: Tags
    grounds_tags: Tags
    entrances: int = 0


@dataclass(frozen=True)
class Spot:
    """A thing that is only a point."""

    at: Line  # (2,)
    tags: Tags


@dataclass
class Sites:
    sites: list[Site] = field(default_factory=list)
    parks: list[tuple[shapely.Geometry, Tags]] = field(default_factory=list)
    paths: list[Line] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def taken(self) -> list[shapely.Geometry]:
        """Where no house may stand."""
        return [shapely.buffer(site.grounds, 4) for site in self.sites] + [park for park, _ in self.parks]


@dataclass(frozen=True)
class Wish:
    """So many sites of a kind, in these zones, with this room around them (metres)."""

    count: int
    zones: str
    half: tuple[float, float]  # half length and half depth of the grounds
    apart: float
    shape: str
    size: tuple[float, float]
    tags: Tags
    grounds: Tags
    levels: tuple[int, ...] = (1, 2)


_OUTLINES: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    # Corners in shares of half length and half depth, counter-clockwise from the front's left end.
    "rect": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "U": ((-1, -1), (1, -1), (1, 1), (0.62, 1), (0.62, -0.25), (-0.62, -0.25), (-0.62, 1), (-1, 1)),
    "L": ((-1, -1), (1, -1), (1, -0.3), (-0.4, -0.3), (-0.4, 1), (-1, 1)),
    "H": (
        (-1, -1), (-0.55, -1), (-0.55, -0.25), (0.55, -0.25), (0.55, -1), (1, -1),
        (1, 1), (0.55, 1), (0.55, 0.25), (-0.55, 0.25), (-0.55, 1), (-1, 1),
    ),
    "T": ((-1, -1), (1, -1), (1, -0.2), (0.35, -0.2), (0.35, 1), (-0.35, 1), (-0.35, -0.2), (-1, -0.2)),
}  # fmt: skip

WISHES: Final = (
    Wish(1, "SCN", (125, 85), 900, "rect", (96, 62), {"building": "stadium", "name": "Тұлпар стадионы",
         "name:kk": "Тұлпар стадионы", "name:ru": "стадион «Тулпар»"}, {"leisure": "sports_centre"}),
    Wish(4, "SC", (62, 52), 1500, "H", (52, 40), {"building": "hospital", "amenity": "hospital"},
         {"landuse": "institutional"}, (3, 5, 6)),
    Wish(1, "C", (62, 50), 900, "U", (52, 38), {"building": "university", "amenity": "university",
         "name": "Дала университеті", "name:kk": "Дала университеті", "name:ru": "Степной университет"},
         {"landuse": "education"}, (4, 5)),
    Wish(1, "SCP", (56, 46), 900, "rect", (46, 34), {"building": "retail", "amenity": "marketplace",
         "name": "Керуен базары", "name:kk": "Керуен базары", "name:ru": "базар «Керуен»"},
         {"landuse": "retail"}),
    Wish(SCHOOLS, "SPCN", (40, 31), 640, "U", (31, 20), {"building": "school", "amenity": "school"},
         {"landuse": "education"}, (2, 3, 3, 4)),
    Wish(3, "CS", (33, 27), 1700, "L", (23, 15), {"building": "public", "amenity": "police"},
         {"landuse": "institutional"}, (2, 3, 4)),
    Wish(3, "SPC", (30, 26), 1900, "T", (20, 14), {"building": "fire_station", "amenity": "fire_station"},
         {"landuse": "institutional"}, (2,)),
    Wish(28, "SPCN", (28, 24), 520, "H", (19, 14), {"building": "kindergarten", "amenity": "kindergarten"},
         {"landuse": "education"}, (1, 2)),
    Wish(7, "SPC", (28, 22), 1100, "L", (22, 13), {"building": "public", "amenity": "clinic"},
         {"landuse": "institutional"}, (2, 3)),
    Wish(6, "SCN", (36, 30), 1200, "rect", (28, 20), {"building": "retail", "shop": "mall"},
         {"landuse": "retail"}, (2, 3, 4)),
    Wish(3, "CSP", (26, 26), 1500, "T", (15, 17), {"building": "mosque", "amenity": "place_of_worship",
         "religion": "muslim"}, {"landuse": "religious"}),
    Wish(1, "CS", (24, 24), 1500, "T", (13, 15), {"building": "church", "amenity": "place_of_worship",
         "religion": "christian"}, {"landuse": "religious"}),
    Wish(2, "C", (34, 28), 700, "T", (24, 19), {"building": "civic", "amenity": "theatre"},
         {"landuse": "commercial"}, (2, 3)),
    Wish(9, "SPIC", (24, 20), 1300, "rect", (11, 6), {"building": "retail", "amenity": "fuel"},
         {"landuse": "retail"}, (1,)),
)  # fmt: skip


def _turned(corners: Line, middle: Line, along: Line) -> Line:
    """Local corners (x along the front, y away from it) to the plane."""
    inward = np.array([-along[1], along[0]])
    turned: Line = middle + corners[:, :1] * along + corners[:, 1:] * inward
    return turned


def _front_side(face: shapely.Geometry, middle: Line) -> Line:
    """Direction of the block's long side that lies nearest to `middle`, the block on its left."""
    ring = shapely.get_coordinates(shapely.simplify(shapely.orient_polygons(face), 6).exterior)
    sides = np.diff(ring, axis=0)
    size = np.hypot(*sides.T)
    offset = middle - ring[:-1]
    away = np.abs(sides[:, 0] * offset[:, 1] - sides[:, 1] * offset[:, 0]) / size
    best = int(np.argmin(np.where(size > 45, away, away + 400)))
    side: Line = sides[best] / size[best]
    return side


@dataclass
class _Finder:
    """Free places in blocks: the middle of each block's largest empty circle."""

    blocks: Blocks
    rng: Random
    middles: Line
    reach: Line
    busy: list[shapely.Geometry]

    @classmethod
    def of(cls, blocks: Blocks, busy: list[shapely.Geometry], rng: Random) -> "_Finder":
        circles = shapely.maximum_inscribed_circle(blocks.faces, tolerance=4.0)
        middles = shapely.get_coordinates(shapely.get_point(circles, 0))
        return cls(blocks, rng, middles, shapely.length(circles), busy)

    def find(self, wish: Wish) -> list[tuple[int, Site]]:
        need = math.hypot(*wish.half) + 5
        order = [n for n in range(len(self.middles)) if self.blocks.zones[n] in wish.zones]
        order = [n for n in order if self.reach[n] >= min(need, wish.half[1] + 14)]
        self.rng.shuffle(order)
        chosen: list[tuple[int, Site]] = []
        apart = wish.apart
        while len(chosen) < wish.count and apart > 40:
            for n in order:
                if len(chosen) == wish.count:
                    break
                spots = self.middles[[m for m, _ in chosen]]
                if len(spots) and np.hypot(*(spots - self.middles[n]).T).min() < apart:
                    continue
                site = self._place(n, wish)
                if site is not None:
                    chosen.append((n, site))
            apart *= 0.8
        return chosen

    def _place(self, n: int, wish: Wish) -> Site | None:
        face, middle = self.blocks.faces[n], self.middles[n]
        along = _front_side(face, middle)
        unit = np.array(_OUTLINES[wish.shape])
        box = np.array(_OUTLINES["rect"]) * np.array(wish.half)
        grounds = shapely.Polygon(_turned(box, middle, along))
        if not shapely.contains(shapely.buffer(face, -9), grounds):
            return None
        if any(shapely.intersects(grounds, other) for other in self.busy):
            return None
        self.busy.append(shapely.buffer(grounds, 8))
        stretch = np.array([self.rng.uniform(0.9, 1.08), self.rng.uniform(0.9, 1.08)])
        building = shapely.Polygon(_turned(unit * np.array(wish.size) * stretch, middle, along))
        levels = {"building:levels": str(self.rng.choice(wish.levels))}
        return Site(building, grounds, wish.tags | levels, wish.grounds)


def named(kk: str, ru: str, en: str | None = None) -> Tags:
    names = {"name": kk, "name:kk": kk, "name:ru": ru}
    return names | {"name:en": en} if en else names


def _school(number: int, rng: Random) -> Tags:
    sort = rng.choices(("school", "gymnasium", "lyceum"), (8, 1, 1))[0]
    kk, ru, en = {
        "school": (f"№{number} жалпы білім беретін мектеп", f"Общеобразовательная школа №{number}",
                   f"School No. {number}"),
        "gymnasium": (f"№{number} мектеп-гимназия", f"Школа-гимназия №{number}", f"Gymnasium No. {number}"),
        "lyceum": (f"№{number} мектеп-лицей", f"Школа-лицей №{number}", f"Lyceum No. {number}"),
    }[sort]  # fmt: skip
    return named(kk, ru, en) | {
        "ref": str(number),
        "capacity": str(rng.randrange(300, 1500, 50)),
        "contact:phone": f"+7 000 45 {number:02d} {rng.randrange(10, 99)}",
    }


def _own_tags(wish: Wish, number: int, rng: Random) -> Tags:
    """Name and particulars of the n-th site of its kind."""
    amenity = wish.tags.get("amenity", wish.tags.get("shop", ""))
    phone = {"contact:phone": f"+7 000 {len(amenity):02d} {number:02d} {rng.randrange(10, 99)}"}
    if amenity == "school":
        return _school(number, rng)
    names = {
        "hospital": (f"№{number} қалалық аурухана", f"Больница №{number}", f"Hospital No. {number}"),
        "police": (f"№{number} полиция бөлімі", f"Отдел полиции №{number}", f"Police Station No. {number}"),
        "fire_station": (f"№{number} өрт бөлімі", f"Пожарная часть №{number}", f"Fire Station No. {number}"),
        "kindergarten": (f"№{number} балабақша", f"Детский сад №{number}", f"Kindergarten No. {number}"),
        "clinic": (f"№{number} емхана", f"Поликлиника №{number}", f"Clinic No. {number}"),
    }
    if amenity in names:
        return named(*names[amenity]) | phone
    words = NAMES["streets"][(number * 37 + len(amenity) * 11) % len(NAMES["streets"])]
    sorts = {
        "mall": (f"«{words[0]}» сауда үйі", f"торговый дом «{words[0]}»"),
        "fuel": (f"«{words[0]}» жанармай", f"АЗС «{words[0]}»"),
        "place_of_worship": (f"{words[0]} ғибадатханасы", f"храм «{words[0]}»"),
        "theatre": (f"«{words[0]}» театры", f"театр «{words[0]}»"),
    }
    if wish.tags.get("religion") == "muslim":
        sorts["place_of_worship"] = (f"{words[0]} мешіті", f"мечеть «{words[0]}»")
    return named(*sorts[amenity]) if amenity in sorts else {}


def _public_buildings(found: Sites, blocks: Blocks, ground: Ground, rng: Random) -> None:
    finder = _Finder.of(blocks, [shapely.buffer(ground.river, 20), *(park for park, _ in found.parks)], rng)
    for wish in WISHES:
        for number, (_, site) in enumerate(finder.find(wish), 1):
            tags = site.tags | _own_tags(wish, number, rng)
            school = site.tags.get("amenity") == "school"
            found.sites.append(Site(site.building, site.grounds, tags, site.grounds_tags, 3 if school else 1))


def _parks(found: Sites, blocks: Blocks, ground: Ground, rng: Random) -> None:
    """Green blocks, the hearts of the crescents, and the banks of the river."""
    names, squares = NAMES["parks"][::-1], NAMES["squares"][::-1]
    banks = shapely.buffer(ground.river, 5)
    small = [n for n, face in enumerate(blocks.faces) if blocks.zones[n] in "CS" and 3500 < face.area < 15000]
    chosen = set(rng.sample(small, min(len(small), len(squares) + 6)))
    order = sorted(range(len(blocks.faces)), key=lambda n: blocks.zones[n] != "G")  # the big parks come first
    for n in order:
        face, zone = blocks.faces[n], blocks.zones[n]
        wet = shapely.intersects(face, banks)
        heart = zone == "N" and len(face.exterior.coords) > 18 and face.convex_hull.area < face.area * 1.08
        if wet:
            green = shapely.difference(shapely.buffer(face, -7), banks)
            grass = {"landuse": "grass"}
            found.parks.extend((part, grass) for part in shapely.get_parts(green) if part.area > 400)
        elif zone == "G" or heart:
            tags = {"leisure": "park"} | (named(*names.pop()) if names and face.area > 9000 else {})
            park = shapely.buffer(face, -10)
            found.parks.append((park, tags))
            if not heart:
                _park_inside(found, park, rng)
        elif n in chosen:
            tags = {"leisure": "garden"}
            if squares:
                tags = {"place": "square", "highway": "pedestrian", "area": "yes"} | named(*squares.pop())
            found.parks.append((shapely.buffer(face, -8), tags))


def _park_inside(found: Sites, park: shapely.Geometry, rng: Random) -> None:
    """Alleys that meet in the middle, a round alley, a pond."""
    if park.geom_type != "Polygon" or park.area < 30000:
        return
    centre = shapely.get_coordinates(shapely.point_on_surface(park))[0]
    rim = shapely.get_coordinates(shapely.segmentize(park.exterior, 60))
    for n in range(0, len(rim) - 1, max(1, len(rim) // 8)):
        bend = (rim[n] + centre) / 2 + rng.uniform(-14, 14)
        found.paths.append(np.array([rim[n], bend, centre]))
    circle = shapely.intersection(shapely.Point(centre).buffer(min(120, park.area**0.5 / 5)), park)
    found.paths.append(shapely.get_coordinates(shapely.simplify(circle.exterior, 2)))
    angles = np.linspace(0, 2 * np.pi, 20)
    radius = 34 + 9 * np.sin(angles * 3 + rng.uniform(0, 6))
    pond = np.column_stack([np.cos(angles) * radius * 1.7, np.sin(angles) * radius])
    found.parks.append((shapely.Polygon(pond + centre + (90, 70)), {"natural": "water", "water": "pond"}))


def make_sites(blocks: Blocks, ground: Ground, rng: Random) -> Sites:
    """All sites with an area; points come after the houses stand (see spots.py)."""
    found = Sites()
    _parks(found, blocks, ground, rng)
    _public_buildings(found, blocks, ground, rng)
    return found


def footprints(sites: Sites) -> Geometries:
    """The outlines of all public buildings."""
    return np.array([site.building for site in sites.sites], dtype=object)
