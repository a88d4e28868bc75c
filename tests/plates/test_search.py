"""Searching among reads: what is found, what is on record, and what nobody gets round."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates.store.search import repository
from tests.lookups.world import journal
from tests.plates.made import read
from tests.plates.stored import camera, ids, keep, search
from tests.support import Api
from tests.support.seed import OTHER_REGION

SEARCH, TWO_PLACES = "/api/plates/search", "/api/plates/search/two-places"
MINUTE = timedelta(minutes=1)


def found(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["reads"]]


async def test_a_plate_where_and_when_with_everything_that_was_seen(
    client: Api, store: Store, clock: ManualClock
) -> None:
    number, at = await camera(store, "Абая — Сейфуллина"), clock.now() - MINUTE
    seen = read(
        *("123ABC02", at, number),
        speed_dkmh=613,
        heading_cdeg=12_340,
        pictures=3,
        reader=2,
        confidence=93,
        weakest=71,
    )
    older = read("123ABC02", at - MINUTE, number, pictures=1)
    await keep(store, [seen, read("123ABC01", at, number)])
    await keep(store, [older], grounds=1 | 64)
    seat = await client.login("duty")
    answer = await seat.ok("POST", SEARCH, json=search(plate="123 авс 02"))
    assert found(answer) == ids([seen, older])
    assert (answer["state"], answer["more"], answer["limited_to"]) == ("granted", False, None)
    first, second = answer["reads"]
    assert (first["plate"], first["series"], first["region"]) == ("123ABC02", "private", "02")
    assert datetime.fromisoformat(first["at"]) == at
    assert first["camera"] | {"id": None} == {
        "number": number, "id": None, "name": "Абая — Сейфуллина", "lon": 76.9, "lat": 43.25, "heading": 90.0,
    }  # fmt: skip
    assert (first["speed_kmh"], first["heading"], first["reader"]) == (61.3, 123.4, "onvif")
    assert (first["confidence"], first["weakest"], first["frames"]) == (93, 71, 3)
    assert (first["grounds"], second["grounds"]) == ([], ["wanted", "looks_differ"])
    assert (second["speed_kmh"], second["heading"]) == (
        None,
        90.0,
    )  # the camera's way, where the car's is not known
    assert first["pictures"]["car"].startswith(f"/api/plates/reads/{seen['id']}/pictures/car?")
    assert second["pictures"]["car"] is None


async def test_nothing_is_read_without_a_reason_and_every_search_is_on_record(
    client: Api, store: Store, clock: ManualClock
) -> None:
    number = await camera(store)
    await keep(store, [read("123ABC02", clock.now() - MINUTE, number)])
    seat = await client.login("operator")
    for bad, code in (
        ({"case_number": None}, "case_needed"),
        ({"purpose": "curiosity"}, "purpose_unknown"),
        ({"purpose": "roadside"}, "purpose_unknown"),  # a look at the register will do there
        ({"purpose": "third_party"}, "purpose_blocked"),
        ({"purpose": "incident"}, "incident_needed"),
        ({"purpose": "incident", "incident_id": str(uuid4())}, "incident_needed"),
    ):
        answer = await seat.post(SEARCH, json=search(plate="123ABC02") | bad)
        assert answer.json()["code"] == code, bad
    assert await journal(store, "plates.searched") == []
    asked = search(plate="123ABC02", cameras=[number], near_misses=True)
    await seat.ok("POST", SEARCH, json=asked)
    (entry,) = await journal(store, "plates.searched")
    assert entry["actor"].startswith("account:")
    assert (
        entry["data"] | {"asked": "123ABC02", "by": "plate", "cameras": [number], "near_misses": True}
        == entry["data"]
    )
    assert entry["data"]["case_number"] == asked["case_number"]
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT register, asked_by, asked FROM look_up")
        assert await cursor.fetchall() == [{"register": "reads", "asked_by": "plate", "asked": "123ABC02"}]


async def test_one_id_is_one_search(client: Api, store: Store, clock: ManualClock) -> None:
    """Who was allowed one plate, one time or one camera does not read another by it; pages are the same."""
    number = await camera(store)
    said = [read("123ABC02", clock.now() - n * MINUTE, number) for n in range(1, 6)]
    await keep(store, said)
    seat, asked = await client.login("duty"), search(plate="123ABC02", limit=2)
    pages, before = [], None
    while True:
        answer = await seat.ok("POST", SEARCH, json=asked | ({"before": before} if before else {}))
        pages += found(answer)
        if not answer["more"]:
            break
        before = answer["reads"][-1]["at"]
    assert pages == ids(said)
    assert len(await journal(store, "plates.searched")) == 1
    since = (clock.now() - timedelta(days=2)).isoformat()
    for other in ({"plate": "123ABC01"}, {"cameras": [number]}, {"since": since}, {"near_misses": True}):
        answer = await seat.post(SEARCH, json=asked | other)
        assert (answer.status_code, answer.json()["code"]) == (409, "other_question"), other
    colleague = await client.login("operator")
    assert (await colleague.post(SEARCH, json=asked)).json()["code"] == "other_question"
    clock.advance(16 * 60)
    assert (await seat.post(SEARCH, json=asked)).json()["code"] == "answer_expired"


async def test_wildcards_and_one_wrong_sign(client: Api, store: Store, clock: ManualClock) -> None:
    number, seat = await camera(store), await client.login("duty")
    plates = ("123ABC02", "123ABC05", "128ABC02", "12ABC02", "123ABBC02", "12?ABC02", "999XYZ02", "124ABD02")
    await keep(store, [read(plate, clock.now() - MINUTE, number) for plate in plates])

    async def plates_of(**asked: Any) -> set[str]:
        answer = await seat.ok("POST", SEARCH, json=search(**asked))
        return {each["plate"] for each in answer["reads"]}

    assert await plates_of(plate="123ABC0?") == {"123ABC02", "123ABC05"}
    assert await plates_of(plate="123*") == {"123ABC02", "123ABC05", "123ABBC02"}
    assert await plates_of(plate="*xyz*") == {"999XYZ02"}
    assert await plates_of(plate="1???b?02") == {"123ABC02", "128ABC02", "12?ABC02", "124ABD02"}
    assert await plates_of(plate="123ABC02", near_misses=True) == {
        *("123ABC02", "123ABC05", "128ABC02", "12ABC02", "123ABBC02", "12?ABC02"),
    }
    assert (await seat.post(SEARCH, json=search(plate="1*"))).json()["code"] == "plates_pattern_open"
    for bad in ("12%;", "1" * 200, "%%%"):
        answer = await seat.post(SEARCH, json=search(plate=bad))
        assert answer.json()["code"] == "plates_plate_not_possible"
    assert (await seat.post(SEARCH, json=search())).json()["code"] == "plates_plate_or_camera_needed"


async def test_by_camera_and_time(client: Api, store: Store, clock: ManualClock) -> None:
    one, other = await camera(store, "A"), await camera(store, "B")
    now = clock.now()
    said = [read(f"10{n}ABC02", now - n * MINUTE, one) for n in range(1, 6)]
    await keep(store, [*said, read("200ABC02", now - 2 * MINUTE, other)])
    seat = await client.login("duty")
    span = {"since": (now - 4 * MINUTE).isoformat(), "until": (now - MINUTE).isoformat()}
    assert found(await seat.ok("POST", SEARCH, json=search(cameras=[one], **span))) == ids(said[1:4])
    # many at the very same moment are not parted by a page
    same = [read(f"30{n}ABC02", now - 10 * MINUTE, other) for n in range(4)]
    await keep(store, [*same, read("400ABC02", now - 9 * MINUTE, other)])
    asked = search(cameras=[other], limit=3)
    first = await seat.ok("POST", SEARCH, json=asked)
    assert [each["plate"] for each in first["reads"]] == ["200ABC02", "400ABC02"]
    assert first["more"]
    second = await seat.ok("POST", SEARCH, json=asked | {"limit": 10, "before": first["reads"][-1]["at"]})
    assert set(found(second)) == set(ids(same))


async def test_nobody_sees_another_regions_cameras(client: Api, store: Store, clock: ManualClock) -> None:
    own, far = await camera(store), await camera(store, region=OTHER_REGION)
    at = clock.now() - MINUTE
    near_by, far_away = read("123ABC02", at, own), read("123ABC02", at, far)
    await keep(store, [near_by, far_away, read("123ABC02", at, 9999)])  # and of a camera that is none
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    assert found(await duty.ok("POST", SEARCH, json=search(plate="123ABC02"))) == ids([near_by])
    assert found(await duty.ok("POST", SEARCH, json=search(cameras=[far]))) == []
    assert found(await duty.ok("POST", SEARCH, json=search(plate="123ABC02", cameras=[far, 9999]))) == []
    assert found(await elsewhere.ok("POST", SEARCH, json=search(plate="123ABC02"))) == ids([far_away])
    both = {"a": {"cameras": [own]}, "b": {"cameras": [far]}, "within_s": 600}
    assert (await duty.ok("POST", TWO_PLACES, json=search(**both)))["pairs"] == []


@pytest.mark.parametrize(
    ("login", "days"), [("officer", 1), ("operator", 1), ("duty", 30), ("supervisor", 365)]
)
async def test_how_far_back_depends_on_the_role_whatever_is_asked(
    client: Api, store: Store, clock: ManualClock, login: str, days: int
) -> None:
    """since, until, before, another page, two places: none of them reaches behind the role's time."""
    number, other = await camera(store), await camera(store, "B", lon=77.0)
    now = clock.now()
    edge = now - timedelta(days=days)
    inside, outside = read("123ABC02", edge + 5 * MINUTE, number), read("123ABC02", edge - MINUTE, number)
    late = [read("123ABC02", edge - 2 * MINUTE, other)]
    await keep(store, [inside, outside, *late], grounds=1)
    seat = await client.login(login)
    long_ago = (now - timedelta(days=3000)).isoformat()
    for asked in (
        {"plate": "123ABC02"},
        {"plate": "123ABC02", "since": long_ago},
        {"plate": "123*", "since": long_ago},
        {"plate": "123ABC02", "near_misses": True, "since": long_ago},
        {"cameras": [number, other], "since": long_ago},
        {"plate": "123ABC02", "since": long_ago, "until": (now + timedelta(days=400)).isoformat()},
    ):
        answer = await seat.ok("POST", SEARCH, json=search(**asked))
        assert found(answer) == ids([inside]), asked
        limited = answer["limited_to"]
        assert (limited is not None) == ("since" in asked)
        assert limited is None or datetime.fromisoformat(limited) == edge
    for asked in (
        {"since": long_ago, "until": edge.isoformat()},
        {"since": long_ago, "before": edge.isoformat()},
        {"before": (edge - MINUTE / 2).isoformat()},
    ):
        assert found(await seat.ok("POST", SEARCH, json=search(plate="123ABC02", **asked))) == []
    both = {"a": {"cameras": [number]}, "b": {"cameras": [other]}, "within_s": 86_400, "since": long_ago}
    assert (await seat.ok("POST", TWO_PLACES, json=search(**both)))["pairs"] == []
    if login in ("duty", "supervisor"):  # keeping it for a case is no way round either
        body = {
            "id": str(uuid4()), "plate": "123ABC02", "at": (edge - MINUTE).isoformat(),
            "case_number": "26-1", "until": (now + timedelta(days=9)).date().isoformat(),
        }  # fmt: skip
        answer = await seat.post(f"/api/plates/reads/{outside['id']}/evidence", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_two_places_within_an_interval(client: Api, store: Store, clock: ManualClock) -> None:
    a = await camera(store, "A", lon=76.90)
    b = await camera(store, "B", lon=76.95)
    far = await camera(store, "C", lon=77.20)
    now = clock.now()

    def at(minutes: float, plate: str, number: int) -> dict[str, Any]:
        return read(plate, now - timedelta(minutes=minutes), number)

    closest = [at(30, "111AAA02", a), at(26, "111AAA02", b)]
    await keep(
        store,
        [
            *closest, at(50, "111AAA02", a), at(25, "111AAA02", b),
            at(40, "222AAA02", b), at(33, "222AAA02", a),  # the other way round
            at(60, "333AAA02", a), at(45, "333AAA02", b),  # too long between
            at(20, "444AAA02", a), at(19, "444AAA02", far),
            at(10, "555AAA02", a), at(9, "555AAA02", a),  # one place twice
        ],
    )  # fmt: skip
    seat = await client.login("duty")
    asked = {"a": {"cameras": [a]}, "b": {"lon": 76.95, "lat": 43.25, "radius_m": 500}, "within_s": 600}
    answer = await seat.ok("POST", TWO_PLACES, json=search(**asked))
    assert [(pair["plate"], pair["seconds"]) for pair in answer["pairs"]] == [
        ("111AAA02", 240),
        ("222AAA02", 420),
    ]
    first = answer["pairs"][0]
    assert [first["a"]["id"], first["b"]["id"]] == ids(closest)
    assert (first["a"]["camera"]["number"], first["b"]["camera"]["number"]) == (a, b)
    assert not answer["more"]
    one = await seat.ok("POST", TWO_PLACES, json=search(**asked, limit=1))
    assert ([pair["plate"] for pair in one["pairs"]], one["more"]) == (["111AAA02"], True)
    same = {"a": {"cameras": [a]}, "b": {"cameras": [a]}, "within_s": 600}
    assert (await seat.ok("POST", TWO_PLACES, json=search(**same)))["pairs"] == []
    (entry, *_) = await journal(store, "plates.searched")
    assert entry["data"]["by"] == "two_places"
    assert entry["data"]["b"] == {"cameras": [], "lon": 76.95, "lat": 43.25, "radius_m": 500.0}
    wrong: list[dict[str, object]] = [{}, {"cameras": [a], "lon": 1}, {"lon": 76.9, "lat": 43.2}]
    for bad in wrong:
        assert (await seat.post(TWO_PLACES, json=search(**asked) | {"a": bad})).status_code == 422


async def test_a_place_is_read_from_the_index_alone(store: Store, clock: ManualClock) -> None:
    number = await camera(store)
    await keep(store, [read(f"{n:03d}ABC02", clock.now() - MINUTE, number) for n in range(99)])
    since, until = clock.now() - 2 * MINUTE, clock.now()
    values = {"a": [number], "since": since, "until": until, "most": 9}
    async with store.reading() as tx:
        # of 99 reads PostgreSQL reads the table; of 99 in two million it has the choice
        await tx.conn.execute("SELECT set_config('enable_seqscan', 'off', true)")
        await tx.conn.execute("SELECT set_config('enable_bitmapscan', 'off', true)")
        await tx.conn.execute("SELECT set_config('enable_indexscan', 'off', true)")
        cursor = await tx.conn.execute(f"EXPLAIN {repository.SIDE.format('a')}", values)
        plan = "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())
        options = await tx.conn.execute(
            "SELECT DISTINCT reloptions FROM pg_inherits JOIN pg_class ON oid = inhrelid"
            " WHERE relkind = 'r' AND relname LIKE 'plate_read_%%'"
        )
        kept = [row["reloptions"] for row in await options.fetchall()]
    assert "Index Only Scan" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert kept == [["autovacuum_vacuum_insert_threshold=100000", "autovacuum_vacuum_insert_scale_factor=0"]]


async def test_what_takes_too_long_is_stopped(
    client: Api, store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await camera(store)
    await keep(store, [read(f"{n:03d}ABC02", clock.now() - MINUTE, number) for n in range(999)])
    monkeypatch.setattr(repository, "SIDE_MAX", 500)
    seat = await client.login("duty")
    both = {"a": {"cameras": [number]}, "b": {"cameras": [number]}, "within_s": 600}
    assert (await seat.post(TWO_PLACES, json=search(**both))).json()["code"] == "plates_search_too_broad"
    monkeypatch.setattr(repository, "TIMEOUT_MS", 1)
    asked = {"cameras": [number], "plate": "*ABC*"}
    answer = await seat.post(SEARCH, json=search(**asked))
    assert answer.is_success or answer.json()["code"] == "plates_search_too_broad"
