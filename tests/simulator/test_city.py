"""The demo city: what is in it, that it can be driven, and that a seed is a city."""

import hashlib
import itertools
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import osmium
import pytest
from osmium.osm import Way
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from jedel.places.model import SiteKind, drive, site_kind
from simulator.city import City, build, write_pbf

Tags = dict[str, str]


@pytest.fixture(scope="module")
def city() -> City:
    return build()


@pytest.fixture(scope="module")
def file(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "city.osm.pbf"
    write_pbf(city, path)
    return path


@pytest.fixture(scope="module")
def objects(file: Path) -> list[tuple[str, Tags, list[int]]]:
    """(kind, tags, node references) of every node with tags, way and relation."""
    found = []
    for thing in osmium.FileProcessor(str(file)):
        refs = [node.ref for node in thing.nodes] if isinstance(thing, Way) else []
        if thing.tags or refs:
            found.append((thing.type_str(), dict(thing.tags), refs))
    return found


def test_the_same_seed_is_the_same_file(city: City, file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.pbf", tmp_path / "other.pbf"
    write_pbf(build(7), again)
    neighbour = build(8)
    write_pbf(neighbour, other)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(file.read_bytes()).digest()
    assert other.read_bytes() != file.read_bytes()
    assert len(neighbour.houses.shapes) > 5000


def test_it_is_small_and_leaves_no_half_file(file: Path) -> None:
    assert file.stat().st_size < 2_000_000
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_it_has_what_a_city_has(objects: list[tuple[str, Tags, list[int]]]) -> None:
    kinds = Counter(kind for _, tags, _ in objects if (kind := site_kind(tags)) is not None)
    assert kinds[SiteKind.SCHOOL] == 40
    assert kinds[SiteKind.POST] == 30
    assert kinds[SiteKind.BANK] == 12
    assert kinds[SiteKind.POLICE] == 3
    assert kinds[SiteKind.HOSPITAL] == 4
    assert kinds[SiteKind.PARK] >= 6
    buildings = sum("building" in tags for _, tags, _ in objects)
    assert 5000 < buildings < 25000
    districts = [tags for _, tags, _ in objects if tags.get("boundary") == "administrative"]
    assert len(districts) == 4
    assert sum(tags.get("bridge") == "yes" for _, tags, _ in objects) >= 5
    assert sum(tags.get("oneway") == "yes" for _, tags, _ in objects) >= 5
    assert {"trunk", "primary", "secondary", "tertiary", "residential"} <= {
        tags.get("highway") for _, tags, _ in objects
    }
    (place,) = [tags for _, tags, _ in objects if tags.get("place") == "city"]
    assert (place["name:kk"], place["name:ru"], place["name:en"]) == (
        "Жедел қаласы",
        "город Жедел",
        "Jedel City",
    )


def test_schools_have_what_a_patrol_asks_for(objects: list[tuple[str, Tags, list[int]]]) -> None:
    entrances = {n for n, (kind, tags, _) in enumerate(objects) if kind == "n" and "entrance" in tags}
    assert len(entrances) >= 3 * 40
    schools = [tags for _, tags, _ in objects if tags.get("amenity") == "school"]
    assert sorted(int(tags["ref"]) for tags in schools) == list(range(1, 41))
    for tags in schools:
        assert tags["contact:phone"].startswith("+7 000 ")  # no real number begins so
        assert int(tags["capacity"]) >= 300
        assert int(tags["building:levels"]) >= 2
        assert f"№{tags['ref']}" in tags["name:ru"]
        assert tags["addr:housenumber"]
        assert {"name", "name:kk", "name:ru", "name:en"} <= tags.keys()


def test_posts_are_numbered(objects: list[tuple[str, Tags, list[int]]]) -> None:
    refs = [tags["ref"] for _, tags, _ in objects if tags.get("emergency") == "phone"]
    assert sorted(refs) == [f"SOS-{number:02d}" for number in range(1, 31)]


def test_no_address_comes_twice(objects: list[tuple[str, Tags, list[int]]]) -> None:
    addresses = Counter(
        (tags["addr:street"], tags["addr:housenumber"])
        for _, tags, _ in objects
        if "addr:housenumber" in tags
    )
    assert len(addresses) > 5000
    assert max(addresses.values()) == 1
    streets = {tags["name"] for _, tags, _ in objects if "highway" in tags and "name" in tags}
    assert {street for street, _ in addresses} <= streets


def test_streets_are_named_in_both_languages(objects: list[tuple[str, Tags, list[int]]]) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for _, tags, _ in objects:
        if drive(tags) is not None and "name" in tags:
            assert tags["name"] == tags["name:kk"]
            names[tags["name:kk"]].add(tags["name:ru"])
    assert len(names) > 150
    assert all(len(russian) == 1 for russian in names.values())


def test_every_road_can_be_reached_from_every_other(objects: list[tuple[str, Tags, list[int]]]) -> None:
    starts, ends = [], []
    for _, tags, refs in objects:
        way = drive(tags)
        if way is None:
            continue
        for a, b in itertools.pairwise(refs):
            if way.forward:
                starts.append(a)
                ends.append(b)
            if way.backward:
                starts.append(b)
                ends.append(a)
    nodes, numbers = np.unique(np.array([*starts, *ends]), return_inverse=True)
    pairs = numbers.reshape(2, -1)
    graph = coo_matrix((np.ones(pairs.shape[1]), pairs), shape=(len(nodes), len(nodes)))
    _, label = connected_components(graph, connection="strong")
    assert np.bincount(label).max() / len(nodes) > 0.99


def test_no_house_stands_in_the_river(city: City) -> None:
    import shapely

    assert not shapely.intersects(city.houses.shapes, city.ground.river).any()
    assert shapely.is_valid(city.houses.shapes).all()
