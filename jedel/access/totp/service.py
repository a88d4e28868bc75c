"""Making, confirming, spending and giving up one-time passwords."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jedel.access.model import Principal
from jedel.access.seal import Sealer
from jedel.access.standing import gave_one_up, may_change_factors, raised
from jedel.access.totp import model, repository
from jedel.access.totp.errors import CodeNotRight, NothingToConfirm, PasswordFirst
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Begun:
    """A new secret, shown once. ``address``: what the app reads off the screen."""

    secret: str
    address: str


async def begin(store: Store, sealer: Sealer, who: Principal) -> Begun:
    """A new secret; it is in force once its first code is shown. The one before stays in force until then.

    Raises FreshSignInNeeded, FactorExists, PasswordFirst.
    """
    secret = model.new_secret()
    async with store.transaction() as tx:
        account = await may_change_factors(tx, who)
        if account["password_hash"] is None:
            raise PasswordFirst
        await repository.begin(tx.conn, who.id, sealer.seal(secret.encode(), who.id), tx.now)
    return Begun(secret, model.address(secret, account["login"]))


async def confirm(
    store: Store, sealer: Sealer, who: Principal, command_id: UUID, code: str, token: str
) -> str | None:
    """The first code: the secret is in force. The session's new token, where the session was waiting for a
    second factor and is now a full one.

    Raises FreshSignInNeeded, FactorExists, NothingToConfirm, CodeNotRight.
    """
    async with store.transaction() as tx:
        await may_change_factors(tx, who)
        row = await repository.locked(tx.conn, who.id)
        if await tx.recorded(command_id):
            return None
        if row is None or row["pending"] is None or tx.now - row["pending_at"] > model.PENDING_LIFE:
            raise NothingToConfirm
        secret = sealer.open(row["pending"], who.id).decode()
        step = model.matching_step(secret, code, tx.now, 0)
        if step is None:
            raise CodeNotRight
        await repository.confirm(tx.conn, who.id, step, tx.now)
        tx.record(Entry(command_id, who.region, "access.totp_added", who.id, who.actor))
        return await raised(tx, who, token, "password+totp")


async def spend(tx: Tx, sealer: Sealer, account_id: UUID, code: str) -> bool:
    """Whether this is the account's code of now, shown for the first time; now it is spent."""
    row = await repository.locked(tx.conn, account_id)
    if row is None or row["sealed"] is None:
        return False
    secret = sealer.open(row["sealed"], account_id).decode()
    step = model.matching_step(secret, code, tx.now, row["last_step"])
    if step is None:
        return False
    await repository.spend(tx.conn, account_id, step)
    return True


async def remove(store: Store, who: Principal) -> None:
    """Give it up. Raises FreshSignInNeeded, LastFactor, NotFound."""
    async with store.transaction() as tx:
        account = await may_change_factors(tx, who)
        if not await repository.remove(tx.conn, who.id):
            raise NotFound(what="totp", id=who.id)
        gave_one_up(account)
        tx.record(Entry(new_id(), who.region, "access.totp_removed", who.id, who.actor))


async def since(store: Store, who: Principal) -> datetime | None:
    """Since when the account has one; None where it has none."""
    async with store.reading() as tx:
        return await repository.confirmed_at(tx.conn, who.id)
