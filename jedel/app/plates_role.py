"""The role `plates`: plates read on pictures."""

from jedel.app.connections import open_links
from jedel.app.settings import Settings
from jedel.plates.desk import Desk
from jedel.plates.reader.engines import engine
from jedel.plates.reader.handing import Handing
from jedel.plates.reader.service import ReaderService


async def plates(settings: Settings) -> None:
    """Pictures of cameras that do not read by themselves; several processes share them."""
    async with open_links(settings, "plates") as (store, nats):
        desk = Desk(store, settings.blob_dir)
        await desk.cameras.listen(nats)
        await ReaderService(nats, engine, Handing(desk, nats).give).run()
