"""Who may look, look back, turn and take away, and until when. Pure.

Invariants
1. A denial beats every permission, an opening too; the order of the rules says nothing.
2. Nobody reaches a camera of another region.
3. Inside a site no rule opens the live picture: only an opening does (`jedel.cameras.openings`), for those
   before the console.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from jedel.access import CONSOLE, Role
from jedel.cameras.model import Kind, Zone, is_inside

DAY_MIN: Final = 24 * 60
LEGAL_ZONE: Final = ZoneInfo("Asia/Almaty")
"""In which a week's windows are meant: the whole country has one time."""


class Action(StrEnum):
    """What somebody wants of a camera."""

    LIVE = "live"
    ARCHIVE = "archive"
    PTZ = "ptz"
    EXPORT = "export"


class Effect(StrEnum):
    ALLOW = "allow"
    DENY = "deny"


class Why(StrEnum):
    """Codes that screens translate."""

    USUAL = "usual"  # what the role has by itself
    RULE = "rule"
    OPENING = "opening"
    OTHER_REGION = "other_region"
    DENIED = "denied"
    QUIET_DAY = "quiet_day"  # inside a site, and nothing is open
    NO_RULE = "no_rule"
    NOT_STAFF = "not_staff"


USUAL: Final[dict[Action, frozenset[Role]]] = {
    Action.LIVE: frozenset(CONSOLE),
    Action.PTZ: frozenset(CONSOLE),
    Action.ARCHIVE: frozenset({Role.DUTY_OFFICER, Role.SUPERVISOR}),
    Action.EXPORT: frozenset({Role.SUPERVISOR}),
}
"""What roles may do with cameras of the street without any rule."""

OPENED: Final[dict[Action, frozenset[Role]]] = USUAL
"""What an opening lets them do with those inside."""


@dataclass(frozen=True, slots=True)
class Window:
    """Of each week. ``days``: ISO weekdays, 1 Monday; ``start``, ``end``: minutes of the legal day, ``end``
    up to 1440; an ``end`` at or before ``start`` lies on the day after."""

    days: frozenset[int]
    start: int
    end: int

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies in it."""
        local = now.astimezone(LEGAL_ZONE)
        minute = local.hour * 60 + local.minute
        today, before = local.isoweekday(), (local - timedelta(days=1)).isoweekday()
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        return (today in self.days and minute >= self.start) or (before in self.days and minute < self.end)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. Of ``role``, ``account_id`` and ``unit_id`` one is given; ``group_id`` None: every camera of
    the region; ``weekly`` empty: always."""

    id: UUID
    region: str
    effect: Effect
    actions: frozenset[Action]
    role: Role | None = None
    account_id: UUID | None = None
    unit_id: UUID | None = None
    group_id: UUID | None = None
    weekly: tuple[Window, ...] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether its time is now."""
        if self.from_at is not None and now < self.from_at:
            return False
        if self.until_at is not None and now >= self.until_at:
            return False
        return not self.weekly or any(window.holds(now) for window in self.weekly)

    def names(self, person: "Person") -> bool:
        """Whether it speaks of this person."""
        if self.account_id is not None:
            return self.account_id == person.id
        if self.unit_id is not None:
            return self.unit_id == person.unit_id
        return self.role is not None and self.role is person.role


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``unit_id``: of an officer on patrol."""

    id: UUID
    region: str
    role: Role | None
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """The camera that is asked for, as far as rights go."""

    region: str
    zone: Zone | None
    site_id: UUID | None
    kind: Kind
    groups: frozenset[UUID] = frozenset()

    @property
    def inside(self) -> bool:
        """Whether a quiet day forbids it."""
        return is_inside(self.zone, self.site_id, self.kind)


@dataclass(frozen=True, slots=True)
class Decision:
    """``until``: when the clock alone ends it, None: nothing does; ``unmasked``: until then the picture comes
    without its masks; ``incidents``: for which it is open; ``rules``: that made it."""

    allowed: bool
    why: Why
    until: datetime | None = None
    unmasked: bool = False
    incidents: tuple[UUID, ...] = ()
    unmasking_id: UUID | None = None
    rules: frozenset[UUID] = field(default_factory=frozenset)


def decide(
    person: Person,
    thing: Thing,
    action: Action,
    rules: Iterable[Rule],
    incidents: Sequence[UUID],
    now: datetime,
) -> Decision:
    """``incidents``: for which an opening of this camera is in force now."""
    if person.region != thing.region:
        return Decision(False, Why.OTHER_REGION)
    if person.role is None:
        return Decision(False, Why.NOT_STAFF)
    meant = [rule for rule in rules if _meant(rule, person, thing, action) and rule.in_force(now)]
    denials = frozenset(rule.id for rule in meant if rule.effect is Effect.DENY)
    if denials:
        return Decision(False, Why.DENIED, rules=denials)
    if thing.inside and incidents and person.role in OPENED[action]:
        return Decision(True, Why.OPENING, incidents=tuple(incidents))
    if thing.inside and action in {Action.LIVE, Action.PTZ}:
        return Decision(False, Why.QUIET_DAY)
    if not thing.inside and person.role in USUAL[action]:
        return Decision(True, Why.USUAL, incidents=tuple(incidents))
    if meant:
        return Decision(True, Why.RULE, until=_last_end(meant), rules=frozenset(rule.id for rule in meant))
    return Decision(False, Why.NO_RULE)


def _meant(rule: Rule, person: Person, thing: Thing, action: Action) -> bool:
    return (
        rule.region == thing.region
        and action in rule.actions
        and (rule.group_id is None or rule.group_id in thing.groups)
        and rule.names(person)
    )


def _last_end(rules: Sequence[Rule]) -> datetime | None:
    """When the last of the permissions ends; None: one of them has no end."""
    ends = [rule.until_at for rule in rules]
    return None if None in ends else max(end for end in ends if end is not None)
