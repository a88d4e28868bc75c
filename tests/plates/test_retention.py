"""A read is gone when its time is over: by class, with its pictures, whatever its camera's clock says."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from nats.aio.client import Client

from jedel.access import Role
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates.codec import reads_of
from jedel.plates.pictures import Pictures, Which
from jedel.plates.store import partitions, repository, retention, rules
from jedel.plates.store.partitions import HIT, PLAIN
from jedel.plates.store.repository import microseconds
from jedel.plates.store.rules import Reach, Retention, in_force
from tests.conftest import Database
from tests.lookups.world import journal
from tests.plates.made import publish, read
from tests.plates.stored import camera, keep
from tests.plates.test_writer import count, until_rows, writing
from tests.support import Api

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_CASE = "/api/plates/evidence/of-case"
JPEG = b"\xff\xd8\xff\xd9"


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path)


async def save(pictures: Pictures, said: dict[str, Any]) -> None:
    both: tuple[Which, ...] = ("plate", "car")
    assert not await pictures.save((said["id"], said["at_us"], which, JPEG) for which in both)


def shown(pictures: Pictures, said: dict[str, Any]) -> bool:
    return pictures.find(said["id"], said["at_us"], "car") is not None


async def stored(store: Store) -> set[UUID]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT id FROM plate_read")
        return {row["id"] for row in await cursor.fetchall()}


async def test_without_a_hit_a_day_with_one_a_year_and_pictures_with_them(
    store: Store, clock: ManualClock, pictures: Pictures
) -> None:
    number, now = await camera(store), clock.now()
    plain, hit = read("123ABC02", now, number, pictures=3), read("124ABC02", now, number, pictures=3)
    await keep(store, [plain])
    await keep(store, [hit], grounds=1)
    for said in (plain, hit):
        await save(pictures, said)
    await pictures.keep_hits(reads_of([hit]))
    await retention.erase(store, pictures)
    clock.advance((23 * HOUR).total_seconds())
    await retention.erase(store, pictures)
    assert await stored(store) == {plain["id"], hit["id"]}
    assert shown(pictures, plain)
    clock.advance((2 * HOUR).total_seconds())  # a day and an hour: never longer
    await retention.erase(store, pictures)
    assert await stored(store) == {hit["id"]}
    assert not shown(pictures, plain)
    assert shown(pictures, hit)
    (entry,) = await journal(store, "plates.erased")
    assert (entry["actor"], entry["data"]["class"], entry["data"]["reads"]) == ("system:plates", "plain", 1)
    begin, end = (datetime.fromisoformat(entry["data"][name]) for name in ("from", "until"))
    assert begin <= now < end == begin + HOUR
    clock.advance((364 * DAY - 2 * HOUR).total_seconds())
    await retention.erase(store, pictures)
    assert await stored(store) == {hit["id"]}
    assert shown(pictures, hit)
    clock.advance((9 * DAY).total_seconds())
    await retention.erase(store, pictures)
    assert await stored(store) == set()
    assert not shown(pictures, hit)
    assert len(await journal(store, "plates.erased")) == 2


@pytest.mark.parametrize(
    "ahead", [4 * timedelta(seconds=1), HOUR, 23 * HOUR, 26 * HOUR, 400 * DAY, -400 * DAY]
)
async def test_no_clock_of_a_camera_lets_a_read_live_longer(
    store: Store, bus: Client, clock: ManualClock, pictures: Pictures, ahead: timedelta
) -> None:
    """It says that it saw the car tomorrow, or in a year; it says so again later."""
    heard = microseconds(clock.now())
    said = read("123ABC02", clock.now() + ahead, await camera(store), heard_us=heard)
    async with writing(store, bus):
        await publish(bus, [said, read("777ZZZ02", clock.now())])
        await until_rows(store, 1)
    clock.advance(25 * 3600)
    await retention.erase(store, pictures)
    assert await stored(store) == set()


async def test_nor_does_a_late_gateway(
    store: Store, bus: Client, clock: ManualClock, pictures: Pictures
) -> None:
    """Whatever a record says of when it was heard: the stream's own time is the last word."""
    later = microseconds(clock.now() + 300 * DAY)
    said = read("123ABC02", clock.now() + 300 * DAY, heard_us=later)
    good = read("777ZZZ02", clock.now(), heard_us=later)
    async with writing(store, bus):
        await publish(bus, [said, good])
        await until_rows(store, 1)
    assert await stored(store) == {good["id"]}
    clock.advance(25 * 3600)
    await retention.erase(store, pictures)
    assert await count(store) == (0, 0)


async def test_a_camera_that_repeats_itself_for_ever_does_not_bring_a_read_back(
    store: Store, bus: Client, clock: ManualClock, pictures: Pictures
) -> None:
    said = read("123ABC02", clock.now() - 23 * HOUR)
    async with writing(store, bus):
        await publish(bus, [said])
        await until_rows(store, 1)
    clock.advance(2 * 3600)
    await retention.erase(store, pictures)
    assert await stored(store) == set()
    async with writing(store, bus):
        await publish(bus, [said, read("777ZZZ02", clock.now())])
        await until_rows(store, 1)
    assert said["id"] not in await stored(store)


async def test_partitions_are_there_ahead_of_time(store: Store, clock: ManualClock) -> None:
    await retention.make_ahead(store)
    await retention.make_ahead(store)
    now = clock.now()
    async with store.reading() as tx:
        hours, weeks = await partitions.there(tx.conn, PLAIN), await partitions.there(tx.conn, HIT)
    assert hours[0] <= now - DAY + 2 * timedelta(minutes=1) < hours[0] + HOUR
    assert hours == [hours[0] + n * HOUR for n in range(len(hours))]
    assert hours[-1] + HOUR >= now + 6 * HOUR
    assert weeks[0] <= now - DAY
    assert weeks[-1] + 7 * DAY >= now + 3 * DAY
    assert all(week.weekday() == 0 for week in weeks)


async def test_one_who_reads_too_long_does_not_stop_everybody(
    store: Store, clock: ManualClock, pictures: Pictures, database: Database
) -> None:
    await keep(store, [read("123ABC02", clock.now(), await camera(store))])
    clock.advance(26 * 3600)
    async with await psycopg.AsyncConnection.connect(database.url) as reader:
        await reader.execute("SELECT count(*) FROM plate_read")
        await retention.erase(store, pictures)  # gives up after two seconds
        await reader.rollback()
    assert await journal(store, "plates.erased") == []
    await retention.erase(store, pictures)
    assert len(await journal(store, "plates.erased")) == 1


def test_rules_are_dated() -> None:
    first = Retention(date(2026, 1, 1), 24 * HOUR, 365 * DAY, 1825)
    second = Retention(date(2027, 1, 1), 12 * HOUR, 180 * DAY, 1825)
    assert in_force((first, second), date(2026, 12, 31)) is first
    assert in_force((first, second), date(2027, 1, 1)) is second
    assert in_force((first, second), date(2020, 1, 1)) is first
    assert rules.retention(date(2026, 11, 22)) == first


def test_a_role_that_is_not_named_sees_nothing() -> None:
    now = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    reach = Reach(date(2026, 1, 1), {Role.OFFICER: 24 * HOUR})
    assert reach.earliest(Role.OFFICER, now) == now - DAY
    assert reach.earliest(Role.AUDITOR, now) == reach.earliest(None, now) == now
    assert rules.reach(now.date()).back.keys() == {
        Role.OFFICER, Role.OPERATOR, Role.DUTY_OFFICER, Role.SUPERVISOR,
    }  # fmt: skip


def evidence(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    at = repository.moment(said["at_us"])
    until = (at + 30 * DAY).date().isoformat()
    body = {
        "id": str(uuid4()),
        "plate": "123ABC02",
        "at": at.isoformat(),
        "case_number": "26-1",
        "until": until,
    }
    return body | more


async def test_a_case_keeps_a_read_until_its_retention_ends(
    client: Api, store: Store, clock: ManualClock
) -> None:
    said = read("123ABC02", clock.now() - HOUR, await camera(store), pictures=3)
    await keep(store, [said])
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    route = f"/api/plates/reads/{said['id']}/evidence"
    body = evidence(said)
    kept = await duty.ok("POST", route, json=body)
    assert await duty.ok("POST", route, json=body) == kept  # said again
    assert (kept["id"], kept["case_number"], kept["until"]) == (body["id"], "26-1", body["until"])
    assert kept["read"]["id"] == str(said["id"])
    other = await supervisor.ok("POST", route, json=evidence(said, case_number="26-2"))
    assert len(await journal(store, "plates.evidence_kept")) == 2
    assert (await journal(store, "plates.evidence_kept"))[0]["data"]["case_number"] == "26-1"
    clock.advance(30 * 3600)
    store_pictures = Pictures(Path("/nonexistent"))
    await retention.erase(store, store_pictures)
    assert await stored(store) == set()
    (listed,) = await (await client.login("duty")).ok("POST", OF_CASE, json={"case_number": "26-1"})
    assert listed["read"]["plate"] == "123ABC02"
    (entry,) = await journal(store, "plates.evidence_read")
    assert entry["data"] == {"case_number": "26-1"}
    clock.advance((31 * DAY).total_seconds())
    await retention.erase(store, store_pictures)
    assert len(await journal(store, "plates.evidence_released")) == 2
    duty = await client.login("duty")
    assert await duty.ok("POST", OF_CASE, json={"case_number": "26-1"}) == []
    assert other["id"] != kept["id"]


async def test_keeping_is_bounded_and_another_regions_is_not_found(
    client: Api, store: Store, clock: ManualClock
) -> None:
    said = read("123ABC02", clock.now() - HOUR, await camera(store))
    await keep(store, [said])
    route = f"/api/plates/reads/{said['id']}/evidence"
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    longest = (clock.now() + 1826 * DAY).date().isoformat()
    for seat, path, body, code in (
        (duty, route, {"until": longest}, "plates_evidence_too_long"),
        (duty, route, {"plate": "%"}, "plates_plate_not_possible"),
        (duty, route, {"plate": "124ABC02"}, "not_found"),
        (duty, f"/api/plates/reads/{uuid4()}/evidence", {}, "not_found"),
        (elsewhere, route, {}, "not_found"),
        (await client.login("operator"), route, {}, "forbidden"),
        (await client.login("officer"), route, {}, "forbidden"),
    ):
        assert (await seat.post(path, json=evidence(said) | body)).json()["code"] == code
    kept = await duty.ok("POST", route, json=evidence(said))
    until = f"/api/plates/evidence/{kept['id']}/until"
    gone = {"id": str(uuid4()), "until": (clock.now() - DAY).date().isoformat()}
    assert (await duty.post(until, json=gone)).json()["code"] == "forbidden"
    supervisor = await client.login("supervisor")
    too_long = {"id": str(uuid4()), "until": longest}
    assert (await supervisor.post(until, json=too_long)).json()["code"] == "plates_evidence_too_long"
    nowhere = f"/api/plates/evidence/{uuid4()}/until"
    assert (await supervisor.post(nowhere, json=gone)).json()["code"] == "not_found"
    assert (await supervisor.ok("POST", until, json=gone))["until"] == gone["until"]
    assert (await supervisor.ok("POST", until, json=gone))["until"] == gone["until"]  # said again
    assert len(await journal(store, "plates.evidence_until_set")) == 1
    assert await retention.release(store, Pictures(Path("/nonexistent"))) == 1
    assert await elsewhere.ok("POST", OF_CASE, json={"case_number": "26-1"}) == []


async def test_pictures_of_a_case_outlive_their_hour_and_go_with_the_last_case(
    client: Api, store: Store, clock: ManualClock, app: Any
) -> None:
    pictures = Pictures(app.state.settings.blob_dir)
    said = read("123ABC02", clock.now() - HOUR, await camera(store), pictures=3)
    await keep(store, [said])
    await save(pictures, said)
    duty = await client.login("duty")
    route = f"/api/plates/reads/{said['id']}/evidence"
    await duty.ok("POST", route, json=evidence(said))
    longer = (clock.now() + 60 * DAY).date().isoformat()
    await duty.ok("POST", route, json=evidence(said, case_number="26-2", until=longer))
    clock.advance(26 * 3600)
    await retention.erase(store, pictures)
    assert shown(pictures, said)
    duty = await client.login("duty")
    (listed,) = await duty.ok("POST", OF_CASE, json={"case_number": "26-2"})
    answer = await duty.get(listed["read"]["pictures"]["car"])
    assert answer.content == JPEG
    clock.advance((32 * DAY).total_seconds())
    await retention.erase(store, pictures)
    assert shown(pictures, said)  # the other case still needs it
    clock.advance((30 * DAY).total_seconds())
    await retention.erase(store, pictures)
    assert not shown(pictures, said)
