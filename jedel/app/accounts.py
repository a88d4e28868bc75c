"""Accounts made from the command line, for the first administrator of an installation."""

from jedel.access import Role
from jedel.access.service import add_account
from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.ids import new_id


async def add(
    database_url: str, *, login: str, name: str, role: str, region: str, language: str, password: str
) -> None:
    """Add one account.

    Raises:
        ValueError: no such role.
        LoginTaken: another account has the log-in.
    """
    pool = make_pool(database_url, 2)
    async with pool:
        await add_account(
            Store(pool, SystemClock()),
            account_id=new_id(),
            login=login,
            name=name,
            role=Role(role),
            region=region,
            language=language,
            password=password,
        )
