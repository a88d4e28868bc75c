"""What time does to registers: their live sources are asked."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from jedel.journal import Job, Store
from jedel.registers.connectors import config
from jedel.registers.connectors.service import pull

LOOK_EVERY_S = 2.0
"""Who is due is looked at so often; each source has its own pace."""

AT_ONCE = 4


async def ask_sources(store: Store, file: Path, folder: Path) -> None:
    """Every source that is due, a few at once; the file is read anew, so a change needs no restart."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(source: config.Source) -> None:
        async with gate:
            await pull(store, source, folder)

    sources = await asyncio.to_thread(config.read, file)
    await asyncio.gather(*(one(source) for source in sources))


def jobs(store: Store, file: Path | None, folder: Path) -> Sequence[Job]:
    """The room's periodic work; none where no source is described."""
    return (
        (Job("registers.sources", LOOK_EVERY_S, partial(ask_sources, store, file, folder)),) if file else ()
    )
