"""The demo's cameras: in schools by zone, over the streets, at the SOS posts.

The simulator gives them pictures by RTSP, but for the posts': their pictures come from the post's own page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from jedel.access import Principal, Role
from jedel.access.seal import Sealer
from jedel.app import demo_state
from jedel.app.embedded.files import write_private
from jedel.app.settings import LOOPBACK, Settings
from jedel.cameras import service as cameras
from jedel.cameras.schemas import Credentials, NewCamera, OnPlan, StreamBody
from jedel.cameras.service import Registry
from jedel.cameras.walls.schemas import SaveWall
from jedel.cameras.walls.service import save
from jedel.journal import Store
from jedel.kernel.geo import Point
from jedel.places.geocode import Geocoder
from jedel.places.sites import Site

WHOLE_SCHOOLS: Final = 8
"""So many schools have all sixteen; the others have the four that every school begins with."""
METRE: Final = 1 / 111_320
"""Degrees of latitude."""
USER: Final = "demo"
OWNER: Final = "Отдел образования (демонстрация)"
CONTACT: Final = "+7 700 000 00 00"


@dataclass(frozen=True, slots=True)
class Spot:
    """A camera in a school. ``x``, ``y``: metres east and north of the school's middle."""

    name: str
    zone: str
    floor: int
    x: float
    y: float
    heading: float


SPOTS: Final = (
    Spot("Главный вход", "entrance", 1, 0, -14, 180),
    Spot("Двор, юг", "surroundings", 0, -22, -18, 160),
    Spot("Коридор, 1 этаж", "corridor", 1, -20, 0, 90),
    Spot("Лестница А, 1 этаж", "stairs", 1, -24, 6, 90),
    Spot("Запасной вход", "entrance", 1, 24, 12, 45),
    Spot("Столовая, вход", "entrance", 1, 14, 12, 0),
    Spot("Двор, север", "surroundings", 0, 20, 18, 340),
    Spot("Двор, запад", "surroundings", 0, -30, 4, 270),
    Spot("Стадион", "surroundings", 0, 30, -6, 100),
    Spot("Коридор, 2 этаж", "corridor", 2, -20, 0, 90),
    Spot("Коридор, 3 этаж", "corridor", 3, -20, 0, 90),
    Spot("Коридор, 1 этаж, восток", "corridor", 1, 20, 0, 270),
    Spot("Лестница Б, 2 этаж", "stairs", 2, 24, 6, 270),
    Spot("Кабинет 101", "classroom", 1, -12, 6, 0),
    Spot("Кабинет 203", "classroom", 2, 2, 6, 0),
    Spot("Кабинет информатики", "classroom", 3, 12, -6, 180),
)


@dataclass(frozen=True, slots=True)
class Hung:
    """One camera of the demo. ``key``: what its id is made of, and its path in the simulator."""

    key: str
    name: str
    kind: str
    zone: str
    lon: float
    lat: float
    heading: float
    fov: float
    range_m: float
    site_id: str | None = None
    floor: int | None = None
    x: float | None = None
    y: float | None = None

    def simulated(self) -> dict[str, Any]:
        """As the simulator wants it."""
        return {
            "name": self.key, "title": self.key, "kind": self.zone, "lon": self.lon, "lat": self.lat,
            "heading": self.heading,
        }  # fmt: skip


def of_schools(schools: Sequence[Site]) -> Iterable[Hung]:
    """Cameras of the schools, in their order."""
    for nth, school in enumerate(schools):
        spots = SPOTS if nth < WHOLE_SCHOOLS else SPOTS[:4]
        for place, spot in enumerate(spots):
            lon, lat = moved(school["lon"], school["lat"], spot.x, spot.y)
            inside = spot.zone != "surroundings"
            yield Hung(
                f"school-{nth + 1}-{place + 1}",
                f"{spot.name}, {school['name']['ru'] or school['name']['kk'] or ''}"[:200],
                "fixed", spot.zone, lon, lat, spot.heading, 90 if inside else 75, 20 if inside else 45,
                school["id"], spot.floor, spot.x, spot.y,
            )  # fmt: skip


def of_streets(places: Sequence[dict[str, Any]], labels: Sequence[str]) -> Iterable[Hung]:
    """Over each plate camera hangs one that looks at the street; every fourth can be turned."""
    for nth, (place, label) in enumerate(zip(places, labels, strict=True)):
        yield Hung(
            f"street-{place['number']}", f"{label}, обзорная"[:200], "ptz" if nth % 4 == 0 else "fixed",
            "street", place["lon"], place["lat"], float(place["heading"] or 0.0) % 360, 70, 80,
        )  # fmt: skip


async def make(
    store: Store,
    admin: Principal,
    settings: Settings,
    schools: Sequence[Site],
    places: Sequence[dict[str, Any]],
    demo_id: Callable[[str], UUID],
) -> int:
    """Bring in what is missing and write the simulator's file; how many there are."""
    geocoder = Geocoder()
    labels = [
        (await geocoder.reverse(store, admin.region, Point(each["lon"], each["lat"]))).label["ru"]
        for each in places
    ]
    password = demo_id("cameras").hex  # of pictures that are drawn; the demo's only
    registry = Registry(Sealer(settings.seal_key), (f"{LOOPBACK}/32",))
    hung = [*of_schools(schools), *of_streets(places, labels)]
    await cameras.add_all(store, admin, registry, [_body(each, settings, password, demo_id) for each in hung])
    await _wall(store, admin.region, hung, demo_id)
    described = {"user": USER, "password": password, "cameras": [each.simulated() for each in hung]}
    write_private(demo_state.cameras_file(settings.data_dir), orjson.dumps(described).decode())
    return len(hung)


async def _wall(store: Store, region: str, hung: Sequence[Hung], demo_id: Callable[[str], UUID]) -> None:
    """A wall of streets that every seat has, of the shift supervisor."""
    (head,) = (each for each in demo_state.ACCOUNTS if each.role == Role.SUPERVISOR)
    supervisor = Principal("account", demo_id(f"account/{head.login}"), head.name, region, Role.SUPERVISOR)
    streets = [demo_id(f"cctv/{each.key}") for each in hung if each.zone == "street"][:9]
    wall = demo_id("wall/streets")
    body = SaveWall(id=uuid5(wall, "saved"), name="Улицы", layout="9", tiles=tuple(streets), shared=True)
    async with store.reading() as tx:
        made = await tx.recorded(body.id)
    if not made:  # once: afterwards it is as its people have it
        await save(store, supervisor, wall, body)


def _body(each: Hung, settings: Settings, password: str, demo_id: Callable[[str], UUID]) -> NewCamera:
    base = f"rtsp://{LOOPBACK}:{settings.demo_rtsp_port}/{each.key}"
    school = each.site_id is not None
    return NewCamera(
        id=demo_id(f"cctv/{each.key}"), name=each.name, kind=each.kind, zone=each.zone, lon=each.lon,
        lat=each.lat, heading=each.heading, fov=each.fov, range_m=each.range_m,
        site_id=None if each.site_id is None else UUID(each.site_id), floor=each.floor,
        plan=None if each.x is None or each.y is None else OnPlan(x=each.x, y=each.y),
        owner=OWNER if school else "", owner_contact=CONTACT if school else "",
        streams=(
            StreamBody(name="main", url=f"{base}/main", codec="H264", width=1280, height=720, fps=10),
            StreamBody(name="sub", url=f"{base}/sub", codec="H264", width=640, height=360, fps=10),
        ),
        credentials=Credentials(user=USER, password=password),
    )  # fmt: skip


async def of_posts(
    store: Store, admin: Principal, settings: Settings, posts: Sequence[tuple[dict[str, Any], Site]]
) -> None:
    """The cameras of SOS posts: what their pages publish."""
    bodies = []
    for post, site in posts:
        device = UUID(post["id"])
        bodies.append(
            NewCamera(
                id=uuid5(device, "camera"), name=post["name"], kind="post", lon=site["lon"], lat=site["lat"],
                site_id=UUID(site["id"]), zone="street", source="push", device_id=device,
                streams=(StreamBody(name="main"),),
            )
        )  # fmt: skip
    await cameras.add_all(store, admin, Registry(Sealer(settings.seal_key), ()), bodies)


def moved(lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """A place so many metres away; exact enough within a school."""
    return lon + east_m * METRE / cos(radians(lat)), lat + north_m * METRE
