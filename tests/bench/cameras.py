"""How fast 1,318,000 cameras come into the registry from one file, and how fast one is then found.

Import: the command's own path in a process of its own, each line checked, credentials sealed, batches joined
and journalled. Beside it what PostgreSQL itself needs for the same rows: one COPY of them into an empty
table with the same indexes. Search: 5,000 questions of a region's screen, one after the other, as of a name,
a site, an address, a mistyped word, a common word, a place on the map; each answered with the views that a
screen gets. Regions by their inhabitants: the largest has some 140,000 cameras.
"""

import asyncio
import csv
import multiprocessing
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import psycopg

from jedel.access import Principal, Role
from jedel.access.seal import Sealer
from jedel.app import migrate
from jedel.app.connections import make_pool
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.cameras import pages, search, service
from jedel.cameras.importing.service import Source, bring
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.geo import Point
from jedel.places.geocode import Geocoder
from jedel.places.geocode_model import house_key, street_key
from tests.bench.report import Result

CAMERAS = 1_318_000
ENV_CAMERAS = "JEDEL_BENCH_CAMERAS"
WITHIN_S = 180
SEARCH_MS = 50.0
SEARCHES = 5_000
SITES = 393
"""Schools of one region: 7,855 in the country."""
IN_SCHOOLS = 0.155
"""205,000 cameras of 1,318,000."""

PEOPLE = {
    "01": 1.5, "02": 2.2, "03": 0.8, "04": 0.9, "05": 1.5, "06": 0.7, "07": 0.7, "08": 1.2, "09": 1.1,
    "10": 0.8, "11": 0.8, "12": 0.8, "13": 2.1, "14": 0.75, "15": 0.5, "16": 0.7, "17": 1.2, "18": 0.6,
    "19": 0.7, "20": 0.2,
}  # fmt: skip
"""Millions, about."""
STREETS = (
    "Абая", "Достык", "Сатпаева", "Төле би", "Қабанбай батыр", "Жандосова", "Райымбека", "Сейфуллина",
    "Назарбаева", "Манаса", "Әуезова", "Гагарина", "Байтурсынова", "Масанчи", "Желтоқсан", "Фурманова",
    "Розыбакиева", "Тимирязева", "Жарокова", "Айманова", "Богенбай батыр", "Гоголя", "Макатаева", "Момышұлы",
    "Саина", "Утеген батыра", "Рыскулова", "Кенесары", "Мәңгілік Ел", "Тұран", "Республики", "Бараева",
)  # fmt: skip
PLACES = ("вход", "двор", "перекресток", "парковка", "аялдама", "подъезд", "касса", "кіреберіс", "дәліз")
COLUMNS = (
    "region", "external_id", "name", "kind", "site", "zone", "lon", "lat", "heading", "fov", "owner",
    "owner_contact", "main_url", "sub_url", "user", "password", "recording",
)  # fmt: skip


def site_id(region: str, nth: int) -> UUID:
    return UUID(int=int(region) * 10_000 + nth)


def _centre(region: str) -> tuple[float, float]:
    nth = int(region)
    return 52.0 + 1.6 * nth, 43.0 + nth % 8


def write(path: Path, count: int) -> None:
    """The file: cameras of all regions, mixed."""
    dice = random.Random(1)
    regions = dice.choices(list(PEOPLE), list(PEOPLE.values()), k=count)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for nth, region in enumerate(regions):
            lon, lat = _centre(region)
            lon, lat = dice.gauss(lon, 0.08), dice.gauss(lat, 0.06)
            school = dice.random() < IN_SCHOOLS
            name = (
                f"{dice.choice(STREETS)} {dice.randrange(1, 300)}, {dice.choice(PLACES)} {dice.randrange(20)}"
            )
            host = f"10.{nth >> 16 & 255}.{nth >> 8 & 255}.{nth & 255}"
            writer.writerow((
                region, f"CAM-{nth:07d}", name, "ptz" if nth % 9 == 0 else "fixed",
                site_id(region, dice.randrange(SITES)) if school else "",
                dice.choice(("entrance", "corridor", "stairs", "classroom")) if school else "street",
                f"{lon:.6f}", f"{lat:.6f}", dice.randrange(360), 90, f"Акимат {region}", "+7 700 000 00 00",
                f"rtsp://{host}/Streaming/101", f"rtsp://{host}/Streaming/102", "jedel", f"secret-{nth}",
                "event",
            ))  # fmt: skip


def places(url: str) -> None:
    """A map in force for each region, with its schools."""
    with psycopg.connect(url) as conn:
        for region in PEOPLE:
            lon, lat = _centre(region)
            map_id = uuid4()
            conn.execute(
                "INSERT INTO map VALUES (%s, %s, 'bench', %s, %s, %s, %s, %s, %s, %s, '', '{}', false, now(),"
                " true)",
                (map_id, region, map_id.hex, lon - 1, lat - 1, lon + 1, lat + 1, lon, lat),
            )
            conn.cursor().executemany(
                "INSERT INTO site (id, region, map_id, kind, name_kk, name_ru, name_en, lon, lat, address,"
                " district_kk, district_ru, district_en, plan)"
                " VALUES (%s, %s, %s, 'school', %s, %s, %s, %s, %s, %s, '', '', '', '{}')",
                [
                    (
                        site_id(region, nth), region, map_id, f"№{nth} мектеп-гимназия",
                        f"Школа-гимназия №{nth}",
                        f"School {nth}", lon, lat, f"{STREETS[nth % len(STREETS)]} {nth}",
                    )
                    for nth in range(SITES)
                ],
            )  # fmt: skip


def streets(url: str) -> None:
    """The streets of each region's map, with every house to 299."""
    with psycopg.connect(url) as conn:
        for region in PEOPLE:
            dice = random.Random(region)
            row = conn.execute("SELECT id FROM map WHERE region = %s AND in_force", (region,)).fetchone()
            assert row is not None
            [map_id] = row
            lon, lat = _centre(region)
            cursor = conn.cursor()
            for name in STREETS:
                street, key = uuid4(), street_key(name)
                cursor.execute(
                    "INSERT INTO street VALUES (%s, %s, %s, '', '', %s, %s, %s)",
                    (street, map_id, name, lon, lat, key),
                )
                with cursor.copy("COPY address FROM STDIN") as copy:
                    for nth in range(1, 300):
                        at = dice.gauss(lon, 0.08), dice.gauss(lat, 0.06)
                        house = str(nth)
                        copy.write_row((uuid4(), map_id, street, "", house, *at, key, house_key(house)))
        conn.execute("ANALYZE street")
        conn.execute("ANALYZE address")


def asked(dice: random.Random) -> tuple[str, pages.Asked]:
    """What somebody looks for, and of which kind the question is."""
    region = dice.choices(list(PEOPLE), list(PEOPLE.values()))[0]
    kind = dice.choice(("name", "site", "address", "mistyped", "common", "place", "owner's id"))
    street = dice.choice(STREETS)
    lon, lat = _centre(region)
    if kind == "place":
        near = Point(dice.gauss(lon, 0.08), dice.gauss(lat, 0.06))
        return kind, pages.Asked(region, near=near, limit=50)
    nth = dice.randrange(len(street) - 1)
    texts = {
        "name": f"{street} {dice.randrange(1, 300)}",
        "site": f"школа {dice.randrange(SITES)}",
        "address": f"улица {street}, дом {dice.randrange(1, 300)}",
        "mistyped": street[:nth] + street[nth + 1] + street[nth] + street[nth + 2 :],
        "common": dice.choice(("камера", "школа", street[:2], street[:3], dice.choice(PLACES), "вход школа")),
        "owner's id": f"CAM-{dice.randrange(CAMERAS):07d}",
    }
    return kind, pages.Asked(region, texts[kind], limit=40, best=True)  # as a wall asks


async def _searches(url: str, count: int) -> dict[str, list[float]]:
    dice = random.Random(2)
    took: dict[str, list[float]] = {}
    geocoder = Geocoder()
    async with make_pool(url, 2) as pool:
        store = Store(pool, SystemClock())
        for nth in range(count + 200):
            kind, question = asked(dice)
            who = Principal("account", UUID(int=1), "bench", question.region, Role.DUTY_OFFICER)
            began = time.perf_counter()
            found = await search.answer(store, geocoder, question)
            async with store.reading() as tx:
                await service.views(tx.conn, who, found)
            if nth >= 200:
                took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    return took


def _bring(url: str, folder: str, found: Any) -> None:
    """In a process of its own: {took, counts, rejects, rss_mib} into ``found``."""
    source = Source("system:bench", "00", ["10.0.0.0/8"], one_region=False)
    began, used = time.monotonic(), time.process_time()
    done = asyncio.run(bring(url, Sealer(Path(folder, "seal.key")), Path(folder, "cameras.csv"), source))
    found.send({
        "took": time.monotonic() - began, "used": time.process_time() - used, "counts": done.counts,
        "rejects": done.rejects[:3], "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    })  # fmt: skip


def _brought(url: str, folder: str) -> dict[str, Any]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    importer = spawn.Process(target=_bring, args=(url, folder, theirs))
    importer.start()
    theirs.close()  # so that an importer that fails is heard
    found: dict[str, Any] = ours.recv()
    importer.join()
    return found


def _bare(url: str, folder: str) -> float:
    """Seconds that PostgreSQL needs to take the same rows by one COPY into a table with the same indexes."""
    rows = Path(folder, "rows")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE bare (LIKE camera INCLUDING ALL)")
        with rows.open("wb") as file, conn.cursor().copy("COPY camera TO STDOUT") as out:
            for part in out:
                file.write(part)
        conn.execute("CHECKPOINT")
        began = time.monotonic()
        with rows.open("rb") as file, conn.cursor().copy("COPY bare FROM STDIN") as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        took = time.monotonic() - began
        conn.execute("DROP TABLE bare")
    rows.unlink()
    return took


def run(seconds: float | None = None) -> Result:
    """``seconds``: not used: it takes what it takes."""
    count = int(os.environ.get(ENV_CAMERAS, CAMERAS))
    with tempfile.TemporaryDirectory() as folder:
        file, server = Path(folder, "cameras.csv"), EmbeddedPostgres(Path(folder, "postgres"))
        write(file, count)
        server.start()
        try:
            migrate.upgrade(server.url)
            places(server.url)
            done = _brought(server.url, folder)
            if done["counts"] != {"added": count, "changed": 0, "unchanged": 0, "rejected": 0}:
                raise RuntimeError(f"{done['counts']} {done['rejects']}")
            bare = _bare(server.url, folder)
            streets(server.url)
            with psycopg.connect(server.url, autocommit=True) as conn:
                conn.execute("ANALYZE camera")  # autovacuum does it a minute later
            found = asyncio.run(_searches(server.url, SEARCHES))
        finally:
            server.stop()
    took = done["took"]
    print(
        f"import of {count} cameras {took:.1f} s, {count / took:.0f}/s; processor {done['used']:.0f} s,"
        f" peak {done['rss_mib']:.0f} MiB; plain COPY of the same rows {bare:.1f} s"
    )
    for kind, times in sorted(found.items()):
        p50, p99 = np.percentile(times, (50, 99))
        print(f"search by {kind}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {max(times):.1f} ms")
    p99 = float(np.percentile([each for times in found.values() for each in times], 99))
    return Result(
        bench="cameras",
        figure=round(took, 1),
        unit=f"s ({count} cameras; search p99 {p99:.1f} ms, goal {SEARCH_MS:g})",
        goal=WITHIN_S,
        met=took <= WITHIN_S * count / CAMERAS and p99 <= SEARCH_MS,
        peer="PostgreSQL: one COPY of the same rows",
        peer_figure=round(bare, 1),
        ratio=round(took / bare, 2),
    )
