"""Running viewers whose rights ended, or may have: they are cut; whoever still may looks again at once."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

import structlog

from jedel.cameras.rights.model import Rule
from jedel.kernel.errors import Problem

log = structlog.get_logger()


class Pictures(Protocol):
    """What is asked of the gateways (jedel.media.client.MediaClient)."""

    async def cut(self, grant_key: str) -> object: ...


async def cut(pictures: Pictures, key: str) -> bool:
    """False where no gateway is alive, so that nobody looks either."""
    try:
        await pictures.cut(key)
    except Problem as problem:
        log.warning("viewers not cut", key=key, error=problem.code)
        return False
    return True


async def cut_cameras(pictures: Pictures, cameras: Iterable[UUID]) -> None:
    """Whoever looks at one of these."""
    for camera_id in cameras:
        if not await cut(pictures, f"camera:{camera_id}"):
            return


def key_of(rule: Rule) -> str:
    """Whoever a rule speaks of."""
    if rule.account_id is not None:
        return f"account:{rule.account_id}"
    if rule.unit_id is not None:
        return f"unit:{rule.unit_id}"
    return f"region:{rule.region}/role:{rule.role}"
