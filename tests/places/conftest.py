"""What the tests of places share."""

from pathlib import Path

import pytest

ALMATY = Path(__file__).parents[3] / "shared" / "data" / "map" / "almaty-2012.osm.pbf"
"""The real extract, where it lies beside the repository."""


@pytest.fixture(scope="session")
def almaty() -> Path:
    if not ALMATY.is_file():
        pytest.skip(f"no real extract at {ALMATY}")
    return ALMATY
