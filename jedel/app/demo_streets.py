"""The demo's plate cameras and the stolen car that its list looks for: as the simulator planned them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from jedel.access import DeviceKind, Principal, Role
from jedel.access.schemas import NewDevice
from jedel.app.demo_drafts import PLAN
from jedel.app.demo_state import ACCOUNTS
from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.kernel.geo import Point
from jedel.places.geocode import Geocoder
from jedel.plates.cameras import DriverName
from jedel.plates.cameras import service as cameras
from jedel.plates.cameras.schemas import NewCamera
from jedel.qorgau.model import Action
from jedel.qorgau.watch import service as watch
from jedel.qorgau.watch.errors import EntryDecided, EntryExists
from jedel.qorgau.watch.schemas import Propose

REGION: Final = "00"
STOLEN_DAYS: Final = 180

DemoId = Callable[[str], UUID]


def plan(folder: Path) -> dict[str, Any]:
    """Read the plan."""
    planned: dict[str, Any] = orjson.loads((folder / PLAN).read_bytes())
    return planned


def device(device_id: UUID, place: dict[str, Any]) -> NewDevice:
    """The device that speaks for the camera at a place of the plan."""
    return NewDevice(id=device_id, kind=DeviceKind.CAMERA, name=f"Камера {place['number']}")


async def camera(
    store: Store, admin: Principal, body: NewDevice, place: dict[str, Any], key: str | None, count: int
) -> dict[str, Any]:
    """The camera itself, one of so many. Gives what `devices.json` says of it."""
    label = (await Geocoder().reverse(store, REGION, Point(place["lon"], place["lat"]))).label
    driver = _driver(place["number"], count)
    await cameras.add(
        store,
        admin,
        NewCamera(
            id=uuid5(body.id, "camera"), name=f"{body.name}, {label['ru']}"[:200], road=label["kk"][:200],
            lon=place["lon"], lat=place["lat"], heading=place["heading"], driver=driver, device_id=body.id,
        ),
    )  # fmt: skip
    return {
        "id": str(body.id), "key": key, "kind": body.kind.value, "name": body.name,
        "camera": place["number"], "driver": driver.value,
    }  # fmt: skip


def _driver(number: int, count: int) -> DriverName:
    """Every other one speaks MQTT; the last, where the fewest cars pass, reads nothing by itself."""
    if number == count:
        return DriverName.FRAMES
    return DriverName.MQTT if number % 2 == 0 else DriverName.HTTP


async def look_for(store: Store, plate: str, demo_id: DemoId) -> None:
    """The stolen car: the duty officer proposes it, the supervisor approves. Done before: nothing happens."""
    duty, supervisor = (
        Principal("account", demo_id(f"account/{each.login}"), each.name, REGION, Role(each.role))
        for login in ("duty", "supervisor")
        for each in ACCOUNTS
        if each.login == login
    )
    entry = demo_id(f"stolen/{plate}")
    wanted = Propose(
        id=entry, plate=plate, legal="stolen_vehicle", action=Action.STOP,
        until=local_day(store.clock.now()) + timedelta(days=STOLEN_DAYS),
        source="ЕРДР", reason="Угнан со двора, заявление владельца (демонстрация)", case_number="DEMO-2026-1",
    )  # fmt: skip
    try:
        await watch.propose(store, duty, wanted)
        await watch.approve(store, supervisor, entry, uuid5(entry, "approved"))
    except (EntryExists, EntryDecided):
        return
