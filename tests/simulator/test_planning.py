"""What the city plans from a seed, how cars move, and what a crew reads from its feed."""

from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.config import Address, Config, ConfigUnreadable, Device, read
from simulator.duty import Picture
from simulator.motion import Drive
from simulator.planning import FIRST_PRESS_S, answer, itinerary, metres, presses

DEVICES = [
    Device(str(n), "key", kind, kind)
    for n, kind in enumerate(["post", "panic_button", "panel", "panic_button"] * 5)
]
PLACES = [(68.0 + 0.001 * n, 47.0 + 0.0007 * (n % 7)) for n in range(40)]


def test_the_same_seed_presses_the_same_buttons() -> None:
    one = list(islice(presses(7, DEVICES, 240), 50))
    assert one == list(islice(presses(7, DEVICES[::-1], 240), 50))
    assert one != list(islice(presses(8, DEVICES, 240), 50))


def test_presses_come_at_the_rate_and_from_a_few_devices() -> None:
    found = list(islice(presses(7, DEVICES, 10, pool=6), 4000))
    assert found[-1].at_s / 4000 == pytest.approx(10, rel=0.1)
    assert all(a.at_s <= b.at_s for a, b in pairwise(found))
    assert len({press.device_id for press in found}) == 6
    kinds = {device.id: device.kind for device in DEVICES}
    assert {press.level for press in found if kinds[press.device_id] == "post"} <= {"help"}
    grave = sum(press.level == "lockdown" for press in found)
    assert 0 < grave < 0.06 * len(found)


def test_the_first_press_waits_for_its_visitor() -> None:
    assert next(presses(7, DEVICES, 240)).at_s == FIRST_PRESS_S
    assert next(presses(7, DEVICES, 0.5)).at_s < 1
    assert list(presses(7, [], 240)) == []


def test_an_itinerary_stays_among_its_places() -> None:
    way = list(islice(itinerary(7, "unit", PLACES), 200))
    assert way == list(islice(itinerary(7, "unit", PLACES[::-1]), 200))
    assert set(way) <= set(PLACES)
    assert all(a != b for a, b in pairwise(way))
    assert way != list(islice(itinerary(7, "other", PLACES), 200))
    assert list(islice(itinerary(7, "unit", PLACES[:1]), 3)) == PLACES[:1] * 3


def test_a_crew_answers_the_same_incident_alike() -> None:
    assert answer(7, "unit", "one") == answer(7, "unit", "one")
    assert answer(7, "unit", "one") != answer(7, "unit", "two")


@given(st.lists(st.sampled_from(PLACES), min_size=2, max_size=12), st.floats(1, 40))
def test_a_drive_ends_where_its_line_ends(line: list[tuple[float, float]], speed_ms: float) -> None:
    drive = Drive(line, speed_ms)
    end = drive.at(drive.seconds + 1)
    assert (end.lon, end.lat, end.speed_kmh) == (*line[-1], 0.0)
    start = drive.at(0)
    assert (start.lon, start.lat) == pytest.approx(line[0])
    last = line[0]
    for step in range(11):
        spot = drive.at(drive.seconds * step / 10)
        assert metres(last, (spot.lon, spot.lat)) <= drive.seconds / 10 * speed_ms + 1
        assert 0 <= spot.heading < 360
        last = spot.lon, spot.lat


def test_standing_goes_nowhere() -> None:
    drive = Drive.standing((68.0, 47.0))
    assert drive.seconds == 0
    assert (drive.at(100).lon, drive.at(100).speed_kmh) == (68.0, 0.0)


def _incident(state: str = "open", status: str = "assigned", unit: str = "u1", at: str = "2026-11-22") -> Any:
    return {
        "id": f"{state}-{at}",
        "number": 1,
        "state": state,
        "place": {"lon": 68.0, "lat": 47.0},
        "assignments": [{"unit_id": unit, "status": status, "assigned_at": at}],
    }


def _event(seq: int, **changed: Any) -> dict[str, Any]:
    return {"type": "event", "seq": seq, "changed": changed, "gone": {}}


def test_a_crew_reads_its_task_from_the_feed() -> None:
    picture = Picture("u1")
    assert picture.task() is None
    assert picture.take({"type": "snapshot", "seq": 5, "unit": {"id": "u1", "shift": None}, "incidents": []})
    assert picture.off_shift
    assert not picture.take({"type": "ping"})
    assert not picture.take(_event(5, incidents=[_incident()]))  # known already
    assert picture.take(
        _event(6, incidents=[_incident()], units=[{"id": "u2"}, {"id": "u1", "silent": True, "shift": {}}])
    )
    task = picture.task()
    assert task is not None
    assert (task.status, task.lon) == ("assigned", 68.0)
    assert (picture.silent, picture.off_shift) == (True, False)
    picture.take(_event(7, incidents=[_incident(status="released")]))
    assert picture.task() is None


def test_other_units_and_closed_incidents_are_no_task() -> None:
    picture = Picture("u1")
    incidents = [
        _incident(unit="u2"),
        _incident(state="closed"),
        _incident(at="2026-11-23"),
        _incident(at="2026-11-24"),
    ]
    picture.take({"type": "snapshot", "seq": 1, "unit": None, "incidents": incidents})
    task = picture.task()
    assert task is not None
    assert task.incident_id == "open-2026-11-23"
    picture.take({"type": "event", "seq": 2, "changed": {}, "gone": {"incidents": ["open-2026-11-23"]}})
    assert picture.task() is not None


def test_the_configuration_is_read_and_refused_clearly(tmp_path: Any) -> None:
    file = tmp_path / "devices.json"
    with pytest.raises(ConfigUnreadable, match="jedel up --demo"):
        read(file)
    file.write_text("{}")
    with pytest.raises(ConfigUnreadable, match="not the devices of a demo"):
        read(file)
    file.write_text(
        '{"url": "http://x/", "mqtt": {"host": "h", "port": 1}, "dc09": {"host": "h", "port": 2}, "devices": '
        '[{"id": "1", "key": "k", "kind": "panel", "name": "n", "account": "A1", "aes_key": null, "new": 1},'
        ' {"id": "2", "key": "k", "kind": "tablet", "name": "t", "unit_id": "u"}],'
        ' "units": [{"id": "u", "call_sign": "101"}], "more": true}'
    )
    config = read(file)
    assert isinstance(config, Config)
    assert (config.url, config.dc09, config.call_signs) == ("http://x", Address("h", 2), {"u": "101"})
    (panel,) = config.alarms
    assert (panel.transport, panel.levels, panel.key) == ("dc09", ("help", "lockdown"), "k")
    assert [tablet.id for tablet in config.tablets] == ["2"]
