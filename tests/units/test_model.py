"""Status and silence of a unit, by a machine that tries everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jedel.units.model import (
    ON_INCIDENT,
    STEPS,
    Party,
    Refusal,
    Unit,
    UnitKind,
    UnitStatus,
    moved,
    refusal,
    silence,
)

T0 = datetime(2026, 11, 1, 8, tzinfo=UTC)
KEPT: list[UnitStatus] = [status for status in UnitStatus if status is not UnitStatus.UNAVAILABLE]


def patrol() -> Unit:
    """A car that is off shift."""
    return Unit(
        id=UUID(int=1),
        region="00",
        call_sign="P17",
        kind=UnitKind.CAR,
        vehicle="123ABC|01",
        crew=("A. Bekov",),
        skills=("first_aid",),
        district=None,
        status=UnitStatus.OFF_SHIFT,
        since=T0,
        silent=False,
        shift_started_at=None,
        incident_id=None,
    )


class Shift(RuleBasedStateMachine):
    """Anybody asks for any step at any time; the invariants of `Unit` hold whatever is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.unit = patrol()
        self.now = T0
        self.heard_at: datetime | None = None

    @rule(
        to=st.sampled_from(UnitStatus),
        party=st.sampled_from(Party),
        late_s=st.integers(min_value=0, max_value=300),
    )
    def step(self, to: UnitStatus, party: Party, late_s: int) -> None:
        at, before = self.now - timedelta(seconds=late_s), self.unit
        why = refusal(before, to, party, at)
        allowed = STEPS.get((before.status, to))
        if allowed is None:
            assert why is Refusal.NO_SUCH_STEP
        elif party not in allowed:
            assert why is Refusal.NOT_YOURS
        elif at < before.since:
            assert why is Refusal.OUTDATED
        else:
            assert why is None
            self.unit = moved(before, to, at, uuid4() if to is UnitStatus.ASSIGNED else None)
            assert (self.unit.status, self.unit.since) == (to, at)
            if before.status in ON_INCIDENT and to in ON_INCIDENT:
                assert self.unit.incident_id == before.incident_id

    @rule(seconds=st.integers(min_value=0, max_value=200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def reports(self) -> None:
        self.heard_at = self.now

    @rule()
    def sweep(self) -> None:
        change = silence(self.unit, self.heard_at, self.now, 60)
        if change is not None:
            assert change is not self.unit.silent
            self.unit = replace(self.unit, silent=change)
        on_shift = self.unit.shift_started_at
        if on_shift is not None:
            last = max(self.heard_at or on_shift, on_shift)
            assert self.unit.silent is (self.now - last > timedelta(seconds=60))

    @invariant()
    def whole(self) -> None:
        unit = self.unit
        assert unit.status in KEPT
        assert (unit.incident_id is not None) == (unit.status in ON_INCIDENT)
        assert (unit.shift_started_at is None) == (unit.status is UnitStatus.OFF_SHIFT)
        assert not (unit.silent and unit.status is UnitStatus.OFF_SHIFT)
        assert unit.shown is (UnitStatus.UNAVAILABLE if unit.silent else unit.status)
        assert unit.may_go is (unit.shown is UnitStatus.AVAILABLE)


TestShift = Shift.TestCase


def test_every_status_leads_back_to_off_shift_and_only_dispatch_touches_incidents() -> None:
    for start in KEPT:
        reached: set[UnitStatus] = {start}
        fringe: list[UnitStatus] = [start]
        while fringe:
            here = fringe.pop()
            fresh = {to for (origin, to) in STEPS if origin is here} - reached
            reached |= fresh
            fringe += fresh
        assert UnitStatus.OFF_SHIFT in reached
    for (origin, to), parties in STEPS.items():
        assert (Party.DISPATCH in parties) == bool({origin, to} & ON_INCIDENT)
        assert UnitStatus.UNAVAILABLE not in {origin, to}


@given(heard_s=st.integers(min_value=-100_000, max_value=100_000))
def test_our_own_standstill_makes_nobody_silent(heard_s: int) -> None:
    """We last listened 30 s into the shift: however long ago that is, nobody has been silent for 60 s."""
    unit = moved(patrol(), UnitStatus.AVAILABLE, T0)
    assert silence(unit, T0 + timedelta(seconds=heard_s), T0 + timedelta(seconds=30), 60) is None


@pytest.mark.parametrize(("quiet_s", "expected"), [(59.9, None), (60.0, None), (60.1, True)])
def test_the_threshold_itself_is_not_silence(quiet_s: float, expected: bool | None) -> None:
    unit = moved(patrol(), UnitStatus.AVAILABLE, T0)
    assert silence(unit, T0, T0 + timedelta(seconds=quiet_s), 60) is expected


def test_off_shift_is_never_silent() -> None:
    assert silence(patrol(), None, T0 + timedelta(days=9), 60) is None


def test_a_shift_that_ends_forgets_silence() -> None:
    unit = replace(moved(patrol(), UnitStatus.AVAILABLE, T0), silent=True)
    assert unit.shown is UnitStatus.UNAVAILABLE
    assert moved(unit, UnitStatus.OFF_SHIFT, T0).shown is UnitStatus.OFF_SHIFT
