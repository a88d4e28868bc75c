"""Who may call a route, declared at the route.

``who: Annotated[Principal, allow(Role.SUPERVISOR)]``, or ``dependencies=[public()]``;
``tests/app/test_routes.py`` fails for a route that declares neither.
"""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.requests import HTTPConnection

from jedel.access import devices, service
from jedel.access.model import DeviceKind, Principal, Role, split_device_token
from jedel.journal import Store
from jedel.kernel.errors import Forbidden, Unauthenticated

SESSION_COOKIE = "jedel_session"


def store_of(connection: HTTPConnection) -> Store:
    """The application's store, for routes."""
    store: Store = connection.app.state.store
    return store


async def identify(connection: HTTPConnection) -> Principal | None:
    """The principal of a session cookie or of a device's bearer token."""
    store = store_of(connection)
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await identify_device(store, token)
    session = connection.cookies.get(SESSION_COOKIE)
    return await service.principal_of_session(store, session) if session else None


async def identify_device(store: Store, token: str) -> Principal | None:
    """The device behind ``<device id>.<key>``. Raises DeviceIsBlocked, DeviceIsWiped to its holder."""
    parts = split_device_token(token)
    return await devices.device_of_key(store, *parts) if parts else None


class Gate:
    """Lets the given roles and kinds of device through, and nobody else."""

    def __init__(self, allowed: frozenset[Role | DeviceKind]) -> None:
        self.allowed = allowed

    async def __call__(self, connection: HTTPConnection) -> Principal:
        who = await identify(connection)
        if who is None:
            raise Unauthenticated
        connection.state.principal = who
        if not who.may(self.allowed):
            raise Forbidden
        return who


class PublicGate:
    """Says that a route is meant for everybody."""

    async def __call__(self) -> None:
        return None


def allow(*who: Role | DeviceKind) -> Any:
    """Dependency that gives the principal, if it is one of these."""
    return Depends(Gate(frozenset(who)))


def public() -> Any:
    """Dependency of a route that needs no sign-in."""
    return Depends(PublicGate())


StoreDep = Annotated[Store, Depends(store_of)]
