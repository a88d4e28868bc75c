"""Routes: accounts of the staff, beginning with a code, one's own password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from jedel.access import service as sessions
from jedel.access.accounts import service as accounts
from jedel.access.accounts.schemas import (
    AccountCode,
    AccountView,
    Begin,
    BeginFirst,
    BlockAccount,
    ChangeRole,
    ChoosePassword,
    InviteAccount,
    NewAccount,
    PasswordState,
    UnblockAccount,
    Ways,
)
from jedel.access.cookies import over_safe_wire, session_token, set_session
from jedel.access.gate import WHOEVER, StoreDep, allow, public
from jedel.access.model import Principal, Role
from jedel.access.schemas import Me
from jedel.access.session_api import me_of
from jedel.kernel.limits import PAGE_MAX

router = APIRouter(prefix="/api", tags=["access"])

KEEPERS = allow(Role.ADMINISTRATOR)
Keeper = Annotated[Principal, KEEPERS]


@router.get("/session/ways", dependencies=[public()])
async def ways(store: StoreDep, request: Request) -> Ways:
    """How people sign in here."""
    settings = request.app.state.settings
    provider = settings.oidc_name if settings.oidc_issuer else None
    return Ways(first=await accounts.is_first(store), provider=provider)


@router.post("/session/code", dependencies=[public(), over_safe_wire()])
async def begin_with_code(body: Begin, store: StoreDep, request: Request, response: Response) -> Me:
    """Begin with the code of an invitation or a recovery: the session may make a factor, nothing else."""
    agent = request.headers.get("user-agent", "")
    who, token = await accounts.begin(store, body.login, body.code, agent)
    await sessions.leave(store, session_token(request))
    set_session(request, response, token)
    return me_of(request, who)


@router.post("/session/first", dependencies=[public(), over_safe_wire()])
async def begin_first(body: BeginFirst, store: StoreDep, request: Request, response: Response) -> Me:
    """The first administrator, with the code that the server printed (`jedel account first-admin`)."""
    agent = request.headers.get("user-agent", "")
    who, token = await accounts.begin_first_admin(
        store, body.code, body.login, body.name, body.language, agent
    )
    await sessions.leave(store, session_token(request))
    set_session(request, response, token)
    return me_of(request, who)


@router.get("/me/password")
async def password_state(who: Annotated[Principal, WHOEVER], store: StoreDep) -> PasswordState:
    """Whether one's own account has a password."""
    return PasswordState(known=await accounts.has_password(store, who))


@router.put("/me/password", status_code=204)
async def choose_password(body: ChoosePassword, who: Annotated[Principal, WHOEVER], store: StoreDep) -> None:
    """One's own password; all other sessions of the account end."""
    await accounts.choose_password(store, who, body.id, body.current, body.new)


@router.get("/accounts")
async def accounts_of_region(
    who: Annotated[Principal, allow(Role.ADMINISTRATOR, Role.AUDITOR)],
    store: StoreDep,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> list[AccountView]:
    """The region's accounts in the order of their ids, a page after the id ``after``."""
    return [AccountView.of(each) for each in await accounts.of_region(store, who, after, limit)]


@router.post("/accounts", status_code=201)
async def add_account(body: NewAccount, who: Keeper, store: StoreDep) -> AccountCode:
    """An account whose owner begins with the code in the answer."""
    account, code, until = await accounts.add(
        store,
        who,
        account_id=body.id,
        login=body.login,
        name=body.name,
        role=body.role,
        language=body.language,
        external=body.external,
    )
    return AccountCode(account=AccountView.of(account), code=code, expires_at=until)


@router.post("/accounts/{account_id}/code")
async def invite_account(account_id: UUID, body: InviteAccount, who: Keeper, store: StoreDep) -> AccountCode:
    """A new code for somebody who has not begun."""
    account, code, until = await accounts.invite(store, who, account_id, body.id)
    return AccountCode(account=AccountView.of(account), code=code, expires_at=until)


@router.post("/accounts/{account_id}/block")
async def block_account(account_id: UUID, body: BlockAccount, who: Keeper, store: StoreDep) -> AccountView:
    """Nobody signs in with it any more; its sessions end."""
    return AccountView.of(await accounts.block(store, who, account_id, body.id, body.reason))


@router.post("/accounts/{account_id}/unblock")
async def unblock_account(
    account_id: UUID, body: UnblockAccount, who: Keeper, store: StoreDep
) -> AccountView:
    """It signs in again, with what it had."""
    return AccountView.of(await accounts.unblock(store, who, account_id, body.id))


@router.post("/accounts/{account_id}/role")
async def change_role(account_id: UUID, body: ChangeRole, who: Keeper, store: StoreDep) -> AccountView:
    """Another role; the account's sessions end."""
    return AccountView.of(await accounts.change_role(store, who, account_id, body.id, body.role))
