"""Country facts as data. Another country is another folder."""

from functools import cache
from importlib.resources import files

import orjson

DEMO_REGION = "00"
"""The region of the generated city; no real one has this code."""


@cache
def regions() -> dict[str, dict[str, str]]:
    """Region code → its name in each language (Kazakhstan's codes of 2022, and the demo region)."""
    found: dict[str, dict[str, str]] = orjson.loads(files(__name__).joinpath("kz/regions.json").read_bytes())
    return found
