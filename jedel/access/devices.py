"""Devices: given a code, trading it for a key, blocked and wiped."""

from datetime import datetime
from uuid import UUID

from jedel.access import model, repository
from jedel.access.errors import (
    CodeNotValid,
    DeviceIsBlocked,
    DeviceIsWiped,
    KeyPairNeeded,
    PanelAccountTaken,
    PublicKeyNotValid,
)
from jedel.access.keypairs import repository as keypairs
from jedel.access.keypairs.model import KEY_PAIR_ONLY, public_key
from jedel.access.model import Device, DeviceKey, DeviceKind, Principal
from jedel.access.schemas import BlockDevice, NewDevice
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import new_id


async def log_in(store: Store, device_id: UUID, secret: str) -> tuple[Principal, datetime | None] | None:
    """The device that logs in to NATS with its key or a token, and until when that is good; None also for a
    blocked one. It has been seen now."""
    try:
        found = await _proven(store, device_id, secret)
    except (DeviceIsBlocked, DeviceIsWiped):
        return None
    if found is None:
        return None
    async with store.transaction() as tx:
        await keypairs.seen(tx.conn, device_id, tx.now, None)
    return found.device.principal(), found.token_until


async def device_of_key(store: Store, device_id: UUID, secret: str) -> Principal | None:
    """The device behind its key or a token. A blocked one is told so, and one to be wiped that it must forget
    everything: only to the key's holder, since a stranger must not learn which devices there are."""
    found = await _proven(store, device_id, secret)
    return found.device.principal() if found else None


async def _proven(store: Store, device_id: UUID, secret: str) -> DeviceKey | None:
    async with store.glance() as tx:
        found = await repository.device_key(tx.conn, device_id, model.digest(secret))
        if found is None or not found.proves(secret, tx.now):
            return None
    if found.device.blocked_at is not None:
        raise DeviceIsWiped if found.wipe else DeviceIsBlocked
    return found


async def still_enrolled(store: Store, who: Principal, since: datetime | None) -> Principal | None:
    """The device whose socket is open, if it is neither blocked nor enrolled anew since."""
    async with store.reading() as tx:
        device = await repository.find_device(tx.conn, who.id)
    if device is None or device.blocked_at is not None or device.enrolled_at != since:
        return None
    return device.principal()


async def hand(
    store: Store, who: Principal, device_id: UUID, command_id: UUID, holder: UUID | None
) -> Device:
    """Note in whose hands a device is. Raises NotFound for an account of no or another region."""
    async with store.transaction() as tx:
        device = await _own(tx, who, device_id)
        if holder is not None and await repository.region_of_account(tx.conn, holder) != who.region:
            raise NotFound(what="account", id=holder)
        if not await tx.recorded(command_id):
            device = await repository.hold(tx.conn, device_id, holder)
            data = {"holder_id": holder}
            tx.record(Entry(command_id, who.region, "access.device_handed", device_id, who.actor, data))
    return device


async def block(store: Store, who: Principal, device_id: UUID, body: BlockDevice) -> Device:
    """Cut a device off everywhere; with `wipe` it erases what it holds the next time it asks for anything.

    Said again it changes nothing, but a block may be made a wipe.
    """
    async with store.transaction() as tx:
        device = await _own(tx, who, device_id)
        if not await tx.recorded(body.id):
            device = await repository.block(tx.conn, device_id, tx.now, wipe=body.wipe)
            data = {"reason": body.reason, "wipe": body.wipe}
            tx.record(Entry(body.id, who.region, DEVICE_BLOCKED, device_id, who.actor, data))
    return device


async def unblock(store: Store, who: Principal, device_id: UUID, command_id: UUID) -> Device:
    """Let it back in with a new code; not with its old key, which whoever held it meanwhile may have."""
    async with store.transaction() as tx:
        device = await _own(tx, who, device_id)
        if not await tx.recorded(command_id):
            device = await repository.unblock(tx.conn, device_id)
            tx.record(Entry(command_id, who.region, "access.device_unblocked", device_id, who.actor))
    return device


DEVICE_BLOCKED = "access.device_blocked"
DEVICE_CODE_RENEWED = "access.device_code_renewed"


async def add_device(store: Store, who: Principal, body: NewDevice) -> tuple[Device, str, datetime]:
    """A new device and its enrolment code. Said again with the same id: a new code, while it has no key."""
    code = model.new_code()
    async with store.transaction() as tx:
        until = tx.now + model.CODE_LIFE
        if await tx.recorded(body.id):
            device = await _own(tx, who, body.id)
            if device.enrolled_at is None:
                await repository.renew_code(tx.conn, device.id, model.digest(code), until)
            return device, code, until
        device = Device(
            body.id, who.region, body.kind, body.name, body.site_id, body.unit_id, body.account, None, None
        )
        row = {"id": device.id, "region": device.region, "kind": device.kind, "name": device.name}
        row |= {"site_id": device.site_id, "unit_id": device.unit_id, "account": device.account}
        row |= {"code_digest": model.digest(code), "code_expires_at": until, "created_at": tx.now}
        if not await repository.insert_device(tx.conn, row):
            raise PanelAccountTaken(account=body.account)
        data = {"name": body.name, "kind": body.kind, "site_id": body.site_id, "unit_id": body.unit_id}
        tx.record(Entry(body.id, who.region, "access.device_added", device.id, who.actor, data))
    return device, code, until


async def renew_code(
    store: Store, who: Principal, device_id: UUID, command_id: UUID
) -> tuple[Device, str, datetime]:
    """A new code for a device that lost its key; its old key stops working at once."""
    code = model.new_code()
    async with store.transaction() as tx:
        until = tx.now + model.CODE_LIFE
        device = await _own(tx, who, device_id)
        if device.blocked_at is not None:
            raise DeviceIsBlocked
        await repository.renew_code(tx.conn, device_id, model.digest(code), until)
        if not await tx.recorded(command_id):
            tx.record(Entry(command_id, who.region, DEVICE_CODE_RENEWED, device_id, who.actor))
    return device, code, until


async def enrol(
    store: Store, typed_code: str, point: bytes | None = None, version: str | None = None
) -> tuple[Device, str | None]:
    """Trade a one-time code for a key; for none where the device brings the public half (`point`) of its own.

    Raises:
        CodeNotValid, KeyPairNeeded, PublicKeyNotValid
    """
    key = None if point else model.new_token()
    try:
        public = public_key(point) if point else None
    except ValueError as fault:
        raise PublicKeyNotValid from fault
    async with store.transaction() as tx:
        code = model.digest(model.normal_code(typed_code))
        digest = model.digest(key) if key else None
        device = await repository.enrol(tx.conn, code, digest, public, version, tx.now)
        if device is None:
            raise CodeNotValid
        if public is None and device.kind in KEY_PAIR_ONLY:
            raise KeyPairNeeded(kind=device.kind)
        actor = device.principal().actor
        data = {"key_pair": public is not None, "version": version}
        tx.record(Entry(new_id(), device.region, "access.device_enrolled", device.id, actor, data))
    return device, key


async def of_region(
    store: Store, who: Principal, kind: DeviceKind | None, after: UUID | None, limit: int
) -> list[Device]:
    async with store.reading() as tx:
        return await repository.devices(tx.conn, who.region, kind, after, limit)


async def own(store: Store, who: Principal) -> Device:
    """The device behind a device's principal."""
    async with store.reading() as tx:
        return await _own(tx, who, who.id)


async def _own(tx: Tx, who: Principal, device_id: UUID) -> Device:
    device = await repository.find_device(tx.conn, device_id)
    if device is None:
        raise NotFound(what="device", id=device_id)
    if device.region != who.region:
        raise WrongRegion(what="device", id=device_id)
    return device
