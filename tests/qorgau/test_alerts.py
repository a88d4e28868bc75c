"""Hits become alerts, once; what is taken back takes its alert along; nobody is flooded."""

from contextlib import suppress
from uuid import UUID, uuid4

import numpy as np
import pytest

from jedel.journal import react_to_all
from jedel.plates.codec import Reads
from jedel.qorgau.alerts import Withdrawals, answers
from jedel.qorgau.alerts.errors import NotToldOfIt
from jedel.qorgau.alerts.jobs import withdraw_unfounded
from jedel.qorgau.model import Ground, Hits, Pair
from jedel.qorgau.watch import service as watch
from jedel.units import service as units
from jedel.units.model import UnitKind
from jedel.units.schemas import ChangeShift
from tests.qorgau.alerts_seen import View, alerts, kinds, left_out, say, tablet, the_alert, town
from tests.qorgau.alerts_world import ADMIN, DUTY, PLATE, SUPERVISOR, Town

__all__ = ["town"]


async def test_a_wanted_car_is_told_to_who_can_meet_it(town: Town) -> None:
    behind, ahead = await town.unit("P1", 1.0, 4.0), await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    alert = await the_alert(town)
    assert alert["plate"] == PLATE
    assert (alert["state"], alert["confirmed"], alert["action"]) == ("unconfirmed", False, "stop")
    assert alert["units"][0]["unit_id"] == str(ahead)
    assert alert["units"][0]["call_sign"] == "P2"
    assert alert["units"][0]["minutes_left"] > 0
    assert alert["units"][0]["meet"]["label"]
    assert str(behind) not in [unit["unit_id"] for unit in alert["units"][:1]]
    (ground,) = alert["grounds"]
    assert (ground["code"], ground["entry_id"], ground["source"]) == ("wanted", str(entry), "УП Алматы")
    assert "Похищен" in ground["why"]["ru"]
    assert alert["read"]["camera"]["name"] == "Camera 1"
    assert await kinds(town) == ["opened"]


async def test_nothing_is_sent_where_the_batch_is_not_committed(town: Town) -> None:
    """A worker is killed before its commit, and the batch comes again: one alert, one entry."""
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    reads = town.read()
    with suppress(RuntimeError):
        async with town.store.transaction() as tx:
            await town.alerts.write(tx, _hits(reads, Ground.WANTED, entry))
            raise RuntimeError
    assert await alerts(town) == []
    assert await kinds(town) == []
    await town.hit(Ground.WANTED, reads, entry=entry)
    await town.hit(Ground.WANTED, reads, entry=entry)
    assert len(await alerts(town)) == 1
    assert await kinds(town) == ["opened"]


def _hits(reads: Reads, ground: Ground, entry: UUID, score: int = 90) -> Hits:
    entries = np.zeros(len(reads), dtype="V16")
    entries[:] = np.void(entry.bytes)
    n = len(reads)
    return Hits(reads, np.full(n, int(ground), np.uint16), np.full(n, score, np.uint8), entries, {})


async def test_the_next_camera_moves_it_to_another_unit(town: Town) -> None:
    near, far = await town.unit("P2", 3.0, 4.0), await town.unit("P9", 14.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    first = await the_alert(town)
    assert str(near) in [unit["unit_id"] for unit in first["units"]]
    town.clock.advance(120)
    await town.hit(Ground.WANTED, town.read(number=4), entry=entry)
    moved = await the_alert(town)
    assert moved["id"] == first["id"]
    assert [passing["camera"]["number"] for passing in moved["passings"]] == [1, 4]
    assert [unit["unit_id"] for unit in moved["units"]] == [str(far)]
    assert moved["ends_at"] > first["ends_at"]
    assert await kinds(town) == ["opened", "moved"]
    with pytest.raises(NotToldOfIt):
        async with town.store.reading() as tx:
            await answers.own(tx, tablet(near), UUID(moved["id"]), told_now=True)
    assert await answers.of(town.store, tablet(near)) == []
    assert len(await answers.of(town.store, tablet(far))) == 1
    assert len(await answers.of(town.store, DUTY)) == 1


async def test_the_same_camera_at_once_and_a_read_of_the_past_tell_nothing(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    town.clock.advance(5)
    await town.hit(Ground.WANTED, entry=entry)
    await town.hit(Ground.WANTED, town.read(number=3, at_us=town.now_us() - 60_000_000), entry=entry)
    assert await kinds(town) == ["opened"]


async def test_a_unit_that_has_the_car_before_it_stays(town: Town) -> None:
    near = await town.unit("P2", 3.0, 4.0)
    await town.unit("P9", 14.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    await say(town, tablet(near), (await the_alert(town))["id"], "seen")
    town.clock.advance(120)
    await town.hit(Ground.WANTED, town.read(number=4), entry=entry)
    told = [unit["unit_id"] for unit in (await the_alert(town))["units"]]
    assert str(near) in told
    assert len(told) == 2


# --- nobody is told to stop a car on a single read that is not sure


@pytest.mark.parametrize(
    ("read", "score", "asked"),
    [
        ({"frames": 3, "confidence": 96}, 90, "stop"),
        ({"frames": 1, "confidence": 99, "weakest": 99}, 100, "observe"),
        ({"frames": 3, "confidence": 55}, 90, "inform"),
        ({"frames": 3, "confidence": 96, "weakest": 20}, 90, "observe"),
        ({"frames": 3, "confidence": 96}, 50, "observe"),
        ({"frames": 255, "confidence": 30, "weakest": 30}, 100, "inform"),
        ({"frames": 0, "confidence": 0, "weakest": 0}, 0, "inform"),
    ],
)
async def test_what_is_asked_is_never_more_than_the_reads_allow(
    town: Town, read: View, score: int, asked: str
) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted(action="stop")
    await town.hit(Ground.WANTED, town.read(**read), entry=entry, score=score)
    assert (await the_alert(town))["action"] == asked


async def test_an_entry_that_asks_less_is_not_raised(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted(action="observe")
    await town.hit(Ground.WANTED, entry=entry, score=100)
    assert (await the_alert(town))["action"] == "observe"


async def test_one_read_said_twice_is_not_two_agreeing_reads(town: Town) -> None:
    """A camera that repeats itself, with a new id each time, does not make a weak read a sure one."""
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    weak: View = {"frames": 1, "confidence": 95, "weakest": 90}
    for _ in range(20):
        await town.hit(Ground.WANTED, town.read(**weak), entry=entry)
        town.clock.advance(1)
    assert (await the_alert(town))["action"] == "observe"


async def test_two_cameras_that_agree_may_ask_to_stop(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    weak: View = {"frames": 1, "confidence": 90, "weakest": 80}
    await town.hit(Ground.WANTED, town.read(**weak), entry=entry)
    assert (await the_alert(town))["action"] == "observe"
    town.clock.advance(60)
    await town.hit(Ground.WANTED, town.read(number=2, **weak), entry=entry)
    assert (await the_alert(town))["action"] == "stop"


async def test_of_a_plate_at_two_places_reads_do_not_agree(town: Town) -> None:
    await town.unit("P2", 6.0, 4.0)
    weak: View = {"frames": 1, "confidence": 95, "weakest": 90}
    before = town.read(number=4, **weak)
    town.clock.advance(10)
    pair = Pair(before[0], 1500.0, 10.0, 60.0, 2.0)
    await town.hit(Ground.TWO_PLACES, town.read(number=1, **weak), pair=pair)
    alert = await the_alert(town)
    assert alert["action"] == "observe"
    assert alert["pair"]["before"]["camera"]["number"] == 4
    assert alert["pair"]["fastest_s"] == 60.0
    town.clock.advance(10)
    await town.hit(
        Ground.TWO_PLACES, town.read(number=2, **weak), pair=Pair(before[0], 900.0, 20.0, 40.0, 2.0)
    )
    assert (await the_alert(town))["action"] == "observe"


# --- what is taken back, what ends


async def test_a_revoked_entry_takes_its_alert_along(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    await watch.revoke(town.store, SUPERVISOR, entry, uuid4(), "найден")
    await react_to_all(town.store, [Withdrawals()])
    assert await alerts(town) == []
    assert await kinds(town) == ["opened", "withdrawn"]
    town.clock.advance(60)
    await town.hit(Ground.WANTED, town.read(number=2), entry=entry)
    assert await alerts(town) == []
    assert (await left_out(town)) == {"not_listed": 1}


async def test_a_ground_that_the_registers_take_back_is_taken_from_the_alert(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"})
    entry = await town.wanted()
    await town.hit(Ground.UNINSURED | Ground.WANTED, entry=entry)
    assert await withdraw_unfounded(town.store) == 0
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"}, gone=True)
    assert await withdraw_unfounded(town.store) == 1
    assert [ground["code"] for ground in (await the_alert(town))["grounds"]] == ["wanted"]


async def test_a_car_that_drives_into_another_region_is_theirs(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    town.clock.advance(60)
    await town.hit(Ground.WANTED, town.read(number=9), entry=entry)
    assert await alerts(town) == []
    (theirs,) = await alerts(town, "02")
    assert theirs["region"] == "02"
    assert theirs["units"] == []


# --- flood


async def test_one_unit_has_one_alert_and_a_graver_one_takes_it(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"}, "777AAA02")
    await town.hit(Ground.UNINSURED, town.read("777AAA02"))
    (lesser,) = await alerts(town)
    assert lesser["units"][0]["unit_id"] == str(unit)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"}, "888AAA02")
    await town.hit(Ground.UNINSURED, town.read("888AAA02"))
    assert len(await alerts(town)) == 1
    assert (await left_out(town)) == {"nobody_near": 1}
    await town.hit(Ground.WANTED, entry=await town.wanted())
    graver, lesser = await alerts(town)
    assert graver["grounds"][0]["code"] == "wanted"
    assert graver["units"][0]["unit_id"] == str(unit)
    assert lesser["units"] == []


async def test_a_minute_of_a_region_has_room_for_so_many_lesser_alerts(town: Town) -> None:
    for n in range(20):
        await town.unit(f"U{n}", 4.0 + n % 5, 4.0)
    plates = [f"{100 + n}BBB02" for n in range(16)]
    for plate in plates:
        await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"}, plate)
        await town.hit(Ground.UNINSURED, town.read(plate))
    opened = len(await alerts(town))
    assert opened == 12
    assert (await left_out(town))["too_many"] == 4
    await town.hit(Ground.WANTED, entry=await town.wanted())
    assert len(await alerts(town)) == 13
    town.clock.advance(61)
    await town.hit(Ground.UNINSURED, town.read(plates[-1]))
    assert len(await alerts(town)) == 14


async def test_a_plate_that_was_answered_for_is_left_alone_unless_it_is_graver(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"})
    await town.hit(Ground.UNINSURED)
    alert = await the_alert(town)
    await say(town, tablet(unit), alert["id"], "stopped", plate_matches=True, vehicle_matches=True)
    town.clock.advance(300)
    await town.hit(Ground.UNINSURED, town.read(number=2))
    assert await alerts(town) == []
    assert (await left_out(town)) == {"cooldown": 1}
    await town.hit(Ground.WANTED | Ground.UNINSURED, town.read(number=2), entry=await town.wanted())
    assert len(await alerts(town)) == 1


async def test_units_that_are_not_free_or_cannot_stop_a_car_are_not_told(town: Town) -> None:
    off = await town.unit("P1", 4.0, 4.0)
    for kind in (UnitKind.FOOT, UnitKind.DRONE, UnitKind.COMPLEX):
        await town.unit(f"X-{kind}", 4.0, 4.0, kind=kind)
    await units.change_shift(town.store, ADMIN, off, ChangeShift(id=uuid4(), on=False))
    town.patrols.forget()
    await town.hit(Ground.WANTED, entry=await town.wanted())
    assert (await the_alert(town))["units"] == []


async def test_hits_that_are_weak_late_or_of_no_camera_are_only_counted(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"})
    await town.hit(Ground.UNINSURED, score=10)
    await town.hit(Ground.UNINSURED, town.read(at_us=town.now_us() - 3_600_000_000))
    await town.hit(Ground.UNINSURED, town.read(number=77))
    assert await alerts(town) == []
    assert await left_out(town) == {"not_sure": 1, "late": 1}
    assert await left_out(town, "") == {"no_camera": 1}
