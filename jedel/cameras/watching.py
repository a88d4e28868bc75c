"""Looking at a camera: the decision, the journal's entry, and what the right hangs on."""

from datetime import datetime
from uuid import UUID

from jedel.access import Principal
from jedel.cameras import service
from jedel.cameras.errors import CameraForbidden, CameraOff
from jedel.cameras.model import Camera
from jedel.cameras.rights import Action, Decision, decide
from jedel.journal import Entry, Store
from jedel.kernel.ids import derived_id
from jedel.media.client import Grant

QUARTER_S = 15 * 60
"""Whoever looks on is written down once in so many seconds."""


async def look(
    store: Store,
    who: Principal,
    camera_id: UUID,
    action: Action = Action.LIVE,
    *,
    incident_id: UUID | None = None,
    purpose: str = "",
) -> tuple[Camera, Decision, Grant]:
    """May ``who`` look; if so the journal says it before the picture is there. ``incident_id``, ``purpose``:
    why, as far as the asker says it. Raises NotFound, CameraForbidden, CameraOff."""
    async with store.reading() as tx:
        camera = await service.own(tx.conn, who, camera_id)
        decision = await decide(tx.conn, who, camera, action, tx.now)
        now = tx.now
    if not decision.allowed:
        raise CameraForbidden(why=decision.why)
    if not camera.enabled:
        raise CameraOff
    if incident_id not in decision.incidents and decision.incidents:
        incident_id = decision.incidents[0]
    await _write_down(store, who, camera, action, decision, incident_id, purpose, now)
    return camera, decision, Grant.to(who, unmasked=decision.unmasked)


async def _write_down(
    store: Store,
    who: Principal,
    camera: Camera,
    action: Action,
    decision: Decision,
    incident_id: UUID | None,
    purpose: str,
    now: datetime,
) -> None:
    quarter = int(now.timestamp()) // QUARTER_S
    what = f"cameras.watched/{who.id}/{action}/{quarter}/{incident_id}/{decision.unmasking_id}/{purpose}"
    entry_id = derived_id(camera.id, what)
    async with store.transaction() as tx:
        if await tx.recorded(entry_id):
            return
        facts = {
            "name": camera.name, "action": action, "why": decision.why, "incident_id": incident_id,
            "purpose": purpose, "unmasked": decision.unmasked,
        }  # fmt: skip
        tx.record(Entry(entry_id, camera.region, "cameras.watched", camera.id, who.actor, facts))
