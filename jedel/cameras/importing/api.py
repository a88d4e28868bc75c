"""Route: a file of cameras from the console."""

import asyncio
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request

from jedel.access import Principal, Role, StoreDep, allow
from jedel.access.gate import SealerDep
from jedel.cameras.importing.model import Reason
from jedel.cameras.importing.service import Source, bring
from jedel.kernel.schema import View
from jedel.media.book import tell_changed

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

FILE_BYTES_MAX: Final = 32 * 1024**2
"""About 100,000 cameras; larger files go by `jedel cameras import`."""
REJECTS_SHOWN_MAX: Final = 1_000
_TAKES = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}


class RejectView(View):
    """``line``: of the file, its heading is 1; ``column``: empty where it is the whole line."""

    line: int
    column: str
    reason: Reason


class ImportView(View):
    """``rejects``: the first of those that were refused."""

    id: UUID
    added: int
    changed: int
    unchanged: int
    rejected: int
    rejects: list[RejectView]


@router.post("/import", openapi_extra={"requestBody": _TAKES})
async def import_cameras(
    request: Request,
    who: Annotated[Principal, allow(Role.ADMINISTRATOR)],
    store: StoreDep,
    sealer: SealerDep,
) -> ImportView:
    """A CSV file (docs/guide/cameras.md) into the own region's registry; the same file again changes
    nothing."""
    networks = request.app.state.settings.camera_networks.split(",")
    with NamedTemporaryFile(prefix="cameras-", suffix=".csv") as file:
        async for part in request.stream():
            await asyncio.to_thread(file.write, part)
        file.flush()
        done = await bring(store, sealer, Path(file.name), Source(who.actor, who.region, networks))
    nats = request.app.state.nats
    if nats is not None:
        for camera_id in done.changed_ids:
            await tell_changed(nats, f"camera/{camera_id}")
    rejects = [
        RejectView(line=each.line, column=each.column, reason=each.reason)
        for each in done.rejects[:REJECTS_SHOWN_MAX]
    ]
    return ImportView(id=done.id, rejects=rejects, **done.counts)
