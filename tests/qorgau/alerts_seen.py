"""What the tests of alerts ask and say: open alerts, answers, what was left out, the journal."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.access import DeviceKind, Principal
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.qorgau.alerts import answers
from jedel.qorgau.alerts.schemas import AlertView, Answer
from tests.qorgau.alerts_world import Town
from tests.support.seed import REGION

View = dict[str, Any]


@pytest.fixture
async def town(store: Store, clock: ManualClock, tmp_path: Path) -> Town:
    return Town(store, clock, tmp_path)


async def alerts(town: Town, region: str = REGION) -> list[View]:
    async with town.store.reading() as tx:
        found = await answers.collection(tx, region)
    for view in found:
        AlertView.model_validate(view)
    return found


async def the_alert(town: Town) -> View:
    (found,) = await alerts(town)
    return found


def tablet(unit_id: UUID) -> Principal:
    return Principal("device", uuid4(), "tablet", REGION, None, DeviceKind.TABLET, unit_id)


async def say(town: Town, who: Principal, alert_id: str, answer: str, **more: Any) -> View:
    body = Answer.model_validate({"id": uuid4(), "answer": answer} | more)
    return await answers.answer(town.store, who, UUID(alert_id), body)


async def left_out(town: Town, region: str = REGION) -> dict[str, int]:
    async with town.store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT why, sum(hits)::int AS hits FROM qorgau_left_out WHERE region = %s GROUP BY why",
            (region,),
        )
        return {row["why"]: row["hits"] for row in await cursor.fetchall()}


async def kinds(town: Town) -> list[str]:
    async with town.store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT kind FROM journal WHERE kind LIKE 'qorgau.alert%' ORDER BY seq"
        )
        return [row["kind"].removeprefix("qorgau.alert_") for row in await cursor.fetchall()]
