"""Making the demo: the generated city, or a map of the user's own, through the ordinary import, its people,
patrols and devices through the rooms' ordinary use cases.

Every id follows from its name, so making it twice makes it once; a device whose key was lost with a crash
gets a new one. The last step writes the mark that says all of it is there.
"""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from jedel.access import DeviceKind, Principal, Role, devices
from jedel.access import service as access
from jedel.access.errors import LoginTaken
from jedel.access.keypairs.model import KEY_PAIR_ONLY
from jedel.access.schemas import NewDevice
from jedel.alarms import panels
from jedel.alarms.schemas import Panel
from jedel.alarms.signals import Level
from jedel.app import demo_cameras, demo_drone, demo_plans, demo_state, demo_streets
from jedel.app.connections import make_pool
from jedel.app.demo_drafts import REGISTERS, VEHICLES, Drafts, Say
from jedel.app.embedded.files import sync_folder, write_private
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.ids import new_id
from jedel.places import sites
from jedel.places.importer import import_map
from jedel.places.model import SiteKind
from jedel.places.sites import Site
from jedel.registers import Kind
from jedel.registers.importer import import_register
from jedel.units import UnitKind
from jedel.units import service as units
from jedel.units.schemas import NewUnit

REGION = "00"
NAMES = uuid5(NAMESPACE_URL, "jedel:demo")
MAP_NAME = "Demo city"
ATTRIBUTION = "Jedel demo city (generated)"
UNITS, POSTS, SCHOOLS, PANELS = 24, 30, 40, 8
REGISTER_SOURCE = "Jedel demo (generated)"
PANEL_POLL_S = 60

SURNAMES = (
    "Akhmetov", "Omarov", "Suleimenov", "Ibraev", "Zhumabekov", "Kassymov", "Serikbayev", "Mukhanov",
    "Tulegenov", "Abdrakhmanov", "Nurpeisov", "Baimukhametov", "Kenzhebayev", "Yesenov",
    "Iskakov", "Dzhaksybekov",
)  # fmt: skip
INITIALS = "ABDEGKMNRSTY"


def demo_id(name: str) -> UUID:
    """The id of a thing of the demo, the same in every installation."""
    return uuid5(NAMES, name)


async def prepare(settings: Settings, database_url: str, drafts: Drafts, say: Say) -> None:
    """Make what is missing, then write `devices.json` and the mark."""
    async with make_pool(database_url, 4) as pool:
        store = Store(pool, SystemClock())
        async with asyncio.TaskGroup() as tasks:  # none of them needs another
            tasks.create_task(_map(store, settings, drafts, say))
            tasks.create_task(_accounts(store, settings.demo_password.get_secret_value()))
            tasks.create_task(_registers(store, drafts, say))
        say(f"{len(demo_state.ACCOUNTS)} accounts")
        admin = Principal("account", demo_id("account/admin"), "Demo", REGION, Role.ADMINISTRATOR)
        patrols = await _units(store, admin)
        say(f"{len(patrols)} patrols")
        devices = await _devices(store, admin, patrols)
        say(f"{len(devices)} devices")
        say(await drafts.plan)
        planned = demo_streets.plan(drafts.folder)
        for place in planned["cameras"]:
            body = demo_streets.device(demo_id(f"camera/{place['number']}"), place)
            key, _ = await _enrolled(store, admin, body)
            devices.append(await demo_streets.camera(store, admin, body, place, key, len(planned["cameras"])))
        await demo_streets.look_for(store, planned["stolen"], demo_id)
        say(f"{len(planned['cameras'])} plate cameras; the car {planned['stolen']} is looked for")
        say(f"{await _cameras(store, admin, settings, planned['cameras'], devices)} cameras")
        flying = await demo_drone.make(store, admin, settings, demo_id, _enrolled)
    described = demo_state.addresses(settings) | {"devices": devices, "units": patrols}
    described |= {"streets": planned["streets"], "flying": flying}
    content = orjson.dumps(described, option=orjson.OPT_INDENT_2).decode()
    write_private(demo_state.devices_file(settings.data_dir), content)
    mark = orjson.dumps(demo_state.database_mark(database_url)).decode()
    write_private(demo_state.mark_file(settings.data_dir), mark)
    sync_folder(drafts.folder)


async def _map(store: Store, settings: Settings, drafts: Drafts, say: Say) -> None:
    if drafts.city is None:
        done = await import_map(store, settings.blob_dir, drafts.map_file, REGION)
    else:
        say((await drafts.city).replace(f"{drafts.map_file}: ", "city: "))
        done = await import_map(
            store, settings.blob_dir, drafts.map_file, REGION, name=MAP_NAME, attribution=ATTRIBUTION
        )
    say(f"map {'was in force' if done.unchanged else 'imported'}")


async def _registers(store: Store, drafts: Drafts, say: Say) -> None:
    """Made-up registers, true today, through the ordinary import; what is there already stays."""
    await drafts.registers
    for kind in Kind:
        file = drafts.folder / REGISTERS / f"{kind}.csv"
        await import_register(store, kind, file, source=REGISTER_SOURCE, region=REGION)
    say(f"registers of {VEHICLES} vehicles")


async def _accounts(store: Store, password: str) -> None:
    for account in demo_state.ACCOUNTS:
        try:
            await access.add_account(
                store,
                account_id=demo_id(f"account/{account.login}"),
                login=account.login,
                name=account.name,
                role=Role(account.role),
                region=REGION,
                language=account.language,
                password=password,
            )
        except LoginTaken:
            continue


async def _units(store: Store, admin: Principal) -> list[dict[str, str]]:
    """Cars, two motorcycles and four on foot, spread over the map's districts."""
    async with store.reading() as tx:
        schools = await sites.of_region(tx.conn, REGION, [SiteKind.SCHOOL])
    districts = sorted({school["district"]["ru"] for school in schools if school["district"]})
    made = []
    for number in range(UNITS):
        kind = UnitKind.FOOT if number >= 20 else UnitKind.MOTORCYCLE if number >= 18 else UnitKind.CAR
        body = NewUnit(
            id=demo_id(f"unit/{number}"),
            call_sign=f"{100 + number + 1}",
            kind=kind,
            vehicle=_vehicle(kind, number),
            crew=[_person(2 * number), _person(2 * number + 1)],
            skills=["school"] if number % 4 == 0 else ["traffic"] if number % 4 == 1 else [],
            district=districts[number % len(districts)] if districts else None,
        )
        unit = await units.add(store, admin, body)
        made.append({"id": str(unit.id), "call_sign": unit.call_sign})
    return made


def _vehicle(kind: UnitKind, number: int) -> str | None:
    if kind is UnitKind.FOOT:
        return None
    model = "Yamaha XT660" if kind is UnitKind.MOTORCYCLE else ("Hyundai Elantra", "Kia Cerato")[number % 2]
    return f"{model} {100 + number}KP01"


def _person(number: int) -> str:
    return f"{INITIALS[number % len(INITIALS)]}. {SURNAMES[number % len(SURNAMES)]}"


async def _devices(store: Store, admin: Principal, patrols: list[dict[str, str]]) -> list[dict[str, Any]]:
    async with store.reading() as tx:
        places = {
            # of a real map some have no name: nobody could tell them apart on the devices' page
            kind: [site for site in await sites.of_region(tx.conn, REGION, [kind]) if _name(site)]
            for kind in (SiteKind.POST, SiteKind.SCHOOL, SiteKind.BANK)
        }
    made = []
    for body, aes_key in _wanted(places, patrols):
        key, pair = await _enrolled(store, admin, body)
        if body.kind is DeviceKind.PANEL:
            await panels.configure(store, admin, body.id, _panel(body, aes_key))
        made.append(
            {
                "id": str(body.id),
                "key": key,
                "private_key": pair,
                "kind": body.kind.value,
                "name": body.name,
                "unit_id": str(body.unit_id) if body.unit_id else None,
                "site_id": str(body.site_id) if body.site_id else None,
                "account": body.account,
                "aes_key": aes_key,
            }
        )
    return made


async def _cameras(
    store: Store,
    admin: Principal,
    settings: Settings,
    places: list[dict[str, Any]],
    made: list[dict[str, Any]],
) -> int:
    async with store.reading() as tx:
        found = await sites.of_region(tx.conn, REGION, [SiteKind.SCHOOL, SiteKind.POST])
    by_id = {site["id"]: site for site in found}
    with_button = [by_id[each["site_id"]] for each in made if each["kind"] == DeviceKind.PANIC_BUTTON]
    posts = [each for each in made if each["kind"] == DeviceKind.POST]
    await demo_plans.make(store, admin, [each for each in made if each["kind"] == DeviceKind.PANIC_BUTTON])
    count = await demo_cameras.make(store, admin, settings, with_button, places, demo_id)
    await demo_cameras.of_posts(store, admin, settings, [(each, by_id[each["site_id"]]) for each in posts])
    return count + len(posts)


def _wanted(
    places: dict[SiteKind, list[Site]], patrols: list[dict[str, str]]
) -> Iterable[tuple[NewDevice, str | None]]:
    """Every device with its AES key, if it has one: posts, schools' buttons, banks' panels, tablets."""
    kinds = ((SiteKind.POST, DeviceKind.POST, POSTS), (SiteKind.SCHOOL, DeviceKind.PANIC_BUTTON, SCHOOLS))
    for site_kind, kind, count in kinds:
        for site in places[site_kind][:count]:
            yield (
                NewDevice(id=_of(kind, site), kind=kind, name=_name(site), site_id=UUID(site["id"])),
                None,
            )
    for number, site in enumerate(places[SiteKind.BANK][:PANELS]):
        device_id = _of(DeviceKind.PANEL, site)
        # a key for the demo's panels only; half of them speak in clear, as older panels do
        aes_key = uuid5(device_id, "aes").hex if number % 2 else None
        body = NewDevice(
            id=device_id,
            kind=DeviceKind.PANEL,
            name=_name(site),
            site_id=UUID(site["id"]),
            account=f"{0xA100 + number:04X}",
        )
        yield body, aes_key
    for patrol in patrols:
        body = NewDevice(
            id=demo_id(f"tablet/{patrol['id']}"),
            kind=DeviceKind.TABLET,
            name=f"Tablet {patrol['call_sign']}",
            unit_id=UUID(patrol["id"]),
        )
        yield body, None


def _name(site: Site) -> str:
    name = site["name"]
    return str(name["ru"] or name["kk"] or name["en"])


def _of(kind: DeviceKind, site: Site) -> UUID:
    return demo_id(f"{kind}/{site['id']}")


def _panel(body: NewDevice, aes_key: str | None) -> Panel:
    return Panel(
        id=uuid5(body.id, "panel"),
        aes_key=aes_key,
        poll_s=PANEL_POLL_S,
        zones={"1": Level.HELP, "2": Level.LOCKDOWN},
    )


async def _enrolled(store: Store, admin: Principal, body: NewDevice) -> tuple[str | None, str | None]:
    """The device's key, or its private key (PEM) where the kind has a pair: of a new device, or new ones for
    one that has been made already."""
    device, code, _ = await devices.add_device(store, admin, body)
    if device.enrolled_at is not None:
        _, code, _ = await devices.renew_code(store, admin, body.id, new_id())
    if body.kind not in KEY_PAIR_ONLY:
        _, key = await devices.enrol(store, code)
        return key, None
    pair = ec.generate_private_key(ec.SECP256R1())
    point = pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    await devices.enrol(store, code, point)
    return None, pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
