"""The role `qorgau`: reads stored, judged, told of."""

import asyncio
from functools import partial

from nats.aio.client import Client

from jedel.app.connections import open_links
from jedel.app.leader import lead
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.places import Networks
from jedel.plates.desk import Desk
from jedel.plates.store.writer import ReadsWorker
from jedel.qorgau.alerts import Alerts
from jedel.qorgau.alerts.patrols import PatrolPicture
from jedel.qorgau.matching.judge import QorgauJudge


async def qorgau(settings: Settings) -> None:
    """Reads of this worker's share: stored, judged, told of. A second process with the same share waits."""
    assert settings.database_url is not None
    share = (settings.qorgau_worker, settings.qorgau_workers)
    if share[0] >= share[1]:
        raise ValueError(f"JEDEL_QORGAU_WORKER={share[0]}: of {share[1]} workers the last is {share[1] - 1}")
    async with open_links(settings, f"qorgau-{share[0]}") as (store, nats):
        name = f"qorgau-{share[0]}-of-{share[1]}"
        await lead(settings.database_url, name, partial(_judge, settings, store, nats, share))


async def _judge(settings: Settings, store: Store, nats: Client, share: tuple[int, int]) -> None:
    desk, networks = Desk(store, settings.blob_dir), Networks(settings.blob_dir)
    await desk.cameras.listen(nats)
    await networks.listen(nats)
    alerts = Alerts(networks, desk.cameras, PatrolPicture())
    await alerts.listen(store, nats)
    judge = QorgauJudge(nats, desk.cameras, networks, alerts, settings.blob_dir)
    worker = ReadsWorker(store, nats, judge, share, desk.pictures.keep_hits)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(networks.keep_fresh(store))
            tasks.create_task(worker.run())
    finally:
        await judge.close()
