"""A client's view of a region: an empty screen plus every event. It must equal what is freshly fetched."""

from collections.abc import Mapping
from typing import Any

import orjson

from jedel.journal import Collection, Recorded, Snapshot, Store, snapshot
from jedel.journal import repository as journal

State = dict[str, dict[str, Any]]
"""Collection → id → object."""


def plain(value: object) -> Any:
    """As it would come over the wire."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS))


def state_of(fetched: Snapshot) -> State:
    return {name: {str(x["id"]): x for x in plain(views)} for name, views in fetched.collections.items()}


def apply(state: State, event: Mapping[str, Any]) -> None:
    """What every screen does with an event, whatever its kind."""
    for name, views in event["changed"].items():
        for view in views:
            state[name][view["id"]] = view
    for name, ids in event["gone"].items():
        for gone in ids:
            state[name].pop(gone, None)


async def entries(store: Store, region: str, after: int = 0) -> list[Recorded]:
    """The region's whole journal after an entry."""
    found: list[Recorded] = []
    async with store.reading() as tx:
        while page := await journal.after(tx.conn, region, found[-1].seq if found else after, 500):
            found += page
    return found


async def assert_live_equals_fetched(
    store: Store, collections: Mapping[str, Collection], region: str
) -> None:
    """Play the region's journal from its first entry upon an empty screen, and compare."""
    state: State = {name: {} for name in collections}
    last = 0
    for entry in await entries(store, region):
        apply(state, orjson.loads(entry.event()))
        last = entry.seq
    fresh = await snapshot(store, collections, region)
    assert fresh.seq == last
    assert state == state_of(fresh)
