"""A school's report: what is required, what there is, what nobody knows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from jedel.cameras.compliance import model
from jedel.cameras.compliance.model import Held, report, rule_of, seen_share
from jedel.journal import Store
from tests.cameras.made import add_camera
from tests.support import Api

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = model.rules()[-1]

CAMERA = Held(
    id="1", number=1, name="Entrance", zone="entrance", state="up", fault=None, width=1920, height=1080,
    fps=25.0,    always=True, keep_days=30, kept_since=NOW - 31 * DAY, since=NOW - 200 * DAY, looked=True,
)  # fmt: skip


def school() -> list[Held]:
    """As it should be."""
    zones = [zone for zone, count in RULE.zones.items() for _ in range(count)]
    return [replace(CAMERA, number=n, zone=zone) for n, zone in enumerate(zones)]


def test_a_school_as_it_should_be() -> None:
    found = report(RULE, school(), NOW)
    assert found.met is True
    assert all(zone.met for zone in found.zones)


@pytest.mark.parametrize(
    ("change", "what", "met"),
    [
        ({"width": 640}, "resolution_met", False),
        ({"fps": 5.0}, "resolution_met", False),
        ({"fps": None}, "resolution_met", True),
        ({"width": None}, "resolution_met", None),
        ({"always": False}, "retention_met", False),
        ({"keep_days": 7}, "retention_met", False),
        ({"kept_since": NOW - 5 * DAY}, "retention_met", False),
        ({"kept_since": NOW - 5 * DAY, "since": NOW - 5 * DAY}, "retention_met", True),
        ({"kept_since": None}, "retention_met", None),
        ({"down": [(NOW - 2 * DAY, None)]}, "health_met", False),
        ({"down": [(NOW - 40 * DAY, NOW - 30.5 * DAY)]}, "health_met", True),
        ({"looked": False}, "health_met", None),
    ],
)
def test_one_camera_makes_the_difference(change: dict[str, object], what: str, met: bool | None) -> None:
    cameras = school()
    cameras[0] = replace(cameras[0], **change)  # type: ignore[arg-type]
    found = report(RULE, cameras, NOW)
    assert getattr(found.cameras[0], what) is met
    assert found.met is met


def test_a_zone_without_cameras() -> None:
    cameras = [each for each in school() if each.zone != "stairs"] + [replace(CAMERA, zone="street")]
    found = report(RULE, cameras, NOW)
    by_name = {zone.zone: zone for zone in found.zones}
    assert (by_name["stairs"].met, by_name["stairs"].found) == (False, 0)
    assert (by_name["street"].met, by_name["street"].required) == (None, None)
    assert found.met is False


def test_the_share_in_which_it_saw() -> None:
    down = [(NOW - 10 * DAY, NOW - 7 * DAY), (NOW - 31 * DAY, NOW - 29 * DAY)]
    assert seen_share(replace(CAMERA, down=down), NOW) == pytest.approx(1 - 4 / 30)
    assert seen_share(replace(CAMERA, since=NOW), NOW) is None
    assert seen_share(replace(CAMERA, down=[(NOW - 50 * DAY, None)]), NOW) == 0


def test_rules_have_dates() -> None:
    assert rule_of("school", date(2020, 1, 1)) is None
    assert rule_of("park", NOW.date()) is None
    assert model.rules()[0].since <= model.rules()[-1].since


async def test_the_report_by_the_api(client: Api, store: Store) -> None:
    site = uuid4()
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO site (id, region, map_id, kind, name_kk, name_ru, name_en, lon, lat, address,"
            " district_kk, district_ru, district_en, plan) VALUES"
            " (%s, '00', %s, 'school', 'М', 'Ш', 'S', 76.9, 43.2, 'Abay 1', '', '', '', '{}')",
            (site, uuid4()),
        )
    streams = Jsonb(
        [{"name": "main", "url": "rtsp://10.0.0.1/", "codec": "H264", "width": 640, "height": 360, "fps": 25}]
    )
    camera = await add_camera(store, site_id=site, zone="entrance", name="=Door", streams=streams)
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE camera SET created_at = now() - interval '10 days'")
        await tx.conn.execute(
            "INSERT INTO camera_state (camera_id, number, region, state, code, since, changed_at)"
            " SELECT id, number, region, 2, 'black', now(), now() FROM camera"
        )
        await tx.conn.execute(
            "INSERT INTO camera_fault (id, camera_id, region, code, since)"
            " VALUES (gen_random_uuid(), %s, '00', 'black', now() - interval '1 day')",
            (camera,),
        )
    seat = await client.login("supervisor")
    found = await seat.ok("GET", f"/api/sites/{site}/camera-compliance")
    assert found["met"] is False
    assert {zone["zone"]: zone["met"] for zone in found["zones"]}["entrance"] is True
    (each,) = found["cameras"]
    assert (each["state"], each["fault"], each["resolution_met"]) == ("down", "black", False)
    assert each["seen_share"] == pytest.approx(0.9, abs=0.01)
    table = await seat.get(f"/api/sites/{site}/camera-compliance", params={"form": "csv"})
    assert "'=Door" in table.text, "no spreadsheet takes a name for a formula"
    stranger = await client.login("elsewhere")
    assert (await stranger.get(f"/api/sites/{site}/camera-compliance")).status_code == 404
