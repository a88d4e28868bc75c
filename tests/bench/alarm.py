"""A press, by MQTT or DC-09, until its incident is on the last of 500 consoles, with everything durable
between.

The whole of ``jedel up`` on this machine, durable PostgreSQL included. The devices are ``aiomqtt`` and
``siadc09``; each presses once, so each press is an alarm and an incident of its own, and repeats until it
has its receipt. Then the database is asked whether each press is there, once.
"""

import asyncio
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiomqtt
import httpx
import numpy as np
import orjson
from siadc09 import message
from siadc09.account import Account
from siadc09.xdata import Data

from jedel.access import DeviceKind, Principal, Role
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.devices import add_device, enrol
from jedel.access.model import Method
from jedel.access.schemas import NewDevice
from jedel.access.service import add_account, open_session
from jedel.app.connections import make_pool
from jedel.app.embedded.child import free_port
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.ids import new_id
from tests.bench.alarm_record import alarms_of_devices, check, opened, settled
from tests.bench.positions import cost
from tests.bench.report import Result

REGION = "00"
RATE_PER_S = 20
CONSOLES = 500
P50_GOAL_MS, P99_GOAL_MS = 100.0, 500.0
REPEAT_S = 5.0
WARM = 20
FIRST_ACCOUNT = 0x100000


@dataclass
class Press:
    """One device and its one press. Times are CLOCK_MONOTONIC seconds."""

    device_id: UUID
    key: str
    account: int | None
    signal_id: str = field(default_factory=lambda: str(uuid4()))
    pressed: float = 0.0
    receipt: float = 0.0
    mqtt: aiomqtt.Client | None = None
    tries: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class System:
    """Where the running system is."""

    folder: Path
    http: int
    mqtt: int
    dc09: int
    postgres: int
    pid: int = 0

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.folder / "postgres", port=self.postgres).url


@contextmanager
def running() -> Iterator[System]:
    """``jedel up`` on a folder of its own, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder), *(free_port() for _ in range(4)))
        own = {
            "JEDEL_DATA_DIR": folder,
            "JEDEL_HTTP_PORT": str(system.http),
            "JEDEL_MQTT_PORT": str(system.mqtt),
            "JEDEL_DC09_PORT": str(system.dc09),
            "JEDEL_POSTGRES_PORT": str(system.postgres),
            "JEDEL_LOG_LEVEL": "warning",
        }
        begun = time.monotonic()
        up = subprocess.Popen([sys.executable, "-m", "jedel", "up"], env=os.environ | own, stdout=sys.stderr)
        try:
            while True:
                assert up.poll() is None, "jedel up has ended"
                assert time.monotonic() - begun < 120, "jedel up does not serve"
                try:
                    httpx.get(f"http://127.0.0.1:{system.http}/api/openapi.json", timeout=2)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            print(f"served after {time.monotonic() - begun:.1f} s", file=sys.stderr)
            yield replace(system, pid=up.pid)
        finally:
            up.terminate()
            up.wait(60)


def costs(system: System) -> dict[str, tuple[float, float]]:
    """MiB and CPU seconds of each of the system's processes, with its own children."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            words = path.with_name("cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == system.pid:
            name = words[-2] if "run" in words else Path(words[0]).name
            found[name] = patient_cost(int(path.parent.name))
    return found


def patient_cost(pid: int) -> tuple[float, float]:
    """``cost``, looked at again where one of PostgreSQL's children ended in the middle of it."""
    while True:
        try:
            return cost(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue


async def make_sites(store: Store, count: int) -> list[UUID]:
    """Schools all over a city of 40 km, as an import of a map leaves them: each device stands in one."""
    dice = np.random.default_rng(5)
    lon, lat = dice.uniform(76.7, 77.2, count), dice.uniform(43.1, 43.45, count)
    rows = [(uuid4(), REGION, UUID(int=2), float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    async with store.transaction() as tx:
        await tx.conn.cursor().executemany(
            "INSERT INTO site (id, region, map_id, lon, lat, kind, name_kk, name_ru, name_en, address,"
            " district_kk, district_ru, district_en, plan)"
            " VALUES (%s, %s, %s, %s, %s, 'school', 'Мектеп', 'Школа', 'School', '', '', '', '', '{}')",
            rows,
        )
    return [row[0] for row in rows]


async def make_devices(store: Store, count: int) -> list[Press]:
    """Half buttons with MQTT, half panels."""
    places = await make_sites(store, count)
    admin = Principal("account", UUID(int=1), "Bench", REGION, Role.ADMINISTRATOR)
    gate = asyncio.Semaphore(8)

    async def make(n: int) -> Press:
        account = FIRST_ACCOUNT + n if n % 2 else None
        kind = DeviceKind.PANEL if account else DeviceKind.PANIC_BUTTON
        number = f"{account:X}" if account else None
        async with gate:
            body = NewDevice(id=new_id(), kind=kind, name=f"Bench {n}", account=number, site_id=places[n])
            device, code, _ = await add_device(store, admin, body)
            _, key = await enrol(store, code)
            assert key is not None
        return Press(device.id, key, account)

    return list(await asyncio.gather(*(make(n) for n in range(count))))


@asynccontextmanager
async def linked(system: System, presses: list[Press]) -> AsyncIterator[None]:
    """The buttons' MQTT links, each subscribed to its receipts. Panels connect when they have something to
    say."""
    gate = asyncio.Semaphore(16)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:

        async def link(press: Press) -> None:
            async with gate:
                client = aiomqtt.Client(
                    "127.0.0.1",
                    system.mqtt,
                    username=str(press.device_id),
                    password=press.key,
                    identifier=str(press.device_id),
                    timeout=60,
                    keepalive=600,
                )
                press.mqtt = await stack.enter_async_context(client)
                await client.subscribe(f"jedel/device/{press.device_id}/down", qos=1)
                report = {"id": str(uuid4()), "kind": "heartbeat"}
                await client.publish(f"jedel/device/{press.device_id}/up", json.dumps(report), qos=1)

        async def poll(press: Press) -> None:
            async with gate:
                assert press.account is not None
                frame = message.NullMessage(Account(acct=press.account)).encode()
                assert await say_dc09(frame, system.dc09)

        await asyncio.gather(*(link(press) if press.account is None else poll(press) for press in presses))
        listening = [tasks.create_task(hear(press)) for press in presses if press.account is None]
        yield
        for task in listening:
            task.cancel()


async def hear(press: Press) -> None:
    assert press.mqtt is not None
    async for said in press.mqtt.messages:
        assert isinstance(said.payload, bytes)
        answer = json.loads(said.payload)
        assert "receipt" in answer, answer
        if answer["receipt"] == press.signal_id:  # else of the report before
            press.receipt = press.receipt or time.monotonic()
            press.answered.set()


async def by_mqtt(press: Press) -> None:
    raw = json.dumps({"id": press.signal_id, "kind": "press", "level": "help"})
    assert press.mqtt is not None
    press.pressed = time.monotonic()
    while not press.answered.is_set():
        press.tries += 1
        await press.mqtt.publish(f"jedel/device/{press.device_id}/up", raw, qos=1)
        try:
            await asyncio.wait_for(press.answered.wait(), REPEAT_S)
        except TimeoutError:
            continue


async def by_dc09(press: Press, port: int) -> None:
    assert press.account is not None
    config = {"idtoken": "SIA-DCS", "seqno": 1, "data": Data(b"#%X|Nri1/PA01" % press.account)}
    frame = message.EventMessage(Account(acct=press.account), config=config).encode(timestamp=message.now())
    press.pressed = time.monotonic()
    while not press.receipt:
        press.tries += 1
        reply = await say_dc09(frame, port)
        if reply is not None:
            assert isinstance(message.parse_frame(reply), message.AckMessage), reply
            press.receipt = time.monotonic()


async def say_dc09(frame: bytes, port: int) -> bytes | None:
    """The reply to one frame on a connection of its own; None where none came in time."""
    try:
        async with asyncio.timeout(REPEAT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(frame)
            reply: bytes = await reader.readuntil(b"\r")
            writer.close()
            return reply
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        return None


async def press_all(system: System, presses: list[Press], rate: float) -> float:
    """Each at its time, whatever became of those before; how late the latest was, seconds."""
    start, late_s = time.monotonic() + 0.1, 0.0
    async with asyncio.TaskGroup() as tasks:
        for n, press in enumerate(presses):
            due = start + n / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late_s = max(late_s, time.monotonic() - due)
            tasks.create_task(by_mqtt(press) if press.account is None else by_dc09(press, system.dc09))
    return late_s


async def measure(system: System, seconds: float, consoles: int, rate: float) -> tuple[list[Press], Any]:
    """The measured presses, and what the consoles saw."""
    async with make_pool(system.database_url, 8) as pool:
        store = Store(pool, SystemClock())
        presses = await make_devices(store, WARM + int(seconds * rate))
        cookie = await sign_in(store)
        command = [sys.executable, "-m", "tests.bench.consoles", str(system.http), cookie, str(consoles)]
        pipe = asyncio.subprocess.PIPE
        crowd = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**26)
        assert crowd.stdout is not None
        async with linked(system, presses):
            await settled(store, len(presses))
            assert await crowd.stdout.readline() == b"ready\n"
            await press_all(system, presses[:WARM], rate)
            before = costs(system)
            late_s = await press_all(system, presses[WARM:], rate)
            await opened(store, len(presses))
            after = costs(system)
            answer, _ = await crowd.communicate(str(len(presses)).encode())
        check(system.database_url, len(presses))
    for name, (memory_mib, cpu_s) in sorted(after.items()):
        spent_ms = (cpu_s - before[name][1]) * 1000 / (len(presses) - WARM)
        print(f"{name}: {memory_mib:.0f} MiB, {spent_ms:.1f} ms of CPU a press", file=sys.stderr)
    print(f"{len(presses) - WARM} presses, at most {late_s * 1000:.0f} ms after their time", file=sys.stderr)
    return presses[WARM:], orjson.loads(answer)


async def sign_in(store: Store) -> str:
    account_id = new_id()
    await add_account(
        store,
        account_id=account_id,
        login="bench",
        name="Bench",
        role=Role.DUTY_OFFICER,
        region=REGION,
        language="en",
        password=uuid4().hex,
    )
    who = Principal("account", account_id, "Bench", REGION, Role.DUTY_OFFICER)
    token = await open_session(store, who, "", Method.PASSKEY)
    return f"{SESSION_COOKIE}={token}"


def say(what: str, values_ms: np.ndarray) -> None:
    p50, p99, worst = np.percentile(values_ms, [50, 99, 100])
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {worst:.1f} ms", file=sys.stderr)


def run(seconds: float = 60.0, consoles: int = CONSOLES, rate: float = RATE_PER_S) -> Result:
    """``rate`` presses a second for ``seconds``, half by MQTT and half by DC-09, before ``consoles``
    consoles."""
    logging.disable(logging.WARNING)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with running() as system:
        presses, seen = asyncio.run(measure(system, seconds, consoles, rate))
        alarms = alarms_of_devices(system.database_url)
    events = {seq: (many, first, last) for seq, many, first, last in seen["events"]}
    assert seen["cut_off"] == 0, f"{seen['cut_off']} consoles were cut off"
    found = [events[seen["alarms"][alarms[press.device_id][0]]] for press in presses]
    assert {many for many, _, _ in found} == {consoles}, "a console missed an incident or had it twice"
    screens = [last - press.pressed for (_, _, last), press in zip(found, presses, strict=True)]
    to_screens = np.array(screens) * 1000
    for name, panel in (("MQTT", False), ("DC-09", True)):
        chosen = [n for n, press in enumerate(presses) if (press.account is not None) is panel]
        receipts = np.array([presses[n].receipt - presses[n].pressed for n in chosen]) * 1000
        say(f"{name}: press to receipt (durable)", receipts)
        say(f"{name}: press to the last of {consoles} consoles", to_screens[chosen])
    incidents = np.array([alarms[press.device_id][1] - press.pressed for press in presses]) * 1000
    say("all: press to the incident's transaction", incidents)
    firsts = [first - press.pressed for (_, first, _), press in zip(found, presses, strict=True)]
    say("all: press to the first console", np.array(firsts) * 1000)
    p50, p99 = np.percentile(to_screens, [50, 99])
    say(f"all: press to the last of {consoles} consoles", to_screens)
    print(f"repeated by their devices: {sum(press.tries > 1 for press in presses)}", file=sys.stderr)
    met = bool(p50 <= P50_GOAL_MS and p99 <= P99_GOAL_MS)
    return Result("alarm", round(float(p99), 1), "ms p99 to the last console", P99_GOAL_MS, met)


if __name__ == "__main__":
    given = sys.argv[1:]
    print(run(float(given[0]) if given else 60.0, int(given[1]) if given[1:] else CONSOLES).line())
