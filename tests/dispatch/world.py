"""A small operations centre on a real database: staff, units, sites with buttons."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from jedel.access import DeviceKind, Principal, Role, devices
from jedel.access.schemas import NewDevice
from jedel.alarms import service as alarms
from jedel.alarms.reactors import NewDevices
from jedel.alarms.signals import Level, Signal, SignalKind
from jedel.app.wiring import COLLECTIONS
from jedel.dispatch import queries, service
from jedel.dispatch.model import IncidentClass, Priority, Result, Step, Way
from jedel.dispatch.reactor import AlarmReactor
from jedel.dispatch.schemas import (
    AssignUnit,
    CallerBody,
    CloseIncident,
    JoinIncident,
    Note,
    OpenIncident,
    Progress,
    ReleaseUnit,
    SetPriority,
)
from jedel.journal import Store, react_to_all
from jedel.kernel.clock import ManualClock
from jedel.units import service as units
from jedel.units.model import UnitKind
from jedel.units.schemas import ChangeShift, NewUnit
from tests.support.replay import entries
from tests.support.seed import REGION, account_id

SITE = (
    "INSERT INTO site (id, region, map_id, kind, name_kk, name_ru, name_en, lon, lat, address, district_id,"
    " district_kk, district_ru, district_en, plan) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s,"
    " 'Медеу', 'Медеу', 'Medeu', '{}')"
)

View = dict[str, Any]

SNAPSHOT = {**COLLECTIONS, "units": units.collection}


def staff(login: str, role: Role, region: str = REGION) -> Principal:
    return Principal("account", account_id(login), f"Test {login}", region, role)


DUTY = staff("duty", Role.DUTY_OFFICER)
OPERATOR = staff("operator", Role.OPERATOR)
ADMIN = staff("admin", Role.ADMINISTRATOR)


@dataclass
class World:
    """Short words for what happens in a centre; every answer is the incident's view."""

    store: Store
    clock: ManualClock

    async def unit(
        self, call_sign: str = "P1", *, skills: list[str] | None = None, region: str = REGION
    ) -> UUID:
        """A unit on shift."""
        who = staff("admin", Role.ADMINISTRATOR, region)
        new = NewUnit(id=uuid4(), call_sign=call_sign, kind=UnitKind.CAR, skills=skills or [])
        unit = await units.add(self.store, who, new)
        await units.change_shift(self.store, who, unit.id, ChangeShift(id=uuid4(), on=True, crew=["А", "Б"]))
        return unit.id

    async def site(self, kind: str = "school", lon: float = 76.93, lat: float = 43.25) -> UUID:
        site_id = uuid4()
        async with self.store.transaction() as tx:
            names = ("№1 мектеп", "Школа № 1", "School 1")
            await tx.conn.execute(SITE, (site_id, REGION, uuid4(), kind, *names, lon, lat, uuid4()))
        return site_id

    async def button(self, site_id: UUID | None, kind: DeviceKind = DeviceKind.PANIC_BUTTON) -> UUID:
        body = NewDevice(id=uuid4(), kind=kind, name="Кнопка", site_id=site_id)
        await devices.add_device(self.store, ADMIN, body)
        return body.id

    async def press(self, device_id: UUID, level: Level = Level.HELP) -> UUID | None:
        """A press, and everything that follows from it."""
        signal = Signal(uuid4(), SignalKind.PRESS, device_id=device_id, level=level)
        receipt = await alarms.receive(self.store, signal, "http")
        await self.react()
        return receipt.alarm_id

    async def react(self) -> None:
        await react_to_all(self.store, [NewDevices(), AlarmReactor()])

    async def tablet(self, unit_id: UUID) -> Principal:
        body = NewDevice(id=uuid4(), kind=DeviceKind.TABLET, name="Tablet", unit_id=unit_id)
        device, _, _ = await devices.add_device(self.store, ADMIN, body)
        return device.principal()

    async def open(self, who: Principal = DUTY, **more: Any) -> View:
        body = OpenIncident(
            **{
                "id": uuid4(),
                "class": IncidentClass.FIGHT,
                "priority": Priority.URGENT,
                "lon": 76.9286,
                "lat": 43.2567,
                "caller": CallerBody(name="Ару", phone="+7 701 000 00 00"),
            }
            | more
        )
        return await service.open_by_hand(self.store, who, body, {"kk": "а", "ru": "б", "en": "c"})

    async def assign(self, incident: View, unit_id: UUID, who: Principal = DUTY, **more: Any) -> View:
        body = AssignUnit(**({"id": uuid4(), "unit_id": unit_id} | more))
        return await service.assign(self.store, who, UUID(incident["id"]), body, Way(90, 700, False))

    async def release(self, incident: View, unit_id: UUID, who: Principal = DUTY, **more: Any) -> View:
        body = ReleaseUnit(**({"id": uuid4(), "unit_id": unit_id, "reason": "r"} | more))
        return await service.release(self.store, who, UUID(incident["id"]), body)

    async def progress(
        self, incident: View, unit_id: UUID, step: str, who: Principal = DUTY, **more: Any
    ) -> View:
        body = Progress(**({"id": uuid4(), "unit_id": unit_id, "status": Step(step)} | more))
        return await service.progress(self.store, who, UUID(incident["id"]), body)

    async def note(self, incident: View, text: str = "шум", who: Principal = DUTY) -> View:
        return await service.note(self.store, who, UUID(incident["id"]), Note(id=uuid4(), text=text))

    async def priority(self, incident: View, priority: str, who: Principal = DUTY) -> View:
        body = SetPriority(id=uuid4(), priority=Priority(priority))
        return await service.set_priority(self.store, who, UUID(incident["id"]), body)

    async def close(
        self, incident: View, result: str = "resolved", who: Principal = DUTY, **more: Any
    ) -> View:
        body = CloseIncident(**({"id": uuid4(), "result": Result(result)} | more))
        return await service.close(self.store, who, UUID(incident["id"]), body)

    async def join(self, incident: View, into: View, who: Principal = DUTY, **more: Any) -> View:
        body = JoinIncident(**({"id": uuid4(), "into": into["id"]} | more))
        return await service.join(self.store, who, UUID(incident["id"]), body)

    async def incidents(self) -> list[View]:
        """All open ones."""
        return await queries.listed(self.store, REGION, "open", None, 100)

    async def get(self, incident: View) -> View:
        return await queries.one(self.store, DUTY, UUID(incident["id"]))

    async def unit_view(self, unit_id: UUID) -> View:
        async with self.store.reading() as tx:
            return units.view(await units.get(tx, unit_id))

    async def open_alarms(self) -> list[str]:
        async with self.store.reading() as tx:
            return [str(alarm["id"]) for alarm in await alarms.open_alarms(tx, REGION)]

    async def kinds(self) -> list[str]:
        """The kinds of all entries of this room, in order."""
        return [e.kind for e in await entries(self.store, REGION) if e.kind.startswith("dispatch.")]
