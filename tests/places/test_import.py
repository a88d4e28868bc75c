"""A map comes into force as a whole or not at all."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from jedel.journal import Store
from jedel.kernel.errors import Problem
from jedel.kernel.geo import Point
from jedel.places import Networks, repository, sites
from jedel.places.importer import import_map
from jedel.places.jobs import LEFTOVER_S, jobs, sweep
from jedel.places.model import SiteKind
from jedel.places.network.mapfile import BASEMAP_FILE, GRAPH_FILE, folder
from tests.conftest import Database
from tests.places.osm_files import at, town
from tests.support.waiting import eventually

TABLES = ("district", "street", "crossroad", "address")


async def _counts(store: Store) -> dict[str, int]:
    found = {}
    async with store.reading() as tx:
        for table in (*TABLES, "map", "site"):
            row = await (await tx.conn.execute(f"SELECT count(*) AS n FROM {table}")).fetchone()
            assert row is not None
            found[table] = row["n"]
    return found


async def test_an_import_brings_rows_files_and_a_journal_entry(store: Store, tmp_path: Path) -> None:
    steps: list[str] = []
    done = await import_map(
        store, tmp_path, town().write(tmp_path / "town.osm.pbf"), "00", lambda step, _: steps.append(step)
    )
    assert not done.unchanged
    assert await _counts(store) == {
        "district": 2, "street": 10, "crossroad": 25, "address": 2, "map": 1, "site": 4,
    }  # fmt: skip
    assert {path.name for path in folder(tmp_path, done.map_id).iterdir()} == {GRAPH_FILE, BASEMAP_FILE}
    assert (steps[0], steps[-1]) == ("check", "done")
    async with store.reading() as tx:
        entry = await (
            await tx.conn.execute("SELECT kind, subject, actor FROM journal ORDER BY seq DESC LIMIT 1")
        ).fetchone()
        found = await sites.of_region(tx.conn, "00", [SiteKind.SCHOOL])
    assert entry == {"kind": "places.map_in_force", "subject": done.map_id, "actor": "system:map-import"}
    assert found[0]["name"]["ru"] == "Школа №5"
    assert found[0]["district"]["kk"] == "Солтүстік ауданы"


async def test_the_same_import_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    first = await import_map(store, tmp_path, file)
    before = await _counts(store)
    again = await import_map(store, tmp_path, file)
    assert again.unchanged
    assert again.map_id == first.map_id
    assert await _counts(store) == before


async def test_a_lost_file_is_made_again(store: Store, tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    first = await import_map(store, tmp_path, file)
    (folder(tmp_path, first.map_id) / GRAPH_FILE).unlink()
    again = await import_map(store, tmp_path, file)
    assert not again.unchanged
    assert again.map_id == first.map_id
    assert (folder(tmp_path, first.map_id) / GRAPH_FILE).is_file()
    assert (await _counts(store))["map"] == 1


async def test_a_new_map_keeps_the_ids_of_sites_and_the_sites_it_lost(store: Store, tmp_path: Path) -> None:
    old = town()
    old.node(4, 4, amenity="police", name="Бөлім")
    await import_map(store, tmp_path, old.write(tmp_path / "old.osm.pbf"))
    async with store.reading() as tx:
        before = {site["kind"]: site for site in await sites.of_region(tx.conn, "00", [])}
    new = town()
    new.node(4, 4)
    new.node(1, 1, amenity="hospital", name="Аурухана")
    await import_map(store, tmp_path, new.write(tmp_path / "new.osm.pbf"))
    async with store.reading() as tx:
        after = {site["kind"]: site for site in await sites.of_region(tx.conn, "00", [])}
        lost = await sites.get(tx.conn, before["police"]["id"])
    assert set(after) == {"school", "bank", "post", "park", "hospital"}
    assert after["school"]["id"] == before["school"]["id"]
    assert lost is not None
    assert lost["name"]["kk"] == "Бөлім"
    assert (await _counts(store))["map"] == 1


async def test_regions_have_maps_of_their_own(store: Store, tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    first = await import_map(store, tmp_path, file, "00")
    second = await import_map(store, tmp_path, file, "02")
    assert first.map_id != second.map_id
    counts = await _counts(store)
    assert (counts["map"], counts["site"], counts["street"]) == (2, 8, 20)


@pytest.mark.parametrize(
    "content", [b"", b"text\n" * 50, b"PK\x03\x04" + bytes(99), "cut", "spoilt", "footpaths"]
)
async def test_a_refused_file_leaves_the_old_map_in_force(
    store: Store, tmp_path: Path, content: bytes | str
) -> None:
    good = town().write(tmp_path / "town.osm.pbf")
    first = await import_map(store, tmp_path, good)
    before = await _counts(store)
    whole = good.read_bytes()
    third = len(whole) // 3
    if content == "cut":
        content = whole[: 2 * third]
    elif content == "spoilt":
        content = whole[: 2 * third] + bytes(80) + whole[2 * third + 80 :]
    bad = tmp_path / "bad.osm.pbf"
    if content == "footpaths":
        osm = town()
        for way in osm.ways:
            way.tags = {"highway": "steps"}
        osm.relations.clear()
        osm.write(bad)
    else:
        assert isinstance(content, bytes)
        bad.write_bytes(content)
    with pytest.raises(Problem) as refused:
        await import_map(store, tmp_path, bad)
    assert refused.value.code.startswith("map_")
    assert await _counts(store) == before
    async with store.reading() as tx:
        row = await repository.map_in_force(tx.conn, "00")
    assert row is not None
    assert row["id"] == first.map_id
    assert [path.name for path in (tmp_path / "maps").iterdir() if path.is_dir()] == [str(first.map_id)]


async def test_a_network_follows_the_map_in_force(store: Store, tmp_path: Path) -> None:
    networks = Networks(tmp_path)
    network = await networks.ready(store, "00")
    assert network.route(Point(*at(0, 0)), Point(*at(4, 4))).estimated
    first = await import_map(store, tmp_path, town().write(tmp_path / "a.osm.pbf"))
    await networks.refresh(store)
    assert network.map is not None
    assert network.map.map_id == first.map_id
    assert networks.of("00") is network
    assert network.inside(Point(*at(2, 2)))
    assert not network.inside(Point(*at(20, 2)))
    house = network.nearest_address(Point(*at(3.31, 2.2)))
    assert (house.street, house.house) == ("Достық көшесі", "40А")
    assert network.nearest_address(Point(*at(1, 0.02))).street in ("Абай даңғылы", "0-линия")
    bigger = town()
    bigger.way([(4, 2), (30, 2)], highway="primary", name="Шығыс")
    await import_map(store, tmp_path, bigger.write(tmp_path / "b.osm.pbf"))
    await networks.refresh(store)
    assert network.inside(Point(*at(20, 2)))


async def test_an_unreadable_map_is_said_and_tried_again(store: Store, tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    done = await import_map(store, tmp_path, file)
    graph = folder(tmp_path, done.map_id) / GRAPH_FILE
    content = graph.read_bytes()
    graph.write_bytes(content[:1_000])
    networks = Networks(tmp_path)
    network = await networks.ready(store, "00")
    assert network.map is None
    assert network.route(Point(*at(0, 0)), Point(*at(4, 4))).estimated
    graph.write_bytes(content)
    await networks.refresh(store)
    assert not network.route(Point(*at(0, 0)), Point(*at(4, 4))).estimated


async def test_folders_without_a_map_are_swept_when_old(store: Store, tmp_path: Path) -> None:
    done = await import_map(store, tmp_path, town().write(tmp_path / "town.osm.pbf"))
    left = tmp_path / "maps" / "left.part"
    left.mkdir()
    now = left.stat().st_mtime
    assert await sweep(store, tmp_path, now + 60) == 0
    assert await sweep(store, tmp_path, now + LEFTOVER_S + 60) == 1
    assert folder(tmp_path, done.map_id).is_dir()
    assert await sweep(store, tmp_path / "elsewhere") == 0
    assert {job.name for job in jobs(store, tmp_path)} == {"places.lift_ended", "places.sweep"}


@pytest.mark.fault
@pytest.mark.parametrize("last", ["matching", "basemap", "database"])
async def test_an_import_killed_at_any_moment_leaves_a_whole_map(
    store: Store, database: Database, tmp_path: Path, last: str
) -> None:
    """``last``: said before the files are whole, while a process cuts the tiles, and at the switch."""
    old = await import_map(store, tmp_path, town().write(tmp_path / "old.osm.pbf"))
    new_town = town()
    new_town.way([(4, 2), (9, 2)], highway="primary", name="Шығыс")
    new_file = new_town.write(tmp_path / "new.osm.pbf")
    script = (
        "import asyncio, sys; from pathlib import Path; from jedel.places.importer import import_map;"
        "say = lambda step, share: print(step, flush=True);"
        "asyncio.run(import_map(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), '00', say))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, database.url, str(tmp_path), str(new_file),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2], env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    while (line := await process.stdout.readline()) and line.decode().strip() != last:
        pass
    left = list((tmp_path / "maps").glob("*.part"))
    for pid in _working_in(left):
        os.kill(pid, signal.SIGSTOP)  # it does not end by itself
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with store.reading() as tx:
        row = await repository.map_in_force(tx.conn, "00")
    assert row is not None
    network = await Networks(tmp_path).ready(store, "00")
    assert network.map is not None
    assert network.map.map_id == row["id"]
    if row["id"] == old.map_id:
        assert (await _counts(store))["street"] == 10
    done, _ = await asyncio.gather(
        import_map(store, tmp_path, new_file),
        eventually(lambda: asyncio.to_thread(lambda: not _working_in(left)), within_s=2.0),
    )
    assert not list((tmp_path / "maps").glob("*.part"))
    assert (await _counts(store))["street"] == 11
    assert (await Networks(tmp_path).ready(store, "00")).map is not None
    assert folder(tmp_path, done.map_id).is_dir()


def _working_in(folders: list[Path]) -> list[int]:
    """The processes that were told of one of the folders: tiles are cut by one, which may not outlive us."""
    found = []
    for said in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if any(str(folder) in said.read_text() for folder in folders):
                found.append(int(said.parent.name))
    return found
