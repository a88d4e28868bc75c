"""Where the units are, on the live socket: all of them at first, then those that moved."""

from uuid import uuid4

import numpy as np
from fastapi import FastAPI

from jedel.app.hub import Hub
from jedel.units.codec import POSITION, Records
from tests.app.test_live import message, watching
from tests.support import Api
from tests.support.seed import REGION


def standing(count: int) -> Records:
    """Units side by side, reported once and then silent."""
    records = np.zeros(count, dtype=POSITION)
    for place in range(count):
        records[place]["unit"] = uuid4().bytes
        records[place]["at_us"] = 1_800_000_000_000_000
        records[place]["lon_e7"], records[place]["lat_e7"] = 769_000_000 + place, 432_000_000
    return records


async def test_a_new_console_hears_of_units_that_stand_still(served: Api, app: FastAPI) -> None:
    hub: Hub = app.state.hub
    hub.hot_of(REGION).update(standing(3))
    async with watching(served) as early:
        assert (await message(early))["type"] == "snapshot"
        assert len((await message(early))["positions"]) == 3
        async with watching(served) as late:
            assert (await message(late))["type"] == "snapshot"
            longitudes = sorted(each[1] for each in (await message(late))["positions"])
            assert longitudes == [76.9, 76.9000001, 76.9000002]
