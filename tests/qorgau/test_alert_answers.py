"""Officers answer: what an answer changes, for this car, this entry and the rates; who may."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.kernel.errors import NotFound, WrongRegion
from jedel.qorgau.alerts import alert_of_read, answers
from jedel.qorgau.alerts.errors import AlertOver, BothMustMatch, NotToldOfIt, ReasonDoesNotFit, ReasonNeeded
from jedel.qorgau.alerts.jobs import end_old, forget
from jedel.qorgau.alerts.schemas import Answer
from jedel.qorgau.model import Ground
from jedel.qorgau.watch import service as watch
from tests.qorgau.alerts_seen import View, alerts, kinds, left_out, say, tablet, the_alert, town
from tests.qorgau.alerts_world import DUTY, SUPERVISOR, Town, staff

__all__ = ["town"]


async def test_unconfirmed_until_plate_and_vehicle_are_confirmed(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, town.read(frames=1), entry=entry)
    alert = await the_alert(town)
    crew = tablet(unit)
    seen = await say(town, crew, alert["id"], "seen", plate_matches=True)
    assert (seen["state"], seen["confirmed"], seen["action"]) == ("seen", False, "observe")
    halves: list[View] = [
        {},
        {"plate_matches": True},
        {"vehicle_matches": True},
        {"plate_matches": True, "vehicle_matches": False},
    ]
    for half in halves:
        for word in ("confirmed", "stopped"):
            with pytest.raises(BothMustMatch):
                await say(town, crew, alert["id"], word, **half)
    assert not (await the_alert(town))["confirmed"]
    both = await say(town, crew, alert["id"], "confirmed", plate_matches=True, vehicle_matches=True)
    assert (both["state"], both["confirmed"], both["action"]) == ("confirmed", True, "stop")
    assert both["units"][0]["answer"] == "confirmed"
    stopped = await say(town, crew, alert["id"], "stopped")
    assert stopped["state"] == "stopped"
    assert [answer["answer"] for answer in stopped["answers"]] == ["seen", "confirmed", "stopped"]
    assert await alerts(town) == []
    assert await kinds(town) == ["opened", "answered", "answered", "answered"]


async def test_the_same_answer_again_changes_nothing(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    await town.hit(Ground.WANTED, entry=await town.wanted())
    alert = await the_alert(town)
    body = Answer(id=uuid4(), answer="lost")
    first = await answers.answer(town.store, tablet(unit), UUID(alert["id"]), body)
    again = await answers.answer(town.store, tablet(unit), UUID(alert["id"]), body)
    assert first == again
    assert len(again["answers"]) == 1
    assert again["state"] == "lost"


async def test_a_lost_car_that_is_seen_again_is_looked_for(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    await say(town, tablet(unit), (await the_alert(town))["id"], "lost")
    town.clock.advance(60)
    await town.hit(Ground.WANTED, town.read(number=2), entry=entry)
    assert (await the_alert(town))["state"] == "unconfirmed"


async def test_an_answer_given_without_a_link_counts_with_its_time(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    await town.hit(Ground.WANTED, entry=await town.wanted())
    alert = await the_alert(town)
    town.clock.advance(30)
    pressed = town.clock.now()
    town.clock.advance(3600)
    assert await end_old(town.store) == 1
    assert await end_old(town.store) == 0
    done = await say(
        town,
        tablet(unit),
        alert["id"],
        "stopped",
        plate_matches=True,
        vehicle_matches=True,
        at=pressed.isoformat(),
    )
    assert done["state"] == "stopped"
    assert done["answers"][0]["at"].startswith(pressed.isoformat()[:19])
    assert await kinds(town) == ["opened", "ended", "answered"]


async def test_only_who_was_told_answers(town: Town) -> None:
    await town.unit("P2", 4.0, 4.0)
    other = await town.unit("P7", 1.0, 8.0, on=False)
    await town.hit(Ground.WANTED, entry=await town.wanted())
    alert = await the_alert(town)
    with pytest.raises(NotToldOfIt):
        await say(town, tablet(other), alert["id"], "seen")
    with pytest.raises(NotToldOfIt):
        await say(town, tablet(other), str(uuid4()), "seen")
    with pytest.raises(WrongRegion):
        await say(town, staff("elsewhere", DUTY.role, "02"), alert["id"], "seen")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await say(town, DUTY, str(uuid4()), "seen")
    assert (await say(town, DUTY, alert["id"], "seen"))["answers"][0]["account"] == str(DUTY.id)


async def test_a_refuted_hit_is_not_said_again_until_its_entry_is_another(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    alert = await the_alert(town)
    with pytest.raises(ReasonNeeded):
        await say(town, tablet(unit), alert["id"], "refuted")
    with pytest.raises(ReasonDoesNotFit):
        await say(town, tablet(unit), alert["id"], "refuted", reason="insured")
    done = await say(town, tablet(unit), alert["id"], "refuted", reason="list_wrong")
    assert done["state"] == "refuted"
    with pytest.raises(AlertOver):
        await say(town, DUTY, alert["id"], "confirmed", plate_matches=True, vehicle_matches=True)
    for _ in range(3):
        town.clock.advance(3600)
        await town.hit(Ground.WANTED, entry=entry)
    assert await alerts(town) == []
    assert (await left_out(town))["refuted"] == 3
    await watch.revoke(town.store, SUPERVISOR, entry, uuid4(), "ошибка")
    town.clock.advance(3600)
    await town.hit(Ground.WANTED, entry=await town.wanted())
    assert len(await alerts(town)) == 1


async def test_a_misread_is_left_alone_for_hours_only(town: Town) -> None:
    """The plate belongs to a car that is still looked for."""
    unit = await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    await say(town, tablet(unit), (await the_alert(town))["id"], "refuted", reason="other_plate")
    town.clock.advance(11 * 3600)
    await town.hit(Ground.WANTED, entry=entry)
    assert await alerts(town) == []
    town.clock.advance(2 * 3600)
    await town.hit(Ground.WANTED, entry=entry)
    assert len(await alerts(town)) == 1
    await forget(town.store)


async def test_insured_takes_away_that_ground_and_no_other(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"})
    await town.computed(Ground.UNPAID_FINES, {"count": 4, "sum_tenge": 90_000, "oldest": "2026-01-01"})
    await town.hit(Ground.UNINSURED | Ground.UNPAID_FINES)
    alert = await the_alert(town)
    assert "2026-09-01" in alert["grounds"][0]["why"]["ru"]
    left = await say(town, tablet(unit), alert["id"], "refuted", reason="insured")
    assert left["state"] == "unconfirmed"
    assert [ground["code"] for ground in left["grounds"]] == ["unpaid_fines"]
    assert left["action"] == "inform"
    town.clock.advance(60)
    await town.hit(Ground.UNINSURED | Ground.UNPAID_FINES, town.read(number=2))
    assert [ground["code"] for ground in (await the_alert(town))["grounds"]] == ["unpaid_fines"]
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-11-01"})
    town.clock.advance(60)
    await town.hit(Ground.UNINSURED | Ground.UNPAID_FINES, town.read(number=3))
    assert len((await the_alert(town))["grounds"]) == 2


# --- rates


async def test_rates_are_counted_by_camera_ground_source_and_reader(town: Town, client: Any) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    await say(town, tablet(unit), (await the_alert(town))["id"], "refuted", reason="other_plate")
    await town.hit(Ground.WANTED, town.read("555AAA02", number=2), entry=await town.wanted("555AAA02"))
    await say(town, DUTY, (await the_alert(town))["id"], "stopped", plate_matches=True, vehicle_matches=True)
    duty = await client.login("duty")
    rates = {(row["by"], row["key"]): row for row in (await duty.ok("GET", "/api/qorgau/rates"))["rates"]}
    wanted = rates["ground", "wanted"]
    assert (wanted["alerts"], wanted["answered"], wanted["refuted"], wanted["confirmed"]) == (2, 2, 1, 1)
    assert wanted["rate"] == 0.5
    assert wanted["reasons"] == {"other_plate": 1}
    assert rates["camera", "1"]["rate"] == 1.0
    assert rates["camera", "2"]["rate"] == 0.0
    assert rates["source", "УП Алматы"]["alerts"] == 2
    assert rates["reader", "jedel"]["answered"] == 2


async def test_pictures_are_for_the_unit_that_is_told_now(town: Town) -> None:
    unit = await town.unit("P2", 4.0, 4.0)
    reads = town.read(pictures=3)
    await town.hit(Ground.WANTED, reads, entry=await town.wanted())
    alert = await the_alert(town)
    read_id = UUID(alert["read"]["id"])
    assert alert["read"]["pictures"]["car"] == f"/api/qorgau/alerts/{alert['id']}/pictures/car?read={read_id}"
    async with town.store.reading() as tx:
        assert await alert_of_read(tx.conn, read_id) == {unit}
        assert await alert_of_read(tx.conn, uuid4()) == set()
        known = await answers.own(tx, tablet(unit), UUID(alert["id"]), told_now=True)
    assert answers.seen_at(known, None) == answers.seen_at(known, read_id)
    assert answers.seen_at(known, uuid4()) is None
