"""What a look says, and what is believed after several."""

from datetime import UTC, datetime, timedelta

import pytest

from jedel.cameras.health.model import LOOKS_BAD, Change, Code, Look, Seen, Standing, State, judged
from jedel.cameras.health.orders import FAULTS, Order, OrderState, text
from jedel.kernel.ids import new_id

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
WELL = {"spread": 120.0, "changed": 0.8, "equal": False, "sharp": 300.0, "like": 0.8, "sharp_then": 310.0}


def seen(**more: object) -> Seen:
    return Seen(**{**WELL, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (Look(seen()), None),
        (Look(None), Code.NO_FRAMES),
        (Look(seen(spread=11.0, equal=True)), Code.BLACK),
        (Look(seen(equal=True), usual=0.8), Code.FROZEN),
        (Look(seen(equal=True), still=39), None),  # nobody has seen it change: it may be quiet
        (Look(seen(equal=True), still=40), Code.FROZEN),
        (Look(seen(changed=0.05), usual=0.8), Code.FROZEN),  # only its clock moves
        (Look(seen(changed=0.05), usual=0.1), None),  # a drawn picture is always still
        (Look(seen(changed=0.05)), None),
        (Look(seen(changed=None), usual=0.8), None),
        (Look(seen(sharp=2.0)), Code.BLURRED),
        (Look(seen(sharp=50.0)), Code.BLURRED),
        (Look(seen(sharp=95.0, sharp_then=900.0)), None),  # less sharp, and sharp enough
        (Look(seen(sharp=50.0, like=0.1)), Code.MOVED),
        (Look(seen(sharp=50.0, like=None, sharp_then=None)), None),
        (Look(seen(like=0.1)), Code.MOVED),
        (Look(seen(like=0.1), fixed=False), None),
        (Look(seen(), clock_error_s=-6), Code.CLOCK_WRONG),
        (Look(seen(), clock_error_s=4), None),
        (Look(seen(), storage_short=True), Code.STORAGE_SHORT),
    ],
)
def test_what_one_look_says(look: Look, code: Code | None) -> None:
    assert judged(look) is code


def looks(standing: Standing, *codes: Code | None, every_s: float = 10) -> list[Change]:
    found = [standing.look(code, "", T0 + n * timedelta(seconds=every_s)) for n, code in enumerate(codes)]
    return [change for change in found if change is not None]


@pytest.mark.parametrize("code", Code)
def test_every_fault_is_found_within_30_seconds(code: Code) -> None:
    standing = Standing()
    (up,) = looks(standing, None)
    assert up.state is State.UP
    began = T0 + timedelta(seconds=1)  # just after a look; the next is ten seconds later
    moments = [began + timedelta(seconds=9 + 10 * n) for n in range(4)]
    found = next(at for at in moments if standing.look(code, "why", at))
    # a frozen picture is seen as such from the second equal one on
    assert found - began <= timedelta(seconds=30)
    assert (standing.state, standing.code) == (State.DOWN, code)
    assert LOOKS_BAD[code] <= 3


def test_one_bad_look_changes_nothing() -> None:
    standing = Standing()
    assert (
        len(looks(standing, None, Code.NO_FRAMES, None, Code.BLACK, None, Code.MOVED, Code.MOVED, None)) == 1
    )
    assert standing.state is State.UP


def test_it_is_back_after_two_good_looks() -> None:
    standing = Standing()
    _, down, back = looks(standing, None, Code.BLACK, Code.BLACK, None, Code.BLACK, None, None)
    assert (down.state, down.since) == (State.DOWN, T0 + timedelta(seconds=10))
    assert (back.state, back.since) == (State.UP, T0 + timedelta(seconds=60))
    assert standing.sure


def test_another_fault_takes_its_place() -> None:
    standing = Standing()
    _, first, second = looks(standing, None, *[Code.BLACK] * 3, *[Code.NO_FRAMES] * 3)
    assert (first.code, second.code) == (Code.BLACK, Code.NO_FRAMES)
    assert second.since == T0 + timedelta(seconds=40)


def test_three_different_bad_looks_are_believed() -> None:
    standing = Standing()
    _, change = looks(standing, None, Code.BLACK, Code.NO_FRAMES, Code.BLACK)
    assert change.code is Code.BLACK
    assert change.since == T0 + timedelta(seconds=10)
    assert not standing.look(None, "", T0)
    assert not standing.sure, "one good look is no proof"


def test_one_that_nobody_has_seen_well_is_given_more_time() -> None:
    standing = Standing()
    assert looks(standing, *[Code.NO_FRAMES] * 5) == []
    (down,) = looks(standing, Code.NO_FRAMES)
    assert (down.state, down.code) == (State.DOWN, Code.NO_FRAMES)
    restarted = Standing(State.UP)
    assert looks(restarted, *[Code.NO_FRAMES] * 5) == [], "all of it may be starting"
    assert len(looks(restarted, Code.NO_FRAMES)) == 1


def test_a_state_from_before_a_restart_goes_on() -> None:
    standing = Standing(State.DOWN, Code.FROZEN)
    assert looks(standing, Code.FROZEN, Code.FROZEN) == []
    (back,) = looks(standing, None, None)
    assert back.state is State.UP


def order(state: OrderState = OrderState.OPENED) -> Order:
    return Order(
        id=new_id(), number=7, region="00", camera_id=new_id(), fault_id=new_id(), code=Code.BLACK,
        owner="School 45", contact="+7 727 000 00 00", state=state, note="", opened_at=T0, sent_at=None,
        acknowledged_at=None, done_at=None, camera_name="Entrance", camera_number=12, lon=76.9, lat=43.2,
        since=T0, until=None, site={"kk": "45-мектеп", "ru": "Школа № 45", "en": "School 45"},
        address="Abay 1",
    )  # fmt: skip


def test_an_order_goes_forward_only() -> None:
    opened = order()
    sent = opened.step(OrderState.SENT, "by mail", T0)
    assert sent is not None
    assert (sent.state, sent.sent_at, sent.note) == (OrderState.SENT, T0, "by mail")
    done = sent.step(OrderState.DONE, "", T0)
    assert done is not None
    assert (done.done_at, done.note) == (T0, "by mail")
    assert opened.step(OrderState.OPENED, "", T0) is None
    assert done.step(OrderState.ACKNOWLEDGED, "", T0) is None
    coming = sent.step(OrderState.ACKNOWLEDGED, "", T0)
    assert coming is not None
    assert coming.acknowledged_at == T0


def test_the_owner_is_told_in_three_languages() -> None:
    for language, words in (
        ("kk", "45-мектеп, Abay 1"),
        ("ru", "Школа № 45, Abay 1"),
        ("en", "School 45, Abay 1"),
    ):
        said = text(order(), language, T0)
        assert words in said
        assert "22.11.2026 12:00" in said
        assert FAULTS[Code.BLACK][language] in said


def test_a_camera_that_sends_when_it_likes_is_unknown_while_it_does_not() -> None:
    standing = Standing()
    assert standing.rest(T0) is None
    assert standing == Standing()
    looks(standing, None)
    rested = standing.rest(T0)
    assert rested == Change(State.UNKNOWN, None, "", T0)
    assert standing.rest(T0) is None
    looks(standing, None, *[Code.NO_FRAMES] * LOOKS_BAD[Code.NO_FRAMES])
    assert standing.state is State.DOWN
    assert standing.rest(T0) == rested, "it sent nothing, and now it does not send"


def test_one_whose_picture_was_bad_is_not_mended_by_its_silence() -> None:
    standing = Standing()
    looks(standing, None, *[Code.BLACK] * LOOKS_BAD[Code.BLACK])
    assert standing.rest(T0) is None
    assert (standing.state, standing.code) == (State.DOWN, Code.BLACK)
    assert [each.state for each in looks(standing, None, None)] == [State.UP]
