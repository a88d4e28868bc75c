"""Routes: reads that cameras push, and pictures of reads."""

import asyncio
import hmac
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from nats.aio.client import Client

from jedel.access import CONSOLE, DeviceKind, Principal, Role, StoreDep, allow
from jedel.journal import Store, keys
from jedel.kernel.errors import TooMany, Unavailable
from jedel.plates.cameras.model import READS_PER_S
from jedel.plates.desk import desk_of
from jedel.plates.drivers.said import Reason
from jedel.plates.errors import CameraUnknown, PictureGone, ReadsMalformed
from jedel.plates.intake import Taken
from jedel.plates.pictures import Which
from jedel.plates.schemas import ReadsTaken, RefusedRead

router = APIRouter(prefix="/api/plates", tags=["plates"])

SEEN_FOR = timedelta(hours=1)
"""How long the address of a picture is good."""
_USE = b"pictures of reads"
_TAKES = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
_TAKES_XML = {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}
Camera = Annotated[Principal, allow(DeviceKind.CAMERA)]


@router.post("/reads", status_code=202, openapi_extra={"requestBody": _TAKES})
async def reads(request: Request, who: Camera, store: StoreDep) -> ReadsTaken:
    """What a camera read, in its own JSON, by the field mapping of the camera.

    202: all that is not in `refused` is carried to the workers, pictures are kept. The same read said again
    is one. `429`: the camera says more than it may; say it again later.
    """
    return await _take(request, who, store, "http")


@router.post("/onvif", status_code=202, openapi_extra={"requestBody": _TAKES_XML})
async def onvif(request: Request, who: Camera, store: StoreDep) -> ReadsTaken:
    """What an ONVIF camera read: a metadata stream's document or an event notification (Profile M)."""
    return await _take(request, who, store, "onvif")


async def _take(request: Request, who: Principal, store: Store, driver: str) -> ReadsTaken:
    desk = desk_of(request)
    camera = await desk.cameras.of_device(store, who.id)
    if camera is None:
        raise CameraUnknown(reason=Reason.UNKNOWN_CAMERA)
    raw = await request.body()
    now_us = round(store.clock.now().timestamp() * 1e6)
    taken = desk.intake.sift(camera, driver, raw, now_us, asyncio.get_running_loop().time())
    if taken.malformed in (Reason.DISABLED, Reason.WRONG_DRIVER):
        raise CameraUnknown(reason=taken.malformed)
    if taken.malformed is not None:
        raise ReadsMalformed(reason=taken.malformed)
    if taken.limited:
        raise TooMany(limit=f"{READS_PER_S:.0f}")
    await desk.intake.carry(_nats(request), [taken])
    return _answer(taken)


def _answer(taken: Taken) -> ReadsTaken:
    return ReadsTaken(
        accepted=len(taken.reads),
        repeated=taken.repeated,
        refused=[RefusedRead(index=nth, reason=why) for nth, why in sorted(taken.refused.items())],
        faults=sorted(set(taken.faults)),
    )


@router.get("/reads/{read_id}/pictures/{which}", response_class=FileResponse)
async def picture(
    read_id: UUID,
    which: Which,
    who: Annotated[Principal, allow(*CONSOLE, Role.OFFICER)],
    store: StoreDep,
    request: Request,
    at: Annotated[int, Query(ge=0, le=2**62)] = 0,
    until: Annotated[int, Query(ge=0, le=2**62)] = 0,
    seal: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """A picture of a read that a search has shown to the asker: only the address in its answer opens it, for
    an hour and for nobody else."""
    secret = picture_secret(request.app.state.settings.lookups_key)
    right = hmac.compare_digest(_seal(secret, who.id, read_id, which, at, until).encode(), seal.encode())
    if not right or store.clock.now().timestamp() > until:
        raise PictureGone
    found = await asyncio.to_thread(desk_of(request).pictures.find, read_id, at, which)
    if found is None:
        raise PictureGone
    return FileResponse(found, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def picture_address(
    secret: bytes, who: Principal, read_id: UUID, which: Which, at_us: int, now: datetime
) -> str:
    """Where one person may see a picture from now on, for `SEEN_FOR`."""
    until = round((now + SEEN_FOR).timestamp())
    seal = _seal(secret, who.id, read_id, which, at_us, until)
    return f"/api/plates/reads/{read_id}/pictures/{which}?at={at_us}&until={until}&seal={seal}"


@cache
def picture_secret(file: Path) -> bytes:
    """From the look-ups' key, made on first use. Raises KeyFault where others may read it."""
    return hmac.digest(keys.load_or_make(file).private_bytes_raw(), _USE, sha256)


def _seal(secret: bytes, who: UUID, read_id: UUID, which: str, at_us: int, until: int) -> str:
    said = f"{who} {read_id} {which} {at_us} {until}".encode()
    return hmac.digest(secret, said, sha256).hex()


def _nats(request: Request) -> Client:
    client: Client | None = request.app.state.nats
    if client is None or not client.is_connected:
        raise Unavailable(what="NATS")
    return client
