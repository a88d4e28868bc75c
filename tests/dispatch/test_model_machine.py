"""Random histories of several incidents and units: the invariants of model.py hold after every step."""

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jedel.dispatch import errors
from jedel.dispatch.model import Incident, Priority, Result, State, Step
from tests.dispatch.build import T0, incident, uid

UNITS = ("P1", "P2", "P3")
INCIDENTS = ("one", "two", "three")
REFUSALS = (
    errors.IncidentClosed,
    errors.AlreadyAssigned,
    errors.NotAssigned,
    errors.AssignmentEnded,
    errors.SameIncident,
)

units = st.sampled_from(UNITS)
names = st.sampled_from(INCIDENTS)


class Centre(RuleBasedStateMachine):
    """A little operations centre. ``expected`` is the plainest account of who is where."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.made = 0
        self.incidents: dict[str, Incident] = {}
        self.expected: dict[UUID, tuple[str, Step]] = {}
        self.closed: dict[str, Incident] = {}
        self.alarms: set[UUID] = set()

    @initialize()
    def open(self) -> None:
        for number, name in enumerate(INCIDENTS):
            self.incidents[name] = incident(name, number=number + 1)

    def tick(self) -> None:
        self.now += timedelta(seconds=7)
        self.made += 1

    @rule(name=names, unit=units)
    def assign(self, name: str, unit: str) -> None:
        self.tick()
        at = self.expected.get(uid(unit))
        if at is not None and at[0] != name:
            return  # the unit room refuses it: not free
        one = self.incidents[name]
        try:
            self.incidents[name] = one.assign(uid(f"a{self.made}"), uid(unit), unit, None, self.now)
        except errors.IncidentClosed:
            assert name in self.closed
        except errors.AlreadyAssigned:
            assert at is not None
            assert name not in self.closed
        else:
            self.expected[uid(unit)] = (name, Step.ASSIGNED)

    @rule(
        name=names,
        unit=units,
        step=st.sampled_from([Step.EN_ROUTE, Step.ON_SCENE]),
        said_ago_s=st.none() | st.integers(-100, 200),
    )
    def progress(self, name: str, unit: str, step: Step, said_ago_s: int | None) -> None:
        self.tick()
        said = None if said_ago_s is None else self.now - timedelta(seconds=said_ago_s)
        before = self.incidents[name]
        try:
            self.incidents[name] = before.progress(uid(unit), step, self.now, said)
        except REFUSALS:
            here = self.expected.get(uid(unit), ("", Step.RELEASED))[0] == name
            past = [a for a in before.assignments if a.unit_id == uid(unit) and not a.active]
            assert not here or any(said is not None and a.covers(said) for a in past)
        else:
            assert self.expected[uid(unit)][0] == name
            known = self.expected[uid(unit)][1]
            self.expected[uid(unit)] = (name, Step.ON_SCENE if Step.ON_SCENE in (known, step) else step)

    @rule(name=names, unit=units)
    def release(self, name: str, unit: str) -> None:
        self.tick()
        try:
            self.incidents[name] = self.incidents[name].release(uid(unit), self.now, None)
        except REFUSALS:
            assert self.expected.get(uid(unit), ("", None))[0] != name
        else:
            assert self.expected.pop(uid(unit))[0] == name

    @rule(name=names, priority=st.sampled_from(Priority), wanted=st.integers(1, 2))
    def alarm(self, name: str, priority: Priority, wanted: int) -> None:
        self.tick()
        before = self.incidents[name]
        try:
            after = before.with_alarm(uid(f"alarm{self.made}"), priority, wanted)
        except errors.IncidentClosed:
            assert name in self.closed
            return
        assert after.priority.rank <= before.priority.rank
        self.alarms.add(uid(f"alarm{self.made}"))
        self.incidents[name] = after

    @rule(name=names, priority=st.sampled_from(Priority))
    def reprioritise(self, name: str, priority: Priority) -> None:
        if name not in self.closed:
            self.incidents[name] = self.incidents[name].with_priority(priority)

    @precondition(lambda self: len(self.closed) < len(INCIDENTS))
    @rule(name=names, result=st.sampled_from(Result))
    def close(self, name: str, result: Result) -> None:
        self.tick()
        try:
            self.incidents[name] = self.incidents[name].close(result, None, self.now)
        except errors.IncidentClosed:
            assert name in self.closed
            return
        self.ended(name)

    @precondition(lambda self: len(self.closed) < len(INCIDENTS) - 1)
    @rule(name=names, into=names)
    def join(self, name: str, into: str) -> None:
        self.tick()
        one, two = self.incidents[name], self.incidents[into]
        try:
            closed, grown = one.join(two, self.now)
        except (errors.IncidentClosed, errors.SameIncident):
            assert name == into or {name, into} & set(self.closed)
            return
        for place, work in enumerate(one.active):
            grown = grown.adopt(work, uid(f"m{self.made}.{place}"), self.now)
            self.expected[work.unit_id] = (into, work.status)
        self.incidents[name], self.incidents[into] = closed, grown
        self.ended(name)

    def ended(self, name: str) -> None:
        self.closed[name] = self.incidents[name]
        self.expected = {unit: at for unit, at in self.expected.items() if at[0] != name}

    @invariant()
    def units_are_where_they_should_be(self) -> None:
        found = {a.unit_id: (name, a.status) for name, one in self.incidents.items() for a in one.active}
        assert found == self.expected
        assert sum(len(one.active) for one in self.incidents.values()) == len(found)

    @invariant()
    def state_follows_from_the_assignments(self) -> None:
        for name, one in self.incidents.items():
            steps = {step for at, step in self.expected.values() if at == name}
            wanted = (
                State.CLOSED
                if name in self.closed
                else State.ON_SCENE
                if Step.ON_SCENE in steps
                else State.DISPATCHED
                if steps
                else State.OPEN
            )
            assert one.state is wanted

    @invariant()
    def closed_is_final(self) -> None:
        for name, one in self.closed.items():
            assert self.incidents[name] == one
            assert not one.active
            assert one.result is not None

    @invariant()
    def no_alarm_is_lost_or_doubled(self) -> None:
        linked = [alarm for one in self.incidents.values() for alarm in one.alarm_ids]
        assert sorted(linked) == sorted(self.alarms)

    @invariant()
    def times_run_forward(self) -> None:
        for one in self.incidents.values():
            for a in one.assignments:
                known = [t for t in (a.assigned_at, a.en_route_at, a.on_scene_at, a.released_at) if t]
                assert known == sorted(known)
            t = one.times
            assert t.closed is None or all(
                x <= t.closed for x in (t.answered, t.dispatched, t.en_route, t.on_scene) if x
            )
            assert (t.dispatched is None) == (not one.assignments)


Centre.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCentre = Centre.TestCase
