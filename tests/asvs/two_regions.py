"""One of every kind of object in a region, and the staff of another region who must not see any of it."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from jedel.access import DeviceKind, Principal, Role
from jedel.access import devices as device_service
from jedel.access.accounts import repository as accounts
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import Method, Passkey
from jedel.access.passkeys import repository as passkeys
from jedel.access.schemas import NewDevice
from jedel.access.service import open_session
from jedel.cameras.archive import repository as archive
from jedel.cameras.health import repository as health
from jedel.citizen import model as citizen
from jedel.citizen import reports
from jedel.citizen.schemas import NewReport
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.places import repository as places
from jedel.plates.store.repository import moment
from jedel.qorgau.model import Ground
from jedel.registers.model import PhoneState
from tests.citizen.support import CLEAR_PHONE
from tests.dispatch.world import World
from tests.plates.made import read
from tests.plates.stored import camera, keep
from tests.qorgau.alerts_world import Town
from tests.registers import make
from tests.support import Api
from tests.support.api import Seat
from tests.support.keypair import KeyPair
from tests.support.seed import OTHER_REGION, REGION, account_id

Ids = dict[str, UUID]
"""Name of a path's parameter → an object of `REGION`."""

CASE = {"purpose": "background", "case_number": "26-7500-1/17"}


async def objects(client: Api, clock: ManualClock, folder: Path) -> Ids:
    """One of each. ``folder``: for blobs, of which there are none."""
    store, world = client.store, World(client.store, clock)
    duty, supervisor, admin = [await client.login(each) for each in ("duty", "supervisor", "admin")]
    site = await world.site(lon=76.9286, lat=43.2567)  # where `World.open` has its incident
    device = await world.button(site)
    alarm = await world.press(device)
    assert alarm is not None
    incident = await world.open()
    asked = {"id": str(uuid4()), "iin": make.iin(), **CASE}
    answer = await duty.post("/api/lookups/person", json=asked)
    assert answer.status_code == 202, answer.text
    await client.anonymous().post("/api/recoveries", json={"login": "operator"})
    [recovery] = await admin.ok("GET", "/api/recoveries")
    soon = str((clock.now() + timedelta(days=30)).date())
    hidden = {"id": str(uuid4()), "plate": "777ABC02", "ground": "witness", "until": soon}
    await supervisor.ok("POST", "/api/hidden-vehicles", json=hidden)
    [own] = [each for each in await duty.ok("GET", "/api/sessions") if each["own"]]
    seen = read("777ABC02", clock.now() - timedelta(hours=1), await camera(store))
    await keep(store, [seen])
    kept = {"id": str(uuid4()), "plate": "777ABC02", "case_number": "26-1", "until": soon}
    kept["at"] = moment(seen["at_us"]).isoformat()
    await duty.ok("POST", f"/api/plates/reads/{seen['id']}/evidence", json=kept)
    town, entry = Town(store, clock, folder), uuid4()
    await town.hit(Ground.WANTED, entry=await town.wanted())
    [alert] = await duty.ok("GET", "/api/qorgau/alerts")
    about = {"legal": "lost_plate", "action": "inform", "until": soon, "source": "depot", "reason": "lost"}
    about |= {"case_number": "26-7500-1/17"}
    await duty.ok("POST", "/api/qorgau/watch", json=about | {"id": str(entry), "plate": "778ABC02"})
    file, listed = "plate\n779ABC02\n", uuid4()
    await duty.ok(
        "POST", f"/api/qorgau/watch/lists/{listed}", params=about | {"name": "lost"}, content=file.encode()
    )
    watching = {"id": str(uuid4()), "name": "Bridge", "lon": 76.9, "lat": 43.2, "driver": "mqtt"}
    await admin.ok("POST", "/api/plates/cameras", json=watching)
    return await camera_objects(client, watching["id"], site, incident["id"]) | {
        "alert_id": UUID(alert["id"]),
        "entry_id": entry,
        "list_id": listed,
        "camera_id": UUID(str(watching["id"])),
        "read_id": seen["id"],
        "evidence_id": UUID(kept["id"]),
        "unit_id": await world.unit(),
        "site_id": site,
        "device_id": device,
        "alarm_id": alarm,
        "incident_id": UUID(incident["id"]),
        "look_up_id": UUID(asked["id"]),
        "recovery_id": UUID(recovery["id"]),
        "hidden_id": UUID(hidden["id"]),
        "session_id": UUID(own["id"]),
        "passkey_id": await _passkey(store),
        "account_id": account_id("duty"),
        "report_id": await _report(store),
        "closure_id": await _closure(store),
    }


async def camera_objects(client: Api, camera_id: object, site: UUID, incident_id: object) -> Ids:
    """A camera with the id of the plate camera, and one of each that belongs to cameras."""
    duty, supervisor, admin = [await client.login(each) for each in ("duty", "supervisor", "admin")]
    made = {name: str(uuid4()) for name in ("group", "right", "handover", "change", "unmasking", "wall")}
    made |= {name: str(uuid4()) for name in ("export", "opening", "call", "order")}
    async with client.store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO camera (id, region, name, kind, zone, lon, lat, created_at, updated_at)"
            " VALUES (%s, %s, 'Yard', 'fixed', 'street', 76.9, 43.2, %s, %s)",
            (camera_id, REGION, tx.now, tx.now),
        )
    await admin.ok("POST", "/api/camera-groups", json={"id": made["group"], "name": "Yards"})
    rule = {"id": made["right"], "effect": "allow", "actions": ["live"], "role": "operator"}
    await admin.ok("POST", "/api/camera-rights", json=rule)
    about = f"/api/cameras/{camera_id}"
    await admin.ok("POST", f"{about}/handover", json={"id": made["handover"], "to_region": "03"})
    corners = [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]]
    await admin.ok("PUT", f"{about}/masks", json={"id": str(uuid4()), "masks": corners})
    asked = {"id": made["change"], "masks": [], "purpose": "a tree has gone"}
    await admin.ok("PUT", f"{about}/masks", json=asked)
    seen = {"id": made["unmasking"], "purpose": "incident", "incident_id": str(incident_id)}
    await duty.ok("POST", f"{about}/unmask", json=seen)
    wall = {"id": str(uuid4()), "name": "Yards", "layout": "1", "tiles": [str(camera_id)], "shared": True}
    await supervisor.ok("PUT", f"/api/walls/{made['wall']}", json=wall)
    opened = {
        "id": made["opening"],
        "incident_id": str(incident_id),
        "site_id": str(site),
        "purpose": "a fight in the yard",
    }
    await supervisor.ok("POST", "/api/openings", json=opened)
    post, _, _ = await client.device("post")
    press = {"id": str(uuid4()), "kind": "press", "level": "help"}
    await post.ok("POST", "/api/device/signals", json=press)
    ring = {"id": made["call"], "signal_id": press["id"], "language": "kk"}
    await post.ok("POST", "/api/calls", json=ring)
    async with client.store.transaction() as tx:
        fault = {
            "id": uuid4(), "region": REGION, "camera_id": camera_id, "code": "black", "owner": "",
            "owner_contact": "",
        }  # fmt: skip
        await tx.conn.execute(
            "INSERT INTO camera_fault (id, camera_id, region, code, since) VALUES (%s, %s, %s, 'black', %s)",
            (fault["id"], camera_id, REGION, tx.now),
        )
        kept: dict[str, object] = {
            "id": made["export"],
            "region": REGION,
            "stream": f"camera/{camera_id}/main",
        }
        kept |= {"camera_id": camera_id, "asked_by": account_id("duty"), "asked_at": tx.now}
        kept |= {"purpose": "incident", "since": tx.now, "until": tx.now, "unmasked": False}
        await archive.ask_export(tx.conn, kept)
        await health.open_order(tx.conn, UUID(made["order"]), fault, "system:test", tx.now)
    return {f"{name}_id": UUID(value) for name, value in made.items()}


async def _passkey(store: Store) -> UUID:
    made = uuid4()
    async with store.transaction() as tx:
        key = Passkey(made, made.bytes, account_id("duty"), b"key", 0, "phone", tx.now, None)
        assert await passkeys.insert(tx.conn, key)
    return made


async def _report(store: Store) -> UUID:
    made = uuid4()
    body = NewReport(
        id=made, region=REGION, imei=CLEAR_PHONE, state=PhoneState.LOST, happened_on=date(2026, 11, 1),
        place="Bus 12", name="Үлгі Сынақұлы", contact="+7 700 123 45 67",
    )  # fmt: skip
    await reports.take(store, (REGION,), body, citizen.imei(CLEAR_PHONE))
    return made


async def _closure(store: Store) -> UUID:
    made = uuid4()
    async with store.transaction() as tx:
        await places.add_closure(
            tx.conn,
            {
                "id": made, "region": REGION, "factor": 0.0, "until": None, "note": "", "line": None,
                "street_key": "", "street": "", "lon": 76.9, "lat": 43.2, "radius_m": 50.0, "lines": [],
                "set_by": "system:test", "set_at": tx.now,
            },
        )  # fmt: skip
    return made


async def stranger(client: Api, role: Role) -> Seat:
    """One of the other region's staff, signed in."""
    account = account_id(f"stranger {role}")
    who = Principal("account", account, f"Stranger {role}", OTHER_REGION, role)
    async with client.store.transaction() as tx:
        row = {"id": account, "login": f"stranger.{role}", "name": who.name, "role": role}
        row |= {"region": OTHER_REGION, "language": "en", "external": False, "created_at": tx.now}
        await accounts.insert(tx.conn, row)
    seat = client.anonymous()
    seat.cookies.set(SESSION_COOKIE, await open_session(client.store, who, "", Method.PASSKEY))
    return seat


async def foreign_tablet(client: Api, unit_id: UUID) -> Seat:
    """A tablet of the other region that calls itself the tablet of this unit."""
    keeper = Principal("account", uuid4(), "", OTHER_REGION, Role.ADMINISTRATOR)
    body = NewDevice(id=uuid4(), kind=DeviceKind.TABLET, name="tablet", unit_id=unit_id)
    _, code, _ = await device_service.add_device(client.store, keeper, body)
    pair = KeyPair()
    await client.anonymous().ok("POST", "/api/devices/enrol", json={"code": code, "public_key": pair.public})
    token = await client.token(body.id, pair)
    return client.anonymous(Authorization=f"Bearer {body.id}.{token}")
