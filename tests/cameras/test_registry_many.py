"""Many cameras at once: as one after the other, in one transaction."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.access import Principal, Role
from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.cameras import repository, service
from jedel.cameras.book import opened
from jedel.cameras.errors import CameraAddressRefused, CameraStreamsWrong
from jedel.cameras.schemas import NewCamera
from jedel.journal import Store
from tests.cameras.test_registry import new

ADMIN = Principal("account", uuid4(), "Admin", "00", Role.ADMINISTRATOR)


def body(**more: Any) -> NewCamera:
    return NewCamera.model_validate(new(credentials={"user": "u", "password": "p"}) | more)


async def entries(store: Store, ids: list[UUID]) -> list[tuple[str, UUID]]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT kind, subject FROM journal WHERE id = ANY(%s) ORDER BY seq", (ids,)
        )
        return [(row["kind"], row["subject"]) for row in await cursor.fetchall()]


async def test_each_has_its_entry_and_its_seal_and_comes_once(store: Store, settings: Settings) -> None:
    registry = service.Registry(Sealer(settings.seal_key), settings.camera_networks.split(","))
    bodies = [body(), body(), body()]
    ids = [each.id for each in bodies]
    await service.add_all(store, ADMIN, registry, bodies[:2])
    await service.add_all(store, ADMIN, registry, bodies)
    assert await entries(store, ids) == [("cameras.added", each) for each in ids]
    async with store.reading() as tx:
        found = await repository.several(tx.conn, ids)
    assert {each.id for each in found} == set(ids)
    assert {opened(registry.sealer, each) for each in found} == {("u", "p")}
    assert len({each.credentials for each in found}) == 3


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda: body(streams=[{"name": "main"}]), CameraStreamsWrong),
        (lambda: body(streams=[{"name": "main", "url": "rtsp://8.8.8.8/main"}]), CameraAddressRefused),
        # of a place that was looked up for another camera every address is read all the same
        (lambda: body(streams=[{"name": "main", "url": "file://10.1.2.3/main"}]), CameraAddressRefused),
        (lambda: body(streams=[{"name": "main", "url": "rtsp://a@10.1.2.3/main"}]), CameraAddressRefused),
    ],
)
async def test_one_that_is_refused_refuses_all(
    store: Store, settings: Settings, wrong: Callable[[], NewCamera], error: type[Exception]
) -> None:
    registry = service.Registry(Sealer(settings.seal_key), settings.camera_networks.split(","))
    bodies = [body(), wrong()]
    with pytest.raises(error):
        await service.add_all(store, ADMIN, registry, bodies)
    assert await entries(store, [each.id for each in bodies]) == []
