"""Routes: the one-time password of one's own account."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from jedel.access.cookies import session_token, set_session
from jedel.access.gate import EVERY_ROLE, WHOEVER, SealerDep, StoreDep
from jedel.access.model import Principal
from jedel.access.qr import qr
from jedel.access.schemas import TotpCode
from jedel.access.totp import service as totp
from jedel.kernel.schema import Body, View

router = APIRouter(prefix="/api/totp", tags=["access"])


class TotpBegun(View):
    """A new secret, shown once: as text, and as a QR picture (``qr``: an SVG path of ``qr_size`` modules a
    side) for the app on the phone."""

    secret: str
    qr: str
    qr_size: int


class ConfirmTotp(Body):
    id: UUID
    code: TotpCode


class TotpState(View):
    """``since``: none where the account has no one-time password."""

    since: datetime | None


@router.get("")
async def totp_state(who: Annotated[Principal, WHOEVER], store: StoreDep) -> TotpState:
    """Whether one's own account has a one-time password."""
    return TotpState(since=await totp.since(store, who))


@router.post("")
async def begin_totp(who: Annotated[Principal, WHOEVER], store: StoreDep, sealer: SealerDep) -> TotpBegun:
    """A new secret, in force once its first code is shown."""
    begun = await totp.begin(store, sealer, who)
    picture = qr(begun.address)
    return TotpBegun(secret=begun.secret, qr=picture.path, qr_size=picture.size)


@router.post("/confirm", status_code=204)
async def confirm_totp(
    body: ConfirmTotp,
    who: Annotated[Principal, WHOEVER],
    store: StoreDep,
    sealer: SealerDep,
    request: Request,
    response: Response,
) -> None:
    """The first code; a session that waited for it is a full one from now on."""
    own = session_token(request) or ""
    token = await totp.confirm(store, sealer, who, body.id, body.code, own)
    if token is not None:
        set_session(request, response, token)


@router.delete("", status_code=204)
async def remove_totp(who: Annotated[Principal, EVERY_ROLE], store: StoreDep) -> None:
    """Give the one-time password up; another factor must be left."""
    await totp.remove(store, who)
