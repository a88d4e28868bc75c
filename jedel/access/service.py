"""Signing in, and giving devices their keys."""

import asyncio
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from jedel.access import model, repository
from jedel.access.errors import CodeNotValid, LoginTaken, PanelAccountTaken, WrongPassword
from jedel.access.model import Device, DeviceKind, Principal, Role
from jedel.access.schemas import NewDevice
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import new_id

HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106's second recommended option (64 MiB, 3 passes, 4 lanes)."""

NOBODY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$CRKTK8BMUMMF18E1qEU0dA$6wtDDh1sCBpZsaMLEQuWAVml8PoA4W9zg0CiHENSilU"
)
"""What the password of an unknown log-in is compared with, so that both take the same time: of a random
password that nobody kept, made with the parameters above. Making it at each start took 0.2 s."""

HASHING = asyncio.Semaphore(2)
"""Each hash takes 64 MiB: a flood of sign-ins waits instead of eating the memory."""


async def add_account(
    store: Store,
    *,
    account_id: UUID,
    login: str,
    name: str,
    role: Role,
    region: str,
    language: str,
    password: str,
) -> None:
    """Make an account; LoginTaken where another has the log-in."""
    password_hash = await asyncio.to_thread(HASHER.hash, password)
    async with store.transaction() as tx:
        row = {"id": account_id, "login": login, "name": name, "role": role, "region": region}
        row |= {"language": language, "password_hash": password_hash, "created_at": tx.now}
        if not await repository.insert_account(tx.conn, row):
            raise LoginTaken(login=login)
        tx.record(
            Entry(
                account_id,
                region,
                "access.account_added",
                account_id,
                "system:setup",
                {"name": name, "role": role},
            )
        )


async def sign_in(store: Store, login: str, password: str) -> tuple[Principal, str]:
    """A principal and its new session token; WrongPassword for anything that does not fit."""
    async with store.reading() as tx:
        account = await repository.account_by_login(tx.conn, login)
    async with HASHING:
        right = await asyncio.to_thread(
            _matches, account["password_hash"] if account else NOBODY_HASH, password
        )
    if account is None or not right:
        raise WrongPassword
    who = _principal(account)
    return who, await open_session(store, who)


async def open_session(store: Store, who: Principal) -> str:
    """The token of a new session for somebody who has proved who they are."""
    token = model.new_token()
    async with store.transaction() as tx:
        until = tx.now + model.SESSION_LIFE
        await repository.insert_session(tx.conn, model.digest(token), who.id, tx.now, until)
        tx.record(Entry(new_id(), who.region, "access.signed_in", who.id, who.actor))
    return token


async def sign_out(store: Store, who: Principal, token: str) -> None:
    """End the session; nothing happens where it has ended already."""
    async with store.transaction() as tx:
        await repository.end_session(tx.conn, model.digest(token), tx.now)
        tx.record(Entry(new_id(), who.region, "access.signed_out", who.id, who.actor))


async def principal_of_session(store: Store, token: str) -> Principal | None:
    """Who holds this session token."""
    async with store.reading() as tx:
        account = await repository.account_of_session(tx.conn, model.digest(token), tx.now)
    return _principal(account) if account else None


async def principal_of_device(store: Store, device_id: UUID, key: str) -> Principal | None:
    """The device that proves itself with its key; None also for a blocked one."""
    async with store.reading() as tx:
        found = await repository.device_key(tx.conn, device_id)
    right = model.same_secret(key, found[1] if found else None)
    return found[0].principal() if found and right else None


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
        await repository.renew_code(tx.conn, device_id, model.digest(code), until)
        if not await tx.recorded(command_id):
            tx.record(Entry(command_id, who.region, "access.device_code_renewed", device_id, who.actor))
    return device, code, until


async def enrol(store: Store, typed_code: str) -> tuple[Device, str]:
    """Trade a one-time code for the device's key."""
    key = model.new_token()
    async with store.transaction() as tx:
        code = model.digest(model.normal_code(typed_code))
        device = await repository.enrol(tx.conn, code, model.digest(key), tx.now)
        if device is None:
            raise CodeNotValid
        actor = device.principal().actor
        tx.record(Entry(new_id(), device.region, "access.device_enrolled", device.id, actor))
    return device, key


async def devices(
    store: Store, who: Principal, kind: DeviceKind | None, after: UUID | None, limit: int
) -> list[Device]:
    async with store.reading() as tx:
        return await repository.devices(tx.conn, who.region, kind, after, limit)


async def choose_language(store: Store, who: Principal, language: str) -> None:
    async with store.transaction() as tx:
        await repository.set_language(tx.conn, who.id, language)


async def _own(tx: Tx, who: Principal, device_id: UUID) -> Device:
    device = await repository.find_device(tx.conn, device_id)
    if device is None:
        raise NotFound(what="device", id=device_id)
    if device.region != who.region:
        raise WrongRegion(what="device", id=device_id)
    return device


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except VerificationError:
        return False


def _principal(account: dict[str, object]) -> Principal:
    account_id, region = account["id"], str(account["region"])
    assert isinstance(account_id, UUID)
    role = Role(str(account["role"]))
    return Principal(
        "account", account_id, str(account["name"]), region, role, language=str(account["language"])
    )
