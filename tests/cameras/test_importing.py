"""A file of cameras: what is taken, what is refused and why, and the same file again."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.cameras import pages, repository, search
from jedel.cameras.book import opened
from jedel.cameras.errors import ImportMalformed
from jedel.cameras.importing import cli, service
from jedel.cameras.importing import repository as importing
from jedel.cameras.importing.model import COLUMNS, Checker, Reject, Sites, Taken, sites_of, words_quickly
from jedel.cameras.importing.service import Done, Source, bring
from jedel.cameras.model import words
from jedel.journal import Connection, Store
from tests.conftest import Database
from tests.support import Api

NETWORKS = ["10.0.0.0/8"]
SOURCE = Source("system:test", "00", NETWORKS)
SITE = {
    "id": "00000000-0000-0000-0000-000000000045", "lon": 76.9, "lat": 43.2, "address": "Абая 1",
    "name": {"kk": "№45 мектеп", "ru": "Школа №45", "en": "School 45"},
}  # fmt: skip


def text(*rows: dict[str, Any], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row(nth: int = 1, **more: Any) -> dict[str, Any]:
    return {"external_id": f"k-{nth}", "name": f"Камера {nth}", "lon": 76.9, "lat": 43.2} | more


async def brought(store: Store, tmp_path: Path, content: str | bytes, source: Source = SOURCE) -> Done:
    file = tmp_path / "cameras.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return await bring(store, Sealer(tmp_path / "seal.key"), file, source)


def checker(*columns: str, region: str = "00") -> Checker:
    sites = sites_of([SITE])
    return Checker(columns, region, lambda asked: sites if asked == "00" else None, NETWORKS)


def checked(**cells: str) -> Taken | Reject:
    return checker(*cells).check(2, list(cells.values()))


GOOD = {"external_id": "1", "name": "n", "lon": "76.9", "lat": "43.2"}


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"external_id": ""}, "external_id", "missing"),
        ({"name": " "}, "name", "missing"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": "a\x00"}, "name", "text"),
        ({"lon": ""}, "lon", "missing"),
        ({"lon": "east"}, "lon", "not_a_number"),
        ({"lon": "181"}, "lon", "out_of_range"),
        ({"lat": "nan"}, "lat", "out_of_range"),
        ({"heading": "360"}, "heading", "out_of_range"),
        ({"floor": "1.5"}, "floor", "not_a_number"),
        ({"floor": "x"}, "floor", "not_a_number"),
        ({"kind": "cctv"}, "kind", "not_a_choice"),
        ({"zone": "roof"}, "zone", "not_a_choice"),
        ({"enabled": "perhaps"}, "enabled", "not_a_choice"),
        ({"keep_days": "0"}, "keep_days", "out_of_range"),
        ({"site": "Школа №46"}, "site", "no_such_site"),
        ({"site": "00000000-0000-0000-0000-000000000046"}, "site", "no_such_site"),
        ({"region": "02"}, "region", "no_such_region"),
        ({"main_url": "rtsp://8.8.8.8/"}, "main_url", "address_refused"),
        ({"sub_url": "rtsp://u:p@10.0.0.1/"}, "sub_url", "address_refused"),
        ({"main_url": "file:///etc/passwd"}, "main_url", "address_refused"),
        ({"onvif_url": "http://127.0.0.1/"}, "onvif_url", "address_refused"),
        ({"main_url": "rtsp://[::ffff:127.0.0.1]/"}, "main_url", "address_refused"),
        ({"main_url": "rtsp://10.0.0.1/", "source": "push"}, "main_url", "not_a_choice"),
    ],
)
def test_what_is_refused_and_why(cells: dict[str, str], column: str, reason: str) -> None:
    found = checked(**(GOOD | cells))
    assert found == Reject(2, column, found.reason)  # type: ignore[union-attr]
    assert found.reason == reason


def test_what_a_line_says() -> None:
    found = checked(
        **GOOD, site="№45 МЕКТЕП", zone="Corridor", floor="-1", plan_x="1,5", plan_y="",
        heading="0", fov="90", enabled="нет", main_url="rtsp://10.0.0.1/m", sub_url="rtsp://cam.local/s",
        recording="",
        keep_days="", user="u", password="p", owner="ДО",
    )  # fmt: skip
    assert isinstance(found, Taken)
    assert found.values["site_id"] == UUID(str(SITE["id"]))
    assert (found.values["zone"], found.values["floor"], found.values["plan_x"]) == ("corridor", -1, 1.5)
    assert (found.values["enabled"], found.values["recording"], found.values["keep_days"]) == (
        False,
        "off",
        30,
    )
    assert [each["url"] for each in found.streams or ()] == ["rtsp://10.0.0.1/m", "rtsp://cam.local/s"]
    assert {"45", "мектеп", "школа", "абая"} <= set(found.words)
    at_site = checked(external_id="1", name="n", site="Школа №45")
    assert isinstance(at_site, Taken)
    assert (at_site.values["lon"], at_site.values["lat"]) == (76.9, 43.2)


def test_two_sites_of_one_name_are_not_guessed() -> None:
    sites = sites_of([SITE, SITE | {"id": "00000000-0000-0000-0000-000000000046"}])
    one = Checker(["external_id", "name", "site"], "00", lambda _region: sites, NETWORKS)
    found = one.check(2, ["1", "n", "Школа №45"])
    assert isinstance(found, Reject)
    assert found.reason == "site_not_clear"


def test_the_same_id_twice_and_the_wrong_number_of_cells() -> None:
    one = checker(*GOOD)
    assert isinstance(one.check(2, list(GOOD.values())), Taken)
    again = one.check(3, list(GOOD.values()))
    assert isinstance(again, Reject)
    assert (again.line, again.column, again.reason) == (3, "external_id", "twice")
    short = one.check(4, ["1"])
    assert isinstance(short, Reject)
    assert short.reason == "cells"


def test_a_network_within_a_block_is_obeyed_to_the_last_address() -> None:
    one = Checker([*GOOD, "main_url"], "00", lambda _region: Sites({}, {}), ["10.0.0.0/30"])
    cells = list(GOOD.values())
    assert isinstance(one.check(2, ["a", *cells[1:], "rtsp://10.0.0.3/"]), Taken)
    assert isinstance(one.check(3, ["b", *cells[1:], "rtsp://10.0.0.4/"]), Reject)


@how(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("абв «№Школа45-,.әқ abz_7"), max_size=30))
def test_quick_words_are_words(name: str) -> None:
    assert set(words_quickly(name.replace("-", " "), "")) == set(words([name.replace("-", " ")]))


async def test_added_changed_unchanged(store: Store, tmp_path: Path) -> None:
    cells = {"main_url": "rtsp://10.0.0.1/m", "user": "u", "password": "секрет", "zone": "street"}
    first = text(*(row(nth, **cells) for nth in range(3)), row(3, name="", **cells))
    done = await brought(store, tmp_path, first)
    assert done.counts == {"added": 3, "changed": 0, "unchanged": 0, "rejected": 1}
    assert [(each.line, each.column, each.reason) for each in done.rejects] == [(5, "name", "missing")]
    async with store.reading() as tx:
        found = [each.camera for each in await search.find(tx.conn, pages.Asked("00", "камера"))]
    assert [each.external_id for each in found] == ["k-0", "k-1", "k-2"]
    assert opened(Sealer(tmp_path / "seal.key"), found[0]) == ("u", "секрет")
    assert "секрет".encode() not in (found[0].credentials or b"")
    again = await brought(store, tmp_path, first)
    assert again.counts == {"added": 0, "changed": 0, "unchanged": 3, "rejected": 1}
    fewer = text(row(0, name="Другое имя"), row(1))
    third = await brought(store, tmp_path, fewer)
    assert third.counts == {"added": 0, "changed": 1, "unchanged": 1, "rejected": 0}
    assert third.changed_ids == [found[0].id]
    async with store.reading() as tx:
        camera = await repository.find(tx.conn, found[0].id)
        assert camera is not None
        assert (camera.name, camera.zone, camera.streams) == ("Другое имя", "street", found[0].streams)
        assert camera.credentials == found[0].credentials, "what the file has no column for stays"
        assert len(await search.find(tx.conn, pages.Asked("00", "другое"))) == 1
        kinds = await (
            await tx.conn.execute("SELECT kind FROM journal WHERE kind LIKE 'cameras.%'")
        ).fetchall()
    assert len(kinds) == 2, "nothing new is not written down"


async def test_another_regions_lines_only_from_the_command_line(store: Store, tmp_path: Path) -> None:
    content = text(row(1, region="02"), row(2, region=""), row(3, region="77"))
    with pytest.raises(ImportMalformed):
        await brought(store, tmp_path, content)
    done = await brought(store, tmp_path, content, Source("system:test", "00", NETWORKS, one_region=False))
    assert (done.added, [each.reason for each in done.rejects]) == (2, ["no_such_region"])


async def test_a_camera_that_went_elsewhere_is_left_alone(store: Store, tmp_path: Path) -> None:
    content = text(row(1), row(2), row(3))
    await brought(store, tmp_path, content)
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE camera SET region = '02', name = 'theirs' WHERE external_id = 'k-1'")
        await tx.conn.execute("UPDATE camera SET external_id = 'new' WHERE external_id = 'k-2'")
    done = await brought(store, tmp_path, content)
    assert done.counts == {"added": 0, "changed": 0, "unchanged": 1, "rejected": 2}
    assert [(each.line, each.column, each.reason) for each in done.rejects] == [
        (2, "external_id", "elsewhere"), (3, "external_id", "elsewhere"),
    ]  # fmt: skip
    async with store.reading() as tx:
        found = await search.find(tx.conn, pages.Asked("02"))
    assert [each.camera.name for each in found] == ["theirs"]


async def test_a_camera_that_was_added_by_hand_while_its_line_was_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, added = importing.known, False

    async def seen(conn: Connection, keys: Any) -> Any:
        nonlocal added
        found = await known(conn, keys)
        if not added:
            added = True
            async with store.transaction() as tx:
                await tx.conn.execute(
                    "INSERT INTO camera (id, external_id, region, name, kind, lon, lat, created_at,"
                    " updated_at) VALUES (%s, 'k-2', '00', 'by hand', 'fixed', 1, 1, now(), now())",
                    (uuid4(),),
                )
        return found

    monkeypatch.setattr(importing, "known", seen)
    done = await brought(store, tmp_path, text(row(1), row(2)))
    assert done.counts == {"added": 1, "changed": 0, "unchanged": 0, "rejected": 1}
    assert [(each.line, each.reason) for each in done.rejects] == [(3, "elsewhere")]
    again = await brought(store, tmp_path, text(row(2), row(1)))
    assert again.counts == {"added": 0, "changed": 1, "unchanged": 1, "rejected": 0}


async def test_many_lines_come_in_batches(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PIECE", 3)
    monkeypatch.setattr(service, "PIECES", 2)
    rows = [row(nth, lon="x" if nth % 5 == 4 else 76.9) for nth in range(20)]
    done = await brought(store, tmp_path, text(*rows))
    assert done.counts == {"added": 16, "changed": 0, "unchanged": 0, "rejected": 4}
    assert [each.line for each in done.rejects] == [6, 11, 16, 21]
    async with store.reading() as tx:
        entries = await (
            await tx.conn.execute(
                "SELECT payload::json FROM journal WHERE kind = 'cameras.imported' ORDER BY seq"
            )
        ).fetchall()
    assert [each["payload"]["data"]["lines"] for each in entries] == [[2, 7], [8, 13], [14, 19], [20, 20]]
    assert (await brought(store, tmp_path, text(*rows))).counts["unchanged"] == 16


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"external_id,name\n1,2\n", b"external_id,name,lon,lat,colour\n", b"\xff\xfe\x00",
        b"name,lon,lat\n", b"external_id,name,name,lon,lat\n", b"PK\x03\x04" + bytes(100),
    ],
)  # fmt: skip
async def test_what_is_no_such_file(store: Store, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImportMalformed):
        await brought(store, tmp_path, content)


async def test_broken_text_is_one_lines_fault(store: Store, tmp_path: Path) -> None:
    good = text(row(1), row(2), delimiter=";").encode("utf-8-sig")
    content = good + b"k-3;\xff\xfe;1;1\r\n" + b"k-4;\x00;1;1\r\n" + "k-5;Соңғы;1;1\r\n".encode()
    done = await brought(store, tmp_path, content)
    assert (done.added, done.rejected) == (3, 2)
    assert {each.reason for each in done.rejects} == {"text"}


@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=6), max_size=5),
    st.sampled_from(",;\t"),
)
def test_any_cells_are_taken_or_refused(rows: list[list[str]], delimiter: str) -> None:
    one = checker("external_id", "name", "site", "zone", "main_url", "floor")
    for line, cells in enumerate(rows, 2):
        assert isinstance(one.check(line, cells), Taken | Reject)
    assert delimiter in ",;\t"


async def test_by_the_console(client: Api) -> None:
    admin, supervisor = await client.login("admin"), await client.login("supervisor")
    content = text(row(1), row(2, lon="x"))
    assert (await supervisor.post("/api/cameras/import", content=content)).status_code == 403
    done = await admin.ok("POST", "/api/cameras/import", content=content)
    assert (done["added"], done["rejected"]) == (1, 1)
    assert done["rejects"] == [{"line": 3, "column": "lon", "reason": "not_a_number"}]
    wrong = await admin.post("/api/cameras/import", content="a,b\n")
    assert wrong.json()["code"] == "camera_import_malformed"
    assert COLUMNS[1] in wrong.json()["title"]


async def test_by_the_command_line(
    database: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text(row(1), row(2, lat="99")))

    def run() -> int:
        return cli.cameras_import(database.url, Sealer(settings.seal_key), NETWORKS, file, "00")

    assert await asyncio.to_thread(run) == 2
    assert "added 1, changed 0, unchanged 0, rejected 1" in capsys.readouterr().out
    rejects = tmp_path / "list.csv.rejects.csv"
    assert rejects.read_text().splitlines() == ["line,column,reason", "3,lat,out_of_range"]
    assert rejects.stat().st_mode & 0o777 == 0o600
    file.write_text("nothing")
    assert await asyncio.to_thread(run) == 1
    assert "not imported" in capsys.readouterr().err
