"""Files that are no map, or half of one."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from jedel.places.errors import MapFileDamaged, MapFileForeign, MapFileMissing, MapFileTruncated
from jedel.places.importer import silent
from jedel.places.osm import pbf
from jedel.places.osm.extract import read
from jedel.places.osm.features import Features
from tests.places.osm_files import town


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return town().write(tmp_path / "town.osm.pbf")


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("town.osm.pbf", content)
    return packed.getvalue()


def test_a_whole_file_passes(whole: Path) -> None:
    pbf.check(whole)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        ("Это не карта, а письмо.\n".encode() * 100, "text"),
        (b'<?xml version="1.0"?><osm version="0.6"></osm>', "XML"),
        (_zip(b"map"), "ZIP"),
        (gzip.compress(b"<osm/>", mtime=0), "gzip"),
        (b'{"type": "FeatureCollection"}', "JSON"),
        (bytes(range(128, 256)) * 9, "?"),
        (b"\x00\x00\x00\x0d\x0a\x07OSMData\x18\x80\x01" + bytes(128), "?"),
    ],
)
def test_foreign_files_are_named(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(MapFileForeign) as refused:
        pbf.check(path)
    assert refused.value.params["found"] == found


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MapFileMissing):
        pbf.check(tmp_path / "none.osm.pbf")


def test_every_cut_is_found_or_leaves_whole_blocks(whole: Path) -> None:
    content = whole.read_bytes()
    passed = []
    for size in range(1, len(content), 7):
        whole.write_bytes(content[:size])
        try:
            pbf.check(whole)
        except (MapFileTruncated, MapFileForeign):
            continue
        passed.append(size)
    # A cut between two blocks cannot be seen; there are few such places.
    assert len(passed) <= 4


def test_a_cut_in_a_block_says_truncated(whole: Path) -> None:
    content = whole.read_bytes()
    whole.write_bytes(content[:-5])
    with pytest.raises(MapFileTruncated) as refused:
        pbf.check(whole)
    assert refused.value.params == {"file": whole.name, "at": len(content) - 5, "size": len(content)}


def test_a_nonsense_block_length_says_damaged(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes() + b"\xff\xff\xff\xff")
    with pytest.raises(MapFileDamaged):
        pbf.check(whole)


def test_a_nonsense_block_header_says_damaged(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes() + b"\x00\x00\x00\x02\x0d\x01")
    with pytest.raises(MapFileDamaged):
        pbf.check(whole)


def test_flipped_bytes_inside_a_block_are_found_when_it_is_read(whole: Path, tmp_path: Path) -> None:
    content = bytearray(whole.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 60] = bytes(60)
    whole.write_bytes(content)
    pbf.check(whole)
    with Features(tmp_path) as features, pytest.raises(MapFileDamaged):
        read(whole, features, silent)
