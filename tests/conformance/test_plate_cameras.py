"""What every driver of plate cameras must keep to, over its real link, with real NATS and PostgreSQL.

Nothing is taken before JetStream has it; nothing that is right is lost beside what is wrong; what is wrong is
named and counted for its camera; and after whatever was sent, the next read goes through.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from jedel.plates.cameras.model import BURST, READS_PER_S
from jedel.plates.drivers.registry import BY_NAME
from jedel.plates.drivers.registry import DRIVERS as REGISTERED
from tests.conformance.lines import World
from tests.conformance.plate_lines import DRIVERS, READER, Line, line_to
from tests.support import eventually, in_proportion


@pytest.fixture(params=DRIVERS)
async def line(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Line]:
    async with line_to(world, request.param) as opened:
        yield opened


def test_every_driver_has_a_line() -> None:
    assert set(DRIVERS) == {driver.name for driver in REGISTERED}


async def test_a_read_is_carried_as_it_was_said(line: Line, world: World) -> None:
    at = world.clock.now() - timedelta(seconds=1)
    assert (await line.send(line.read("123 АВС О2", at)))[0] == 202
    await line.carried(["123ABC02"])
    (read,) = line.heard.of(line.number)
    assert read["at_us"] == round(at.timestamp() * 1e6)
    assert 0 <= read["heard_us"] - read["at_us"] <= 60_000_000
    assert (read["confidence"], read["frames"], read["reader"]) == (90, 1, READER[line.driver])


async def test_hundreds_of_reads_in_one_message(line: Line) -> None:
    plates = [f"{n:03}ABC{n % 20 + 1:02}" for n in range(500)]
    began = time.monotonic()
    assert (await line.send(*(line.read(plate) for plate in plates)))[0] == 202
    await line.carried(plates)
    assert time.monotonic() - began < in_proportion(5)
    assert (await line.state())["state"]["reads"] == 500


async def test_the_same_message_for_ever_is_one_read(line: Line) -> None:
    raw = line.message([line.read("123ABC02")])
    await line.post(raw)
    await line.carried(["123ABC02"])
    for _ in range(20):
        assert (await line.post(raw))[0] == 202
    state = await line.fault("repeated", 20)
    assert state["state"]["reads"] == 1
    assert state["state"]["fault"] == "repeated"
    await line.works()
    assert line.heard.plates(line.number) == ["123ABC02", "999ZZZ19"]


async def test_what_is_right_is_taken_whatever_stands_beside_it(line: Line, world: World) -> None:
    reads = [
        line.read("123ABC02"),
        line.read("A" * 10_000),
        line.read("京A88888"),
        line.read("777KLM05", world.clock.now() - timedelta(days=3)),
        line.read("778KLM05", world.clock.now() + timedelta(days=30)),
        line.read("124ABC02"),
    ]
    status, said = await line.send(*reads)
    assert status == 202
    await line.carried(["123ABC02", "124ABC02"])
    if said:
        assert [each["reason"] for each in said["refused"]] == [
            "plate_too_long", "plate_unreadable", "too_old", "bad_time",
        ]  # fmt: skip
        assert said["accepted"] == 2
    faults = (await line.fault("plate_too_long"))["state"]["faults"]
    assert {"plate_unreadable": 1, "too_old": 1, "bad_time": 1}.items() <= faults.items()


async def test_garbage_is_named_and_the_camera_goes_on(line: Line) -> None:
    dice = random.Random(11)
    samples = BY_NAME[line.driver].samples
    table = json.loads(samples.joinpath("expected.json").read_text())["messages"]
    broken = {name: expected["malformed"] for name, expected in table.items() if "malformed" in expected}
    for name, reason in broken.items():
        status, said = await line.post(samples.joinpath(name).read_bytes())
        if said:
            assert (status, said["code"], said["params"]["reason"]) == (422, "plates_reads_malformed", reason)
        await line.fault(reason)
    for _ in range(10):
        await line.post(dice.randbytes(dice.randrange(1, 400)))
    assert not len(line.heard.of(line.number))
    await line.works()


async def test_a_truncated_message_is_none(line: Line) -> None:
    raw = line.message([line.read("123ABC02")])
    for end in range(1, len(raw), 13):
        status, _ = await line.post(raw[:end])
        assert status == (202 if line.driver == "mqtt" else 422)
    await line.fault("not_xml" if line.driver == "onvif" else "not_json", (len(raw) - 2) // 13 + 1)
    await line.works()
    assert line.heard.plates(line.number) == ["999ZZZ19"]


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_an_hour_off_is_measured_and_named(line: Line, world: World, hours: int) -> None:
    """The reads are taken all the same: the plate was there."""
    plates = [f"{n:03}KKK01" for n in range(40)]
    for plate in plates:
        late = timedelta(seconds=random.Random(plate).random())  # on the way, or held back
        await line.send(line.read(plate, world.clock.now() + timedelta(hours=hours) - late))
        world.clock.advance(1)
    await line.carried(plates)
    state = await line.fault("clock_wrong")
    assert state["clock_wrong"]
    assert abs(state["clock_error_ms"] - hours * 3_600_000) < 2_000
    listed = await line.admin.ok("GET", "/api/plates/cameras")
    assert next(each for each in listed if each["number"] == line.number)["clock_wrong"]


async def test_a_flood_is_limited_and_costs_the_others_nothing(line: Line, world: World) -> None:
    flooded = time.monotonic()
    many = [line.read(f"{n % 1000:03}AAA{n // 1000 + 1:02}") for n in range(4_000)]
    async with line_to(world, line.driver) as other:
        statuses = [
            (await line.post(line.message(many[at : at + 400])))[0] for at in range(0, len(many), 400)
        ]
        began = time.monotonic()
        await other.works()
        assert time.monotonic() - began < in_proportion(5)
        state = (await line.fault("limited"))["state"]
        if line.driver != "mqtt":
            assert 429 in statuses
            assert state["reads"] == 400 * statuses.count(202)

        async def all_there() -> bool:
            return len(line.heard.of(line.number)) == int((await line.state())["state"]["reads"])

        await eventually(
            all_there
        )  # while both gateways run: one that is stopped in the midst does not count
    reads = (await line.state())["state"]["reads"]
    gateways = 2 if line.driver == "mqtt" else 1  # each of them lets so much through
    assert BURST - 400 <= reads <= gateways * (BURST + READS_PER_S * (time.monotonic() - flooded))
    assert len(set(line.heard.plates(line.number))) == reads


async def test_a_camera_that_is_switched_off_or_speaks_otherwise_is_not_heard(line: Line) -> None:
    wanted = {
        "name": "Camera",
        "lon": 71.4,
        "lat": 51.1,
        "driver": line.driver,
        "device_id": str(line.device_id),
    }
    for change, reason in (
        ({"enabled": False}, "disabled"),
        ({"driver": "frames"}, "wrong_driver"),
    ):
        body = wanted | change | {"id": str(uuid4())}
        await line.admin.ok("POST", f"/api/plates/cameras/{line.camera_id}", json=body)
        if line.desk is not None:
            line.desk.cameras.ring()
        status, said = await line.send(line.read("123ABC02"))
        if said:
            assert (status, said["code"], said["params"]["reason"]) == (409, "plates_camera_unknown", reason)
        await line.fault(reason)
    assert not len(line.heard.of(line.number))


async def test_nothing_is_taken_before_jetstream_has_it(line: Line, world: World) -> None:
    """The stream refuses: the camera is told so, or its message waits; then all of it goes through, once."""
    js = world.bus.jetstream()
    info = await js.stream_info("READS")
    config = info.config
    size, config.max_bytes = config.max_bytes, 1
    await js.update_stream(config)
    raw = line.message([line.read("123ABC02"), line.read("321ABC02")])
    status, said = await line.post(raw)
    if line.driver != "mqtt":
        assert (status, said["code"]) == (503, "unavailable")
    assert (await line.state())["state"]["reads"] == 0
    config.max_bytes = size
    await js.update_stream(config)
    if line.driver != "mqtt":
        assert (await line.post(raw))[0] == 202
    async with asyncio.timeout(60):
        await line.carried(["123ABC02", "321ABC02"])
