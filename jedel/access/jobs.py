"""What time does to accounts: attempts at sign-in are forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from jedel.access import repository
from jedel.access.accounts import repository as accounts
from jedel.access.keypairs import repository as keypairs
from jedel.access.oidc import repository as oidc
from jedel.access.passkeys import repository as passkeys
from jedel.access.recovery import repository as recovery
from jedel.journal import Job, Store

ATTEMPTS_KEPT = timedelta(hours=1)


async def forget_attempts(store: Store) -> int:
    """Log-ins that nobody has tried for an hour; how many."""
    async with store.transaction() as tx:
        return await repository.forget_old_attempts(tx.conn, tx.now - ATTEMPTS_KEPT)


async def forget_challenges(store: Store) -> int:
    """Challenges that no passkey answered in time; how many."""
    async with store.transaction() as tx:
        return await passkeys.forget_challenges(tx.conn, tx.now)


async def forget_tokens(store: Store) -> int:
    """Devices' tokens and proofs that are good for nothing any more; how many."""
    async with store.transaction() as tx:
        return await keypairs.forget_old(tx.conn, tx.now)


async def forget_sign_in(store: Store) -> int:
    """One-time codes, requests for recovery and sign-ins at the provider that ran out; how many."""
    async with store.transaction() as tx:
        return (
            await accounts.forget_codes(tx.conn, tx.now)
            + await recovery.forget(tx.conn, tx.now)
            + await oidc.forget_flows(tx.conn, tx.now)
        )


def jobs(store: Store) -> Sequence[Job]:
    """The room's periodic work."""
    return (
        Job("access.forget_attempts", 600.0, partial(forget_attempts, store)),
        Job("access.forget_challenges", 60.0, partial(forget_challenges, store)),
        Job("access.forget_sign_in", 60.0, partial(forget_sign_in, store)),
        Job("access.forget_tokens", 60.0, partial(forget_tokens, store)),
    )
