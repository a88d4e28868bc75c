"""One Jedel, its devices and people, and processes that are killed at random moments."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid4

import httpx

from jedel.access import DeviceKind, Principal, Role, devices
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.schemas import NewDevice
from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.units import UnitKind
from jedel.units import service as units
from jedel.units.schemas import ChangeShift, NewUnit
from tests.faults import judge
from tests.faults.traffic import Dc09Panel, Dispatcher, HttpPost, MqttButton, Operator, Sender
from tests.faults.watcher import Watcher
from tests.support import eventually
from tests.support.plant import VICTIMS, Plant
from tests.support.replay import State
from tests.support.seed import PASSWORD, REGION, add_staff

RECOVERED_WITHIN_S = 90.0
KILL_AFTER_S = (0.0, 1.0)


@dataclass
class World:
    """What was made in the plant's database."""

    plant: Plant
    button: tuple[UUID, str]
    post: tuple[UUID, str]
    panel: tuple[UUID, str]
    units: list[UUID]
    cookie: str
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    """What senders of earlier rounds were told is safe, by sender."""

    def senders(self, rng: Random) -> list[Sender]:
        plant = self.plant
        console = httpx.AsyncClient(base_url=plant.url, cookies={SESSION_COOKIE: self.cookie})
        return [
            MqttButton(*self.button, plant.mqtt_port, rng),
            HttpPost(*self.post, plant.url, rng),
            Dc09Panel(*self.panel, plant.dc09_port, rng),
            *(Dispatcher(console, unit, rng) for unit in self.units),
            Operator("operator", console, rng),
        ]


async def people_the(plant: Plant, patrols: int = 2) -> World:
    """Staff, devices and units, by the rooms' own use cases."""
    admin = Principal("account", uuid4(), "Setup", REGION, Role.ADMINISTRATOR)
    async with make_pool(plant.database_url, 2) as pool:
        store = Store(pool, SystemClock())
        await add_staff(store)

        async def device(kind: DeviceKind, account: str | None = None) -> tuple[UUID, str]:
            body = NewDevice(id=uuid4(), kind=kind, name=kind.value, account=account)
            _, code, _ = await devices.add_device(store, admin, body)
            made, key = await devices.enrol(store, code)
            assert key is not None
            return made.id, key

        button, post = await device(DeviceKind.PANIC_BUTTON), await device(DeviceKind.POST)
        panel, _ = await device(DeviceKind.PANEL, "1234")
        made = []
        for number in range(patrols):
            unit = NewUnit(id=uuid4(), call_sign=f"P{number}", kind=UnitKind.CAR, skills=[])
            await units.add(store, admin, unit)
            await units.change_shift(store, admin, unit.id, ChangeShift(id=uuid4(), on=True))
            made.append(unit.id)
    return World(plant, button, post, (panel, "1234"), made, await sign_in(plant))


async def sign_in(plant: Plant) -> str:
    """The duty officer's session token."""
    async with httpx.AsyncClient(base_url=plant.url) as client:
        answer = await client.post("/api/session", json={"login": "duty", "password": PASSWORD})
        answer.raise_for_status()
        return answer.cookies[SESSION_COOKIE]


@asynccontextmanager
async def busy(world: World, rng: Random) -> AsyncIterator[list[Sender]]:
    """The senders at work; at the end each message under way has been acknowledged."""
    senders = world.senders(rng)
    tasks = [asyncio.create_task(sender.run(), name=sender.name) for sender in senders]
    try:
        yield senders
        for sender in senders:
            sender.stopping = True
        _, unfinished = await asyncio.wait(tasks, timeout=RECOVERED_WITHIN_S)
        names = ", ".join(task.get_name() for task in unfinished)
        assert not unfinished, f"never acknowledged: {names}\n{world.plant.said()}"
        for task in tasks:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_heard_again(senders: list[Sender], plant: Plant) -> None:
    """Return when each sender got an acknowledgement that it did not have before."""
    before = [len(sender.acknowledged) + sender.refused for sender in senders]

    async def heard() -> bool:
        return all(
            len(sender.acknowledged) + sender.refused > had
            for sender, had in zip(senders, before, strict=True)
            if sender.name != "operator"  # who may have nothing to do
        )

    try:
        await eventually(heard, within_s=RECOVERED_WITHIN_S)
    except AssertionError as problem:
        raise AssertionError(f"{problem}\n{plant.said()}") from problem


async def killing(world: World, seed: int, victims: list[str]) -> list[str]:
    """Kill each of `victims` in turn at a random moment of a busy time; what went wrong, if anything."""
    # a round with other victims has other messages too: an id that comes again is a repeat
    rng = Random(f"{seed} {victims}")
    plant = world.plant
    watcher = Watcher(plant.url, world.cookie)
    looking = asyncio.create_task(watcher.run())
    try:
        async with busy(world, Random(rng.random())) as senders:
            await all_heard_again(senders, plant)
            for victim in victims:
                await asyncio.sleep(rng.uniform(*KILL_AFTER_S))
                plant.kill(victim)
                await all_heard_again(senders, plant)
        found = await settled(world, senders)
        found += [f"feed: {fault}" for fault in watcher.faults]
        found += await _screen_is_true(plant, world, watcher)
        return found
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def settled(world: World, senders: list[Sender]) -> list[str]:
    """What the judge finds once all that was acknowledged has been followed up."""

    async def followed() -> bool:
        return await judge.all_followed(world.plant.database_url)

    await eventually(followed, within_s=RECOVERED_WITHIN_S, every_s=0.1)
    return await judge.faults(world.plant.database_url, _with_earlier(world, senders))


def _with_earlier(world: World, senders: list[Sender]) -> list[Sender]:
    """The senders with everything that was acknowledged to them in earlier rounds too."""
    for number, sender in enumerate(senders):
        key = f"{number} {sender.name}"
        sender.acknowledged = world.acknowledged[key] = world.acknowledged.get(key, []) + sender.acknowledged
    return senders


async def _screen_is_true(plant: Plant, world: World, watcher: Watcher) -> list[str]:
    """The screen that lived through it all shows what a screen that begins now shows."""
    fresh = Watcher(plant.url, world.cookie)
    looking = asyncio.create_task(fresh.run())

    async def same() -> bool:
        return (
            fresh.seq is not None
            and fresh.seq == watcher.seq
            and _plain(fresh.state) == _plain(watcher.state)
        )

    try:
        await eventually(same, within_s=60)
    except AssertionError:
        return [
            f"screen: at {watcher.seq}, a new one at {fresh.seq}: {_difference(watcher.state, fresh.state)}"
        ]
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    return []


def _plain(state: State) -> State:
    return {name: objects for name, objects in state.items() if objects}


def _difference(ours: State, theirs: State) -> str:
    for name in theirs:
        for key in {*ours.get(name, {}), *theirs[name]}:
            one, other = ours.get(name, {}).get(key), theirs[name].get(key)
            if one != other:
                return f"{name} {key}: {one} against {other}"
    return "nothing"


def victims_of(seed: int) -> list[str]:
    """Every process once, in an order that the seed decides."""
    order = list(VICTIMS)
    Random(seed).shuffle(order)
    return order
