"""The staff that tests sign in as: an account for each role in the demo region, and one in another region."""

from uuid import UUID, uuid5

from jedel.access import Role
from jedel.access.service import add_account
from jedel.journal import Store

PASSWORD = "correct horse battery staple"
REGION = "00"
OTHER_REGION = "02"

STAFF = {
    "operator": (Role.OPERATOR, REGION),
    "duty": (Role.DUTY_OFFICER, REGION),
    "supervisor": (Role.SUPERVISOR, REGION),
    "officer": (Role.OFFICER, REGION),
    "admin": (Role.ADMINISTRATOR, REGION),
    "auditor": (Role.AUDITOR, REGION),
    "elsewhere": (Role.DUTY_OFFICER, OTHER_REGION),
}
"""Log-in → role and region."""


def account_id(login: str) -> UUID:
    """The same id in every test database."""
    return uuid5(UUID(int=0), login)


async def add_staff(store: Store) -> None:
    for login, (role, region) in STAFF.items():
        await add_account(
            store,
            account_id=account_id(login),
            login=login,
            name=f"Test {login}",
            role=role,
            region=region,
            language="en",
            password=PASSWORD,
        )
