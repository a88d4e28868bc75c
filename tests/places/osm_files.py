"""Small hand-made extracts."""

from collections.abc import Iterable
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

WEST, SOUTH = 76.90, 43.20
STEP = 0.002
"""Degrees between neighbouring junctions: about 162 m east, 222 m north."""


def at(x: float, y: float) -> tuple[float, float]:
    """Longitude, latitude of a place on the grid."""
    return WEST + x * STEP, SOUTH + y * STEP


class Osm:
    """Collects objects and writes them in the order that PBF wants."""

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.ways: list[Way] = []
        self.relations: list[Relation] = []
        self._by_place: dict[tuple[float, float], int] = {}

    def node(self, x: float, y: float, **tags: str) -> int:
        """A new node on the grid."""
        number = len(self.nodes) + 1
        self.nodes[number] = Node(id=number, version=1, location=at(x, y), tags=_colons(tags))
        return number

    def junction(self, x: float, y: float) -> int:
        """The one untagged node at a grid place, shared by the ways that meet there."""
        if (x, y) not in self._by_place:
            self._by_place[x, y] = self.node(x, y)
        return self._by_place[x, y]

    def way(self, places: Iterable[tuple[float, float]], **tags: str) -> int:
        """A way over shared nodes."""
        return self.way_of([self.junction(*place) for place in places], **tags)

    def way_of(self, nodes: list[int], **tags: str) -> int:
        number = len(self.ways) + 1
        self.ways.append(Way(id=number, version=1, nodes=nodes, tags=_colons(tags)))
        return number

    def box(self, x: float, y: float, size: float = 0.2, height: float | None = None, **tags: str) -> int:
        """A closed square, or rectangle, with its lower left corner at x, y."""
        top = y + (size if height is None else height)
        corners = [(x, y), (x + size, y), (x + size, top), (x, top)]
        nodes = [self.node(*corner) for corner in corners]
        return self.way_of([*nodes, nodes[0]], **tags)

    def boundary(self, way: int, **tags: str) -> None:
        """A boundary relation of one closed way."""
        number = len(self.relations) + 1
        self.relations.append(
            Relation(
                id=number,
                version=1,
                members=[("w", way, "outer")],
                tags={"type": "boundary", "boundary": "administrative"} | _colons(tags),
            )
        )

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for node in self.nodes.values():
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


def _colons(tags: dict[str, str]) -> dict[str, str]:
    """``addr__street`` is the tag addr:street."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


SIDE = 5


def town(**changes: str) -> Osm:
    """A town of SIDE x SIDE junctions, two-way streets, a park, a school, a bank, a post, two districts.

    Avenues run north (x = 0 … 4), x = 1 is "Абай даңғылы". Streets run east (y = 0 … 4), y = 2 is
    "Достық көшесі". ``changes`` are tags added to "Достық көшесі".
    """
    osm = Osm()
    for x in range(SIDE):
        names = {"name": f"{x}-й проезд"}
        if x == 1:
            names = {"name": "Абай даңғылы", "name__kk": "Абай даңғылы", "name__ru": "проспект Абая"}
        osm.way([(x, y) for y in range(SIDE)], highway="residential", **names)
    for y in range(SIDE):
        names = {"name": f"{y}-линия"}
        if y == 2:
            names = {"name": "Достық көшесі", "name__ru": "улица Достык"} | changes
        osm.way([(x, y) for x in range(SIDE)], highway="tertiary", **names)
    _sites(osm)
    for name, y in (("Оңтүстік ауданы", -1), ("Солтүстік ауданы", 2)):
        ring = osm.box(-1, y, 6, 3, boundary="administrative")
        osm.boundary(ring, admin_level="9", name=name, name__ru=f"{name} (ru)")
    return osm


def _sites(osm: Osm) -> None:
    osm.box(
        1.2, 2.2, 0.3, building="school", amenity="school", name="№5 мектеп", name__ru="Школа №5",
        addr__street="Достық көшесі", addr__housenumber="12/1", building__levels="3",
        contact__phone="+7 000 5",
    )  # fmt: skip
    osm.node(1.2, 2.3, entrance="main", name="Басты кіреберіс")
    osm.box(3.2, 2.1, 0.2, building="yes", addr__street="Достық көшесі", addr__housenumber="40А")
    osm.node(3.25, 2.15, amenity="bank", name="Банк")
    osm.node(2.1, 2.05, emergency="phone", ref="P-1", name="SOS 1")
    osm.box(2.3, 3.3, 0.5, leisure="park", name="Саябақ")
    osm.box(0.2, 0.3, 0.4, natural="water", name="Көл")
    osm.node(2, 2.5, place="town", name="Қала")
