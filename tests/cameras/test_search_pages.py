"""Pages of cameras by words, whichever way they are looked for: from camera to camera, or in the index."""

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from jedel.cameras import pages
from jedel.cameras.model import lexemes, words
from jedel.cameras.pages import SAMPLE, Asked, Found
from jedel.cameras.search import find
from jedel.journal import Store
from jedel.kernel.geo import Point, distance_m

MANY = 3 * SAMPLE
LON, LAT = 76.9, 43.2


def _name(nth: int) -> str:
    """Words of every frequency; some stand at the beginning only, some at the end."""
    parts = [f"камера {nth:05d}"]
    parts += ["вход"] * (nth % 2) + ["касса"] * (nth % 9 == 0) + ["двор"] * (nth % 97 == 0)
    parts += ["первая"] * (nth < 20) + ["последняя"] * (nth > MANY - 60)
    parts += ["дача"] * (nth < 11 or nth > 1000)
    return " ".join([*parts, f"дом {nth % 50}"])


@pytest.fixture
async def named(store: Store) -> list[str]:
    """MANY cameras, in the order of their numbers; as many of another region between them."""
    dice, names = random.Random(7), [_name(nth) for nth in range(MANY)]
    rows = [
        (uuid4(), region, name, "ptz" if nth % 7 == 0 else "fixed", LON + dice.gauss(0, 0.01),
         LAT + dice.gauss(0, 0.01), lexemes(region, words([name])))
        for nth, name in enumerate(names) for region in ("00", "02")
    ]  # fmt: skip
    async with store.transaction() as tx:
        async with tx.conn.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO camera (id, region, name, kind, lon, lat, words, created_at, updated_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, array_to_tsvector(%s), now(), now())",
                rows,
            )
        await tx.conn.execute("INSERT INTO camera_word VALUES ('00', 'последняя'), ('00', 'вход')")
    return names


async def found(store: Store, typed: str, **more: Any) -> list[Found]:
    async with store.reading() as tx:
        return await find(tx.conn, Asked("00", typed, **more))


def has(typed: str) -> Callable[[str], bool]:
    wanted = words([typed])
    return lambda name: all(
        any(each.startswith(word) if len(word) > 1 else each == word for each in words([name]))
        for word in wanted
    )


@pytest.mark.parametrize("limit", [2, 50, 200])
@pytest.mark.parametrize(
    "typed",
    ["камера", "вход", "вход касса", "двор", "первая", "последняя", "камера 00777", "касса последняя",
     "камера вход касса дом 9", "00", "дом 7", "первая последняя", "кам вх посл"],
)  # fmt: skip
async def test_every_camera_with_the_words_comes_once_in_order(
    store: Store, named: list[str], typed: str, limit: int
) -> None:
    meant = [name for name in named if has(typed)(name)]
    came: list[str] = []
    after = 0
    for _ in range(8):
        page = await found(store, typed, limit=limit, after=after)
        came += [each.camera.name for each in page]
        if len(page) < limit:
            break
        after = page[-1].camera.number
    assert came == meant[: len(came)]
    assert len(came) == min(len(meant), 8 * limit)


async def test_words_narrowed_by_kind_and_state(store: Store, named: list[str]) -> None:
    turned = [name for nth, name in enumerate(named) if nth % 7 == 0]
    for typed in ("вход", "двор", "последняя", "камера касса"):
        page = await found(store, typed, kind="ptz", limit=20)
        assert [each.camera.name for each in page] == [name for name in turned if has(typed)(name)][:20]
        assert await found(store, typed, state="down") == []


async def test_words_that_only_the_first_cameras_have_often(
    store: Store, named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 1)  # a walk ends in the middle of the region
    page = await found(store, "дача", limit=12)
    assert [each.camera.name for each in page] == [name for name in named if has("дача")(name)][:12]
    assert page[-1].camera.name.startswith("камера 01001")


@pytest.mark.usefixtures("named")
async def test_mistyped_common_words_are_a_page_in_order(store: Store) -> None:
    page = await found(store, "поселдняя", limit=10)
    assert [each.camera.name for each in page] == [_name(nth) for nth in range(MANY - 59, MANY - 49)]
    assert await found(store, "поселдняя ыыыыыы", limit=10) == []


@pytest.mark.usefixtures("named")
async def test_words_and_a_place_are_the_nearest_with_the_words(store: Store) -> None:
    near = Point(LON, LAT)
    everything = [each.camera for each in await found(store, "", limit=200, near=near)]
    assert len(everything) == 200
    page = await found(store, "касса", limit=10, near=near)
    assert [each.camera.id for each in page] == [each.id for each in everything if has("касса")(each.name)][
        :10
    ]
    metres = [each.metres for each in page if each.metres is not None]
    assert metres == sorted(metres)
    assert metres[0] == distance_m(near, Point(page[0].camera.lon, page[0].camera.lat))
    assert {each.camera.region for each in page} == {"00"}
