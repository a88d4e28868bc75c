"""The demo city that set-up keeps: copied as long as it is what the sources make."""

import json
from pathlib import Path

from simulator import city_file


def test_one_that_was_kept_is_copied_until_its_sources_change(tmp_path: Path) -> None:
    kept, out = tmp_path / "kept", tmp_path / "city.osm.pbf"
    said = city_file.keep(kept)
    assert "14280 addresses" in said
    assert sorted(path.name for path in kept.iterdir()) == ["city.osm.pbf", "made.json"]
    whole = (kept / "city.osm.pbf").read_bytes()

    (kept / "city.osm.pbf").write_bytes(whole[:100])  # a copy shows by this that it is one
    assert city_file.write(out, kept) == said
    assert out.read_bytes() == whole[:100]

    made = json.loads((kept / "made.json").read_text("utf-8"))
    (kept / "made.json").write_text(json.dumps(made | {"sources": "of another release"}), encoding="utf-8")
    assert city_file.write(out, kept) == said
    assert out.read_bytes() == whole


def test_without_one_it_is_made(tmp_path: Path) -> None:
    out = tmp_path / "city.osm.pbf"
    city_file.write(out, tmp_path / "kept")
    assert out.stat().st_size > 100_000
