"""Which gateway has a stream. Pure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.media.placement import GATEWAYS_MAX, GONE_AFTER_S, Here, Live, heard, owner_of, ranked

CAMERA = "camera/0190a8e0-0000-7000-8000-000000000001"


class Time:
    at = 100.0

    def __call__(self) -> float:
        return self.at


def here(name: str, *running: str, process: str = "1") -> Here:
    return Here(f"{name}-{process}", name, "10.0.0.1:9", ("10.0.0.1",), frozenset(running), 3, 4, 5)


def live(*gateways: Here) -> Live:
    found = Live(Time())
    for each in gateways:
        found.take(each)
    return found


def test_what_is_said_is_heard() -> None:
    said = here("a", CAMERA)
    assert heard(said.said()) == said
    assert heard(replace(said, leaving=True).said()) == replace(said, leaving=True)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"\xff", b'{"id":1}', here("a").said().replace(b"[]", b"7"), b" " * 600_000],
)
def test_what_is_no_word_of_a_gateway_is_nothing(raw: bytes) -> None:
    assert heard(raw) is None


def test_all_streams_of_an_owner_lie_together() -> None:
    assert owner_of(f"{CAMERA}/main") == owner_of(f"{CAMERA}/sub#masked") == CAMERA
    found = live(here("a"), here("b"), here("c"))
    assert found.owner(f"{CAMERA}/main") == found.owner(f"{CAMERA}/sub")


@given(st.sets(st.text(min_size=1, max_size=6), min_size=2, max_size=8), st.lists(st.uuids(), max_size=40))
def test_a_name_that_goes_moves_only_what_was_its_own(names: set[str], cameras: list[object]) -> None:
    gone = sorted(names)[0]
    for camera in map(str, cameras):
        before, after = ranked(names, camera)[0], ranked(names - {gone}, camera)[0]
        assert before in {after, gone}


def test_streams_are_spread() -> None:
    names = ["a", "b", "c", "d"]
    first = [ranked(names, f"camera/{n}")[0] for n in range(4000)]
    assert all(900 < first.count(name) < 1100 for name in names)


def test_who_runs_it_keeps_it() -> None:
    names = ["a", "b"]
    falls_to, other = ranked(names, CAMERA)
    assert live(here("a"), here("b")).owner(CAMERA + "/main") == here(falls_to)
    runs = here(other, CAMERA)
    assert live(here(falls_to), runs).owner(CAMERA + "/main") == runs
    both = live(here(falls_to, CAMERA), runs)  # both do: the rank decides, for everybody the same
    assert both.owner(CAMERA + "/main") == here(falls_to, CAMERA)


def test_who_is_silent_or_leaves_or_does_not_answer_is_gone() -> None:
    time = Time()
    found = Live(time)
    assert found.owner(CAMERA) is None
    found.take(here("a"))
    assert found.find("a-1") == here("a")
    time.at += GONE_AFTER_S + 0.1
    assert found.all() == []
    found.take(here("a"))
    found.forget("a-1")
    assert found.find("a-1") is None
    found.take(here("a"))
    assert found.heard_at("a-1") == time.at
    found.take(replace(here("a"), leaving=True))
    assert found.all() == []
    assert found.heard_at("a-1") == float("-inf")


def test_a_process_that_replaces_another_has_its_place() -> None:
    names = ["a", "b"]
    falls_to = ranked(names, CAMERA)[0]
    found = live(here("a"), here("b"), here(falls_to, process="2"))
    first, second, _ = found.order(CAMERA)
    assert {first.id, second.id} == {f"{falls_to}-1", f"{falls_to}-2"}


def test_no_more_gateways_than_so_many() -> None:
    found = live(*(here(f"n{n}") for n in range(GATEWAYS_MAX + 5)))
    assert len(found.all()) == GATEWAYS_MAX
    found.take(replace(here("n0"), viewers=9))  # one that is known goes on
    assert found.find("n0-1") == replace(here("n0"), viewers=9)
