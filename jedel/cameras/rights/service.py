"""Deciding about one camera, with all that is known of it and of who asks."""

from dataclasses import replace
from datetime import datetime

from jedel.access import Principal
from jedel.cameras.model import Camera
from jedel.cameras.openings.repository import open_cameras
from jedel.cameras.rights import model, repository
from jedel.cameras.rights.model import Action, Decision, Person, Thing
from jedel.journal import Connection


async def decide(conn: Connection, who: Principal, camera: Camera, action: Action, now: datetime) -> Decision:
    """Whether ``who`` may do this now. Nothing is remembered from one question to the next."""
    groups = await repository.groups(conn, camera.id)
    rules = await repository.rules(conn, camera.region)
    incidents = await open_cameras(conn, camera.id, now)
    thing = Thing(camera.region, camera.zone, camera.site_id, camera.kind, groups)
    person = Person(who.id, who.region, who.role, who.unit_id)
    found = model.decide(person, thing, action, rules, incidents, now)
    if not found.allowed or not camera.masks:
        return found
    off = await repository.unmasking(conn, camera.id, who.id, now)
    if off is None:
        return found
    ends = [end for end in (found.until, off["until_at"]) if end is not None]
    return replace(found, unmasked=True, until=min(ends), unmasking_id=off["id"])


def keys(who: Principal, camera: Camera, decision: Decision) -> tuple[str, ...]:
    """What the right hangs on: cutting any of these ends it."""
    found = [
        f"account:{who.id}",
        f"account:{who.id}/camera:{camera.id}",
        f"camera:{camera.id}",
        f"region:{camera.region}/role:{who.role}",
    ]
    if who.unit_id is not None:
        found.append(f"unit:{who.unit_id}")
    if decision.why is model.Why.OPENING:
        found += [f"incident:{incident}" for incident in decision.incidents[:1]]
    if decision.unmasking_id is not None:
        found.append(f"unmasking:{decision.unmasking_id}")
    return tuple(found)
