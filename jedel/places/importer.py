"""Bringing a map into force.

Order of steps, so that a crash at any of them leaves the old map in force and whole
1. The file is checked, then read; files are written into ``maps/<id>.<attempt>.part/``.
2. Every file and the folder are fsynced; the folder is renamed to ``maps/<id>/``; ``maps/`` is fsynced.
3. One transaction: the region's old rows go, the new ones come, the journal says ``places.map_in_force``.
A folder without a row in ``map`` is swept away by a job (jobs.py). The id follows from the content, so that
the same import again finds itself done.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from psycopg.types.json import Jsonb

from jedel.journal import Entry, Store, Tx, opened
from jedel.kernel.ids import new_id
from jedel.places import basemap, repository
from jedel.places.network.graph import FORMAT
from jedel.places.network.mapfile import BASEMAP_FILE, GRAPH_FILE, folder
from jedel.places.osm import pbf
from jedel.places.osm.extract import Progress
from jedel.places.prepare import COLUMNS, Job, Prepared, prepare

ATTRIBUTION = "© OpenStreetMap contributors"
_MAPS = UUID("5f0c1b8e-5f8a-4d55-9d0e-6f4f6a1c2b70")


@dataclass(frozen=True, slots=True)
class Imported:
    """``unchanged``: this very map was in force already. ``basemap``: whether it has a background."""

    map_id: UUID
    region: str
    name: str
    counts: dict[str, int]
    basemap: bool
    unchanged: bool


def silent(_step: str, _share: float) -> None:
    """Progress for programs without a screen."""


async def import_map(
    store: Store | str,
    blob_dir: Path,
    file: Path,
    region: str = "00",
    progress: Progress = silent,
    *,
    name: str | None = None,
    districts: Path | None = None,
    attribution: str = ATTRIBUTION,
    actor: str = "system:map-import",
) -> Imported:
    """Import an OSM PBF extract as the region's map. At a Problem (errors.py) the old map stays in force.

    ``store``: a Store, or a database address. ``progress``: called from another thread.
    """
    progress("check", 0.0)
    await asyncio.to_thread(pbf.check, file)
    name = name or file.name.removesuffix(".pbf").removesuffix(".osm")
    digest = await asyncio.to_thread(_digest, file, districts, (name, attribution))
    job = Job(
        file, districts, region, uuid5(_MAPS, f"{region}/{digest}"), name, attribution, basemap.tippecanoe()
    )
    async with opened(store) as ours:
        async with ours.reading() as tx:
            row = await repository.map_in_force(tx.conn, region)
        if row is not None and row["id"] == job.map_id and _whole(blob_dir, row):
            return Imported(job.map_id, region, row["name"], row["counts"], row["basemap"], True)
        prepared = await asyncio.to_thread(_write_files, blob_dir, job, progress)
        progress("database", -1)
        async with ours.transaction() as tx:
            await _switch(tx, job, prepared, digest, actor)
    progress("done", 1.0)
    return Imported(job.map_id, region, name, prepared.counts, prepared.basemap, False)


def _digest(file: Path, districts: Path | None, words: tuple[str, ...]) -> str:
    """What makes an import the same import: the files' bytes, the names, and how this program reads them."""
    whole = hashlib.sha256(repr((FORMAT, words)).encode())
    for path in (file, districts):
        if path is not None and path.is_file():
            with path.open("rb") as part:
                whole.update(hashlib.file_digest(part, "sha256").digest())
    return whole.hexdigest()


def _whole(blob_dir: Path, row: repository.Row) -> bool:
    files = [GRAPH_FILE, BASEMAP_FILE] if row["basemap"] else [GRAPH_FILE]
    hopeless = basemap.tippecanoe() is None
    return (row["basemap"] or hopeless) and all(
        (folder(blob_dir, row["id"]) / name).is_file() for name in files
    )


def _write_files(blob_dir: Path, job: Job, progress: Progress) -> Prepared:
    """Steps 1 and 2."""
    target = folder(blob_dir, job.map_id)
    # A folder of its own: what a killed import had started may be writing into its folder for a moment yet.
    part = target.with_name(f"{target.name}.{new_id()}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(target.parent):
        for left in target.parent.glob(f"{target.name}.*"):
            shutil.rmtree(left, ignore_errors=True)
        part.mkdir()
        try:
            prepared = prepare(job, part, progress)
            for path in (*part.iterdir(), part):
                _sync(path)
            # What lies there is of a crashed import, or was found damaged.
            shutil.rmtree(target, ignore_errors=True)
            part.rename(target)
            _sync(target.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return prepared


@contextmanager
def _one_at_a_time(maps: Path) -> Iterator[None]:
    """Two imports into one folder follow each other; the lock goes with its process."""
    with (maps / "import.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _switch(tx: Tx, job: Job, prepared: Prepared, digest: str, actor: str) -> None:
    """Step 3, within one transaction."""
    west, south, east, north = prepared.bounds
    row = {
        "id": job.map_id, "region": job.region, "name": job.name, "digest": digest,
        "west": west, "south": south, "east": east, "north": north,
        "lon": prepared.centre[0], "lat": prepared.centre[1],
        "attribution": job.attribution, "counts": prepared.counts, "basemap": prepared.basemap,
        "imported_at": tx.now,
    }  # fmt: skip
    await repository.raise_version(tx.conn, job.region)
    await repository.retire(tx.conn, job.region)
    await repository.add_map(tx.conn, row)
    for table, columns in COLUMNS.items():
        rows = prepared.rows[table]
        await repository.copy_rows(tx.conn, table, columns, rows)
    await repository.upsert_sites(
        tx.conn, ((*values[:-1], Jsonb(values[-1])) for values in prepared.rows["site"])
    )
    facts = {"map": str(job.map_id), "name": job.name, "digest": digest, "counts": prepared.counts}
    tx.record(Entry(new_id(), job.region, "places.map_in_force", job.map_id, actor, data=facts))
