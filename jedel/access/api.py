"""Routes: session, own account, devices and their enrolment."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from jedel.access import devices as device_service
from jedel.access import service
from jedel.access.gate import SESSION_COOKIE, StoreDep, allow, public
from jedel.access.model import SESSION_LIFE, STAFF, DeviceKind, Principal, Role
from jedel.access.schemas import (
    BlockDevice,
    ChooseLanguage,
    DeviceCode,
    DeviceView,
    EnrolDevice,
    EnrolledDevice,
    Me,
    NewDevice,
    RenewCode,
    SessionView,
    SignIn,
    UnblockDevice,
)
from jedel.jurisdictions import regions
from jedel.kernel.limits import PAGE_MAX

router = APIRouter(prefix="/api", tags=["access"])

EVERY_ROLE = allow(*Role)
DEVICE_KEEPERS = allow(Role.ADMINISTRATOR, Role.SUPERVISOR)


@router.post("/session", dependencies=[public()])
async def sign_in(body: SignIn, store: StoreDep, request: Request, response: Response) -> Me:
    """Sign in; the session comes as a cookie that scripts cannot read."""
    agent = request.headers.get("user-agent", "")
    who, token = await service.sign_in(store, body.login, body.password, agent)
    set_session(request, response, token)
    return me_of(who)


@router.delete("/session", status_code=204)
async def sign_out(
    who: Annotated[Principal, EVERY_ROLE], store: StoreDep, request: Request, response: Response
) -> None:
    """End this session."""
    await service.sign_out(store, who, request.cookies[SESSION_COOKIE])
    response.delete_cookie(SESSION_COOKIE)


@router.put("/session/seen", status_code=204)
async def seen(who: Annotated[Principal, EVERY_ROLE], store: StoreDep, request: Request) -> None:
    """Somebody touched the screen: the session, which ends after half an hour of rest, goes on."""
    await service.seen(store, request.cookies[SESSION_COOKIE])


@router.get("/sessions")
async def sessions(
    who: Annotated[Principal, EVERY_ROLE], store: StoreDep, request: Request
) -> list[SessionView]:
    """One's own open sessions, the newest first."""
    found = await service.sessions(store, who, request.cookies[SESSION_COOKIE])
    return [SessionView.of(session) for session in found]


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, who: Annotated[Principal, EVERY_ROLE], store: StoreDep) -> None:
    """End one of one's own sessions, on whatever machine it is."""
    await service.end_session(store, who, session_id)


@router.get("/me")
async def me(who: Annotated[Principal, EVERY_ROLE]) -> Me:
    """The signed-in account."""
    return me_of(who)


@router.put("/me/language", status_code=204)
async def choose_language(
    body: ChooseLanguage, who: Annotated[Principal, EVERY_ROLE], store: StoreDep
) -> None:
    """The language of the screens and messages."""
    await service.choose_language(store, who, body.language)


@router.post("/devices", status_code=201)
async def add_device(
    body: NewDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceCode:
    """A device that may enrol with the code in the answer."""
    device, code, until = await device_service.add_device(store, who, body)
    return DeviceCode(device=DeviceView.of(device), code=code, expires_at=until)


@router.get("/devices")
async def devices(
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    kind: DeviceKind | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> list[DeviceView]:
    """The region's devices in the order of their ids, a page after the id ``after``."""
    return [
        DeviceView.of(device) for device in await device_service.of_region(store, who, kind, after, limit)
    ]


@router.post("/devices/{device_id}/code")
async def renew_code(
    device_id: UUID, body: RenewCode, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceCode:
    """A new one-time code; the device's old key stops working at once."""
    device, code, until = await device_service.renew_code(store, who, device_id, body.id)
    return DeviceCode(device=DeviceView.of(device), code=code, expires_at=until)


@router.get("/devices/self")
async def own_device(who: Annotated[Principal, allow(*DeviceKind)], store: StoreDep) -> DeviceView:
    """What the centre knows of the device that asks."""
    return DeviceView.of(await device_service.own(store, who))


@router.post("/devices/{device_id}/block")
async def block(
    device_id: UUID, body: BlockDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceView:
    """Cut the device off everywhere, within two seconds; with ``wipe`` it also erases what it holds."""
    return DeviceView.of(await device_service.block(store, who, device_id, body))


@router.post("/devices/{device_id}/unblock")
async def unblock(
    device_id: UUID, body: UnblockDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceView:
    """Let the device enrol again, with a new code and a new key."""
    return DeviceView.of(await device_service.unblock(store, who, device_id, body.id))


@router.post("/devices/enrol", dependencies=[public()])
async def enrol(body: EnrolDevice, store: StoreDep) -> EnrolledDevice:
    """Trade a one-time code for the device's own key."""
    device, key = await device_service.enrol(store, body.code)
    return EnrolledDevice(
        device_id=device.id,
        key=key,
        kind=device.kind,
        name=device.name,
        region=device.region,
        site_id=device.site_id,
        unit_id=device.unit_id,
    )


def set_session(request: Request, response: Response, token: str) -> None:
    """Give the browser the session, in a cookie that scripts cannot read."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def me_of(who: Principal) -> Me:
    """Who is signed in, as the screens show it."""
    assert who.role is not None
    return Me(
        id=who.id,
        name=who.name,
        role=who.role,
        region=who.region,
        region_name=regions()[who.region],
        language=who.language or "kk",
    )
