"""Asking to be let in again, and the second person who lets in.

Invariants
1. Whether an account exists is not said, not by words and not by time.
2. Who lets in is another person of the same region, may do at least as much (an auditor: an auditor), and
   proved a moment ago who he is.
3. Nothing changes for the account until the code is brought; then everything it had before is gone. So an
   approval in error does no harm, and one in bad faith is noticed by the owner, who is out, and stands in
   the journal under the name of who gave it.
"""

import asyncio
import time
from datetime import datetime, timedelta
from uuid import UUID

from jedel.access import model
from jedel.access.accounts import repository as accounts
from jedel.access.accounts.errors import RecoveryNotYours
from jedel.access.accounts.model import SignInCode, may_recover
from jedel.access.model import Principal
from jedel.access.recovery import repository
from jedel.access.recovery.repository import Recovery
from jedel.access.standing import need_fresh
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, TooMany, WrongRegion
from jedel.kernel.ids import new_id

ASKED_LIFE = timedelta(hours=24)
CODE_LIFE = timedelta(hours=1)
"""It is handed over in person."""

PER_MINUTE_MAX = 60
"""Of all log-ins together: a flood of made-up ones does not fill the table."""

ANSWER_S = 0.4
"""Every answer takes so long: writing the journal, which is done for accounts that exist, does not show."""


async def ask(store: Store, login: str) -> None:
    """Raises TooMany, whatever the log-in is."""
    began = time.monotonic()
    recovery_id = new_id()
    async with store.transaction() as tx:
        if await repository.asked_since(tx.conn, tx.now - timedelta(minutes=1)) >= PER_MINUTE_MAX:
            raise TooMany(limit=PER_MINUTE_MAX)
        found = await repository.ask(
            tx.conn, recovery_id, login, model.login_digest(login), tx.now, tx.now + ASKED_LIFE
        )
        if found is not None:
            kind, actor = "access.recovery_asked", "system:access"
            tx.record(Entry(recovery_id, found["region"], kind, found["account_id"], actor))
    await asyncio.sleep(max(0.0, ANSWER_S - (time.monotonic() - began)))


async def asked(store: Store, who: Principal) -> list[Recovery]:
    """Those whom this one may let in again, the first to ask first."""
    async with store.reading() as tx:
        found = await repository.of_region(tx.conn, who.region, tx.now)
    return [each for each in found if may_recover(who, each.account_id, each.role, each.region)]


async def approve(
    store: Store, who: Principal, recovery_id: UUID, command_id: UUID
) -> tuple[Recovery, str, datetime]:
    """The code to hand over, shown once; one given before ends.

    Raises FreshSignInNeeded, RecoveryNotYours, NotFound.
    """
    code = model.new_code()
    async with store.transaction() as tx:
        found = await _for(tx, who, recovery_id)
        until = tx.now + CODE_LIFE
        kept = SignInCode("recovery", found.account_id, found.region, who.actor)
        await accounts.keep_code(tx.conn, model.digest(code), kept, tx.now, until)
        await repository.approve(tx.conn, recovery_id, who.id, tx.now)
        if not await tx.recorded(command_id):
            kind = "access.recovery_approved"
            tx.record(Entry(command_id, who.region, kind, found.account_id, who.actor))
        return await _for(tx, who, recovery_id), code, until


async def refuse(store: Store, who: Principal, recovery_id: UUID, command_id: UUID) -> None:
    """It was not the person; a code that was given ends. Raises as `approve`."""
    async with store.transaction() as tx:
        if await tx.recorded(command_id):
            return
        found = await _for(tx, who, recovery_id)
        await repository.remove(tx.conn, recovery_id)
        await accounts.drop_codes(tx.conn, found.account_id)
        tx.record(Entry(command_id, who.region, "access.recovery_refused", found.account_id, who.actor))


async def _for(tx: Tx, who: Principal, recovery_id: UUID) -> Recovery:
    need_fresh(who, tx.now)
    found = await repository.lock(tx.conn, recovery_id, tx.now)
    if found is None:
        raise NotFound(what="recovery", id=recovery_id)
    if found.region != who.region:
        raise WrongRegion(what="recovery", id=recovery_id)
    if not may_recover(who, found.account_id, found.role, found.region):
        raise RecoveryNotYours
    return found
