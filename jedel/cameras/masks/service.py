"""Masks and pictures without them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from jedel.access import Principal, names
from jedel.cameras import service as registry
from jedel.cameras.errors import (
    CameraForbidden,
    DecidedAlready,
    MaskChangeWaiting,
    NothingMasked,
    ReasonNeeded,
    TwoPersons,
)
from jedel.cameras.masks import repository
from jedel.cameras.masks.model import ASKED_LIFE, only_adds, waits
from jedel.cameras.masks.schemas import (
    AskUnmasked,
    Decide,
    MaskChangeView,
    MasksView,
    SetMasks,
    UnmaskingView,
)
from jedel.cameras.model import Camera
from jedel.cameras.rights import Action, decide
from jedel.dispatch import repository as incidents
from jedel.dispatch.model import State
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id
from jedel.media.model import Mask


async def masks(store: Store, who: Principal, camera_id: UUID) -> MasksView:
    """Raises NotFound."""
    async with store.reading() as tx:
        return await _masks(tx, await registry.own(tx.conn, who, camera_id))


async def set_masks(store: Store, who: Principal, camera_id: UUID, body: SetMasks) -> MasksView:
    """More masks are there at once; anything else waits for a second person. Raises NotFound,
    MaskChangeWaiting."""
    async with store.transaction() as tx:
        camera = await registry.own(tx.conn, who, camera_id, lock=True)
        if await tx.recorded(body.id):
            return await _masks(tx, camera)
        after = [Mask(corners) for corners in body.masks]
        said = repository.plain(after)
        if only_adds(camera.masks, after):
            await repository.set_masks(tx.conn, camera_id, said, tx.now)
            kind, facts = "cameras.masked", {"masks": len(after), "before": len(camera.masks)}
        else:
            await repository.forget_old(tx.conn, camera_id, tx.now - ASKED_LIFE)
            row = {
                "id": body.id, "region": who.region, "camera_id": camera_id, "masks": said,
                "purpose": body.purpose, "proposed_by": who.id, "proposed_at": tx.now,
            }  # fmt: skip
            if not await repository.propose(tx.conn, row):
                raise MaskChangeWaiting
            kind, facts = "cameras.mask_change_proposed", {"purpose": body.purpose, "masks": len(after)}  # type: ignore[dict-item]
        tx.record(Entry(body.id, who.region, kind, camera_id, who.actor, facts))
        return await _masks(tx, await registry.own(tx.conn, who, camera_id))


async def changes(store: Store, who: Principal) -> list[MaskChangeView]:
    """Those that wait for a second person."""
    async with store.reading() as tx:
        rows = await repository.waiting_changes(tx.conn, who.region, tx.now - ASKED_LIFE)
        called = await names(tx.conn, [row["proposed_by"] for row in rows])
    fields = set(MaskChangeView.model_fields)
    return [
        MaskChangeView(
            **{name: value for name, value in row.items() if name in fields},
            proposed_by_name=called.get(row["proposed_by"], ""),
        )
        for row in rows
    ]


async def decide_change(store: Store, who: Principal, change_id: UUID, body: Decide) -> MasksView:
    """The second person's word. Raises NotFound, TwoPersons, DecidedAlready."""
    async with store.transaction() as tx:
        row = await repository.change(tx.conn, change_id)
        if row is None or row["region"] != who.region:
            raise NotFound(what="mask change", id=change_id)
        camera = await registry.own(tx.conn, who, row["camera_id"], lock=True)
        if await tx.recorded(body.id):
            return await _masks(tx, camera)
        if row["proposed_by"] == who.id:
            raise TwoPersons
        if row["accepted"] is not None or not waits(row["proposed_at"], tx.now):
            raise DecidedAlready
        await repository.decide_change(tx.conn, change_id, who.id, body.grant, tx.now)
        if body.grant:
            await repository.set_masks(tx.conn, camera.id, row["masks"], tx.now)
        facts = {"accepted": body.grant, "proposed_by": row["proposed_by"], "masks": len(row["masks"])}
        tx.record(Entry(body.id, who.region, "cameras.mask_change_decided", camera.id, who.actor, facts))
        return await _masks(tx, await registry.own(tx.conn, who, camera.id))


async def ask(store: Store, who: Principal, camera_id: UUID, body: AskUnmasked) -> UnmaskingView:
    """Ask for the picture without masks. Raises NotFound, NothingMasked, ReasonNeeded, CameraForbidden."""
    async with store.transaction() as tx:
        camera = await registry.own(tx.conn, who, camera_id)
        if await tx.recorded(body.id):
            return await _own(tx, who, body.id)
        if not camera.masks:
            raise NothingMasked
        await _check_reason(tx, who, body)
        found = await decide(tx.conn, who, camera, Action.LIVE, tx.now)
        if not found.allowed:
            raise CameraForbidden(why=found.why)
        row = body.model_dump() | {
            "region": who.region, "camera_id": camera_id, "requested_by": who.id, "requested_at": tx.now,
        }  # fmt: skip
        await repository.ask(tx.conn, row)
        facts = {name: row[name] for name in ("purpose", "incident_id", "case_number", "minutes")}
        tx.record(Entry(body.id, who.region, "cameras.unmasking_asked", camera_id, who.actor, facts))
        return await _own(tx, who, body.id)


async def waiting(store: Store, who: Principal) -> list[UnmaskingView]:
    """The region's requests that wait, and what is unmasked now."""
    async with store.reading() as tx:
        rows = await repository.unmaskings(tx.conn, who.region, tx.now - ASKED_LIFE, tx.now)
        return await _views(tx, rows)


async def answer(store: Store, who: Principal, unmasking_id: UUID, body: Decide) -> UnmaskingView:
    """The second person's word. Raises NotFound, TwoPersons, DecidedAlready, ReasonNeeded."""
    async with store.transaction() as tx:
        row = await _row(tx, who, unmasking_id)
        if await tx.recorded(body.id):
            return (await _views(tx, [row]))[0]
        if row["requested_by"] == who.id:
            raise TwoPersons
        if row["granted"] is not None or row["ended_at"] or not waits(row["requested_at"], tx.now):
            raise DecidedAlready
        if body.grant and row["incident_id"] is not None:
            await _check_incident(tx, who, row["incident_id"])
        until = tx.now + timedelta(minutes=row["minutes"]) if body.grant else None
        await repository.decide(tx.conn, unmasking_id, who.id, until, tx.now)
        facts = {"granted": body.grant, "requested_by": row["requested_by"], "until": until}
        tx.record(Entry(body.id, who.region, "cameras.unmasking_decided", row["camera_id"], who.actor, facts))
        return await _own(tx, who, unmasking_id)


async def end(store: Store, who: Principal, unmasking_id: UUID, command: UUID) -> None:
    """Over before its time: anybody of the region who may see the list may end one. Raises NotFound."""
    async with store.transaction() as tx:
        row = await _row(tx, who, unmasking_id)
        if row["ended_at"] is None and not await tx.recorded(command):
            await repository.end(tx.conn, unmasking_id, tx.now)
            tx.record(Entry(command, who.region, "cameras.unmasking_ended", row["camera_id"], who.actor, {}))


async def sweep(store: Store) -> None:
    """End what is over."""
    async with store.transaction() as tx:
        for row in await repository.overdue(tx.conn, tx.now, tx.now - ASKED_LIFE):
            await repository.end(tx.conn, row["id"], tx.now)
            entry_id = derived_id(row["id"], "cameras.unmasking_ended")
            tx.record(
                Entry(
                    entry_id, row["region"], "cameras.unmasking_ended", row["camera_id"], "system:cameras",
                    {"unmasking": row["id"]},
                )
            )  # fmt: skip


async def _check_reason(tx: Tx, who: Principal, body: AskUnmasked) -> None:
    if body.incident_id is None and body.case_number is None:
        raise ReasonNeeded
    if body.incident_id is not None:
        await _check_incident(tx, who, body.incident_id)


async def _check_incident(tx: Tx, who: Principal, incident_id: UUID) -> None:
    incident = await incidents.find(tx.conn, incident_id)
    if incident is None or incident.region != who.region or incident.state is State.CLOSED:
        raise ReasonNeeded


async def _masks(tx: Tx, camera: Camera) -> MasksView:
    change = await repository.waiting_of(tx.conn, camera.id, tx.now - ASKED_LIFE)
    return MasksView(
        camera_id=camera.id,
        masks=repository.plain(camera.masks),
        waiting=change,
    )


async def _row(tx: Tx, who: Principal, unmasking_id: UUID) -> dict[str, Any]:
    row = await repository.unmasking(tx.conn, unmasking_id)
    if row is None or row["region"] != who.region:
        raise NotFound(what="unmasking", id=unmasking_id)
    return row


async def _own(tx: Tx, who: Principal, unmasking_id: UUID) -> UnmaskingView:
    return (await _views(tx, [await _row(tx, who, unmasking_id)]))[0]


async def _views(tx: Tx, rows: list[dict[str, Any]]) -> list[UnmaskingView]:
    people = [row[name] for row in rows for name in ("requested_by", "decided_by") if row[name]]
    called = await names(tx.conn, people)
    fields = set(UnmaskingView.model_fields)
    return [
        UnmaskingView(
            **{name: value for name, value in row.items() if name in fields},
            requested_by_name=called.get(row["requested_by"], ""),
            decided_by_name=called.get(row["decided_by"]),
            state=_state(tx, row),
        )
        for row in rows
    ]


def _state(tx: Tx, row: dict[str, Any]) -> str:
    if row["granted"] is False:
        return "refused"
    if row["ended_at"] is not None or (row["until_at"] is not None and row["until_at"] <= tx.now):
        return "over"
    return "granted" if row["granted"] else "waiting"
