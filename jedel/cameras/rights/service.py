"""Deciding about cameras, with all that is known of them and of who asks.

Who asks for a picture and who has one already are judged by the same words: `Known.decide`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.access import Principal
from jedel.cameras import repository as registry
from jedel.cameras.model import Camera
from jedel.cameras.openings.repository import open_cameras
from jedel.cameras.rights import model, repository
from jedel.cameras.rights.model import Action, Decision, Person, Rule, Thing
from jedel.journal import Connection


@dataclass(frozen=True, slots=True)
class Known:
    """What decides about some cameras at one moment. ``groups``, ``incidents``: of each camera;
    ``unmaskings``: {id, until_at} by camera and person."""

    now: datetime
    rules: Sequence[Rule]
    groups: Mapping[UUID, Sequence[UUID]]
    incidents: Mapping[UUID, Sequence[UUID]]
    unmaskings: Mapping[tuple[UUID, UUID], Mapping[str, Any]]

    def decide(self, who: Principal, camera: Camera, action: Action) -> Decision:
        """Whether ``who`` may do this."""
        groups = frozenset(self.groups.get(camera.id, ()))
        thing = Thing(camera.region, camera.zone, camera.site_id, camera.kind, groups)
        person = Person(who.id, who.region, who.role, who.unit_id)
        incidents = self.incidents.get(camera.id, ())
        found = model.decide(person, thing, action, self.rules, incidents, self.now)
        off = self.unmaskings.get((camera.id, who.id))
        if not found.allowed or not camera.masks or off is None:
            return found
        ends = [end for end in (found.until, off["until_at"]) if end is not None]
        return replace(found, unmasked=True, until=min(ends), unmasking_id=off["id"])


async def known(conn: Connection, cameras: Sequence[Camera], people: Iterable[UUID], now: datetime) -> Known:
    """One question of each kind, however many cameras and people there are."""
    ids = [camera.id for camera in cameras]
    masked = [camera.id for camera in cameras if camera.masks]
    return Known(
        now,
        await repository.rules(conn, sorted({camera.region for camera in cameras})),
        await registry.groups_of(conn, ids),
        await open_cameras(conn, ids, now),
        await repository.unmaskings(conn, masked, list(people), now) if masked else {},
    )


async def decide(conn: Connection, who: Principal, camera: Camera, action: Action, now: datetime) -> Decision:
    """Whether ``who`` may do this now. Nothing is remembered from one question to the next."""
    return (await known(conn, [camera], [who.id], now)).decide(who, camera, action)
