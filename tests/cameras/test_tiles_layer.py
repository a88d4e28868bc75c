"""A region's layer: nobody is lost between tiles, counts follow the states, a peer reads what is written."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from jedel.cameras.tiles.layer import SINGLES_MAX, ZOOM_MAX, Layer
from jedel.cameras.tiles.mercator import BITS, codes, degrees, places, steps
from jedel.cameras.tiles.model import CAMERA, KINDS, STATE_RECORD, STATES, Cameras, Wanted, wanted
from jedel.cameras.tiles.picture import Picture
from jedel.places.basemap import tippecanoe
from tests.cameras.tiles import Feature, decoded

SEED = 7


def made(count: int, seed: int = SEED) -> Cameras:
    """Cameras around a city, many of them on few roofs."""
    dice = np.random.default_rng(seed)
    cameras = np.zeros(count, dtype=CAMERA)
    cameras["number"] = dice.permutation(np.arange(1, count + 1) * 3)
    cameras["id"] = np.frombuffer(dice.bytes(16 * count), dtype="V16")
    cameras["region"] = dice.choice([b"00", b"02"], count, p=[0.9, 0.1])
    cameras["lon"], cameras["lat"] = (
        76.9 + dice.normal(size=count) * 0.05,
        43.2 + dice.normal(size=count) * 0.05,
    )
    roofs = dice.random(count) < 0.4
    cameras["lon"][roofs], cameras["lat"][roofs] = 76.95, 43.25
    cameras["kind"] = dice.integers(0, len(KINDS), count)
    cameras["state"] = dice.integers(0, len(STATES), count)
    cameras["heading"] = dice.integers(-1, 360, count)
    cameras["fov"], cameras["range_m"], cameras["there"] = 90, 60, True
    return cameras


def tiles(layer: Layer, zoom: int, want: Wanted) -> list[dict[str, list[Feature]]]:
    """Every tile of a zoom that has a camera."""
    x, y = places(layer.codes)
    seen = sorted(set(zip((x >> (BITS - zoom)).tolist(), (y >> (BITS - zoom)).tolist(), strict=True)))
    return [decoded(layer.tile(zoom, *at, want)) for at in seen]


def counted(found: list[dict[str, list[Feature]]]) -> dict[str, int]:
    total = dict.fromkeys(STATES, 0)
    for tile in found:
        for camera in tile.get("cameras", []):
            total[camera["state"]] += 1
        for cluster in tile.get("clusters", []):
            assert cluster["n"] == cluster["up"] + cluster["down"] + cluster["unknown"] > 0
            assert cluster["recording"] <= cluster["up"]
            for state in ("down", "unknown", "recording"):
                total[state] += cluster[state]
            total["up"] += cluster["up"] - cluster["recording"]
    return total


@pytest.mark.parametrize("zoom", [0, 5, 10, 13, 14, 16, ZOOM_MAX])
@pytest.mark.parametrize("want", [Wanted(), wanted(["ptz", "post"], []), wanted(["ptz"], ["down", "up"])])
def test_every_camera_is_counted_once_at_every_zoom(zoom: int, want: Wanted) -> None:
    layer = Picture(made(3_000)).layer("00")
    found = tiles(layer, zoom, want)
    chosen = want.table()[layer.kind, layer.state]
    assert counted(found) == {state: int((layer.state[chosen] == n).sum()) for n, state in enumerate(STATES)}
    for tile in found:
        assert sum(map(len, tile.values())) <= max(SINGLES_MAX, 1024)
        for feature in (each for features in tile.values() for each in features):
            assert 0 <= feature["x"] < 4096
            assert 0 <= feature["y"] < 4096
    singles = [camera for tile in found for camera in tile.get("cameras", [])]
    assert len({camera["camera"] for camera in singles}) == len(singles)


def test_counts_follow_the_states() -> None:
    cameras = made(3_000)
    picture, dice = Picture(cameras), np.random.default_rng(1)
    for _ in range(30):
        said = np.zeros(400, dtype=STATE_RECORD)
        said["number"] = dice.integers(0, 10_000, 400)  # some of nobody, some twice
        said["state"], said["flags"] = dice.integers(0, 4, 400), dice.integers(0, 4, 400)
        picture.apply(said)
    afresh = Picture(picture.cameras())
    for region in ("00", "02"):
        ours, theirs = picture.layer(region), afresh.layer(region)
        assert (ours.state == theirs.state).all()
        assert (ours.number == theirs.number).all()
        for level, cells in ours.pyramid.levels.items():
            assert (cells.counts == theirs.pyramid.levels[level].counts).all()
    assert picture.layer("00").changes > 0
    assert picture.nbytes < 3_000 * 1_000


def test_the_last_state_in_a_message_counts() -> None:
    cameras = made(10)
    picture = Picture(cameras)
    number = int(picture.layer("00").number[0])
    picture.apply(np.array([(number, 2, 0), (number, 1, 1)], dtype=STATE_RECORD))
    assert STATES[picture.layer("00").state[0]] == "recording"
    picture.apply(np.array([(number, 2, 1)], dtype=STATE_RECORD))
    assert STATES[picture.layer("00").state[0]] == "down", "what is down does not record"
    picture.apply(np.array([(number, 9, 0)], dtype=STATE_RECORD))
    assert STATES[picture.layer("00").state[0]] == "unknown"


def test_changed_cameras_take_the_place_of_the_old() -> None:
    cameras = made(100)
    picture = Picture(cameras)
    assert picture.holds(cameras[:7])
    moved = cameras[:2].copy()
    moved["lon"] += 1
    moved["there"][1] = False
    assert not picture.holds(moved)
    then = picture.with_changed(moved)
    assert (len(picture), len(then)) == (100, 99)
    assert then.holds(moved[:1])
    assert not then.holds(cameras[:1])


def test_places_come_back() -> None:
    lon, lat = np.array([-180.0, 0.0, 76.945123, 179.999999]), np.array([-89.0, 0.0, 43.238456, 89.0])
    x, y = steps(lon, lat)
    again = places(codes(x, y))
    assert (again[0] == x).all()
    assert (again[1] == y).all()
    back = degrees(x, y)
    assert abs(back[0] - lon).max() < 1e-6
    assert abs(back[1][1:3] - lat[1:3]).max() < 1e-6
    assert [*back[1][[0, 3]]] == pytest.approx([-85.0511, 85.0511], abs=1e-3)


def test_tippecanoe_reads_our_tiles(tmp_path: Path) -> None:
    program = Path(tippecanoe() or "").with_name("tippecanoe-decode")
    if not program.exists():
        pytest.skip("tippecanoe-decode is not installed")
    layer = Picture(made(500)).layer("00")
    x, y = (int(each[0]) >> (BITS - 14) for each in places(layer.codes))
    (tmp_path / "tile.pbf").write_bytes(layer.tile(14, x, y, Wanted()))
    done = subprocess.run(
        [program, tmp_path / "tile.pbf", "14", str(x), str(y)], capture_output=True, check=True
    )
    (read,) = json.loads(done.stdout)["features"]
    ours = decoded(layer.tile(14, x, y, Wanted()))["cameras"]
    theirs = [
        {"camera": each["properties"]["id"], "state": each["properties"]["state"]}
        for each in read["features"]
    ]
    assert sorted(each["camera"] for each in theirs) == sorted(each["camera"] for each in ours)
    where = {str(each["properties"]["id"]): each["geometry"]["coordinates"] for each in read["features"]}
    lon, lat = degrees(*places(layer.codes))
    at = {str(UUID(bytes=raw.tobytes())): (lon[n], lat[n]) for n, raw in enumerate(layer.ids)}
    for camera, (east, north) in where.items():
        assert at[camera] == pytest.approx((east, north), abs=1e-5)
