"""Accounts of the staff, signing in, sessions."""

import asyncio
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from jedel.access import model, repository
from jedel.access.accounts import repository as accounts
from jedel.access.accounts.errors import PasskeyNeeded
from jedel.access.errors import LoginTaken, TooManyFailures, WrongPassword
from jedel.access.model import Method, OpenSession, Principal, Role
from jedel.access.seal import Sealer
from jedel.access.standing import SESSION_ENDED
from jedel.access.totp import service as totp
from jedel.access.totp.errors import CodeNeeded, CodeNotRight
from jedel.journal import Entry, Store
from jedel.kernel.errors import NotFound
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
    password_hash = await asyncio.to_thread(HASHER.hash, unicodedata.normalize("NFKC", password))
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


async def sign_in(
    store: Store,
    sealer: Sealer,
    login: str,
    password: str,
    code: str | None = None,
    agent: str = "",
    *,
    password_alone: bool = False,
) -> tuple[Principal, str]:
    """A principal and its new session token; ``code``: of the phone, where the account has one there.

    After `FAILURES_MAX` failures TooManyFailures, whatever the password is and whether or not the log-in
    exists. The attempt is counted before the password is looked at, so that a hundred guesses sent at once
    are no more than five; wrong codes count like wrong passwords.

    Raises WrongPassword for anything that does not fit; only to who has the right password CodeNeeded,
    CodeNotRight, PasskeyNeeded.
    """
    who, method = await prove(store, sealer, login, password, code, password_alone=password_alone)
    token = await open_session(store, who, agent, method)
    return replace(who, method=method, proved_at=store.clock.now()), token


async def prove(
    store: Store, sealer: Sealer, login: str, password: str, code: str | None, *, password_alone: bool
) -> tuple[Principal, Method]:
    """Who that is, and by what it was proved. Raises as `sign_in`."""
    account, counted = await _with_password(store, login, password)
    method = Method.PASSWORD
    async with store.transaction() as tx:
        if account["totp"]:
            method = Method.PASSWORD_AND_TOTP
            spent = code is not None and await totp.spend(tx, sealer, account["id"], code)
        elif account["passkeys"] and not password_alone:
            method = Method.PASSKEY
            spent = False
        else:
            spent = True
        if spent:
            await repository.forget_attempts(tx.conn, model.login_digest(login))
        elif code is None or method is Method.PASSKEY:
            await repository.uncount_attempt(tx.conn, model.login_digest(login))
    if spent:
        return principal(account), method
    if method is Method.PASSKEY:
        raise PasskeyNeeded
    if code is None:
        raise CodeNeeded
    await _failed(store, login, counted, account)
    raise CodeNotRight


async def prove_password(store: Store, login: str, password: str) -> None:
    """That somebody who is signed in knows the password too. Raises WrongPassword, TooManyFailures."""
    await _with_password(store, login, password)
    async with store.transaction() as tx:
        await repository.forget_attempts(tx.conn, model.login_digest(login))


async def _with_password(store: Store, login: str, password: str) -> tuple[dict[str, Any], int]:
    """The account with this password, and which attempt this was. Raises WrongPassword, TooManyFailures."""
    counted = await _count_attempt(store, login)
    async with store.reading() as tx:
        account = await repository.account_by_login(tx.conn, login)
    known = account["password_hash"] if account else None
    async with HASHING:
        right = await asyncio.to_thread(_matches, known or NOBODY_HASH, password)
    if account is None or known is None or not right:
        await _failed(store, login, counted, account)
        raise WrongPassword
    return account, counted


async def prove_again(
    store: Store,
    sealer: Sealer,
    who: Principal,
    token: str,
    password: str,
    code: str | None,
    *,
    password_alone: bool,
) -> str:
    """The session's new token, after the person at the screen proved who they are. Raises as `sign_in`."""
    async with store.reading() as tx:
        login = await accounts.login_of(tx.conn, who.id)
    _, method = await prove(store, sealer, login, password, code, password_alone=password_alone)
    return await proved_again(store, who, token, method)


async def proved_again(store: Store, who: Principal, token: str, method: Method) -> str:
    """A new token for the session of somebody who has just proved who they are."""
    fresh = model.new_token()
    async with store.transaction() as tx:
        await accounts.prove_session(tx.conn, model.digest(token), model.digest(fresh), tx.now, method)
        tx.record(Entry(new_id(), who.region, "access.proved_again", who.id, who.actor, {"method": method}))
    return fresh


async def _failed(store: Store, login: str, counted: int, account: dict[str, Any] | None) -> None:
    if counted >= model.FAILURES_MAX:
        await _lock(store, login, principal(account) if account else None)


async def _count_attempt(store: Store, login: str) -> int:
    async with store.transaction() as tx:
        counted = await repository.count_attempt(
            tx.conn, model.login_digest(login), tx.now, model.ATTEMPTS_WITHIN
        )
    if counted is not None and counted > model.FAILURES_MAX:
        await _lock(store, login, None)
    if counted is None or counted > model.FAILURES_MAX:
        raise TooManyFailures(minutes=int(model.LOCK.total_seconds() // 60))
    return counted


async def _lock(store: Store, login: str, who: Principal | None) -> None:
    async with store.transaction() as tx:
        until = tx.now + model.LOCK
        if await repository.lock_login(tx.conn, model.login_digest(login), tx.now, until) and who is not None:
            tx.record(Entry(new_id(), who.region, "access.locked", who.id, "system:access", {"until": until}))


async def open_session(
    store: Store, who: Principal, agent: str, method: Method, provider_session: str | None = None
) -> str:
    """The token of a new session for somebody who has proved who they are. ``provider_session``: what the
    identity provider calls its own session."""
    token = model.new_token()
    async with store.transaction() as tx:
        until = tx.now + model.SESSION_LIFE
        await repository.insert_session(
            *(tx.conn, model.digest(token), who.id, tx.now, until, agent[:200], method, provider_session)
        )
        tx.record(Entry(new_id(), who.region, "access.signed_in", who.id, who.actor, {"method": method}))
    return token


async def sessions(store: Store, who: Principal, token: str) -> list[OpenSession]:
    """The account's open sessions, the newest first; `token` says which of them is this one."""
    async with store.reading() as tx:
        return await repository.sessions(tx.conn, who.id, model.digest(token), tx.now, model.IDLE)


async def end_session(store: Store, who: Principal, session_id: UUID) -> None:
    """End one of one's own sessions; its screens are cut off. Nothing happens where it has ended already."""
    async with store.transaction() as tx:
        if not await repository.is_own_session(tx.conn, who.id, session_id):
            raise NotFound(what="session", id=session_id)
        if await repository.end_session_of(tx.conn, session_id, tx.now):
            tx.record(Entry(new_id(), who.region, SESSION_ENDED, session_id, who.actor))


async def sign_out(store: Store, who: Principal, token: str) -> None:
    """End the session; nothing happens where it has ended already."""
    async with store.transaction() as tx:
        session_id = await repository.end_session(tx.conn, model.digest(token), tx.now)
        if session_id is not None:
            tx.record(Entry(new_id(), who.region, SESSION_ENDED, session_id, who.actor))


async def leave(store: Store, token: str | None) -> None:
    """Somebody signed in anew in a browser that brought this token: the session that it had ends."""
    before = await principal_of_session(store, token) if token else None
    if before is not None and token:
        await sign_out(store, before, token)


async def session_lives(store: Store, session_id: UUID) -> bool:
    """Whether the session goes on, under whatever token by now."""
    async with store.glance() as tx:
        return await accounts.session_lives(tx.conn, session_id, tx.now, model.IDLE)


async def principal_of_session(store: Store, token: str) -> Principal | None:
    """Who holds this session token; None also for one that rested for `IDLE`."""
    async with store.glance() as tx:
        account = await repository.account_of_session(tx.conn, model.digest(token), tx.now, model.IDLE)
    return principal(account) if account else None


async def seen(store: Store, token: str) -> None:
    """Somebody is at the screen of this session: it does not rest."""
    async with store.transaction() as tx:
        await repository.session_seen(tx.conn, model.digest(token), tx.now)


async def choose_language(store: Store, who: Principal, language: str) -> None:
    async with store.transaction() as tx:
        await repository.set_language(tx.conn, who.id, language)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, unicodedata.normalize("NFKC", password))
    except VerificationError:
        return False


def principal(account: dict[str, object]) -> Principal:
    """Of an account's row."""
    account_id, region = account["id"], str(account["region"])
    assert isinstance(account_id, UUID)
    role = Role(str(account["role"]))
    session_id, method, proved_at = (account.get(key) for key in ("session_id", "method", "proved_at"))
    assert session_id is None or isinstance(session_id, UUID)
    assert proved_at is None or isinstance(proved_at, datetime)
    return Principal(
        *("account", account_id, str(account["name"]), region, role),
        language=str(account["language"]),
        session_id=session_id,
        method=None if method is None else str(method),
        proved_at=proved_at,
    )
