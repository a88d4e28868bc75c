"""What a session may do before a second factor stands, and who may change the factors of an account.

Invariants
1. A session that a password or a code alone began (a *waiting* one) may make the account's first factor,
   and nothing else; not where the account has one by then.
2. When the first factor is made, the session that made it gets a new token, and every other waiting session
   ends.
3. Factors are changed only within `FRESH` of a proof of who it is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.access import model
from jedel.access.accounts import repository
from jedel.access.accounts.errors import AccountIsExternal, FactorExists, FreshSignInNeeded, LastFactor
from jedel.access.model import Method, Principal
from jedel.journal import Entry, Tx
from jedel.kernel.ids import new_id

SESSION_ENDED = "access.session_ended"

WAITING = frozenset({Method.PASSWORD, Method.CODE})
"""Methods that prove one thing only."""


def is_waiting(who: Principal, *, password_alone: bool) -> bool:
    """Whether the session may do nothing but make a factor. ``password_alone``: the demo's ease."""
    return who.method == Method.CODE or (who.method == Method.PASSWORD and not password_alone)


def need_fresh(who: Principal, now: datetime) -> None:
    """Raises FreshSignInNeeded."""
    if not who.is_fresh(now):
        raise FreshSignInNeeded


async def may_change_factors(tx: Tx, who: Principal) -> dict[str, Any]:
    """The account's row, locked until the transaction ends.

    Raises FreshSignInNeeded, FactorExists, AccountIsExternal.
    """
    need_fresh(who, tx.now)
    account = await repository.lock(tx.conn, who.id)
    if account["external"]:
        raise AccountIsExternal
    if who.waiting and (account["totp"] or account["passkeys"]):
        raise FactorExists
    return account


def gave_one_up(account: dict[str, Any]) -> None:
    """One of the factors that ``account`` had is gone now. Raises LastFactor."""
    if account["passkeys"] + account["totp"] == 1:
        raise LastFactor


async def raised(tx: Tx, who: Principal, token: str, method: str) -> str | None:
    """A waiting session that made its first factor is a full one, under a new token; others that wait end."""
    if not who.waiting:
        return None
    fresh = model.new_token()
    await repository.raise_session(tx.conn, model.digest(token), model.digest(fresh), method)
    await end_sessions(tx, who, keep=who.session_id, waiting_only=True)
    return fresh


async def end_sessions(
    tx: Tx,
    by: Principal,
    *,
    of: UUID | None = None,
    keep: UUID | None = None,
    waiting_only: bool = False,
) -> None:
    """End sessions ``of`` an account, the own one if none is named; their screens are cut off."""
    only = [each.value for each in WAITING] if waiting_only else None
    for session_id in await repository.end_sessions(tx.conn, of or by.id, keep, only, tx.now):
        tx.record(Entry(new_id(), by.region, SESSION_ENDED, session_id, by.actor))
