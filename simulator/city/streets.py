"""The street plan: which streets there are, before they are cut where they cross.

Avenues run along the warped grid; local streets fill the superblocks by zone; a ring road, two embankments,
crescents, estate loops and two highways do not follow it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import shapely
import shapely.affinity

from simulator.city.ground import Ground, Line, resample

NAMES: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("names.json").read_text("utf-8"))

Name = tuple[str, str]
"""(Kazakh, Russian)"""

ROUNDABOUT_M: Final = 32.0


@dataclass(frozen=True)
class Street:
    """One named line of the plan. `line` is the whole of it, `pieces` what was left after water and gaps."""

    name: Name | None
    kind: str  # OpenStreetMap's highway value, or "railway"
    line: Line
    pieces: tuple[Line, ...]
    oneway: bool = False
    roundabout: bool = False


@dataclass
class Namer:
    """Hands out street names, each once; when they run out, numbered lines follow."""

    rng: Random
    left: list[Name]
    lines: int = 0

    @classmethod
    def of(cls, rng: Random) -> "Namer":
        left: list[Name] = [(kk, ru) for kk, ru in NAMES["streets"]]
        rng.shuffle(left)
        return cls(rng, left)

    def street(self) -> Name:
        if not self.left:
            self.lines += 1
            return f"{self.lines}-желі көшесі", f"{self.lines}-я линия"
        kk, ru = self.left.pop()
        return f"{kk} көшесі", f"улица {ru}"


def _parts(geometry: shapely.Geometry, length_min_m: float) -> tuple[Line, ...]:
    lines = shapely.get_parts(geometry)
    keep = lines[shapely.length(lines) >= length_min_m]
    return tuple(shapely.get_coordinates(line) for line in keep)


@dataclass
class Planner:
    """Collects the streets of one city."""

    ground: Ground
    rng: Random
    namer: Namer
    streets: list[Street]
    barrier: shapely.Geometry  # what small streets may not cross: river, railway, ring

    def add(
        self,
        name: Name | None,
        kind: str,
        line: Line,
        *,
        pieces: list[Line] | None = None,
        keep_out: shapely.Geometry | None = None,
        keep_in: shapely.Geometry | None = None,
        oneway: bool = False,
    ) -> None:
        """Cut the line by what it may not enter, and keep it when anything longer than 60 m is left."""
        parts = shapely.MultiLineString(pieces or [line])
        if keep_out is not None:
            parts = shapely.difference(parts, keep_out)
        parts = shapely.intersection(parts, self.ground.outline if keep_in is None else keep_in)
        kept = _parts(parts, 60)
        if kept:
            self.streets.append(Street(name, kind, line, kept, oneway))

    def grid_line(self, vertical: bool, at: float, start: float, end: float) -> Line:
        """A line of the grid (u = at when vertical), warped to the plane."""
        along = np.linspace(start, end, max(2, int(abs(end - start) / 45)))
        fixed = np.full_like(along, at)
        grid = np.column_stack([fixed, along] if vertical else [along, fixed])
        warped = self.ground.warp(grid)
        line: Line = shapely.get_coordinates(shapely.simplify(shapely.LineString(warped), 1.2))
        return line


def _avenues(plan: Planner) -> None:
    ground = plan.ground
    bridges = {1, 2, 3, 4, 5, 6, 7, 8, 9}
    built = shapely.buffer(shapely.union_all(ground.superblocks()[1]), 14)
    for vertical, places in ((True, ground.avenues_u), (False, ground.avenues_v)):
        names = NAMES["avenues"]["u" if vertical else "v"]
        for n, at in enumerate(places):
            kk, ru = names[n]
            main = n in ((2, 4, 5, 8) if vertical else (1, 4, 6))
            line = plan.grid_line(vertical, at, -5200 if vertical else -6800, 5200 if vertical else 6800)
            keep_out = None if not vertical or n in bridges else shapely.buffer(ground.river, 40)
            name = (f"{kk} даңғылы", f"проспект {ru}")
            plan.add(name, "primary" if main else "secondary", line, keep_out=keep_out, keep_in=built)


def _ring(plan: Planner) -> Line:
    coords = shapely.get_coordinates(shapely.affinity.scale(plan.ground.outline, 0.79, 0.76))
    soft = shapely.buffer(shapely.buffer(shapely.Polygon(coords), -350), 350, quad_segs=10)
    return resample(shapely.get_coordinates(shapely.simplify(soft.exterior, 3)), 160)


def _local_lines(low: float, high: float, rng: Random) -> list[tuple[float, str]]:
    """Places of local lines between two avenues: (where, 'collector' | 'local' | 'private')."""
    count = 2 * max(2, round((high - low) / 215))
    found = []
    for n in range(1, count):
        at = low + (high - low) * n / count + rng.uniform(-9, 9)
        kind = "private" if n % 2 else ("collector" if n == 2 * (count // 4) else "local")
        found.append((at, kind))
    return found


def _wanted(zone: str, kind: str, vertical: bool, rng: Random) -> bool:
    """Whether a local line runs through a superblock of this zone."""
    dice = rng.random()
    if zone in "OGN":
        return False
    if kind == "collector":
        return dice < (0.55 if zone == "S" else 0.92)
    if zone == "P":
        return dice < (0.93 if vertical else (0.5 if kind == "local" else 0.05))
    if kind == "private":
        return zone == "C" and dice < 0.12
    return dice < {"C": 0.84, "S": 0.2, "I": 0.3}[zone]


def _locals(plan: Planner) -> None:
    ground, rng = plan.ground, plan.rng
    for vertical in (True, False):
        across = ground.avenues_u if vertical else ground.avenues_v
        along = ground.avenues_v if vertical else ground.avenues_u
        for gap in range(len(across) - 1):
            for n, (at, kind) in enumerate(_local_lines(across[gap], across[gap + 1], rng)):
                _local(plan, vertical, at, kind, gap, along, oneway_turn=n % 4)


def _local(
    plan: Planner, vertical: bool, at: float, kind: str, gap: int, along: tuple[float, ...], oneway_turn: int
) -> None:
    """One local line: present by superblock; a hole of a superblock ends the street and its name."""
    run: list[Line] = []
    zones = ""

    def finish() -> None:
        if not run:
            return
        line = np.vstack(run)
        oneway = oneway_turn in (1, 3) and kind == "local" and zones.count("C") >= 2
        if oneway and oneway_turn == 3:
            line, pieces = line[::-1], [piece[::-1] for piece in run]
        else:
            pieces = list(run)
        name = None if kind == "private" and set(zones) == {"C"} else plan.namer.street()
        highway = "tertiary" if kind == "collector" else ("residential" if name else "service")
        plan.add(name, highway, line, pieces=pieces, keep_out=plan.barrier, oneway=oneway)

    for block in range(len(along) - 1):
        zone = plan.ground.zone(*((gap, block) if vertical else (block, gap)))
        if not _wanted(zone, kind, vertical, plan.rng):
            finish()
            run, zones = [], ""
            continue
        start, end = along[block], along[block + 1]
        if zone in "PI" and kind != "collector" and plan.rng.random() < 0.13:
            cut = plan.rng.uniform(0.35, 0.75) * (end - start)
            if plan.rng.random() < 0.5:
                start += cut
            else:
                end -= cut
        run.append(plan.grid_line(vertical, at, start - 14, end + 14))
        zones += zone
    finish()


def _estates(plan: Planner) -> None:
    """The loop road inside each slab estate, with two or three ways in; it carries the estate's number."""
    ground, rng = plan.ground, plan.rng
    number = 0
    for row in range(len(ground.avenues_v) - 1):
        for column in range(len(ground.avenues_u) - 1):
            if ground.zone(column, row) != "S":
                continue
            number += 1
            u0, u1 = ground.avenues_u[column : column + 2]
            v0, v1 = ground.avenues_v[row : row + 2]
            low, high = rng.uniform(0.2, 0.27), rng.uniform(0.73, 0.8)
            a, b = u0 + (u1 - u0) * low, u0 + (u1 - u0) * high
            c, d = v0 + (v1 - v0) * low, v0 + (v1 - v0) * high
            box = shapely.buffer(shapely.buffer(shapely.box(a, c, b, d), -60), 60, quad_segs=3)
            loop = ground.warp(resample(shapely.get_coordinates(box.exterior), 60))
            mid_u, mid_v = (a + b) / 2 + rng.uniform(-60, 60), (c + d) / 2 + rng.uniform(-50, 50)
            ways = [
                ((u0 - 14, mid_v), (a + 14, mid_v)),
                ((b - 14, mid_v + 30), (u1 + 14, mid_v + 30)),
                ((mid_u, v0 - 14), (mid_u, c + 14)),
                ((mid_u - 25, d - 14), (mid_u - 25, v1 + 14)),
            ]
            rng.shuffle(ways)
            spurs = [ground.warp(resample(np.array(way), 60)) for way in ways[: rng.choice((2, 3))]]
            name = (f"{number}-ықшамауданы", f"{number}-й микрорайон")
            plan.add(name, "residential", loop, pieces=[loop, *spurs], keep_out=plan.barrier)


def _crescents(plan: Planner) -> None:
    """The new quarters: half rings around a park and spokes from it."""
    ground, rng = plan.ground, plan.rng
    for row in range(len(ground.avenues_v) - 1):
        for column in range(len(ground.avenues_u) - 1):
            if ground.zone(column, row) != "N":
                continue
            u0, u1 = ground.avenues_u[column : column + 2]
            v0, v1 = ground.avenues_v[row : row + 2]
            heart = np.array([(u0 + u1) / 2, v0 + (v1 - v0) * 0.5])
            size = np.array([(u1 - u0) / 2, (v1 - v0) / 2])
            for share in (0.3, 0.52, 0.75):
                turn = np.linspace(0, 2 * np.pi, 40) + rng.uniform(0, 6)
                arc = heart + size * share * np.column_stack([np.cos(turn), np.sin(turn)])
                plan.add(plan.namer.street(), "residential", ground.warp(arc), keep_out=plan.barrier)
            spokes = rng.choice((5, 6))
            first = rng.uniform(0, 1)
            for n in range(spokes):
                angle = first + n * 2 * np.pi / spokes
                ray = np.array([np.cos(angle), np.sin(angle)])
                reach = 1 / max(abs(ray[0]), abs(ray[1])) + 0.03
                spoke = np.array([heart + size * ray * 0.27, heart + size * ray * reach])
                line = ground.warp(resample(spoke, 60))
                plan.add(plan.namer.street(), "residential", line, keep_out=plan.barrier)


def _embankments(plan: Planner) -> None:
    ground = plan.ground
    middle = shapely.LineString(ground.river_line[(np.abs(ground.river_line[:, 0]) < 3900)])
    sides = ((104, "Сол жағалау көшесі", "Левобережная набережная"),
             (-104, "Оң жағалау көшесі", "Правобережная набережная"))  # fmt: skip
    for offset, kk, ru in sides:
        line = shapely.get_coordinates(shapely.offset_curve(middle, offset))
        plan.add((kk, ru), "tertiary", shapely.get_coordinates(shapely.simplify(shapely.LineString(line), 2)))


def _highways(plan: Planner) -> None:
    """Two roads that leave the city; they begin at the ring."""
    everywhere = shapely.box(-9000, -7000, 9000, 7000)
    inside = shapely.Polygon(_ring(plan))
    for n, (start, end, kk, ru) in enumerate(
        (
            ((4300, 1500), (7900, 3300), "Шығыс тас жолы", "Восточное шоссе"),
            ((-4200, -1200), (-7900, -2600), "Батыс тас жолы", "Западное шоссе"),
            ((600, -3000), (1500, -5600), "Оңтүстік тас жолы", "Южное шоссе"),
            ((-1500, 3000), (-2600, 5700), "Солтүстік тас жолы", "Северное шоссе"),
        )
    ):
        straight = resample(np.array([start, end], dtype=float), 150)
        bend = np.sin(np.linspace(0, 5 + n, len(straight))) * 90
        line = straight + np.column_stack([bend * 0.4, bend])
        plan.add((kk, ru), "trunk", line, keep_out=shapely.buffer(inside, -14), keep_in=everywhere)


def _old_roads(plan: Planner) -> None:
    """Roads older than the grid: a boulevard to the station, a caravan road, a road along a gone brook."""
    ground = plan.ground
    to_station = ((-330, 960), (-60, 1500), (120, 2080), (330, 2480))
    caravan = (
        (-3950, 150),
        (-3300, -420),
        (-2700, -760),
        (-2250, -1420),
        (-1400, -1900),
        (-1000, -2800),
        (-420, -3700),
    )
    brook = ((1250, 1000), (1900, 1330), (2500, 1450), (3050, 2050), (3950, 2500))
    bypass = ((2200, -550), (2750, -900), (3300, -980), (4350, -700))
    roads = (
        (to_station, "secondary", "Вокзал бульвары", "бульвар Вокзальный"),
        (caravan, "tertiary", "Керуен жолы көшесі", "улица Караванный Путь"),
        (brook, "tertiary", "Жылға көшесі", "улица Ручейная"),
        (bypass, "tertiary", "Айналып өту көшесі", "улица Объездная"),
    )  # fmt: skip
    for corners, kind, kk, ru in roads:
        rough = shapely.LineString(resample(np.array(corners, dtype=float), 130))
        bends = shapely.get_coordinates(rough)
        for _ in range(6):
            bends[1:-1] = (bends[:-2] + bends[1:-1] * 2 + bends[2:]) / 4
        plan.add((kk, ru), kind, ground.warp(bends))


def _with_roundabouts(plan: Planner) -> None:
    """At a few avenue crossings the middle is a ring: everything else stops at its rim."""
    ground = plan.ground
    spots = [(2, 4), (8, 5), (5, 1), (3, 7), (6, 6), (8, 2)]
    at = ground.warp(np.array([(ground.avenues_u[u], ground.avenues_v[v]) for u, v in spots]))
    discs = shapely.buffer(shapely.points(at), ROUNDABOUT_M, quad_segs=4)
    holes = shapely.union_all(discs)
    for n, street in enumerate(plan.streets):
        cut = shapely.difference(shapely.MultiLineString(list(street.pieces)), holes)
        plan.streets[n] = Street(street.name, street.kind, street.line, _parts(cut, 40), street.oneway)
    for disc in discs:
        rim = shapely.get_coordinates(shapely.orient_polygons(disc).exterior)
        plan.streets.append(Street(None, "primary", rim, (rim,), oneway=True, roundabout=True))


def plan_streets(ground: Ground, rng: Random) -> list[Street]:
    """All streets of the city, the railway last."""
    plan = Planner(ground, rng, Namer.of(rng), [], shapely.Polygon())
    ring = _ring(plan)
    rails = shapely.LineString(ground.railway)
    plan.barrier = shapely.union_all(
        [
            shapely.buffer(shapely.LineString(ground.river_line), 92),
            shapely.buffer(rails, 35),
            shapely.buffer(shapely.LineString(ring), 40),
        ]
    )
    _avenues(plan)
    plan.add(("Айналма жол", "Кольцевая дорога"), "trunk", ring)
    _embankments(plan)
    _old_roads(plan)
    _crescents(plan)
    _estates(plan)
    _locals(plan)
    _highways(plan)
    _with_roundabouts(plan)
    plan.streets.append(Street(None, "railway", ground.railway, (ground.railway,)))
    return plan.streets
