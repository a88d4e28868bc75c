"""Turning a camera: the right, the lock, then the motors. The journal has an entry for each lock, not for
each nudge."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

from jedel.access import Principal
from jedel.cameras import service as cameras
from jedel.cameras.errors import CameraForbidden
from jedel.cameras.model import Camera
from jedel.cameras.ptz import errors, model, repository
from jedel.cameras.ptz.head import Head, Heads
from jedel.cameras.ptz.model import HELD_FOR, Lock
from jedel.cameras.ptz.schemas import LockView, PresetView, SavePreset, Turn
from jedel.cameras.rights import Action, decide
from jedel.dispatch import repository as incidents
from jedel.dispatch.model import State
from jedel.journal import Entry, Store, Tx

LOCKED = "cameras.ptz_locked"
TAKEN_OVER = "cameras.ptz_taken_over"
KEPT = "cameras.ptz_preset_saved"
FORGOTTEN = "cameras.ptz_preset_removed"


async def turn(store: Store, who: Principal, heads: Heads, camera_id: UUID, body: Turn) -> LockView:
    """Do it, if the asker may and nobody of his rank or above is at it.

    Raises NotFound, CameraForbidden, NotTurned, Held, NoAnswer.
    """
    camera, lock, was = await _locked(store, who, camera_id, body.incident_id)
    head = await heads.of(camera)
    if body.do == "move":
        await head.move(body.x, body.y, body.zoom)
    elif body.do == "stop":
        await head.stop()
    else:
        await head.go_to(body.preset)
    return _view(lock, who, was)


async def presets(store: Store, who: Principal, heads: Heads, camera_id: UUID) -> list[PresetView]:
    """The places that the camera knows by name. Raises NotFound, CameraForbidden, NotTurned, NoAnswer."""
    async with store.reading() as tx:
        camera = await _allowed(tx, who, camera_id)
    return await (await heads.of(camera)).presets()


async def keep(
    store: Store, who: Principal, heads: Heads, camera_id: UUID, body: SavePreset
) -> list[PresetView]:
    """What the camera looks at now is a new place of it; all of its places. Raises as `turn`."""
    facts = {"preset": body.name}
    return await _changed(
        store,
        who,
        heads,
        camera_id,
        body.id,
        KEPT,
        facts,
        lambda head: head.keep(body.name),
    )


async def forget(
    store: Store, who: Principal, heads: Heads, camera_id: UUID, command: UUID, token: str
) -> list[PresetView]:
    """The camera knows this place no longer; its other places. Raises as `turn`."""
    facts = {"preset": token}
    return await _changed(
        store, who, heads, camera_id, command, FORGOTTEN, facts, lambda head: head.forget(token)
    )


async def _changed(
    store: Store,
    who: Principal,
    heads: Heads,
    camera_id: UUID,
    command: UUID,
    kind: str,
    facts: dict[str, str],
    change: Callable[[Head], Awaitable[None]],
) -> list[PresetView]:
    """Whoever changes a place holds the camera meanwhile: nobody turns it away under him."""
    camera, _, _ = await _locked(store, who, camera_id, None)
    head = await heads.of(camera)
    async with store.reading() as tx:
        done = await tx.recorded(command)
    if not done:
        await change(head)
        async with store.transaction() as tx:
            if not await tx.recorded(command):
                told = {"name": camera.name} | facts
                tx.record(Entry(command, camera.region, kind, camera.id, who.actor, told))
    return await head.presets()


async def _allowed(tx: Tx, who: Principal, camera_id: UUID) -> Camera:
    camera = await cameras.own(tx.conn, who, camera_id)
    decision = await decide(tx.conn, who, camera, Action.PTZ, tx.now)
    if not decision.allowed:
        raise CameraForbidden(why=decision.why)
    if camera.ptz is None or camera.onvif_url is None or not camera.enabled:
        raise errors.NotTurned
    return camera


async def _locked(
    store: Store, who: Principal, camera_id: UUID, incident_id: UUID | None
) -> tuple[Camera, Lock, Lock | None]:
    async with store.transaction() as tx:
        camera = await _allowed(tx, who, camera_id)
        incident = await incidents.find(tx.conn, incident_id) if incident_id else None
        known = incident is not None and incident.region == who.region and incident.state is not State.CLOSED
        wanted = Lock(
            camera_id=camera.id,
            account_id=who.id,
            name=who.name,
            rank=model.rank(who.role, incident.priority if incident and known else None),
            incident_id=incident_id if known else None,
            since=tx.now,
            until=tx.now + HELD_FOR,
        )
        present = await repository.find(tx.conn, camera.id)
        found = model.taken(present, wanted, tx.now)
        if found is None:
            assert present is not None
            left = max(1, round((present.until - tx.now).total_seconds()))
            raise errors.Held(name=present.name, seconds=left)
        lock, was = found
        await repository.save(tx.conn, lock)
        goes_on = present is not None and present.holds(tx.now) and present.account_id == who.id
        if not goes_on:
            _write_down(tx, who, camera, lock, was)
    return camera, lock, was


def _write_down(tx: Tx, who: Principal, camera: Camera, lock: Lock, was: Lock | None) -> None:
    entry_id = uuid5(camera.id, f"ptz {who.id} {lock.since.isoformat()}")
    facts = {
        "name": camera.name, "incident_id": lock.incident_id, "rank": lock.rank,
        "taken_from": was.account_id if was else None,
    }  # fmt: skip
    kind = TAKEN_OVER if was else LOCKED
    tx.record(Entry(entry_id, camera.region, kind, camera.id, who.actor, facts))


def _view(lock: Lock, who: Principal, was: Lock | None) -> LockView:
    return LockView(
        camera_id=lock.camera_id,
        name=lock.name,
        mine=lock.account_id == who.id,
        incident_id=lock.incident_id,
        since=lock.since,
        until=lock.until,
        taken_from=was.name if was else None,
    )
