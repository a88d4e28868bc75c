"""Routes: looking back at cameras, taking away, recording."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from jedel.access import CONSOLE, STAFF, Principal, Role, StoreDep, allow
from jedel.cameras.archive import export as exports
from jedel.cameras.archive import model, service
from jedel.cameras.archive.schemas import (
    ArchiveView,
    DiskView,
    Export,
    ExportView,
    MomentView,
    Piece,
    PurposeView,
    Record,
    Schedule,
    ScheduleView,
)
from jedel.cameras.archive.service import Player
from jedel.cameras.archive.while_allowed import WhileAllowed, still
from jedel.cameras.model import StreamName
from jedel.jurisdictions import purposes
from jedel.kernel.schema import Time
from jedel.media.recording import repository as recordings
from jedel.media.recording import service as recording
from jedel.media.recording.model import from_us

router = APIRouter(prefix="/api", tags=["archive"])

Staff = Annotated[Principal, allow(*STAFF)]
Wanted = Annotated[StreamName, Query()]
KEEPERS = allow(Role.SUPERVISOR, Role.ADMINISTRATOR)


def _root(request: Request) -> Path:
    root: Path = request.app.state.settings.recordings
    return root


def _player(request: Request, store: StoreDep) -> Player:
    state = request.app.state
    player: Player | None = getattr(state, "archive", None)
    if player is None or player.store is not store:
        player = state.archive = Player(store, _root(request))
    return player


@router.get("/archive/purposes")
async def known_purposes(_who: Staff, store: StoreDep) -> list[PurposeView]:
    """For what recordings may be looked at today."""
    today = store.clock.now().date()
    return [
        PurposeView(code=rule.code, names=rule.names, needs=rule.needs)
        for rule in purposes().values()
        if model.REGISTER in rule.registers and not rule.blocked and rule.valid(today)
    ]


@router.get("/archive/disk")
async def disk(_who: Annotated[Principal, KEEPERS], store: StoreDep) -> DiskView:
    """How the recordings' disk was when it was last looked at."""
    async with store.glance() as tx:
        row = await recordings.disk(tx.conn)
    return DiskView(**{name: row[name] for name in DiskView.model_fields}) if row else DiskView()


@router.get("/cameras/{camera_id}/archive")
async def timeline(
    camera_id: UUID,
    since: Time,
    until: Time,
    who: Staff,
    store: StoreDep,
    request: Request,
    stream: Wanted = StreamName.MAIN,
) -> ArchiveView:
    """What is recorded from `since` to `until`, the holes in it, and what happened there."""
    return await service.timeline(store, _root(request), who, camera_id, since, until, stream)


@router.get("/cameras/{camera_id}/archive/play", response_class=StreamingResponse)
async def play(
    camera_id: UUID, piece: Annotated[Piece, Query()], who: Staff, store: StoreDep, request: Request
) -> Response:
    """Fragmented MP4, for as long as one may look back. Headers: `Jedel-Codecs`, `Jedel-From` and
    `Jedel-Until` (of what comes), `Jedel-Masked`."""
    reel, held = await _player(request, store).play(who, camera_id, piece)
    headers = {
        "Jedel-Codecs": reel.codecs,
        "Jedel-From": _said(reel.from_us),
        "Jedel-Until": _said(reel.until_us),
        "Jedel-Masked": str(int(bool(held.masks) and not held.grant.unmasked)),
        "Cache-Control": "no-store",
    }
    answer = StreamingResponse(reel.chunks, headers=headers, media_type="video/mp4")
    return WhileAllowed(answer, still(store, held))


def _said(us: int) -> str:
    return from_us(us).isoformat().replace("+00:00", "Z")


@router.get("/incidents/{incident_id}/archive")
async def moment(incident_id: UUID, who: Staff, store: StoreDep, request: Request) -> MomentView:
    """An incident's cameras in order, and the moment to jump to on all of them."""
    return await service.moment(store, _root(request), who, incident_id)


@router.post("/cameras/{camera_id}/record")
async def record(
    camera_id: UUID,
    body: Record,
    who: Annotated[Principal, allow(*CONSOLE)],
    store: StoreDep,
    request: Request,
) -> ScheduleView:
    """Record now, with the seconds before where they are kept; the answer: the camera's weekly windows."""
    if await service.record(store, who, camera_id, body):
        await recording.ring(request.app.state.nats)
    return ScheduleView(windows=await service.schedule(store, who, camera_id))


@router.get("/cameras/{camera_id}/recording-schedule")
async def schedule(camera_id: UUID, who: Annotated[Principal, KEEPERS], store: StoreDep) -> ScheduleView:
    """Weekly windows in which it is recorded."""
    return ScheduleView(windows=await service.schedule(store, who, camera_id))


@router.put("/cameras/{camera_id}/recording-schedule")
async def set_schedule(
    camera_id: UUID, body: Schedule, who: Annotated[Principal, KEEPERS], store: StoreDep
) -> ScheduleView:
    """Weekly windows; gateways follow within seconds."""
    return ScheduleView(windows=await service.set_schedule(store, who, camera_id, body))


@router.post("/cameras/{camera_id}/export", status_code=202)
async def export(camera_id: UUID, body: Export, who: Staff, store: StoreDep) -> ExportView:
    """Have a file made of what was recorded; purpose and incident or case are on record before it is read."""
    return await exports.ask(store, who, camera_id, body)


@router.get("/cameras/{camera_id}/exports")
async def exports_of(camera_id: UUID, who: Staff, store: StoreDep) -> list[ExportView]:
    """What was taken away of a camera: one's own, a supervisor sees everybody's."""
    return await exports.of_camera(store, who, camera_id)


@router.get("/camera-exports/{export_id}")
async def one_export(export_id: UUID, who: Staff, store: StoreDep) -> ExportView:
    """How far it is, and its manifest."""
    return await exports.one(store, who, export_id)


@router.get("/camera-exports/{export_id}/file", response_class=FileResponse)
async def fetch(export_id: UUID, who: Staff, store: StoreDep, request: Request) -> Response:
    """The file, for as long as one may take it; that it was taken is on record."""
    path, held = await exports.fetch(store, _root(request), who, export_id)
    answer = FileResponse(path, media_type="application/zip", filename=f"jedel-{export_id}.zip")
    return WhileAllowed(answer, still(store, held))
