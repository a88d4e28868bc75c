"""Accounts as administrators keep them, the codes by which people begin, and one's own password."""

import asyncio
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.access import service as sessions
from jedel.access.accounts import model, repository
from jedel.access.accounts.errors import (
    AccountBegun,
    AccountNotYours,
    AdministratorExists,
    FreshSignInNeeded,
    PasswordTooWeak,
    SignInCodeNotValid,
)
from jedel.access.accounts.model import Account, SignInCode
from jedel.access.errors import LoginTaken
from jedel.access.model import Method, Principal, Role, digest, new_code, normal_code
from jedel.access.standing import end_sessions, may_change_factors, need_fresh
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import new_id

SERVER = "system:server"
"""Who sits at the server's own command line."""


async def first_admin_code(store: Store, region: str) -> tuple[str, datetime]:
    """A code for the first administrator, and until when it is good. Raises AdministratorExists."""
    code = new_code()
    async with store.transaction() as tx:
        await repository.lock_beginnings(tx.conn)
        if await repository.administrators(tx.conn):
            raise AdministratorExists
        until = tx.now + model.FIRST_CODE_LIFE
        kept = SignInCode("first_admin", None, region, SERVER)
        await repository.keep_code(tx.conn, digest(code), kept, tx.now, until)
        entry_id = new_id()
        tx.record(Entry(entry_id, region, "access.first_admin_code_made", entry_id, SERVER))
    return code, until


async def is_first(store: Store) -> bool:
    """Whether nobody can administer yet."""
    async with store.reading() as tx:
        return not await repository.administrators(tx.conn)


async def begin_first_admin(
    store: Store, code: str, login: str, name: str, language: str, agent: str
) -> tuple[Principal, str]:
    """The first administrator's account and its waiting session. The code is used up only if all is well.

    Raises SignInCodeNotValid, AdministratorExists, LoginTaken.
    """
    account_id = new_id()
    async with store.transaction() as tx:
        await repository.lock_beginnings(tx.conn)
        found = await repository.take_code(tx.conn, digest(normal_code(code)), None, tx.now)
        if found is None:
            raise SignInCodeNotValid
        if await repository.administrators(tx.conn):
            raise AdministratorExists
        row = {"id": account_id, "login": login, "name": name, "role": Role.ADMINISTRATOR}
        row |= {"region": found.region, "language": language, "external": False, "created_at": tx.now}
        if not await repository.insert(tx.conn, row):
            raise LoginTaken(login=login)
        data = {"name": name, "role": Role.ADMINISTRATOR, "first": True}
        tx.record(Entry(account_id, found.region, "access.account_added", account_id, SERVER, data))
    who = Principal("account", account_id, name, found.region, Role.ADMINISTRATOR, language=language)
    return await _waiting(store, who, agent)


async def begin(store: Store, login: str, code: str, agent: str) -> tuple[Principal, str]:
    """A waiting session for who brings the code of an invitation or a recovery.

    After a recovery nothing that the account had before signs it in, and all its sessions end.
    Raises SignInCodeNotValid, whichever of the two does not fit.
    """
    async with store.transaction() as tx:
        found = await repository.take_code(tx.conn, digest(normal_code(code)), login, tx.now)
        if found is None or found.account_id is None:
            raise SignInCodeNotValid
        account = await repository.lock(tx.conn, found.account_id)
        who = sessions.principal(account)
        await repository.drop_factors(tx.conn, who.id)
        await end_sessions(tx, who)
        tx.record(Entry(new_id(), who.region, "access.begun", who.id, who.actor, {"kind": found.kind}))
    return await _waiting(store, who, agent)


async def _waiting(store: Store, who: Principal, agent: str) -> tuple[Principal, str]:
    token = await sessions.open_session(store, who, agent, Method.CODE)
    return replace(who, method=Method.CODE, proved_at=store.clock.now()), token


async def has_password(store: Store, who: Principal) -> bool:
    """Whether the own account has one."""
    async with store.reading() as tx:
        return (await repository.counted(tx.conn, who.id))["password_hash"] is not None


async def choose_password(
    store: Store, who: Principal, command_id: UUID, current: str | None, new: str
) -> None:
    """One's own password; all other sessions end. Who comes with a code needs none before, nor does who has
    none and has just proved who he is.

    Raises WrongPassword, TooManyFailures, FreshSignInNeeded, PasswordTooWeak.
    """
    async with store.reading() as tx:
        account = await repository.counted(tx.conn, who.id)
    had = account["password_hash"] is not None
    if had and who.method != Method.CODE:
        await sessions.prove_password(store, account["login"], current or "")
    elif not who.is_fresh(store.clock.now()):
        raise FreshSignInNeeded
    check(new, account)
    password_hash = await hashed(new)
    async with store.transaction() as tx:
        await may_change_factors(tx, replace(who, proved_at=tx.now))
        if await tx.recorded(command_id):
            return
        await repository.set_password(tx.conn, who.id, password_hash)
        await end_sessions(tx, who, keep=who.session_id)
        tx.record(Entry(command_id, who.region, "access.password_changed", who.id, who.actor))


def check(password: str, account: dict[str, Any]) -> None:
    """Raises PasswordTooWeak."""
    reason = model.weakness(password, (account["login"], account["name"]))
    if reason is not None:
        raise PasswordTooWeak(reason=reason, minimum=model.PASSWORD_MIN)


async def hashed(password: str) -> str:
    """The same letters, however the keyboard composed them, give the same hash."""
    async with sessions.HASHING:
        normal = unicodedata.normalize("NFKC", password)
        return await asyncio.to_thread(sessions.HASHER.hash, normal)


async def of_region(store: Store, who: Principal, after: UUID | None, limit: int) -> list[Account]:
    async with store.reading() as tx:
        return await repository.of_region(tx.conn, who.region, after, limit)


async def add(
    store: Store,
    who: Principal,
    *,
    account_id: UUID,
    login: str,
    name: str,
    role: Role,
    language: str,
    external: bool,
) -> tuple[Account, str | None, datetime | None]:
    """An account of the own region, and the code by which its owner begins; none for an ``external`` one,
    whose owner comes by the identity provider.

    Raises FreshSignInNeeded, AccountNotYours, LoginTaken.
    """
    async with store.transaction() as tx:
        need_fresh(who, tx.now)
        if not model.may_manage(who, account_id, role):
            raise AccountNotYours
        if not await tx.recorded(account_id):
            row = {"id": account_id, "login": login, "name": name, "role": role, "region": who.region}
            row |= {"language": language, "external": external, "created_at": tx.now}
            if not await repository.insert(tx.conn, row):
                raise LoginTaken(login=login)
            data = {"name": name, "role": role, "external": external}
            tx.record(Entry(account_id, who.region, "access.account_added", account_id, who.actor, data))
        account = await _managed(tx, who, account_id)
        code, until = None, None
        if not account.external:
            code, until = await _invite(tx, who, account)
    return account, code, until


async def invite(
    store: Store, who: Principal, account_id: UUID, command_id: UUID
) -> tuple[Account, str, datetime]:
    """A new code for somebody who has not begun; the one before ends.

    Raises FreshSignInNeeded, AccountNotYours, AccountBegun, NotFound.
    """
    async with store.transaction() as tx:
        account = await _managed(tx, who, account_id)
        code, until = await _invite(tx, who, account)
        if not await tx.recorded(command_id):
            tx.record(Entry(command_id, who.region, "access.invited", account_id, who.actor))
    return account, code, until


async def _invite(tx: Tx, who: Principal, account: Account) -> tuple[str, datetime]:
    if account.begun or account.external or account.blocked_at is not None:
        raise AccountBegun
    code, until = new_code(), tx.now + model.INVITATION_LIFE
    kept = SignInCode("invitation", account.id, account.region, who.actor)
    await repository.keep_code(tx.conn, digest(code), kept, tx.now, until)
    return code, until


async def block(store: Store, who: Principal, account_id: UUID, command_id: UUID, reason: str) -> Account:
    """Nobody signs in with it any more; its sessions and codes end. Raises as `invite`."""
    async with store.transaction() as tx:
        await _managed(tx, who, account_id)
        if not await tx.recorded(command_id):
            await repository.set_blocked(tx.conn, account_id, tx.now)
            await repository.drop_codes(tx.conn, account_id)
            await end_sessions(tx, who, of=account_id)
            data = {"reason": reason}
            tx.record(Entry(command_id, who.region, "access.account_blocked", account_id, who.actor, data))
        return await _managed(tx, who, account_id)


async def unblock(store: Store, who: Principal, account_id: UUID, command_id: UUID) -> Account:
    """It signs in again, with what it had. Raises as `invite`."""
    async with store.transaction() as tx:
        await _managed(tx, who, account_id)
        if not await tx.recorded(command_id):
            await repository.set_blocked(tx.conn, account_id, None)
            tx.record(Entry(command_id, who.region, "access.account_unblocked", account_id, who.actor))
        return await _managed(tx, who, account_id)


async def change_role(
    store: Store, who: Principal, account_id: UUID, command_id: UUID, role: Role
) -> Account:
    """From the next request on; its live screens are cut off. Raises as `invite`."""
    async with store.transaction() as tx:
        before = await _managed(tx, who, account_id)
        if not model.may_manage(who, account_id, role):
            raise AccountNotYours
        if not await tx.recorded(command_id):
            await repository.set_role(tx.conn, account_id, role)
            await end_sessions(tx, who, of=account_id)
            data = {"role": role, "before": before.role}
            tx.record(Entry(command_id, who.region, "access.role_changed", account_id, who.actor, data))
        return await _managed(tx, who, account_id)


async def _managed(tx: Tx, who: Principal, account_id: UUID) -> Account:
    """The account, if ``who`` may change it; locked."""
    need_fresh(who, tx.now)
    account = await repository.find(tx.conn, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    if account.region != who.region:
        raise WrongRegion(what="account", id=account_id)
    if not model.may_manage(who, account_id, account.role):
        raise AccountNotYours
    await repository.lock(tx.conn, account_id)
    return account
