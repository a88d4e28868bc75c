"""Looking back: whether one may, on record before anything is read."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from jedel.access import Principal
from jedel.cameras import repository as registry
from jedel.cameras.archive import model, repository
from jedel.cameras.archive.errors import (
    ArchiveBusy,
    ArchiveDamaged,
    ArchiveReasonNeeded,
    NothingRecorded,
)
from jedel.cameras.archive.model import Reason
from jedel.cameras.archive.schemas import (
    ArchiveView,
    EventView,
    MomentCamera,
    MomentView,
    Piece,
    RangeView,
    Record,
    Schedule,
)
from jedel.cameras.errors import CameraForbidden
from jedel.cameras.model import Camera, StreamName
from jedel.cameras.rights import Action, Decision, decide
from jedel.cameras.service import own
from jedel.cameras.watching import QUARTER_S
from jedel.dispatch import repository as incidents
from jedel.journal import Connection, Entry, Store
from jedel.jurisdictions import purposes
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id, new_id
from jedel.media.control import Grant
from jedel.media.judging import Held
from jedel.media.recording import files, rules
from jedel.media.recording import repository as recordings
from jedel.media.recording import service as recording
from jedel.media.recording.model import (
    SEGMENT_S_MAX,
    Segment,
    at_us,
    from_us,
    gaps,
    path_of,
    ranges,
    recordable,
)
from jedel.media.recording.reading import Reel, Wish, open_reel
from rtsp.errors import Malformed

SEGMENTS_MAX = 20_000
"""Of one timeline: two weeks of whole minutes."""


async def permitted(
    conn: Connection, who: Principal, camera_id: UUID, action: Action, now: datetime
) -> tuple[Camera, Decision]:
    """Raises NotFound, CameraForbidden."""
    camera = await own(conn, who, camera_id)
    decision = await decide(conn, who, camera, action, now)
    if not decision.allowed:
        raise CameraForbidden(why=decision.why)
    return camera, decision


async def reasoned(conn: Connection, who: Principal, reason: Reason, now: datetime) -> None:
    """Raises ArchivePurposeUnknown, ArchiveReasonNeeded: also for an incident that is not of this region."""
    rule = model.allowed(reason, purposes(), now.date())
    if reason.incident_id is not None:
        incident = await incidents.find(conn, reason.incident_id)
        if incident is None or incident.region != who.region:
            raise ArchiveReasonNeeded(needs=rule.needs)


async def timeline(
    store: Store,
    root: Path,
    who: Principal,
    camera_id: UUID,
    since: datetime,
    until: datetime,
    name: StreamName,
) -> ArchiveView:
    """What is recorded of a camera, and what happened there. Raises NotFound, CameraForbidden,
    ArchiveTimes."""
    async with store.reading() as tx:
        camera, _ = await permitted(tx.conn, who, camera_id, Action.ARCHIVE, tx.now)
        model.bounded(since, until, tx.now, model.TIMELINE_MAX)
        stream = camera.stream_id(name)
        found = await recordings.between(tx.conn, stream, since, until, SEGMENTS_MAX + 1)
        oldest = await repository.first(tx.conn, stream)
        happened = await repository.events(
            *(tx.conn, camera.region, camera.id, camera.site_id, (camera.lon, camera.lat), since, until)
        )
        orders = await recordings.orders_of(tx.conn, [stream], since, until)
        known = await recordings.known(tx.conn, stream)
        now = tx.now
    parts = [(segment.start, segment.end) for segment in found[:SEGMENTS_MAX]]
    if len(found) <= SEGMENTS_MAX:
        parts += await asyncio.to_thread(_open_parts, root, stream, parts[-1][1] if parts else None, now)
    joined = [each for each in ranges(parts) if each.until > since and each.since < until]
    holes = gaps(joined, since, min(until, now))
    rule = rules.rule(now.date())
    return ArchiveView(
        camera_id=camera.id,
        stream=stream,
        since=since,
        until=until,
        first=oldest or (joined[0].since if joined else None),
        ranges=[RangeView(since=each.since, until=each.until) for each in joined],
        gaps=[
            RangeView(since=each.since, until=each.until)
            for each in holes
            if each.until - each.since >= timedelta(seconds=2)
        ],
        events=[EventView(**row) for row in happened]
        + [
            EventView(
                kind="recording",
                id=row["id"],
                at=row["since"],
                until=row["ended_at"] or row["until"],
                what=row["reason"],
            )
            for row in orders
        ],
        dropped=sum(segment.dropped for segment in found),
        keep_days=rule.keep(known["class"], known["keep_days"]).days if known else None,
        masked=bool(camera.masks),
        more=len(found) > SEGMENTS_MAX,
    )


def _open_parts(
    root: Path, stream: str, after: datetime | None, now: datetime
) -> list[tuple[datetime, datetime]]:
    """What is being recorded, and has no row yet."""
    parts = []
    for path in open_paths(root, stream, after, now):
        try:
            found = files.contents(root / path)
            if found.places:
                end = from_us(files.end_us(root / path, found))
                parts.append((from_us(found.places[0].at_us), end))
        except (Malformed, OSError):
            continue  # it began this moment, or was removed
    return parts


def open_paths(root: Path, stream: str, after: datetime | None, now: datetime) -> list[str]:
    """Files of a stream behind its last row, of today and, at midnight, of yesterday."""
    if not recordable(stream):
        return []
    least = max(after or now - timedelta(days=1), now - timedelta(seconds=2 * SEGMENT_S_MAX))
    days = dict.fromkeys(str(Path(path_of(stream, day)).parent) for day in (least, now))
    found: list[str] = []
    for day in days:
        found += files.open_after(root, day, stream.rsplit("/", 1)[1], least - timedelta(seconds=1))
    return found


class Player:
    """What a web process plays from. ``root``: the recordings' folder."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store, self.root = store, root
        self._remakes = threading.BoundedSemaphore(model.REMAKES_MAX)

    async def play(self, who: Principal, camera_id: UUID, ask: Piece) -> tuple[Reel, Held]:
        """The piece (its chunks are read from the disk: for a thread), and what he has open by it. Raises
        NotFound, CameraForbidden, ArchivePurposeUnknown, ArchiveReasonNeeded, ArchiveTimes, NothingRecorded,
        ArchiveBusy, ArchiveDamaged."""
        until = ask.at + min(timedelta(seconds=ask.seconds), model.PIECE_MAX)
        async with self.store.reading() as tx:
            camera, decision = await permitted(tx.conn, who, camera_id, Action.ARCHIVE, tx.now)
            reason = Reason(ask.purpose, ask.incident, ask.case)
            await reasoned(tx.conn, who, reason, tx.now)
            model.bounded(ask.at, until, tx.now, model.PIECE_MAX)
            model.bounded(ask.origin - timedelta(seconds=1), ask.at, tx.now, model.ORIGIN_MAX)
            stream = camera.stream_id(ask.stream)
            now = tx.now
        await write_down(self.store, who, camera, decision, reason, ask.at, now)
        async with self.store.reading() as tx:
            found = await recordings.between(tx.conn, stream, ask.at, until, SEGMENTS_MAX)
            following = await repository.after(tx.conn, stream, ask.at)
        masks = () if decision.unmasked else camera.masks
        if masks or ask.remake:
            until = min(until, ask.at + model.REMADE_MAX)
        wish = Wish(at_us(ask.at), at_us(until), at_us(ask.origin), masks, ask.remake)
        reel = await self._open(stream, found, wish, now)
        if reel is None:
            raise NothingRecorded(next=following.isoformat() if following else "")
        grant = Grant.to(who, unmasked=decision.unmasked)
        return reel, Held(str(new_id()), "playback", stream, grant, camera.masks, Action.ARCHIVE)

    async def _open(self, stream: str, found: Sequence[Segment], wish: Wish, now: datetime) -> Reel | None:
        remade = bool(wish.masks) or wish.remake
        if not remade:
            return await asyncio.to_thread(self._look, stream, found, wish, now)
        if not self._remakes.acquire(blocking=False):
            raise ArchiveBusy(limit=model.REMAKES_MAX)
        try:
            return await asyncio.to_thread(self._look, stream, found, wish, now)
        finally:
            self._remakes.release()

    def _look(self, stream: str, found: Sequence[Segment], wish: Wish, now: datetime) -> Reel | None:
        """What is made anew is made here as a whole, so that nobody who goes away leaves it half done."""
        paths = [path_of(segment.stream, segment.start) for segment in found]
        paths += open_paths(self.root, stream, found[-1].end if found else None, now)
        try:
            reel = open_reel(self.root, list(dict.fromkeys(paths)), wish)
            if reel is not None and (wish.masks or wish.remake):
                reel = replace(reel, chunks=iter([b"".join(reel.chunks)]))
        except (Malformed, OSError) as error:
            raise ArchiveDamaged from error
        return reel


async def write_down(
    store: Store,
    who: Principal,
    camera: Camera,
    decision: Decision,
    reason: Reason,
    at: datetime,
    now: datetime,
) -> None:
    """Once in a quarter of an hour for each camera, person and reason."""
    quarter = int(now.timestamp()) // QUARTER_S
    what = (
        f"cameras.archive_watched/{who.id}/{quarter}/{reason.purpose}/{reason.incident_id}"
        f"/{reason.case_number}/{decision.unmasking_id}/{at.date()}"
    )
    entry_id = derived_id(camera.id, what)
    async with store.transaction() as tx:
        if await tx.recorded(entry_id):
            return
        facts = {
            "name": camera.name, "purpose": reason.purpose, "incident_id": reason.incident_id,
            "case_number": reason.case_number, "at": at, "why": decision.why, "unmasked": decision.unmasked,
        }  # fmt: skip
        tx.record(Entry(entry_id, camera.region, "cameras.archive_watched", camera.id, who.actor, facts))


async def moment(store: Store, root: Path, who: Principal, incident_id: UUID) -> MomentView:
    """An incident's cameras and its moment. Raises NotFound."""
    async with store.reading() as tx:
        incident = await incidents.find(tx.conn, incident_id)
        if incident is None or incident.region != who.region:
            raise NotFound(what="incident", id=incident_id)
        row = await repository.incident(tx.conn, incident_id)
        ids = await repository.cameras_of_incident(
            *(tx.conn, who.region, incident_id, (row["lon"], row["lat"]), row["site_id"])
        )
        at = row["received_at"]
        by_id = {camera.id: camera for camera in await registry.several(tx.conn, ids)}
        views = []
        for camera_id in ids:
            camera = by_id.get(camera_id)
            if camera is None or camera.region != who.region:
                continue
            decision = await decide(tx.conn, who, camera, Action.ARCHIVE, tx.now)
            stream = camera.stream_id(StreamName.MAIN)
            known = await recordings.between(tx.conn, stream, at, row["closed_at"] or tx.now, 1)
            open_now = [] if known else await asyncio.to_thread(open_paths, root, stream, None, tx.now)
            views.append(
                MomentCamera(
                    id=camera.id,
                    name=camera.name,
                    zone=camera.zone,
                    floor=camera.floor,
                    recorded=bool(known or open_now),
                    allowed=decision.allowed,
                )
            )
    return MomentView(
        incident_id=incident_id,
        moment=at - model.BEFORE_INCIDENT,
        closed_at=row["closed_at"],
        cameras=views,
    )


async def record(store: Store, who: Principal, camera_id: UUID, body: Record) -> bool:
    """Record now, whatever the camera's setting. Raises NotFound, CameraForbidden. True: it is new."""
    async with store.transaction() as tx:
        camera, decision = await permitted(tx.conn, who, camera_id, Action.ARCHIVE, tx.now)
        if await tx.recorded(body.id):
            return False
        until = tx.now + timedelta(minutes=body.minutes)
        stream = camera.stream_id(StreamName.MAIN)
        cause = body.incident_id or body.id
        await recording.record_on_event(tx, camera.region, [stream], cause, reason=body.reason, until=until)
        facts = {
            "name": camera.name, "minutes": body.minutes, "incident_id": body.incident_id,
            "reason": body.reason, "why": decision.why,
        }  # fmt: skip
        tx.record(Entry(body.id, camera.region, "cameras.recording_asked", camera.id, who.actor, facts))
    return True


async def set_schedule(store: Store, who: Principal, camera_id: UUID, body: Schedule) -> list[dict[str, int]]:
    """Weekly windows. Raises NotFound."""
    windows = [{"day": w.day, "from": w.begin, "until": w.until} for w in body.windows]
    async with store.transaction() as tx:
        camera = await own(tx.conn, who, camera_id, lock=True)
        if not await tx.recorded(body.id):
            stream = camera.stream_id(StreamName.MAIN)
            await recordings.set_schedule(tx.conn, stream, camera.region, windows, tx.now)
            facts = {"name": camera.name, "windows": windows}
            tx.record(Entry(body.id, camera.region, "cameras.schedule_set", camera.id, who.actor, facts))
    return windows


async def schedule(store: Store, who: Principal, camera_id: UUID) -> list[dict[str, int]]:
    """Weekly windows. Raises NotFound."""
    async with store.reading() as tx:
        camera = await own(tx.conn, who, camera_id)
        known = await recordings.known(tx.conn, camera.stream_id(StreamName.MAIN))
    return list(known["schedule"] or []) if known else []
