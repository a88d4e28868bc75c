"""State plus events equals freshly fetched state, for every kind of entry that any room can journal.

One long shift touches every kind. After each step three things are compared: an empty screen that played the
journal, a fresh fetch, and (at the end) a real console on its WebSocket. A kind that the program knows and
the shift does not bring about fails the test, so nobody can add one and forget its ``changed``.
"""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import orjson
import pyotp
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from websockets.asyncio.client import connect

import jedel
from jedel.access import DeviceKind
from jedel.access.accounts.service import first_admin_code
from jedel.alarms import jobs as alarm_jobs
from jedel.alarms import service as alarms
from jedel.alarms.signals import Level, Signal, SignalKind
from jedel.app.wiring import COLLECTIONS
from jedel.journal import Store, snapshot
from jedel.kernel.clock import ManualClock
from jedel.places import service as places
from jedel.places.importer import import_map
from jedel.units import service as units
from jedel.units.jobs import UnitSettings, sweep_silence
from jedel.units.model import UnitStatus
from jedel.units.positions import repository as positions
from jedel.units.positions.repository import Progress
from jedel.units.schemas import ChangeShift, ChangeStatus
from tests.dispatch.world import DUTY, World
from tests.places.osm_files import at, town
from tests.support import Api, idp
from tests.support.replay import State, apply, entries, plain, state_of
from tests.support.seed import REGION, account_id

ROOM = re.compile(r"^(access|places|units|alarms|dispatch)\.[a-z_]+$")


WITH_A_BROWSER = {"access.passkey_added", "access.passkey_removed"}
"""Only a real browser's passkey brings these about (tests/e2e/test_passkey.py); no screen hears of them."""


def kinds_in_the_program() -> set[str]:
    """Every text of the form ``room.done`` in the code that is no name of a reactor, job or derived id."""
    found: set[str] = set()
    for path in Path(jedel.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped = {id(node) for node in _no_kinds(tree)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in skipped else None
            if isinstance(text, str) and ROOM.match(text):
                found.add(text)
    return found


def _no_kinds(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("derived_id", "Job"):
            for argument in node.args:
                yield from ast.walk(argument)
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "name":
                    yield from ast.walk(statement.value)


class Screen:
    """A console that was switched on before the first entry and only ever heard events."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.state: State = {name: {} for name in COLLECTIONS}
        self.seq = 0
        self.kinds: set[str] = set()

    async def hear(self, *expected: str) -> None:
        """Take the new entries, which are of the ``expected`` kinds among others, and compare."""
        new = await entries(self.store, REGION, self.seq)
        for entry in new:
            apply(self.state, orjson.loads(entry.event()))
            self.kinds.add(entry.kind)
            self.seq = entry.seq
        assert set(expected) <= {entry.kind for entry in new}
        fresh = await snapshot(self.store, COLLECTIONS, REGION)
        assert self.seq == fresh.seq
        assert self.state == state_of(fresh), f"after {[entry.kind for entry in new]}"


@pytest.fixture
def world(app: FastAPI, clock: ManualClock) -> World:
    return World(app.state.store, clock)


@pytest.fixture
def screen(world: World) -> Screen:
    return Screen(world.store)


async def staff_and_devices(served: Api, screen: Screen) -> None:
    admin = await served.login("admin")
    await admin.ok("DELETE", "/api/session")
    await screen.hear("access.signed_in", "access.session_ended")
    for _ in range(5):
        await served.anonymous().post("/api/session", json={"login": "officer", "password": "wrong"})
    await screen.hear("access.locked")
    _, device_id, _ = await served.device("tracker")
    admin = await served.login("admin")
    await admin.ok("POST", f"/api/devices/{device_id}/code", json={"id": str(uuid4())})
    await screen.hear("access.device_added", "access.device_enrolled", "access.device_code_renewed")
    body = {"id": str(uuid4()), "reason": "lost"}
    await admin.ok("POST", f"/api/devices/{device_id}/block", json=body)
    await admin.ok("POST", f"/api/devices/{device_id}/unblock", json={"id": str(uuid4())})
    held = {"id": str(uuid4()), "holder_id": str(account_id("officer"))}
    await admin.ok("POST", f"/api/devices/{device_id}/holder", json=held)
    await screen.hear("access.device_blocked", "access.device_unblocked", "access.device_handed")


async def ways_in(served: Api, app: FastAPI, world: World, screen: Screen) -> None:
    """Accounts, factors, recovery, the identity provider, the first administrator."""
    clock, good = world.clock, "four unlikely grey otters"

    def command(**more: object) -> dict[str, object]:
        return {"id": str(uuid4())} | more

    admin = await served.login("admin")
    made = await admin.ok("POST", "/api/accounts", json=command(login="new", name="New", role="operator"))
    account = f"/api/accounts/{made['account']['id']}"
    code = (await admin.ok("POST", f"{account}/code", json=command()))["code"]
    seat = served.anonymous()
    await seat.ok("POST", "/api/session/code", json={"login": "new", "code": code})
    await seat.ok("PUT", "/api/me/password", json=command(new=good))
    secret = (await seat.ok("POST", "/api/totp"))["secret"]
    await seat.ok("POST", "/api/totp/confirm", json=command(code=pyotp.TOTP(secret).at(clock.now())))
    clock.advance(60)
    again = {"password": good, "code": pyotp.TOTP(secret).at(clock.now())}
    await seat.ok("POST", "/api/session/again", json=again)
    async with world.store.transaction() as tx:  # a second factor, so that the first may be given up
        await tx.conn.execute(
            "INSERT INTO passkey (id, credential_id, account_id, public_key, sign_count, name, created_at)"
            " VALUES (%s, 'x', %s, 'x', 0, 'key', %s)",
            (uuid4(), made["account"]["id"], tx.now),
        )
    await seat.ok("DELETE", "/api/totp")
    await screen.hear("access.invited", "access.begun", "access.password_changed", "access.totp_added")
    for asked in ("approve", "refuse"):
        await served.anonymous().ok("POST", "/api/recoveries", json={"login": "new"})
        [recovery] = await admin.ok("GET", "/api/recoveries")
        answer = await admin.post(f"/api/recoveries/{recovery['id']}/{asked}", json=command())
        assert answer.is_success
    await screen.hear("access.recovery_asked", "access.recovery_approved", "access.recovery_refused")
    await admin.ok("POST", f"{account}/role", json=command(role="officer"))
    await admin.ok("POST", f"{account}/block", json=command(reason="left"))
    await admin.ok("POST", f"{account}/unblock", json=command())
    await admin.ok(
        "POST", "/api/accounts", json=command(login="aigerim", name="A", role="officer", external=True)
    )
    async with idp.running() as provider:
        app.state.settings = app.state.settings.model_copy(
            update={"oidc_issuer": provider.issuer, "oidc_client_secret": SecretStr(idp.SECRET)}
        )
        seat = served.anonymous()
        away = await seat.get("/api/session/oidc")
        async with httpx.AsyncClient() as browser:
            back = await browser.get(away.headers["location"])
        assert (await seat.get(back.headers["location"])).headers["location"] == "/"
    async with world.store.transaction() as tx:
        await tx.conn.execute("UPDATE account SET blocked_at = now() WHERE role = 'administrator'")
    await first_admin_code(world.store, REGION)
    async with world.store.transaction() as tx:
        await tx.conn.execute("UPDATE account SET blocked_at = NULL")
    await screen.hear("access.role_changed", "access.account_blocked", "access.linked")


async def map_and_closures(served: Api, world: World, screen: Screen, folder: Path, blob_dir: Path) -> None:
    await import_map(world.store, blob_dir, town().write(folder / "town.osm.pbf"), REGION)
    await screen.hear("places.map_in_force")
    duty = await served.login("duty")
    lon, lat = at(1, 2)
    body = {"lon": lon, "lat": lat, "radius_m": 60, "note": "works"}
    ends = (world.clock.now() + timedelta(minutes=5)).isoformat()
    first, second = str(uuid4()), str(uuid4())
    await duty.ok("POST", "/api/places/closures", json=body | {"id": first})
    await duty.ok("POST", "/api/places/closures", json=body | {"id": second, "until": ends, "factor": 0.5})
    await screen.hear("places.closure_set")
    await duty.ok("DELETE", f"/api/places/closures/{first}?command={uuid4()}")
    await screen.hear("places.closure_lifted")
    world.clock.advance(301)
    await places.lift_ended(world.store)
    await screen.hear("places.closure_lifted")


async def shifts_and_silence(world: World, screen: Screen) -> UUID:
    car = await world.unit("P1")
    await screen.hear("units.added", "units.shift_started")
    store = world.store
    await units.change_shift(store, DUTY, car, ChangeShift(id=uuid4(), on=True, crew=["В"]))
    await screen.hear("units.crew_changed")
    for status in (UnitStatus.BUSY, UnitStatus.AVAILABLE):
        await units.change_status(store, DUTY, car, ChangeStatus(id=uuid4(), status=status))
    await screen.hear("units.status_changed")
    await units.change_shift(store, DUTY, await world.unit("P2"), ChangeShift(id=uuid4(), on=False))
    await screen.hear("units.shift_ended")
    world.clock.advance(90)
    stream_made = world.clock.now()
    async with store.transaction() as tx:
        await positions.move(tx.conn, "T", stream_made, Progress(0, 0), Progress(1, 1), tx.now)
    assert await sweep_silence(store, UnitSettings()) == 1
    await screen.hear("units.silent")
    await units.change_shift(store, DUTY, car, ChangeShift(id=uuid4(), on=False))
    await units.change_shift(store, DUTY, car, ChangeShift(id=uuid4(), on=True))
    world.clock.advance(90)
    async with store.transaction() as tx:
        await positions.move(tx.conn, "T", stream_made, Progress(1, 1), Progress(2, 2), tx.now)
    await sweep_silence(store, UnitSettings())
    await screen.hear("units.silent")
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO unit_last_position (unit_id, at, heard_at, lon_e7, lat_e7, flags)"
            " VALUES (%s, %s, %s, 769000000, 432000000, 0)",
            (car, tx.now, tx.now),
        )
    await sweep_silence(store, UnitSettings())
    await screen.hear("units.heard")
    return car


async def say(world: World, device_id: UUID, kind: SignalKind, level: Level | None = None) -> None:
    await alarms.receive(world.store, Signal(uuid4(), kind, device_id=device_id, level=level), "http")


async def devices_and_alarms(served: Api, world: World, screen: Screen, school: UUID) -> None:
    store = world.store
    button = await world.button(school)
    await world.react()
    await screen.hear("alarms.device_watched")
    panel = await world.button(school, DeviceKind.PANEL)
    admin = await served.login("admin")
    await admin.ok("POST", f"/api/devices/{panel}/panel", json={"id": str(uuid4()), "zones": {"1": "help"}})
    await screen.hear("alarms.panel_set")
    await say(world, button, SignalKind.TROUBLE)
    await screen.hear("alarms.device_back", "alarms.trouble")
    await alarms.set_test_mode(store, DUTY, button, uuid4(), 5)
    await say(world, button, SignalKind.PRESS, Level.HELP)
    await screen.hear("alarms.test_mode_set", "alarms.tested")
    world.clock.advance(301)
    await alarm_jobs.end_tests(store)
    await screen.hear("alarms.test_mode_set")
    world.clock.advance(3600)
    await alarm_jobs.find_silent(store)
    await screen.hear("alarms.device_unavailable")
    await say(world, button, SignalKind.PRESS, Level.HELP)
    await say(world, button, SignalKind.PRESS, Level.HELP)
    await screen.hear("alarms.device_back", "alarms.raised", "alarms.repeated")
    await world.react()
    await screen.hear("dispatch.incident_opened")
    world.clock.advance(61)
    await alarm_jobs.escalate(store)
    await screen.hear("alarms.escalated")
    await say(world, button, SignalKind.PRESS, Level.LOCKDOWN)
    await world.react()
    await screen.hear("alarms.level_raised", "dispatch.priority_changed")
    other = await world.press(await world.button(school))
    await screen.hear("alarms.raised", "dispatch.alarm_linked")
    assert other is not None
    await alarms.acknowledge(store, DUTY, other, uuid4())
    await world.react()
    await screen.hear("alarms.acknowledged", "dispatch.answered")
    await alarms.close_by_hand(store, DUTY, other, uuid4(), "false_alarm")
    await screen.hear("alarms.closed")


async def incidents(world: World, screen: Screen, car: UUID, school: tuple[float, float]) -> None:
    (alarmed,) = await world.incidents()
    lon, lat = school[0] + 0.0003, school[1]
    called = await world.open(lon=lon, lat=lat, note="кричат")
    third = await world.open(lon=lon, lat=lat)
    assert called["duplicates"] == [alarmed["id"]]
    await screen.hear("dispatch.incident_opened")
    second = await world.unit("P3")
    await world.assign(called, car)
    await world.assign(third, car, from_incident=called["id"])
    await screen.hear("dispatch.unit_assigned", "dispatch.unit_released")
    await world.assign(third, second, instead_of=car)
    await world.release(third, second)
    await screen.hear("dispatch.unit_assigned", "dispatch.unit_released")
    await world.assign(third, car)
    await world.progress(third, car, "en_route", at=world.clock.now())
    await screen.hear("dispatch.unit_en_route")
    await world.progress(third, car, "on_scene")
    await screen.hear("dispatch.unit_on_scene")
    await world.note(third)
    await world.priority(third, "routine")
    await screen.hear("dispatch.noted", "dispatch.priority_changed")
    await world.join(third, alarmed)
    await screen.hear("dispatch.joined")
    await world.close(await world.get(alarmed))
    await screen.hear("dispatch.closed")
    assert [one["id"] for one in await world.incidents()] == [called["id"]]
    assert await world.open_alarms() == []


async def test_every_kind_of_entry_keeps_a_screen_true(
    served: Api, app: FastAPI, world: World, screen: Screen, tmp_path: Path
) -> None:
    seat = await served.login("duty")
    cookie = "; ".join(f"{name}={value}" for name, value in seat.cookies.items())
    address = served.url.replace("http", "ws") + "/api/live"
    # what comes during the shift is read at its end: it may not stand before the answers to the pings
    async with connect(address, additional_headers={"Cookie": cookie}, max_queue=None) as socket:
        first = orjson.loads(await socket.recv())
        console: State = {
            name: {view["id"]: view for view in views} for name, views in first["collections"].items()
        }
        await screen.hear("access.account_added")
        await staff_and_devices(served, screen)
        await ways_in(served, app, world, screen)
        await map_and_closures(served, world, screen, tmp_path, app.state.settings.blob_dir)
        car = await shifts_and_silence(world, screen)
        async with world.store.reading() as tx:
            cursor = await tx.conn.execute("SELECT id, lon, lat FROM site WHERE kind = 'school'")
            school = await cursor.fetchone()
        assert school is not None
        await devices_and_alarms(served, world, screen, school["id"])
        await incidents(world, screen, car, (school["lon"], school["lat"]))

        assert kinds_in_the_program() - WITH_A_BROWSER - screen.kinds == set(), (
            "kinds that this shift does not bring about"
        )
        seq = first["seq"]
        while seq < screen.seq:
            event = orjson.loads(await socket.recv())
            if event["type"] == "event":
                seq += 1
                assert event["seq"] == seq
                apply(console, event)
    assert plain(console) == screen.state
