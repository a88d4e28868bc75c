"""A town of straight streets, cameras on one of them, patrols where a test puts them, and lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from psycopg.types.json import Jsonb

from jedel.access import Principal, Role
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.places import Networks, RoadNetwork
from jedel.places.network.mapfile import MapFile, Places
from jedel.places.osm.extract import RawRoad
from jedel.plates import keys
from jedel.plates.cameras import Cameras
from jedel.plates.cameras.model import Camera, DriverName
from jedel.plates.codec import Reads, reads_of
from jedel.qorgau.alerts import Alerts, PatrolPicture
from jedel.qorgau.alerts.facts import local_day
from jedel.qorgau.model import Action, Ground, Hits, Pair
from jedel.qorgau.watch import service as watch
from jedel.qorgau.watch.schemas import Propose
from jedel.units import service as units
from jedel.units.codec import POSITION
from jedel.units.model import UnitKind
from jedel.units.schemas import ChangeShift, NewUnit
from tests.places.graphs import graph_of, raw_road, roads_of
from tests.places.osm_files import at
from tests.support.seed import REGION, account_id

COLUMNS, ROWS = 16, 9
STREETS = [f"{n}-я" for n in range(ROWS)] + [f"Пр. {n}" for n in range(COLUMNS)]
EAST = 90.0
PLATE = "123ABC02"

View = dict[str, Any]


def staff(login: str, role: Role, region: str = REGION) -> Principal:
    return Principal("account", account_id(login), f"Test {login}", region, role)


DUTY = staff("duty", Role.DUTY_OFFICER)
SUPERVISOR = staff("supervisor", Role.SUPERVISOR)
ADMIN = staff("admin", Role.ADMINISTRATOR)


def town() -> list[RawRoad]:
    """Streets east and west, 222 m apart, and north and south, 162 m apart; 36 km/h."""
    east = [raw_road([(float(x), float(y)) for x in range(COLUMNS)]) for y in range(ROWS)]
    north = [raw_road([(float(x), float(y)) for y in range(ROWS)]) for x in range(COLUMNS)]
    return east + north


def network_of(roads: Sequence[RawRoad], network: RoadNetwork, names: Sequence[str] = STREETS) -> RoadNetwork:
    graph = graph_of(roads, list(range(len(roads))))
    whole = roads_of(graph, tuple(names))
    empty = np.zeros(0)
    bounds = (76.0, 43.0, 78.0, 44.0)
    file = MapFile(uuid4(), whole, Places(list(names), list(names), empty, empty, [], [], bounds))
    network.show(network.prepare(file, (), network.version + 1))
    return network


def camera(number: int, x: float, y: float, heading: float | None = EAST, region: str = REGION) -> Camera:
    lon, lat = at(x, y)
    return Camera(
        number, UUID(int=number), region, f"Camera {number}", "", lon, lat, heading, DriverName.HTTP, {},
        None, True, 0,
    )  # fmt: skip


@dataclass
class Town:
    """Cameras 1…4 stand on the street y=4, one after the other, and look east; camera 9 is elsewhere's."""

    store: Store
    clock: ManualClock
    folder: Path
    patrols: PatrolPicture = field(default_factory=PatrolPicture)
    said: int = 0

    def __post_init__(self) -> None:
        self.networks = Networks(self.folder)
        for region in (REGION, "02"):
            network_of(town(), self.networks.of(region))
        cameras = Cameras()
        cameras.show(
            [camera(n, 1.5 + 3 * (n - 1), 4.0) for n in (1, 2, 3, 4)] + [camera(9, 1.5, 4.0, EAST, "02")]
        )
        self.cameras = cameras
        self.alerts = Alerts(self.networks, cameras, self.patrols)

    async def unit(
        self, call_sign: str, x: float, y: float, *, kind: UnitKind = UnitKind.CAR, on: bool = True
    ) -> UUID:
        new = NewUnit(id=uuid4(), call_sign=call_sign, kind=kind, skills=[])
        unit = await units.add(self.store, ADMIN, new)
        if on:
            await units.change_shift(self.store, ADMIN, unit.id, ChangeShift(id=uuid4(), on=True, crew=["А"]))
        self.stands(unit.id, x, y)
        return unit.id

    def stands(self, unit_id: UUID, x: float, y: float) -> None:
        lon, lat = at(x, y)
        record = np.zeros(1, dtype=POSITION)
        record["unit"] = np.void(unit_id.bytes)
        record["at_us"] = self.now_us()
        record["lon_e7"], record["lat_e7"] = round(lon * 1e7), round(lat * 1e7)
        self.patrols.update(REGION, record)
        self.patrols.forget()

    def now_us(self) -> int:
        return round(self.clock.now().timestamp() * 1_000_000)

    def read(self, plate: str = PLATE, number: int = 1, **more: Any) -> Reads:
        """One read, now; sure, by three frames, unless said otherwise."""
        self.said += 1
        row = {
            "id": UUID(int=10**6 + self.said), "plate": keys.key(plate), "at_us": self.now_us(),
            "heard_us": self.now_us(), "camera": number, "confidence": 96, "weakest": 88, "frames": 3,
        }  # fmt: skip
        return reads_of([row | more])

    async def hit(
        self, ground: Ground, reads: Reads | None = None, *, score: int = 90, entry: UUID | None = None,
        pair: Pair | None = None,
    ) -> None:  # fmt: skip
        """One hit, committed."""
        reads = self.read() if reads is None else reads
        entries = np.zeros(len(reads), dtype="V16")
        if entry is not None:
            entries[:] = np.void(entry.bytes)
        hits = Hits(
            reads, np.full(len(reads), int(ground), np.uint16), np.full(len(reads), score, np.uint8), entries,
            {0: pair} if pair else {},
        )  # fmt: skip
        async with self.store.transaction() as tx:
            await self.alerts.write(tx, hits)

    async def wanted(self, plate: str = PLATE, action: str = "stop", legal: str = "stolen_vehicle") -> UUID:
        """An entry that is in force."""
        entry_id = uuid4()
        body = Propose(
            id=entry_id,
            plate=plate,
            legal=legal,
            action=Action(action),
            until=local_day(self.clock.now()) + timedelta(days=3),
            source="УП Алматы",
            reason="Похищен 21.11",
            case_number="26750003100",
        )
        await watch.propose(self.store, DUTY, body)
        await watch.approve(self.store, SUPERVISOR, entry_id, uuid4())
        return entry_id

    async def computed(self, ground: Ground, detail: View, plate: str = PLATE, *, gone: bool = False) -> None:
        """What the registers say against a plate."""
        async with self.store.transaction() as tx:
            await tx.conn.execute(
                "INSERT INTO watch_computed (plate, ground, detail, gone, changed_at, version)"
                " VALUES (%s, %s, %s, %s, %s, 1) ON CONFLICT (plate, ground) DO UPDATE SET"
                " detail = excluded.detail, gone = excluded.gone",
                (plate, int(ground), Jsonb(detail), gone, tx.now),
            )
            await tx.conn.execute(
                "INSERT INTO watch_ground"
                " (ground, stands, why, source, as_of, inputs, rows, computed_at, seconds)"
                " VALUES (%s, true, 'ok', 'КДП', %s, '', 1, %s, 0) ON CONFLICT DO NOTHING",
                (int(ground), tx.now, tx.now),
            )
