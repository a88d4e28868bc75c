"""Accounts made from the command line, for the first administrator of an installation."""

from datetime import datetime

from jedel.access import Role
from jedel.access.accounts.service import check, first_admin_code
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
        PasswordTooWeak: guessers try it first.
        LoginTaken: another account has the log-in.
    """
    check(password, {"login": login, "name": name})
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


async def first_admin(database_url: str, region: str) -> tuple[str, datetime]:
    """The first administrator's one-time code, and until when it is good. Raises AdministratorExists."""
    async with make_pool(database_url, 2) as pool:
        return await first_admin_code(Store(pool, SystemClock()), region)
