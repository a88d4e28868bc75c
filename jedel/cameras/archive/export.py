"""Taking away: a file with the recordings of one camera, their hashes, and who wanted them and why.

The file is a ZIP without compression: ``video-1.mp4`` …, one part for each stretch whose picture stays the
same, and ``manifest.json``. The row and the journal have the SHA-256 of the whole file; the manifest that of
each part and of each recorded segment, and whether the segment's bytes are still those that were recorded.
"""

import asyncio
import hashlib
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from jedel.access import Principal, Role
from jedel.cameras import repository as registry
from jedel.cameras.archive import model, repository
from jedel.cameras.archive.errors import ExportNotReady, NothingRecorded
from jedel.cameras.archive.model import Reason
from jedel.cameras.archive.repository import Row
from jedel.cameras.archive.schemas import Export, ExportView
from jedel.cameras.archive.service import open_paths, permitted, reasoned
from jedel.cameras.errors import CameraForbidden
from jedel.cameras.rights import Action
from jedel.journal import Entry, Store
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id, new_id
from jedel.media.control import Grant
from jedel.media.judging import Held
from jedel.media.model import Mask
from jedel.media.recording import files, rules
from jedel.media.recording import repository as recordings
from jedel.media.recording.model import Segment, at_us, from_us, gaps, path_of, ranges
from jedel.media.recording.reading import Reel, Wish, open_reel
from rtsp.errors import Malformed

log = structlog.get_logger()

FOLDER: Final = "exports"
SYSTEM: Final = "system:cameras"
AT_ONCE: Final = 4
SEGMENTS_MAX: Final = 10_000
PARTS_MAX: Final = 1000
WAIT: Final = timedelta(seconds=5)
"""So long after its end what was recorded is surely on the disk."""


async def ask(store: Store, who: Principal, camera_id: UUID, body: Export) -> ExportView:
    """On record, then made by the jobs. Raises NotFound, CameraForbidden, ArchivePurposeUnknown,
    ArchiveReasonNeeded, ArchiveTimes, NothingRecorded."""
    reason = Reason(body.purpose, body.incident_id, body.case_number)
    async with store.transaction() as tx:
        camera, decision = await permitted(tx.conn, who, camera_id, Action.EXPORT, tx.now)
        if await tx.recorded(body.id):
            return _view(await _own(await repository.export(tx.conn, body.id), who, body.id))
        await reasoned(tx.conn, who, reason, tx.now)
        model.bounded(body.since, body.until, tx.now, model.EXPORT_MAX)
        stream = camera.stream_id(body.stream)
        if await recordings.known(tx.conn, stream) is None:
            raise NothingRecorded(next="")
        row: Row = {
            "id": body.id, "region": camera.region, "stream": stream, "camera_id": camera.id,
            "asked_by": who.id, "asked_at": tx.now, "purpose": body.purpose,
            "incident_id": body.incident_id, "case_number": body.case_number, "since": body.since,
            "until": min(body.until, tx.now), "unmasked": decision.unmasked or not camera.masks,
        }  # fmt: skip
        await repository.ask_export(tx.conn, row)
        rule = rules.rule(tx.now.date())
        await recordings.hold(
            *(tx.conn, body.id, camera.region, stream, body.since, row["until"], tx.now + rule.export),
            incident_id=body.incident_id,
            case_number=body.case_number,
        )
        facts = {name: row[name] for name in ("purpose", "incident_id", "case_number", "since", "until")}
        facts |= {"export_id": body.id, "name": camera.name, "unmasked": decision.unmasked}
        tx.record(Entry(body.id, camera.region, "cameras.export_asked", camera.id, who.actor, facts))
        made = await repository.export(tx.conn, body.id)
    return _view(await _own(made, who, body.id))


async def of_camera(store: Store, who: Principal, camera_id: UUID) -> list[ExportView]:
    """The asker's own, a supervisor's of everybody. Raises NotFound, CameraForbidden."""
    async with store.reading() as tx:
        await permitted(tx.conn, who, camera_id, Action.EXPORT, tx.now)
        rows = await repository.exports_of(tx.conn, camera_id, 100)
    return [_view(row) for row in rows if _may(row, who)]


async def one(store: Store, who: Principal, export_id: UUID) -> ExportView:
    """Raises NotFound, CameraForbidden."""
    async with store.reading() as tx:
        row = await _own(await repository.export(tx.conn, export_id), who, export_id)
        await permitted(tx.conn, who, row["camera_id"], Action.EXPORT, tx.now)
    return _view(row)


async def fetch(store: Store, root: Path, who: Principal, export_id: UUID) -> tuple[Path, Held]:
    """The file, its taking on record, and what he has open by it. Raises NotFound, CameraForbidden,
    ExportNotReady."""
    async with store.transaction() as tx:
        row = await _own(await repository.export(tx.conn, export_id), who, export_id)
        _, decision = await permitted(tx.conn, who, row["camera_id"], Action.EXPORT, tx.now)
        if row["made_at"] is None or row["fault"] is not None:
            raise ExportNotReady(fault=row["fault"] or "")
        camera = await registry.find(tx.conn, row["camera_id"])
        if row["unmasked"] and camera is not None and camera.masks and not decision.unmasked:
            raise CameraForbidden(why="masked")
        entry = derived_id(export_id, f"fetched/{who.id}/{tx.now.isoformat()}")
        facts = {"export_id": export_id, "sha256": bytes(row["sha256"]).hex()}
        if not await tx.recorded(entry):
            tx.record(
                Entry(entry, row["region"], "cameras.export_fetched", row["camera_id"], who.actor, facts)
            )
    # one that was made without masks ends with the right to see behind them; what is masked in it stays so
    masks = camera.masks if camera is not None else ()
    grant = Grant.to(who, unmasked=row["unmasked"] and bool(masks))
    held = Held(str(new_id()), "download", row["stream"], grant, masks, Action.EXPORT)
    return path(root, export_id), held


def path(root: Path, export_id: UUID) -> Path:
    """Where an export's file lies."""
    return root / FOLDER / f"{export_id}.zip"


async def _own(row: Row | None, who: Principal, export_id: UUID) -> Row:
    if row is None or not _may(row, who):
        raise NotFound(what="export", id=export_id)
    return row


def _may(row: Row, who: Principal) -> bool:
    return row["region"] == who.region and (row["asked_by"] == who.id or who.role is Role.SUPERVISOR)


def _view(row: Row) -> ExportView:
    names = set(ExportView.model_fields) - {"sha256"}
    digest = row["sha256"]
    return ExportView(
        **{name: row[name] for name in names}, sha256=bytes(digest).hex() if digest is not None else None
    )


# making


async def make_waiting(store: Store, root: Path) -> int:
    """Make what was asked for; how many."""
    async with store.glance() as tx:
        rows = await repository.waiting_exports(tx.conn, AT_ONCE)
    now = store.clock.now()
    due = [row for row in rows if row["until"] + WAIT <= now]
    for row in due:
        await _make(store, root, row)
    return len(due)


async def _make(store: Store, root: Path, row: Row) -> None:
    async with store.reading() as tx:
        camera = await registry.find(tx.conn, row["camera_id"])
        found = await recordings.between(tx.conn, row["stream"], row["since"], row["until"], SEGMENTS_MAX)
        now = tx.now
    if camera is None:
        await _failed(store, row, "camera_gone")
        return
    masks = () if row["unmasked"] else camera.masks
    work = _Work(
        root, row, found, masks, {"id": camera.id, "name": camera.name, "number": camera.number}, now
    )
    try:
        size, digest, manifest = await asyncio.to_thread(work.make)
    except _Nothing:
        await _failed(store, row, "nothing_recorded")
        return
    except (Malformed, OSError) as error:
        log.error("an export could not be made", export=str(row["id"]), error=repr(error))
        await _failed(store, row, "damaged" if isinstance(error, Malformed) else "disk")
        return
    async with store.transaction() as tx:
        await repository.export_made(tx.conn, row["id"], tx.now, size, digest, manifest)
        facts = {
            "export_id": row["id"], "bytes": size, "sha256": digest.hex(), "parts": len(manifest["parts"]),
            "unmasked": row["unmasked"], "damaged": manifest["damaged"],
        }  # fmt: skip
        entry = derived_id(row["id"], "cameras.exported")
        if not await tx.recorded(entry):
            tx.record(Entry(entry, row["region"], "cameras.exported", row["camera_id"], SYSTEM, facts))


async def _failed(store: Store, row: Row, fault: str) -> None:
    async with store.transaction() as tx:
        await repository.export_failed(tx.conn, row["id"], fault)
        entry = derived_id(row["id"], "cameras.export_failed")
        if not await tx.recorded(entry):
            facts = {"export_id": row["id"], "fault": fault}
            tx.record(Entry(entry, row["region"], "cameras.export_failed", row["camera_id"], SYSTEM, facts))


class _Nothing(Exception):
    """Nothing of it is recorded."""


@dataclass(slots=True)
class _Work:
    """On a thread."""

    root: Path
    row: Row
    segments: list[Segment]
    masks: tuple[Mask, ...]
    camera: Row
    now: datetime

    def make(self) -> tuple[int, bytes, Row]:
        """Size, SHA-256 and manifest of the file, which is on the disk whole under its name."""
        target = path(self.root, self.row["id"])
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".part")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            manifest = self._fill(archive)
        digest, size = files.digest(draft)
        with draft.open("rb") as file:
            files.sync(file)
        draft.replace(target)
        files.sync_folder(target.parent)
        return size, digest, manifest

    def _fill(self, archive: zipfile.ZipFile) -> Row:
        paths = [path_of(segment.stream, segment.start) for segment in self.segments]
        last = self.segments[-1].end if self.segments else None
        paths += open_paths(self.root, self.row["stream"], last, self.now)
        paths = list(dict.fromkeys(paths))
        at, until = at_us(self.row["since"]), at_us(self.row["until"])
        parts: list[Row] = []
        while len(parts) < PARTS_MAX:
            reel = self._next(paths, at, until)
            if reel is None:
                break
            parts.append(self._part(archive, len(parts) + 1, reel))
            at = max(reel.until_us, at + 1)
            if at >= until:
                break
        if not parts:
            raise _Nothing
        manifest = self._manifest(parts)
        archive.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        return manifest

    def _next(self, paths: list[str], at: int, until: int) -> Reel | None:
        """The stretch from there on; its times count from its own beginning."""
        probe = open_reel(self.root, paths, Wish(at, until, at, browser=False))
        if probe is None:
            return None
        wish = Wish(at, until, probe.from_us, masks=self.masks, browser=False)
        return open_reel(self.root, paths, wish)

    def _part(self, archive: zipfile.ZipFile, number: int, reel: Reel) -> Row:
        name, total, size = f"video-{number}.mp4", hashlib.sha256(), 0
        with archive.open(name, "w", force_zip64=True) as out:
            for chunk in reel.chunks:
                out.write(chunk)
                total.update(chunk)
                size += len(chunk)
        return {
            "file": name,
            "from": from_us(reel.from_us).isoformat(),
            "until": from_us(reel.until_us).isoformat(),
            "bytes": size,
            "sha256": total.hexdigest(),
            "codecs": reel.codecs,
            "made_anew": bool(self.masks),
            "segments": [self._segment(each) for each in reel.paths],
        }

    def _segment(self, name: str) -> Row:
        """What was recorded; ``intact``: its bytes are those; null: it was not closed yet."""
        known = next((s for s in self.segments if path_of(s.stream, s.start) == name), None)
        if known is None:
            return {"path": name, "intact": None}
        digest, _ = files.digest(self.root / name)
        return {
            "path": name,
            "from": known.start.isoformat(),
            "until": known.end.isoformat(),
            "sha256": known.sha256.hex(),
            "intact": digest == known.sha256,
            "units": known.units,
            "dropped": known.dropped,
            "mended": known.mended,
        }

    def _manifest(self, parts: list[Row]) -> Row:
        row = self.row
        times = [
            (datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["until"])) for each in parts
        ]
        holes = gaps(ranges(times), row["since"], row["until"])
        found: dict[str, Any] = {
            "export_id": str(row["id"]),
            "camera": {name: str(value) for name, value in self.camera.items()},
            "region": row["region"],
            "stream": row["stream"],
            "asked_by": str(row["asked_by"]),
            "asked_at": row["asked_at"].isoformat(),
            "purpose": row["purpose"],
            "incident_id": row["incident_id"] and str(row["incident_id"]),
            "case_number": row["case_number"],
            "since": row["since"].isoformat(),
            "until": row["until"].isoformat(),
            "masked": bool(self.masks),
            "clock": "the server's, when each picture came; UTC",
            "parts": parts,
            "gaps": [
                {"from": each.since.isoformat(), "until": each.until.isoformat()}
                for each in holes
                if each.until - each.since >= timedelta(seconds=1)
            ],
            "damaged": any(s.get("intact") is False for each in parts for s in each["segments"]),
        }
        return found


async def remove_old(store: Store, root: Path) -> None:
    """Files whose time has run out; their rows stay, and say so."""
    rule = rules.rule(store.clock.now().date())
    async with store.glance() as tx:
        old = await repository.old_exports(tx.conn, tx.now - rule.export)
    for export_id in old:
        await asyncio.to_thread(partial(path(root, export_id).unlink, missing_ok=True))
        async with store.transaction() as tx:
            await repository.export_failed(tx.conn, export_id, "expired")
