"""The decision itself: every branch, and that order and luck say nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from jedel.access import Role
from jedel.cameras.model import Kind, Zone
from jedel.cameras.rights.model import (
    Action,
    Decision,
    Effect,
    Person,
    Rule,
    Thing,
    Why,
    Window,
    decide,
)

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
"""Monday, 12:30 of legal time."""
ME, OTHER, UNIT, GROUP, INCIDENT = (UUID(int=n) for n in range(1, 6))
EVERY = frozenset(Action)


def rule(effect: Effect = Effect.ALLOW, **more: Any) -> Rule:
    if not {"role", "account_id", "unit_id"} & set(more):
        more["account_id"] = ME
    return Rule(more.pop("id", UUID(int=99)), "00", effect, more.pop("actions", EVERY), **more)


def person(role: Role | None = Role.OPERATOR, **more: Any) -> Person:
    return Person(ME, more.pop("region", "00"), role, **more)


def thing(zone: Zone | None = Zone.STREET, **more: Any) -> Thing:
    return Thing("00", zone, more.pop("site_id", None), more.pop("kind", Kind.FIXED), **more)


def asked(
    rules: list[Rule] | None = None,
    who: Person | None = None,
    what: Thing | None = None,
    action: Action = Action.LIVE,
    incidents: tuple[UUID, ...] = (),
    now: datetime = NOW,
) -> Decision:
    return decide(who or person(), what or thing(), action, rules or [], incidents, now)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_what_roles_may_by_themselves(role: Role, action: Action) -> None:
    console = {Role.OPERATOR, Role.DUTY_OFFICER, Role.SUPERVISOR}
    may = {
        Action.LIVE: console, Action.PTZ: console, Action.ARCHIVE: console - {Role.OPERATOR},
        Action.EXPORT: {Role.SUPERVISOR},
    }[action]  # fmt: skip
    found = asked(who=person(role), action=action)
    assert (found.allowed, found.why) == ((True, Why.USUAL) if role in may else (False, Why.NO_RULE))
    inside = asked(who=person(role), action=action, what=thing(Zone.CLASSROOM))
    assert not inside.allowed
    opened = asked(who=person(role), action=action, what=thing(Zone.CLASSROOM), incidents=(INCIDENT,))
    assert (opened.allowed, opened.why is Why.OPENING) == ((True, True) if role in may else (False, False))


def test_nobody_of_another_region_and_no_device() -> None:
    assert asked([rule()], person(region="02")).why is Why.OTHER_REGION
    assert asked([rule()], person(None)).why is Why.NOT_STAFF


@pytest.mark.parametrize("zone", [Zone.ENTRANCE, Zone.STAIRS, Zone.CLASSROOM, Zone.CORRIDOR])
def test_a_quiet_day_no_rule_opens_a_school(zone: Zone) -> None:
    admin = [rule(role=Role.SUPERVISOR), rule()]
    for action in (Action.LIVE, Action.PTZ):
        assert asked(admin, person(Role.SUPERVISOR), thing(zone), action).why is Why.QUIET_DAY
    kept = asked(admin, person(Role.SUPERVISOR), thing(zone), Action.ARCHIVE)
    assert (kept.allowed, kept.why) == (True, Why.RULE), "what an inquiry needs, by a rule that names it"


def test_a_sites_camera_of_unknown_place_is_inside() -> None:
    assert thing(None, site_id=UUID(int=7)).inside
    assert not thing(None).inside
    assert not thing(None, site_id=UUID(int=7), kind=Kind.POST).inside
    assert not thing(Zone.SURROUNDINGS, site_id=UUID(int=7)).inside


def test_a_denial_beats_a_permission_the_role_and_an_opening() -> None:
    no = rule(Effect.DENY, id=UUID(int=1))
    assert asked([rule(), no]).why is Why.DENIED
    assert asked([no, rule()]).why is Why.DENIED
    assert asked([no], what=thing(Zone.CORRIDOR), incidents=(INCIDENT,)).why is Why.DENIED
    assert asked([no], action=Action.LIVE).rules == {no.id}
    assert asked([rule(Effect.DENY, actions=frozenset({Action.PTZ}))]).allowed, "another action"


def test_whom_and_what_a_rule_means() -> None:
    def may(one: Rule, who: Person | None = None, what: Thing | None = None) -> bool:
        return asked([one], who or person(Role.OFFICER, unit_id=UNIT), what).allowed

    assert may(rule())
    assert not may(rule(account_id=OTHER))
    assert may(rule(role=Role.OFFICER))
    assert not may(rule(role=Role.AUDITOR))
    assert may(rule(unit_id=UNIT))
    assert not may(rule(unit_id=OTHER))
    assert not may(rule(unit_id=UNIT), person(Role.OFFICER))
    assert may(rule(group_id=GROUP), what=thing(groups=frozenset({GROUP})))
    assert not may(rule(group_id=GROUP))
    elsewhere = Rule(UUID(int=1), "02", Effect.ALLOW, EVERY, account_id=ME)
    assert not may(elsewhere)
    nobody = Rule(UUID(int=1), "00", Effect.ALLOW, EVERY)
    assert not may(nobody)


def test_when_a_rule_holds_and_until_when() -> None:
    officer, hour = person(Role.OFFICER), timedelta(hours=1)
    ends = asked([rule(until_at=NOW + hour), rule(until_at=NOW + 2 * hour)], officer)
    assert (ends.allowed, ends.until) == (True, NOW + 2 * hour)
    assert asked([rule(until_at=NOW + hour), rule()], officer).until is None
    assert not asked([rule(until_at=NOW)], officer).allowed, "the end itself is over"
    assert not asked([rule(from_at=NOW + hour)], officer).allowed
    assert asked([rule(from_at=NOW)], officer).allowed
    assert asked([rule(weekly=(Window(frozenset({1}), 12 * 60, 13 * 60),))], officer).allowed
    assert not asked([rule(weekly=(Window(frozenset({2}), 12 * 60, 13 * 60),))], officer).allowed


@pytest.mark.parametrize(
    ("window", "hours", "holds"),
    [
        (Window(frozenset({1}), 0, 1440), 0, True),
        (Window(frozenset({1}), 750, 751), 0, True),
        (Window(frozenset({1}), 751, 760), 0, False),
        (Window(frozenset({1}), 22 * 60, 6 * 60), 12, True),  # 00:30 on Tuesday is still Monday's night
        (Window(frozenset({1}), 22 * 60, 6 * 60), 10, True),
        (Window(frozenset({1}), 22 * 60, 6 * 60), 18, False),
        (Window(frozenset({2}), 22 * 60, 6 * 60), 12, False),
        (Window(frozenset({7}), 22 * 60, 13 * 60), 0, True),
    ],
)
def test_weekly_windows(window: Window, hours: int, holds: bool) -> None:
    assert window.holds(NOW + timedelta(hours=hours)) is holds


times = st.none() | st.integers(-48, 48).map(lambda hours: NOW + timedelta(hours=hours))
windows = st.builds(
    Window,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1440),
)
rules = st.builds(
    Rule,
    st.uuids(),
    st.sampled_from(["00", "02"]),
    st.sampled_from(Effect),
    st.frozensets(st.sampled_from(Action), min_size=1),
    role=st.none() | st.sampled_from(Role),
    account_id=st.none() | st.sampled_from([ME, OTHER]),
    unit_id=st.none() | st.just(UNIT),
    group_id=st.none() | st.just(GROUP),
    weekly=st.lists(windows, max_size=2).map(tuple),
    from_at=times,
    until_at=times,
)
people = st.builds(
    Person, st.just(ME), st.sampled_from(["00", "02"]), st.none() | st.sampled_from(Role), st.none()
)
things = st.builds(
    Thing,
    st.just("00"),
    st.none() | st.sampled_from(Zone),
    st.none() | st.just(OTHER),
    st.sampled_from(Kind),
    st.sampled_from([frozenset(), frozenset({GROUP})]),
)


@how(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(rules, max_size=6), people, things, st.sampled_from(Action), st.booleans(), st.randoms(),
)  # fmt: skip
def test_order_says_nothing_and_a_denial_always_wins(
    found: list[Rule], who: Person, what: Thing, action: Action, opened: bool, luck: Any
) -> None:
    incidents = (INCIDENT,) if opened else ()
    first = decide(who, what, action, found, incidents, NOW)
    mixed = list(found)
    luck.shuffle(mixed)
    assert decide(who, what, action, mixed, incidents, NOW) == first
    no = Rule(UUID(int=77), "00", Effect.DENY, frozenset({action}), account_id=ME)
    assert not decide(who, what, action, [*found, no], incidents, NOW).allowed
    if who.region != what.region:
        assert not first.allowed
    if what.inside and not opened and action is Action.LIVE:
        assert not first.allowed
    if first.allowed and first.until is not None:
        assert first.until > NOW
