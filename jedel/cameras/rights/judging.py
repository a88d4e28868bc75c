"""Who has a picture open and may no longer: sessions, devices and cameras of all of them, at once.

Whoever looks is judged by the same decision that let him in. What is said of it is one entry for each viewer.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from jedel.access import STAFF, Lasting, Principal, lasting
from jedel.cameras import repository as registry
from jedel.cameras.model import Camera, parsed
from jedel.cameras.rights.model import Action, Why
from jedel.cameras.rights.service import Known, known
from jedel.journal import Entry, Store
from jedel.kernel.ids import derived_id
from jedel.media.judging import Ended, Held, Verdict

WATCH_ENDED: Final = "cameras.watch_ended"
PUBLISHER: Final = "publisher"


class Lost(StrEnum):
    """Why a picture ended that the decision itself has no word for; screens translate it."""

    CAMERA_OFF = "camera_off"
    UNMASKING_ENDED = "unmasking_ended"


class RightsJudge:
    """For gateways and web processes."""

    wakes: Final = frozenset(
        {
            "access.account_blocked", "access.role_changed", "access.session_ended", "access.device_blocked",
            "cameras.right_given", "cameras.right_taken", "cameras.right_began",
            "cameras.right_ended", "cameras.closed", "cameras.changed", "cameras.masked",
            "cameras.mask_change_decided", "cameras.unmasking_ended", "cameras.handover_accepted",
            "cameras.group_changed", "cameras.group_removed", "dispatch.closed", "dispatch.joined",
        }
    )  # fmt: skip

    def __init__(self, store: Store) -> None:
        self._store = store

    async def judge(self, held: Sequence[Held]) -> Verdict:
        """Streams of other rooms are judged by session and device alone."""
        found = {each.viewer: parsed(each.stream) for each in held}
        async with self._store.reading() as tx:
            people = await lasting(tx.conn, tx.now, _sessions(held), _devices(held))
            ids = {parts[0] for parts in found.values() if parts is not None}
            cameras = {each.id: each for each in await registry.several(tx.conn, list(ids))}
            accounts = {who.id for who in people.people.values()}
            facts = await known(tx.conn, list(cameras.values()), accounts, tx.now)
        ended: dict[str, str] = {}
        changed: set[str] = set()
        for each in held:
            parts = found[each.viewer]
            camera = None if parts is None else cameras.get(parts[0])
            if camera is not None and camera.masks != each.masks:
                changed.add(each.stream)
            why = _session_gone(each, people)
            if why is None and parts is not None:
                why = _camera_lost(each, people, camera, facts)
            if why is not None:
                ended[each.viewer] = why
        return Verdict(ended, frozenset(changed))

    async def write_down(self, ended: Sequence[Ended]) -> None:
        """Of the streams of cameras; of others the rooms say themselves what ended."""
        ids = {parts[0]: None for each in ended if (parts := parsed(each.held.stream))}
        async with self._store.transaction() as tx:
            cameras = {each.id: each for each in await registry.several(tx.conn, list(ids))}
            for each in ended:
                parts = parsed(each.held.stream)
                camera = None if parts is None else cameras.get(parts[0])
                if camera is None:
                    continue
                entry_id = derived_id(camera.id, f"{WATCH_ENDED}/{each.held.viewer}")
                if await tx.recorded(entry_id):
                    continue
                facts = {
                    "name": camera.name, "who": each.held.grant.who, "action": each.held.action,
                    "by": each.held.kind, "why": each.why,
                }  # fmt: skip
                tx.record(Entry(entry_id, camera.region, WATCH_ENDED, camera.id, "system:media", facts))


def _account_of(held: Held) -> bool:
    return held.grant.who.startswith("account:")


def _device_of(held: Held) -> UUID | None:
    kind, _, id_ = held.grant.who.partition(":")
    return UUID(id_) if kind == "device" else None


def _sessions(held: Iterable[Held]) -> set[UUID]:
    return {each.grant.session for each in held if each.grant.session is not None}


def _devices(held: Iterable[Held]) -> set[UUID]:
    return {id_ for each in held if (id_ := _device_of(each)) is not None}


def _session_gone(held: Held, people: Lasting) -> str | None:
    """An account without a session is none that may have anything open; other systems have neither."""
    device = _device_of(held)
    if device is not None:
        return people.why(device)
    if not _account_of(held):
        return None
    return people.why(held.grant.session) if held.grant.session is not None else people.why(UUID(int=0))


def _camera_lost(held: Held, people: Lasting, camera: Camera | None, facts: Known) -> str | None:
    if camera is None or not camera.enabled:
        return Lost.CAMERA_OFF
    who = _person(held, people.people)
    if who is None:
        return None
    if not who.may(frozenset(STAFF)):
        return Why.NOT_STAFF
    decision = facts.decide(who, camera, Action(held.action))
    if not decision.allowed:
        return decision.why
    if held.grant.unmasked and camera.masks and not decision.unmasked:
        return Lost.UNMASKING_ENDED
    return None


def _person(held: Held, people: Mapping[UUID, Principal]) -> Principal | None:
    """Who looks; a publisher gives its own picture, whatever it may see."""
    if held.kind == PUBLISHER or held.grant.session is None:
        return None
    return people.get(held.grant.session)
