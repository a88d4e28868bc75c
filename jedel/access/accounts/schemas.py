"""Bodies and answers of the routes of accounts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jedel.access.accounts.model import PASSWORD_MAX, Account
from jedel.access.model import Role
from jedel.access.schemas import Language, Password
from jedel.kernel.schema import Body, ShortText, View

Login = Annotated[str, Field(pattern=r"^[\w.@+-]{2,64}$")]
"""Letters of any script, figures, and what addresses hold."""


class Ways(View):
    """How people sign in here. ``first``: nobody administers yet; ``provider``: what the department's
    identity provider is called, if there is one."""

    first: bool
    provider: str | None


class Begin(Body):
    """With the code of an invitation or a recovery."""

    login: ShortText
    code: ShortText


class BeginFirst(Body):
    """With the code that the server printed."""

    code: ShortText
    login: Login
    name: ShortText
    language: Language


class ChoosePassword(Body):
    """``current``: not asked of who came with a code, or has none."""

    id: UUID
    current: Password | None = None
    new: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAX)]


class PasswordState(View):
    """``known``: whether the account has one, which is then asked for when it is changed."""

    known: bool


class NewAccount(Body):
    """``id`` is both the account's id and the command's. ``external``: signs in by the identity provider."""

    id: UUID
    login: Login
    name: ShortText
    role: Role
    language: Language = "kk"
    external: bool = False


class InviteAccount(Body):
    id: UUID


class BlockAccount(Body):
    id: UUID
    reason: ShortText


class UnblockAccount(Body):
    id: UUID


class ChangeRole(Body):
    id: UUID
    role: Role


class AccountView(View):
    """``passkeys``: how many; ``begun``: its owner has something to sign in with."""

    id: UUID
    login: str
    name: str
    role: Role
    language: Language
    external: bool
    created_at: datetime
    blocked_at: datetime | None
    signed_in_at: datetime | None
    passkeys: int
    totp: bool
    password: bool
    begun: bool

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        return cls(**{name: getattr(account, name) for name in cls.model_fields})


class AccountCode(View):
    """An account and the one-time code by which its owner begins; the code is shown once. None for one that
    signs in by the identity provider."""

    account: AccountView
    code: str | None
    expires_at: datetime | None
