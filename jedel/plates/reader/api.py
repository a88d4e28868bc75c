"""Route: a camera that reads nothing by itself sends the frames of a passing car."""

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Request
from nats.aio.client import Client
from nats.errors import NoRespondersError
from pydantic import AwareDatetime, Base64Bytes, Field

from jedel.access import DeviceKind, Principal, StoreDep, allow
from jedel.kernel.errors import TooMany, Unavailable
from jedel.kernel.schema import Body, View
from jedel.plates.desk import desk_of
from jedel.plates.drivers.registry import FRAMES
from jedel.plates.drivers.said import Reason
from jedel.plates.errors import CameraUnknown, ReadsMalformed
from jedel.plates.reader.frames import FRAMES_MAX, SUBJECT, WAITING_MAX, pack

router = APIRouter(prefix="/api/plates", tags=["plates"])

READ_WITHIN_S: Final = 10.0
FRAMES_BYTES_MAX: Final = 3_900_000
"""Of all frames of a passing together: what one message of NATS carries (4 MB) less its head."""


class Frame(Body):
    """``at``: when it was taken, by the camera's clock. ``jpeg``: base64."""

    at: AwareDatetime
    jpeg: Base64Bytes


class Frames(Body):
    """Frames of one passing, in any order."""

    frames: Annotated[list[Frame], Field(min_length=1, max_length=FRAMES_MAX)]


class FramesRead(View):
    """``accepted``: reads carried to the workers, each on two agreeing frames at least. ``seen``: plates on
    all frames. ``single``: cars on which too few frames agreed: no reads. ``faults``: of frames."""

    accepted: int
    seen: int
    single: int
    faults: list[str]


@router.post("/frames", status_code=202)
async def frames(
    body: Frames, who: Annotated[Principal, allow(DeviceKind.CAMERA)], store: StoreDep, request: Request
) -> FramesRead:
    """Read the plates on the frames of a passing. 202: what was read is carried to the workers. `429`: the
    readers have more to do than they can; send the next passing."""
    camera = await desk_of(request).cameras.of_device(store, who.id)
    if camera is None or not camera.enabled or camera.driver != FRAMES.name:
        reason = Reason.UNKNOWN_CAMERA
        if camera is not None:
            reason = Reason.WRONG_DRIVER if camera.enabled else Reason.DISABLED
        raise CameraUnknown(reason=reason)
    if sum(len(frame.jpeg) for frame in body.frames) > FRAMES_BYTES_MAX:
        raise ReadsMalformed(reason=Reason.TOO_LONG)
    message = pack([(round(frame.at.timestamp() * 1e6), frame.jpeg) for frame in body.frames])
    return _answer(await _ask(request.app.state.nats, f"{SUBJECT}.{camera.number}", message))


async def _ask(nats: Client | None, subject: str, message: bytes) -> dict[str, object]:
    if nats is None or not nats.is_connected:
        raise Unavailable(what="NATS")
    try:
        reply = await nats.request(subject, message, timeout=READ_WITHIN_S)
    except (NoRespondersError, TimeoutError) as nobody:
        raise Unavailable(what="plates") from nobody
    said: dict[str, object] = orjson.loads(reply.data)
    return said


def _answer(said: dict[str, object]) -> FramesRead:
    match said.get("error"):
        case None:
            counts = {name: said[name] for name in ("seen", "single", "faults")}
            return FramesRead.model_validate(counts | {"accepted": said["carried"]})
        case "busy":
            raise TooMany(limit=WAITING_MAX)
        case "failed":
            raise Unavailable(what="plates")
        case why:
            raise ReadsMalformed(reason=why)
