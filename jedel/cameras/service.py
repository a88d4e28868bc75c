"""The registry: adding, changing and finding cameras."""

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from jedel.access import DeviceKind, Principal, Role, find_device
from jedel.access.seal import Sealer
from jedel.cameras import repository
from jedel.cameras.book import sealed
from jedel.cameras.errors import (
    CameraAddressRefused,
    CameraStreamsWrong,
    CameraTaken,
    NoSuchDevice,
    NoSuchSite,
    ZoneKept,
)
from jedel.cameras.model import PUSHED, Camera, Stream, inside, words
from jedel.cameras.pages import Found
from jedel.cameras.schemas import CameraView, ChangeCamera, NewCamera
from jedel.journal import Connection, Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.media.model import SourceFault
from jedel.media.sources import guard
from jedel.places import sites

PUBLISHERS = frozenset({DeviceKind.CAMERA, DeviceKind.POST, DeviceKind.TABLET, DeviceKind.TRACKER})
SITE_CAMERAS_MAX = 500


class Registry:
    """What the registry needs beside the store. ``networks``: CIDR blocks in which cameras lie."""

    def __init__(self, sealer: Sealer, networks: Sequence[str]) -> None:
        self.sealer = sealer
        self.networks = tuple(networks)

    async def check(self, url: str, known: Container[guard.Target] = ()) -> guard.Target:
        """Where it leads. Raises CameraAddressRefused for an address that is none of a camera. One whose name
        is not known now is taken: the gateways look again each time they connect. ``known``: places that
        were looked up already."""
        try:
            target = guard.read(url)
            if target not in known:
                await guard.resolve(url, self.networks)
        except SourceFault as fault:
            if fault.fault == "refused_address":
                raise CameraAddressRefused(
                    url=url[:200], networks=", ".join(self.networks), reason=fault.detail
                ) from None
        return target


async def add(
    store: Store,
    who: Principal,
    registry: Registry,
    body: NewCamera,
    ptz: dict[str, str] | None = None,
) -> CameraView:
    """A new camera of the asker's region. ``ptz``: how it is turned. Raises what `errors` names."""
    await _check(registry, [body])
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await view(tx.conn, who, await own(tx.conn, who, body.id))
        return await view(tx.conn, who, await _added(tx, who, registry, body, ptz))


async def add_all(store: Store, who: Principal, registry: Registry, bodies: Sequence[NewCamera]) -> None:
    """New cameras of the asker's region, each with its journal entry, in one transaction: all or none.
    Those that were added before stay as they are. Raises what `errors` names."""
    await _check(registry, bodies)
    async with store.transaction() as tx:
        for body in bodies:
            if not await tx.recorded(body.id):
                await _added(tx, who, registry, body)


async def change(
    store: Store, who: Principal, registry: Registry, camera_id: UUID, body: ChangeCamera
) -> CameraView:
    """What is given changes. Raises NotFound and what `errors` names."""
    for stream in body.streams if "streams" in body.model_fields_set else ():
        if stream.url:
            await registry.check(stream.url)
    if body.onvif_url is not None:
        await registry.check(body.onvif_url)
    async with store.transaction() as tx:
        before = await own(tx.conn, who, camera_id, lock=True)
        if await tx.recorded(body.id):
            return await view(tx.conn, who, before)
        after = replace(before, **_changes(body), updated_at=tx.now)
        if "credentials" in body.model_fields_set:
            after = replace(
                after, credentials=None if body.credentials is None else _seal(registry, camera_id, body)
            )
        if inside(before) and not inside(after) and who.role is not Role.ADMINISTRATOR:
            raise ZoneKept  # whoever may look does not decide alone what may be looked at
        found = await _checked(tx.conn, after, before)
        try:
            await repository.update(tx.conn, after, found)
        except UniqueViolation as taken:
            raise _taken(taken) from None
        facts = {name: value for name, value in told(after).items() if told(before)[name] != value}
        if before.credentials != after.credentials:
            facts["credentials"] = after.credentials is not None
        if before.streams != after.streams:
            facts["streams"] = [each.name for each in after.streams]
        tx.record(Entry(body.id, who.region, "cameras.changed", camera_id, who.actor, facts))
        return await view(tx.conn, who, after)


async def one(store: Store, who: Principal, camera_id: UUID) -> CameraView:
    """Raises NotFound."""
    async with store.reading() as tx:
        return await view(tx.conn, who, await own(tx.conn, who, camera_id))


async def at_site(store: Store, who: Principal, site_id: UUID) -> list[CameraView]:
    """A site's cameras, by zone, floor and number. Raises NotFound, WrongRegion: no site of the region, and
    no camera of it that was handed over."""
    async with store.reading() as tx:
        found = await repository.of_site(tx.conn, who.region, site_id, SITE_CAMERAS_MAX)
        region = await sites.region_of(tx.conn, site_id)
        if not found and region is None:
            raise NotFound(what="site", id=site_id)
        if not found and region != who.region:
            raise WrongRegion(what="site", id=site_id)
        return await views(tx.conn, who, [Found(camera) for camera in found])


async def own(conn: Connection, who: Principal, camera_id: UUID, *, lock: bool = False) -> Camera:
    """A camera of the asker's region. Raises NotFound, WrongRegion."""
    camera = await repository.find(conn, camera_id, lock=lock)
    if camera is None:
        raise NotFound(what="camera", id=camera_id)
    if camera.region != who.region:
        raise WrongRegion(what="camera", id=camera_id)
    return camera


async def view(conn: Connection, who: Principal, camera: Camera) -> CameraView:
    return (await views(conn, who, [Found(camera)]))[0]


async def views(conn: Connection, who: Principal, found: Sequence[Found]) -> list[CameraView]:
    """As the asker may see them: addresses are for administrators."""
    ids = [each.camera.id for each in found]
    groups, states = await repository.groups_of(conn, ids), await repository.states_of(conn, ids)
    addresses = who.role is Role.ADMINISTRATOR
    return [
        CameraView.of(
            each.camera,
            groups.get(each.camera.id, ()),
            states.get(each.camera.id),
            addresses=addresses,
            metres=each.metres,
        )
        for each in found
    ]


def site_texts(site: dict[str, Any]) -> list[str]:
    """By which a site's cameras are found."""
    return [*site["name"].values(), site["address"] or ""]


def own_texts(camera: Camera) -> list[str]:
    """By which a camera is found, of what it says itself."""
    return [camera.name, camera.external_id or ""]


def told(camera: Camera) -> dict[str, Any]:
    """What the journal keeps: neither addresses nor credentials."""
    names = (
        "name", "kind", "site_id", "zone", "floor", "plan_x", "plan_y", "lon", "lat", "heading", "fov",
        "range_m", "owner", "external_id", "source", "device_id", "unit_id", "recording", "keep_days",
        "enabled",
    )  # fmt: skip
    return {name: getattr(camera, name) for name in names}


async def _check(registry: Registry, bodies: Sequence[NewCamera]) -> None:
    """Raises CameraAddressRefused. Every address is read; a place that several name is looked up once."""
    known: set[guard.Target] = set()
    for body in bodies:
        for url in (*(stream.url for stream in body.streams), body.onvif_url):
            if url:
                known.add(await registry.check(url, known))


async def _added(
    tx: Tx, who: Principal, registry: Registry, body: NewCamera, ptz: dict[str, str] | None = None
) -> Camera:
    camera = replace(_new(who, body, tx), ptz=ptz)
    if body.credentials is not None:
        camera = replace(camera, credentials=_seal(registry, body.id, body))
    found = await _checked(tx.conn, camera)
    try:
        camera = await repository.insert(tx.conn, camera, found)
    except UniqueViolation as taken:
        raise _taken(taken) from None
    tx.record(Entry(body.id, who.region, "cameras.added", camera.id, who.actor, told(camera)))
    return camera


def _new(who: Principal, body: NewCamera, tx: Tx) -> Camera:
    changes = _changes(body)
    return Camera(
        number=0,
        id=body.id,
        region=who.region,
        credentials=None,
        ptz=None,
        masks=(),
        created_at=tx.now,
        updated_at=tx.now,
        **{name: changes.get(name, default) for name, default in _defaults(body).items()},
    )


_OWN = frozenset({"id", "plan", "streams", "credentials"})


def _defaults(body: NewCamera) -> dict[str, Any]:
    plain = {name: getattr(body, name) for name in type(body).model_fields if name not in _OWN}
    return plain | {"plan_x": None, "plan_y": None, "streams": ()}


def _changes(body: NewCamera | ChangeCamera) -> dict[str, Any]:
    given = body.model_fields_set
    found = {name: getattr(body, name) for name in given if name not in _OWN}
    if "plan" in given:
        found |= {"plan_x": body.plan and body.plan.x, "plan_y": body.plan and body.plan.y}
    if "streams" in given:
        found["streams"] = tuple(Stream(**each.model_dump()) for each in body.streams)
    return found


def _seal(registry: Registry, camera_id: UUID, body: NewCamera | ChangeCamera) -> bytes:
    assert body.credentials is not None
    secret = body.credentials
    return sealed(registry.sealer, camera_id, secret.user, secret.password.get_secret_value())


async def _checked(conn: Connection, camera: Camera, before: Camera | None = None) -> list[str]:
    """The words by which it is found; what stays as it was is not looked at again. Raises
    CameraStreamsWrong, NoSuchSite, NoSuchDevice."""
    names = [each.name for each in camera.streams]
    pushed = camera.source in PUSHED
    if len(set(names)) != len(names) or any(bool(each.url) == pushed for each in camera.streams):
        raise CameraStreamsWrong
    texts = own_texts(camera)
    if camera.site_id is not None:
        site = await sites.get(conn, camera.site_id)
        known = before is not None and before.site_id == camera.site_id
        if site is None or await sites.region_of(conn, camera.site_id) != camera.region:
            if not known:
                raise NoSuchSite(id=camera.site_id)
        else:
            texts += site_texts(site)
    if camera.device_id is not None and (before is None or before.device_id != camera.device_id):
        device = await find_device(conn, camera.device_id)
        if device is None or device.region != camera.region or device.kind not in PUBLISHERS:
            raise NoSuchDevice(id=camera.device_id)
    return words(texts)


def _taken(taken: UniqueViolation) -> CameraTaken:
    return CameraTaken(what="device" if "device" in (taken.diag.constraint_name or "") else "external_id")
