"""Which cameras see a place, and which come next on a way: the geometry."""

from typing import Any

import numpy as np
import pytest

from jedel.cameras.sight import model
from jedel.cameras.sight.model import Sees
from jedel.cameras.tiles.model import DOWN, KINDS, NONE, UP

HERE = (76.945, 43.238)
DEGREE = 111_195.0


def place(east: float, north: float) -> tuple[float, float]:
    """So many metres from HERE."""
    return HERE[0] + east / (DEGREE * np.cos(np.radians(HERE[1]))), HERE[1] + north / DEGREE


def looks(*cameras: tuple[float, float, str, int, int, int]) -> model.Looks:
    """Cameras by (east, north, kind, heading, fov, range)."""
    lon, lat = np.array([place(east, north) for east, north, *_ in cameras]).T
    kind = np.array([KINDS.index(each[2]) for each in cameras], dtype=np.uint8)
    heading, fov, reach = (np.array([each[n] for each in cameras]) for n in (3, 4, 5))
    return model.looks(HERE, lon, lat, kind, heading.astype(np.int16), fov.astype(np.int16), reach)


def sees(*camera: object) -> Sees | None:
    rank = int(looks(camera).sees[0])  # type: ignore[arg-type]
    return list(Sees)[rank] if rank < len(Sees) else None


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        ((0, -30, "fixed", 0, 90, 50), Sees.WELL),  # south of it, looks north
        ((0, -30, "fixed", 44, 90, 50), Sees.WELL),
        ((0, -30, "fixed", 46, 90, 50), None),
        ((0, -30, "fixed", 180, 90, 50), None),
        ((0, -30, "ptz", 180, 90, 50), Sees.TURNS),
        ((0, -70, "ptz", 180, 90, 50), None),
        ((0, -70, "ptz", 0, 90, 50), Sees.FAR),
        ((0, -199, "fixed", 0, 90, 50), Sees.FAR),
        ((0, -201, "fixed", 0, 90, 50), None),
        ((0, -30, "fixed", -1, -1, 50), Sees.AROUND),
        ((0, -70, "fixed", -1, -1, 50), None),
        ((0, -30, "fixed", -1, 360, 50), Sees.WELL),  # a fisheye looks everywhere
        ((0, -45, "fixed", 0, -1, -1), Sees.WELL),  # nobody wrote down more
        ((0, -5, "fixed", 350, 30, 50), Sees.WELL),  # over north
    ],
)
def test_what_a_camera_sees(camera: tuple[object, ...], expected: Sees | None) -> None:
    assert sees(*camera) == expected


def test_figures() -> None:
    found = looks((0, -30, "fixed", 10, 90, 50), (30, 0, "fixed", -1, 90, 50))
    assert found.metres == pytest.approx([30, 30], abs=0.1)
    assert found.bearing == pytest.approx([0, 270], abs=0.1)
    assert found.off_deg[0] == pytest.approx(10, abs=0.1)
    assert np.isnan(found.off_deg[1])
    assert found.px_per_m[0] == pytest.approx(1920 / 60, rel=0.01), "60 m wide at 30 m and 90 degrees"


def test_the_best_come_first() -> None:
    found = looks(
        (0, -40, "fixed", 0, 90, 50),  # 0 well
        (0, -20, "fixed", 0, 90, 50),  # 1 well, larger
        (0, -10, "fixed", 0, 90, 50),  # 2 largest, but down
        (0, -10, "ptz", 180, 90, 50),  # 3 would turn
        (0, -15, "fixed", 0, 90, 50),  # 4 large, behind a house
        (0, -30, "fixed", 180, 90, 50),  # 5 looks away
        (0, -12, "fixed", 0, 90, 50),  # 6 nobody knows whether it works
    )
    state = np.array([UP, UP, DOWN, UP, UP, UP, 0], dtype=np.uint8)
    hidden = np.array([0, 0, 0, 0, 1, 0, 0], dtype=np.bool_)
    assert model.best(found, state, hidden, 10).tolist() == [1, 0, 3, 4, 6, 2]
    assert model.best(found, state, hidden, 2).tolist() == [1, 0]


def test_a_wall_between() -> None:
    lon, lat = np.array([place(0, -40), place(-40, 0), place(0, 40), place(0, -2)]).T
    wall = np.array([[*place(-5, -20), *place(5, -20)]])
    assert model.behind(HERE, lon, lat, wall).tolist() == [True, False, False, False]
    own = np.array([[*place(-5, -39.9), *place(5, -39.9)]])
    assert not model.behind(HERE, lon, lat, own)[0], "the wall that it hangs on"
    assert not model.behind(HERE, lon, lat, np.zeros((0, 4))).any()


def test_cameras_come_in_the_order_of_time() -> None:
    line = np.array([place(0, 0), place(400, 0), place(400, 600)])
    lon, lat = np.array([place(400, 300), place(100, 10), place(100, 200), place(410, 590), place(0, -5)]).T

    def along(line: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> list[model.Ahead]:
        return model.along(line, 100.0, lon, lat, np.full(len(lon), 50.0), *cards(len(lon)))

    found = along(line, lon, lat)
    assert [each.at for each in found] == [4, 1, 0, 3]
    assert found[0].seconds == 0
    assert found[1].metres == pytest.approx(100 - np.sqrt(50**2 - 10**2), abs=1)
    assert found[2].metres == pytest.approx(650, abs=1)
    assert found[2].seconds == pytest.approx(65, abs=0.2)
    assert along(line[:1], lon, lat) == []
    assert along(line, lon[:0], lat[:0]) == []
    assert max(model.distances(line, HERE)) == pytest.approx(np.hypot(400, 600), rel=0.01)


def cards(count: int, kind: str = "fixed", heading: int = NONE, fov: int = NONE) -> tuple[Any, Any, Any]:
    return (
        np.full(count, KINDS.index(kind), np.uint8),
        np.full(count, heading, np.int16),
        np.full(count, fov, np.int16),
    )


@pytest.mark.parametrize(
    ("kind", "heading", "fov", "sees"),
    [
        ("fixed", 180, 60, True),  # from the north edge down on the road
        ("fixed", 0, 60, False),  # into the yard behind it
        ("fixed", 270, 20, False),  # along the road, and beside it all the way
        ("fixed", 260, 60, True),
        ("fixed", 0, 360, True),
        ("fixed", NONE, NONE, True),  # nobody wrote down where it looks
        ("ptz", 0, 60, True),
        ("mobile", 180, 60, True),
        ("drone", NONE, NONE, False),
        ("post", 180, 60, False),  # it looks at who presses its button
        ("badge", NONE, NONE, False),
    ],
)
def test_one_beside_the_road_that_looks_elsewhere_is_not_ahead(
    kind: str, heading: int, fov: int, sees: bool
) -> None:
    line = np.array([place(-300, 0), place(300, 0)])
    lon, lat = np.array([place(0, 30)]).T
    found = model.along(line, 60.0, lon, lat, np.array([60.0]), *cards(1, kind, heading, fov))
    assert bool(found) is sees
