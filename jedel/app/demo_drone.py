"""The demo's drone and mobile complex: units with a crew's tablet, a camera, and telemetry of their own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final
from uuid import UUID

import orjson

from jedel.access import DeviceKind, Principal
from jedel.access.schemas import NewDevice
from jedel.access.seal import Sealer
from jedel.app import demo_state
from jedel.app.embedded.files import write_private
from jedel.app.settings import LOOPBACK, Settings
from jedel.cameras import service as cameras
from jedel.cameras.mobile import service as mobile
from jedel.cameras.mobile.schemas import SetMobile
from jedel.cameras.model import Kind
from jedel.cameras.schemas import Credentials, NewCamera, StreamBody
from jedel.cameras.service import Registry
from jedel.journal import Store
from jedel.kernel.ids import new_id
from jedel.places import sites
from jedel.places.model import SiteKind
from jedel.units import UnitKind
from jedel.units import service as units
from jedel.units.schemas import NewUnit

DemoId = Callable[[str], UUID]
Enrol = Callable[[Store, Principal, NewDevice], Awaitable[tuple[str | None, str | None]]]
SYSTEM_ID: Final = 201
"""The drone's MAVLink names itself so."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """``scene``: what the simulator draws; ``system_id``: None of one that speaks JSON."""

    key: str
    call_sign: str
    name: str
    unit: UnitKind
    camera: Kind
    scene: str
    vehicle: str
    fov: float
    system_id: int | None


CARRIERS: Final = (
    Carrier(
        "drone-1", "D1", "Дрон D1", UnitKind.DRONE, Kind.DRONE, "drone", "DJI Matrice 350", 60, SYSTEM_ID
    ),
    Carrier(
        "complex-1", "M1", "Мобильный комплекс M1", UnitKind.COMPLEX, Kind.MOBILE, "street",
        "GAZelle 150KP01", 70, None,
    ),
)  # fmt: skip


async def make(
    store: Store, admin: Principal, settings: Settings, demo_id: DemoId, enrol: Enrol
) -> list[dict[str, Any]]:
    """Bring in what is missing and tell the simulated cameras; what `devices.json` says of each."""
    file = demo_state.cameras_file(settings.data_dir)
    drawn = orjson.loads(file.read_bytes())
    async with store.reading() as tx:
        stands = (await sites.of_region(tx.conn, admin.region, [SiteKind.POLICE, SiteKind.SCHOOL]))[0]
    made = []
    for each in CARRIERS:
        unit_id, camera_id = demo_id(f"unit/{each.key}"), demo_id(f"cctv/{each.key}")
        body = NewUnit(
            id=unit_id, call_sign=each.call_sign, kind=each.unit, vehicle=each.vehicle, crew=["R. Aitkali"],
            skills=[],
        )  # fmt: skip
        await units.add(store, admin, body)
        tablet = NewDevice(
            id=demo_id(f"tablet/{each.key}"),
            kind=DeviceKind.TABLET,
            name=f"Tablet {each.call_sign}",
            unit_id=unit_id,
        )
        key, pair = await enrol(store, admin, tablet)
        base = f"rtsp://{LOOPBACK}:{settings.demo_rtsp_port}/{each.key}"
        await cameras.add(
            store,
            admin,
            Registry(Sealer(settings.seal_key), (f"{LOOPBACK}/32",)),
            NewCamera(
                id=camera_id, name=each.name, kind=each.camera, lon=stands["lon"], lat=stands["lat"],
                fov=each.fov, range_m=150, unit_id=unit_id,
                streams=(
                    StreamBody(name="main", url=f"{base}/main", codec="H264", width=1280, height=720, fps=10),
                    StreamBody(name="sub", url=f"{base}/sub", codec="H264", width=640, height=360, fps=10),
                ),
                credentials=Credentials(user=drawn["user"], password=drawn["password"]),
            ),
        )  # fmt: skip
        secret = token_hex(32) if each.system_id is not None else None
        registered = SetMobile(
            id=new_id(), camera_id=camera_id, system_id=each.system_id, key=secret, fov=each.fov
        )
        await mobile.register(store, Sealer(settings.seal_key), admin, unit_id, registered)
        made.append(
            {
                "device": {
                    "id": str(tablet.id), "key": key, "private_key": pair, "kind": tablet.kind.value,
                    "name": tablet.name, "unit_id": str(unit_id),
                },
                "call_sign": each.call_sign, "kind": each.unit.value, "camera": each.key,
                "system": each.system_id, "secret": secret,
            }
        )  # fmt: skip
    keys = {each.key for each in CARRIERS}
    shown = [
        {"name": each.key, "title": each.call_sign, "kind": each.scene, "heading": 0} for each in CARRIERS
    ]
    drawn["cameras"] = [each for each in drawn["cameras"] if each["name"] not in keys] + shown
    write_private(file, orjson.dumps(drawn).decode())
    return made
