"""What every driver must keep to, over its real link, with real NATS and PostgreSQL.

Nothing is acknowledged before it is committed; nothing acknowledged is doubled; what cannot be read is kept
raw and counted; and after whatever was sent, the next press is answered.
"""

import asyncio
import json
import random
import time
from contextlib import suppress

import pytest
from prometheus_client import REGISTRY

from jedel.alarms.drivers.limits import BURST, RATE_PER_S
from jedel.alarms.drivers.registry import DRIVERS
from tests.alarms.support import followed, rows, state
from tests.conformance.lines import OPENERS, SKEWED, Line, World
from tests.support import eventually

NEWEST = "SELECT reason FROM alarm_malformed ORDER BY id DESC LIMIT 1"


def counted(name: str, **labels: str) -> float:
    """The sum of a counter's values that carry these labels."""
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == f"jedel_alarms_{name}_total" and labels.items() <= sample.labels.items()
    )


async def presses(line: Line, world: World) -> int:
    """The device's presses as its alarms count them: as many as its signals and its entries, or something was
    doubled or lost."""
    (row,) = await rows(
        world.store,
        "SELECT (SELECT coalesce(sum(presses), 0) FROM alarm WHERE device_id = %(id)s)::int AS counted,"
        " (SELECT count(*) FROM alarm_signal WHERE device_id = %(id)s AND kind = 'press')::int AS kept,"
        " (SELECT count(*) FROM journal j JOIN alarm a ON a.id = j.subject WHERE a.device_id = %(id)s"
        " AND j.kind IN ('alarms.raised', 'alarms.repeated', 'alarms.level_raised'))::int AS written",
        id=line.device_id,
    )
    assert row["counted"] == row["kept"] == row["written"]
    return int(row["kept"])


async def answered(line: Line, world: World, n: int) -> None:
    """The line still works: one more press gets its receipt and is stored once."""
    before = await presses(line, world)
    assert line.is_receipt(await line.send(line.press(n)))
    assert await presses(line, world) == before + 1


async def kept(line: Line, world: World) -> int:
    (row,) = await rows(
        world.store,
        "SELECT count(*)::int AS n FROM alarm_malformed WHERE driver = %(driver)s",
        driver=line.driver,
    )
    return int(row["n"])


async def keep(line: Line, world: World, raw: bytes) -> None:
    """Send something that cannot be used, and see that it is kept."""
    before = await kept(line, world)

    async def more() -> bool:
        return await kept(line, world) > before

    await line.post(raw)
    await eventually(more)


def test_every_driver_has_a_line() -> None:
    assert {name.partition("-")[0] for name in OPENERS} == {driver.name for driver in DRIVERS}


async def test_a_press_is_an_alarm_with_a_receipt(line: Line, world: World) -> None:
    assert line.is_receipt(await line.send(line.press(1, level="lockdown")))
    (alarm,) = await rows(
        world.store, "SELECT device_id, level, state FROM alarm WHERE device_id = %(id)s", id=line.device_id
    )
    assert alarm == {"device_id": line.device_id, "level": "lockdown", "state": "open"}
    assert await state(world.store) == await followed(world.store)


async def test_no_receipt_before_the_commit(line: Line, world: World) -> None:
    """The region's journal is held by another transaction: the press waits, and so does its receipt."""
    async with world.store.pool.connection() as conn, conn.transaction():
        await conn.execute("SELECT * FROM journal_chain FOR UPDATE")
        sent = asyncio.create_task(line.send(line.press(1)))

        async def waits() -> bool:
            return bool(await rows(world.store, "SELECT 1 FROM pg_locks WHERE NOT granted"))

        await eventually(waits)
        assert not sent.done()
        assert await presses(line, world) == 0
    assert line.is_receipt(await sent)
    assert await presses(line, world) == 1


async def test_no_receipt_for_what_could_not_be_stored(line: Line, world: World) -> None:
    async with world.store.pool.connection() as conn:
        await conn.execute("ALTER TABLE alarm_signal RENAME TO away")
    failed = counted("failed", driver=line.driver)
    sent = asyncio.create_task(line.send(line.press(1)))

    async def over() -> bool:
        return sent.done() or counted("failed", driver=line.driver) > failed

    await eventually(over)
    assert not sent.done() or not line.is_receipt(sent.result())
    sent.cancel()
    with suppress(asyncio.CancelledError):
        await sent
    async with world.store.pool.connection() as conn:
        await conn.execute("ALTER TABLE away RENAME TO alarm_signal")
    assert await presses(line, world) == 0
    assert line.is_receipt(await line.send(line.press(1)))
    assert await presses(line, world) == 1


async def test_duplicates_are_one(line: Line, world: World) -> None:
    raw = line.press(1)
    replies = []
    for _ in range(5):
        replies.append(await line.send(raw))
        world.clock.advance(3)
    assert all(line.is_receipt(reply) for reply in replies)
    assert await presses(line, world) == 1


async def test_a_repetition_after_a_restart_is_the_same_press(line: Line, world: World) -> None:
    raw = line.press(1)
    assert line.is_receipt(await line.send(raw))
    await line.restart()
    assert line.is_receipt(await line.send(raw))
    assert await presses(line, world) == 1
    await answered(line, world, 2)


async def test_disorder(line: Line, world: World) -> None:
    sent = [line.press(n) for n in range(1, 9)] + [line.restore(n) for n in range(9, 13)]
    random.Random(3).shuffle(sent)
    for raw in sent + sent[::-1]:
        assert line.is_receipt(await line.send(raw))
    assert await presses(line, world) == 8
    (alarm,) = await rows(world.store, "SELECT state FROM alarm WHERE device_id = %(id)s", id=line.device_id)
    assert alarm["state"] == "open"
    assert await state(world.store) == await followed(world.store)


@pytest.mark.parametrize("sign", [-1, 1])
async def test_clock_skew(line: Line, world: World, sign: int) -> None:
    """A wrong clock is either disbelieved or put right; it never costs the press."""
    wrong = (world.clock.now() + sign * SKEWED).replace(microsecond=0)
    reply = await line.send(line.press(1, at=wrong))
    if not line.keeps_skewed:
        assert b'"NAK"' in reply
        assert world.clock.now().strftime("_%H:%M:%S,%m-%d-%Y").encode() in reply
        assert await rows(world.store, NEWEST) == [{"reason": "clock_skew"}]
        reply = await line.send(line.press(1))
    assert line.is_receipt(reply)
    (alarm,) = await rows(
        world.store, "SELECT raised_at FROM alarm WHERE device_id = %(id)s", id=line.device_id
    )
    assert abs((alarm["raised_at"] - world.clock.now()).total_seconds()) <= 1


async def test_a_link_lost_in_the_middle(line: Line, world: World) -> None:
    raw = line.press(1)
    for cut in (1, 10, len(raw) - 1):
        await line.break_off(raw[:cut])
    assert line.is_receipt(await line.send(raw))
    assert await presses(line, world) == 1


async def test_truncated_over_the_link(line: Line, world: World) -> None:
    raw = line.press(1)
    for end in range(8, len(raw), 7):
        await keep(line, world, raw[:end] + (b"\r" if line.name.startswith("dc09-tcp") else b""))
    assert await presses(line, world) == 0
    await answered(line, world, 2)


async def test_what_cannot_be_used_is_kept_raw_and_counted(line: Line, world: World) -> None:
    driver = next(driver for driver in DRIVERS if driver.name == line.driver)
    table = json.loads(driver.samples.joinpath("expected.json").read_text())["messages"]
    names = [name for name, expected in table.items() if "malformed" in expected and "key" not in expected]
    assert names
    for name in names:
        raw = driver.samples.joinpath(name).read_bytes()
        before = counted("malformed", driver=line.driver)
        await keep(line, world, raw)
        (row,) = await rows(world.store, NEWEST.replace("reason", "raw, size, driver"))
        assert (row["size"], row["driver"]) == (len(raw), line.driver)
        assert raw.startswith(row["raw"])
        assert counted("malformed", driver=line.driver) == before + 1
    assert await presses(line, world) == 0
    await answered(line, world, 1)


async def test_unknown_fields_and_events_count_and_are_kept(line: Line, world: World) -> None:
    if line.driver == "dc09":
        raw = line.press(1).replace(b"\n", b"\xff\n") if line.keeps_skewed else line.press(1)
        odd = 0
    else:
        raw = json.dumps(json.loads(line.press(1)) | {"battery": 81, "x": {"y": [1]}}).encode()
        odd = 1
    before = await kept(line, world)
    assert line.is_receipt(await line.send(raw))
    assert await presses(line, world) == 1
    assert await kept(line, world) - before == odd


async def test_a_flood_is_bounded_and_loses_nothing_that_was_acknowledged(line: Line, world: World) -> None:
    """Far more presses than one device may send: each is either stored once or left unanswered."""
    refused = counted("overload", driver=line.driver)
    sent = [line.press(n) for n in range(1, 121)]
    begun = time.monotonic()
    for raw in sent:
        await line.post(raw)

    async def all_seen() -> bool:
        left = counted("overload", driver=line.driver) - refused
        return await presses(line, world) + left == len(sent)

    await eventually(all_seen, within_s=30)
    stored = await presses(line, world)
    assert BURST <= stored <= BURST + RATE_PER_S * (time.monotonic() - begun) + 1
    assert await state(world.store) == await followed(world.store)


async def test_garbage_beside_a_press(line: Line, world: World) -> None:
    """Seeded noise of every length, then a press."""
    dice = random.Random(7)
    for _ in range(12):
        noise = dice.randbytes(dice.randrange(1, 400)).replace(b"\r", b" ").replace(b"\n", b" ")
        await keep(line, world, noise + (b"\r" if line.driver == "dc09" else b""))
    assert await presses(line, world) == 0
    await answered(line, world, 1)
