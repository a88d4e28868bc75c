"""The demo's schools as a patrol should know them: floors, whom to ring, where the button is."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from jedel.access import Principal
from jedel.cameras.openings import folders
from jedel.cameras.openings.schemas import Contact, FloorPlan, PlaceButton, RoomOutline, SaveFolder
from jedel.journal import Store

PLANNED: Final = 8
"""As many schools have every camera (demo_cameras.WHOLE_SCHOOLS)."""
OUTLINE: Final = ((-28, -14), (28, -14), (28, 14), (-28, 14))
BUTTON: Final = {"zone": "corridor", "floor": 1, "x": -6.0, "y": 0.0}
PEOPLE: Final = (
    Contact(name="А. Серікова", post="директор", phone="+7 700 000 00 01"),
    Contact(name="Б. Ким", post="охрана", phone="+7 700 000 00 02"),
)


def _room(name: str, zone: str, west: float, south: float, east: float, north: float) -> RoomOutline:
    corners = ((west, south), (east, south), (east, north), (west, north))
    return RoomOutline.model_validate({"name": name, "zone": zone, "corners": corners})


def _floor(floor: int) -> FloorPlan:
    """Corridor from end to end, stairs at both, classrooms to the north and south of it."""
    west = [(-20, -11), (-11, -2), (-2, 7)]
    north = [_room(f"{floor}0{nth + 1}", "classroom", a, 3, b, 14) for nth, (a, b) in enumerate(west)]
    south = [
        _room(f"{floor}0{nth + 5}", "classroom", a, -14, b, -3)
        for nth, (a, b) in enumerate([(-28, -17), (-17, -6), (6, 17), (17, 28)])
    ]
    hall = _room("Вестибюль" if floor == 1 else f"{floor}04", "entrance" if floor == 1 else "classroom",
                 -6, -14, 6, -3)  # fmt: skip
    east = _room("Столовая" if floor == 1 else "Зал", "classroom", 7, 3, 20, 14)
    rooms = [
        _room("", "corridor", -28, -3, 28, 3), *north, east, hall, *south,
        _room("А", "stairs", -28, 3, -20, 14), _room("Б", "stairs", 20, 3, 28, 14),
    ]  # fmt: skip
    return FloorPlan(floor=floor, outline=OUTLINE, rooms=tuple(rooms))


async def make(store: Store, admin: Principal, devices: Sequence[dict[str, Any]]) -> None:
    """``devices``: the schools' buttons, {id, site_id}."""
    for each in devices[:PLANNED]:
        device_id, site_id = UUID(each["id"]), UUID(each["site_id"])
        saved = SaveFolder(id=uuid5(site_id, "folder"), contacts=PEOPLE, floors=tuple(map(_floor, (1, 2, 3))))
        await folders.save_folder(store, admin, site_id, saved)
        place = PlaceButton.model_validate({"id": uuid5(device_id, "place")} | BUTTON)
        await folders.place_button(store, admin, device_id, place)
