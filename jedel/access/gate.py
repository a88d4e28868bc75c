"""Who may call a route, declared at the route.

``who: Annotated[Principal, allow(Role.SUPERVISOR)]``, or ``dependencies=[public()]``;
``tests/app/test_routes.py`` fails for a route that declares neither.
"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends
from fastapi.requests import HTTPConnection

from jedel.access import devices, service
from jedel.access.accounts.errors import SecondFactorNeeded
from jedel.access.cookies import SESSION_COOKIE, session_token
from jedel.access.model import DeviceKind, Principal, Role, split_device_token
from jedel.access.seal import Sealer
from jedel.access.standing import is_waiting
from jedel.journal import Store
from jedel.kernel.errors import Forbidden, Unauthenticated


def store_of(connection: HTTPConnection) -> Store:
    """The application's store, for routes."""
    store: Store = connection.app.state.store
    return store


async def identify(connection: HTTPConnection, *, waiting_too: bool = False) -> Principal | None:
    """The principal of a session cookie or of a device's bearer token. ``waiting_too``: also one who still
    has to make a second factor."""
    store = store_of(connection)
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await identify_device(store, token)
    session = session_token(connection)
    who = await service.principal_of_session(store, session) if session else None
    if who is None or not is_waiting(who, password_alone=password_alone(connection)):
        return who
    return replace(who, waiting=True) if waiting_too else None


def password_alone(connection: HTTPConnection) -> bool:
    """Whether a password is enough here: in the demo."""
    return bool(connection.app.state.settings.password_is_enough)


async def still_signed_in(connection: HTTPConnection, who: Principal) -> Principal | None:
    """The same principal while its session goes on, whose token may be another by now."""
    assert who.session_id is not None
    return who if await service.session_lives(store_of(connection), who.session_id) else None


async def identify_device(store: Store, token: str) -> Principal | None:
    """The device behind ``<device id>.<key or token>``; its holder hears DeviceIsBlocked, DeviceIsWiped."""
    parts = split_device_token(token)
    return await devices.device_of_key(store, *parts) if parts else None


class Gate:
    """Lets the given roles and kinds of device through, and nobody else; those who still have to make a
    second factor only where ``waiting_too``."""

    def __init__(self, allowed: frozenset[Role | DeviceKind], *, waiting_too: bool = False) -> None:
        self.allowed = allowed
        self.waiting_too = waiting_too

    async def __call__(self, connection: HTTPConnection) -> Principal:
        who = await identify(connection, waiting_too=True)
        if who is None:
            raise Unauthenticated
        connection.state.principal = who
        if who.waiting and not self.waiting_too:
            raise SecondFactorNeeded
        if not who.may(self.allowed):
            raise Forbidden
        return who


class PublicGate:
    """Says that a route is meant for everybody."""

    async def __call__(self) -> None:
        return None


def allow(*who: Role | DeviceKind, waiting_too: bool = False) -> Any:
    """Dependency that gives the principal, if it is one of these."""
    return Depends(Gate(frozenset(who), waiting_too=waiting_too))


def public() -> Any:
    """Dependency of a route that needs no sign-in."""
    return Depends(PublicGate())


StoreDep = Annotated[Store, Depends(store_of)]


def sealer_of(connection: HTTPConnection) -> Sealer:
    """What seals the secrets of one-time passwords, for routes."""
    return Sealer(connection.app.state.settings.seal_key)


SealerDep = Annotated[Sealer, Depends(sealer_of)]

EVERY_ROLE = allow(*Role)
WHOEVER = allow(*Role, waiting_too=True)
"""Also those who still have to make a second factor."""

__all__ = [
    "EVERY_ROLE",
    "SESSION_COOKIE",
    "WHOEVER",
    "Gate",
    "PublicGate",
    "SealerDep",
    "StoreDep",
    "allow",
    "identify",
    "identify_device",
    "password_alone",
    "public",
    "sealer_of",
    "still_signed_in",
    "store_of",
]
