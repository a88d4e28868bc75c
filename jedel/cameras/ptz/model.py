"""Who turns a camera. Pure.

Invariants
1. A camera has at most one holder; whoever sends a command without holding it moves nothing.
2. A higher rank takes over at once and everybody concerned is told; an equal one waits.
3. A lock ends by itself: nobody has to remember to let go.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from jedel.access import Role
from jedel.dispatch.model import Priority

HELD_FOR: Final = timedelta(seconds=8)
"""Without a command for so long the camera is free."""

_ROLES: Final = {Role.SUPERVISOR: 2, Role.DUTY_OFFICER: 1, Role.OPERATOR: 0}


@dataclass(frozen=True, slots=True)
class Lock:
    """``rank``: as `rank` reckons it; ``since``: of this holder; ``until``: moves on with each command."""

    camera_id: UUID
    account_id: UUID
    name: str
    rank: int
    incident_id: UUID | None
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return now < self.until


def rank(role: Role | None, priority: Priority | None) -> int:
    """The incident's priority counts first, then the role: a duty officer at an emergency goes before a
    supervisor who looks round. Higher goes first."""
    grave = 0 if priority is None else len(Priority) - priority.rank
    return grave * 10 + (_ROLES.get(role, -1) if role else -1)


def taken(present: Lock | None, wanted: Lock, now: datetime) -> tuple[Lock, Lock | None] | None:
    """The lock after a command, and whom it was taken from; None: it stays with who has it."""
    if present is None or not present.holds(now):
        return wanted, None
    if present.account_id == wanted.account_id:
        return replace(wanted, since=present.since, rank=max(present.rank, wanted.rank)), None
    if wanted.rank > present.rank:
        return wanted, present
    return None
