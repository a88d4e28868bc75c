"""Traffic: the same for a seed, physically possible, true to the registers, and scored rightly."""

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from jedel.plates import codec, looks
from jedel.plates import keys as jedel_keys
from jedel.plates.drivers.jsonreads import decode
from jedel.plates.drivers.mapping import paths
from jedel.plates.model import parse
from simulator.registers import make, names, numbers
from simulator.traffic import Ground, Kind, Mistakes, Mix, Rules, Traffic, city_roads, extract_roads, generate
from simulator.traffic.book import read_book
from simulator.traffic.drives import make_rounds, place_cameras
from simulator.traffic.keys import keys
from simulator.traffic.truth import clashes, fastest_s, score, to_find, true_of
from simulator.traffic.wire import RECORD, ids, records, said
from simulator.traffic.world import make_world
from tests.places.osm_files import town

KZ = Path(__file__).parents[2] / "jedel" / "jurisdictions" / "kz"
ROADS = cache(city_roads)


@cache
def busy() -> Traffic:
    """An hour of 5,000 cars past 40 cameras, with many clones."""
    return generate(3, 5_000, 40, 3_600.0, roads=ROADS(), mix=Mix(clone=0.01))


def test_a_seed_gives_the_same_reads() -> None:
    first, again, other = (generate(seed, 300, 8, 900.0, roads=ROADS()) for seed in (5, 5, 6))
    assert first.reads.tobytes() == again.reads.tobytes()
    assert first.cars.tobytes() == again.cars.tobytes()
    assert first.reads.tobytes() != other.reads.tobytes()


def test_windows_have_every_passing_once() -> None:
    world = make_world(5, 300, 8, roads=ROADS(), mistakes=Mistakes(missed=0.0))
    whole = world.reads(0, 3_600)
    parts = np.concatenate([world.reads(begin, begin + 450) for begin in range(0, 3_600, 450)])
    assert len(whole) > 200
    assert np.array_equal(whole["true_us"], parts["true_us"])
    assert np.array_equal(whole["car"], parts["car"])
    assert np.all(np.diff(parts["true_us"]) >= 0)


def test_as_many_reads_come_as_were_asked_for() -> None:
    traffic = generate(5, 4_000, 30, 600.0, roads=ROADS(), reads_per_s=5.0)
    assert len(traffic.reads) / 600 == pytest.approx(5.0, rel=0.1)


def test_nobody_is_faster_than_a_quarter_above_the_limit() -> None:
    reads, world = busy().reads, busy().world
    order = np.lexsort((reads["true_us"], reads["car"]))
    first, second = order[:-1], order[1:]
    same = reads["car"][first] == reads["car"][second]
    first, second = first[same], second[same]
    seconds = (reads["true_us"][second] - reads["true_us"][first]) / 1e6
    least = fastest_s(world, reads["camera"][first] - 1, reads["camera"][second] - 1)
    assert len(first) > 5_000
    assert np.all(seconds >= least * 0.799)


def test_cameras_stand_where_cars_drive_and_apart() -> None:
    cameras, reads = busy().cameras, busy().reads
    assert list(cameras["number"]) == list(range(1, 41))
    assert len(np.unique(reads["camera"])) == 40
    turn = np.abs((reads["heading"] - cameras["heading"][reads["camera"] - 1] + 180) % 360 - 180)
    assert np.quantile(turn, 0.99) < 10
    error = reads["at_us"] - reads["true_us"]
    assert np.array_equal(error, cameras["clock_ms"][reads["camera"] - 1] * 1_000)


def test_a_city_has_only_so_many_places_for_cameras() -> None:
    world = busy().world
    with pytest.raises(ValueError, match="cameras on"):
        place_cameras(
            world.roads,
            make_rounds(world.roads, 8, np.random.default_rng(1)),
            100_000,
            np.random.default_rng(1),
        )


def test_an_extract_has_the_roads_of_its_city(tmp_path: Path) -> None:
    roads = extract_roads(town().write(tmp_path / "town.osm.pbf"))
    assert len(roads.start) > 4
    assert np.isfinite(roads.fastest(np.arange(len(roads.start)))).all()


def test_plates_are_encoded_as_the_centre_encodes_them() -> None:
    plates = np.unique(np.concatenate([busy().cars["plate"], busy().reads["plate"]]))
    assert np.array_equal(keys(plates), jedel_keys.keys(plates))
    assert np.array_equal(busy().reads["key"], jedel_keys.keys(busy().reads["plate"]))


def test_every_plate_of_the_register_is_possible_and_of_its_series() -> None:
    places = np.arange(20_000)
    series = numbers.series_of(places)
    for plate, nth in zip(numbers.plates(places).tolist(), series.tolist(), strict=True):
        parsed = parse(plate.decode())
        assert parsed.possible, plate
        assert parsed.series == numbers.SERIES[nth].name
    shares = np.bincount(series) / len(series)
    assert shares == pytest.approx([each.share for each in numbers.SERIES], abs=0.01)


def test_impossible_plates_are_and_all_others_are_not() -> None:
    cars = generate(4, 2_000, 4, 1.0, roads=ROADS(), mix=Mix(impossible=0.05, foreign=0.05)).cars
    for car in cars:
        assert parse(car["plate"].decode()).possible == (car["kind"] != Kind.IMPOSSIBLE)


def test_grounds_are_those_of_the_registers_by_the_centres_settings() -> None:
    settings = json.loads((KZ / "watch.json").read_text("utf-8"))["settings"][0]
    rules = Rules()
    assert rules.grace_days == settings["uninsured"]["grace_days"]
    assert (rules.fines, rules.tenge) == (
        settings["unpaid_fines"]["count"],
        settings["unpaid_fines"]["sum_tenge"],
    )
    assert rules.due_days == settings["unpaid_fines"]["due_days"]
    assert (rules.offences, rules.period_days) == (
        settings["systematic"]["count"],
        settings["systematic"]["period_days"],
    )
    plan = make.Plan(3_000, 7)
    book, cars = read_book(plan, rules), next(make.vehicles(plan))
    nth = 1_234
    assert cars["make"][nth].as_py() == names.MAKES[book.make[nth] - 1]
    assert cars["class"][nth].as_py() == names.CLASSES[book.body[nth] - 1]
    policies = {row["plate"]: row["until"] for row in next(make.insurance(plan)).to_pylist()}
    grounds = book.grounds(plan, rules)
    bare = 0
    for place, plate in enumerate(numbers.plates(np.arange(3_000)).tolist()):
        until = policies.get(plate.decode())
        late = until is None or (plan.today - until).days > rules.grace_days
        late = late and names.CLASSES[book.body[place] - 1] != "trailer" and book.state[place] == 0
        assert bool(grounds[place] & Ground.UNINSURED) == late
        bare += late
    assert 60 < bare < 180


def test_the_same_register_on_another_day() -> None:
    plan = make.Plan(2_000, 7, date(2027, 3, 1))
    share = np.mean(read_book(plan, Rules()).grounds(plan, Rules()) & Ground.UNINSURED > 0)
    assert 0.02 < share < 0.06


def test_clones_drive_while_their_victims_do() -> None:
    traffic = busy()
    cars = traffic.cars
    clones = np.flatnonzero(cars["kind"] == Kind.CLONE)
    assert len(clones) == 50
    victims = cars["victim"][clones]
    assert np.array_equal(cars["plate"][clones], cars["plate"][victims])
    assert np.all(cars["kind"][victims] == Kind.HONEST)
    differ = cars["grounds"][clones] & Ground.LOOKS_DIFFER > 0
    assert 10 < differ.sum() < 40
    assert np.array_equal(differ, cars["make"][clones] != cars["make"][victims])
    found = clashes(traffic.world, traffic.reads)
    assert len(found) > 50
    assert set(traffic.reads["plate"][found["first"]]) <= set(cars["plate"][clones])


def test_cameras_err_as_often_as_is_said() -> None:
    reads, cars = busy().reads, busy().cars
    assert np.mean(reads["misread"]) == pytest.approx(Mistakes().misread, rel=0.2)
    wrong = reads["plate"] != cars["plate"][reads["car"]]
    assert np.array_equal(wrong, reads["misread"])
    assert np.median(reads["weakest"][reads["misread"]]) < 60
    seen = reads["make"] > 0
    assert np.mean(~seen) == pytest.approx(Mistakes().make_unseen, rel=0.1)
    assert np.mean(reads["make"][seen] != cars["make"][reads["car"]][seen]) == pytest.approx(0.03, rel=0.2)


def test_the_score_of_who_knows_everything_and_of_who_knows_nothing() -> None:
    traffic = busy()
    everything, nothing = score(traffic, to_find(traffic)), score(traffic, {})
    assert all((each.precision, each.recall) == (1.0, 1.0) for each in everything.values())
    assert {code for code, each in nothing.items() if each.recall == 0.0} == {
        ground.code for ground in Ground
    }
    said_of_all = {ground.code: true_of(traffic)[ground.code] | {"123ABC02"} for ground in Ground}
    assert all(each.wrong == 1 for each in score(traffic, said_of_all).values())


def test_records_are_the_centres() -> None:
    assert RECORD == codec.READ
    reads = busy().reads
    made = records(
        reads,
        [looks.make(word) for word in names.MAKES],
        [looks.colour(word) for word in names.COLOURS],
        [looks.body(word) for word in names.CLASSES],
    )
    assert len(np.unique(made["id"])) == len(reads)
    assert all(UUID(bytes=raw).version == 8 for raw in made["id"][:100].tolist())
    assert np.array_equal(made["plate"], jedel_keys.keys(reads["plate"]))
    assert np.all(made["make"][reads["make"] > 0] > 0)
    assert len(ids(reads)) == len(reads)


def test_json_is_what_the_centre_reads() -> None:
    reads = busy().reads[:200]
    decoded = decode(json.dumps({"reads": [said(read) for read in reads]}).encode(), paths({}))
    assert decoded.malformed is None
    for read, heard in zip(reads, decoded.reads, strict=True):
        assert not isinstance(heard, str)
        assert heard.wrong == []
        assert heard.plate == read["plate"].decode()
        assert heard.at_us == read["at_us"]
        assert (heard.confidence, heard.frames) == (read["confidence"], read["frames"])
        assert looks.make(heard.make) > 0 or read["make"] == 0


def test_a_register_can_be_too_small() -> None:
    with pytest.raises(ValueError, match="too small"):
        make_world(1, 3_000, 4, roads=ROADS(), vehicles=2_000, start=datetime(2026, 11, 1, tzinfo=UTC))
