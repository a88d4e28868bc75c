"""Every role, kind of device, blocked device and stranger on every route: let in or refused as declared."""

import re
from uuid import uuid4

import pytest
from fastapi import FastAPI

from jedel.access import DeviceKind, Role
from jedel.access.gate import Gate
from jedel.app.policy import declared
from tests.support import Api
from tests.support.api import Seat

LOGINS = {
    Role.OPERATOR: "operator",
    Role.DUTY_OFFICER: "duty",
    Role.SUPERVISOR: "supervisor",
    Role.OFFICER: "officer",
    Role.ADMINISTRATOR: "admin",
    Role.AUDITOR: "auditor",
}
GONE_AFTERWARDS = {"DELETE /api/session"}
REFUSALS = {"forbidden", "unauthenticated", "device_is_blocked"}


async def asked(seat: Seat, name: str) -> tuple[int, str]:
    """Status and code of a request with an empty body and ids that do not exist."""
    method, path = name.split()
    path = re.sub(r"\{\w+\}", lambda _: str(uuid4()), path)
    body: dict[str, object] | None = {} if method in {"POST", "PUT", "PATCH"} else None
    answer = await seat.request(method, path, json=body)
    assert answer.status_code < 500, (name, answer.text)
    problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code, answer.json()["code"] if problem else ""


def guarded(app: FastAPI) -> dict[str, Gate]:
    """Routes that ask who it is."""
    found = {name: gate for name, (gate,) in declared(app).items() if not name.startswith("WS ")}
    return {name: gate for name, gate in found.items() if isinstance(gate, Gate)}


@pytest.mark.parametrize("role", Role)
async def test_a_role_passes_where_it_may_and_nowhere_else(client: Api, app: FastAPI, role: Role) -> None:
    seat, tried = await client.login(LOGINS[role]), {True: 0, False: 0}
    for name, gate in guarded(app).items():
        may = role in gate.allowed
        if may and name in GONE_AFTERWARDS:
            continue
        status, code = await asked(seat, name)
        tried[may] += 1
        if may:
            assert code not in REFUSALS, (name, role)
        else:
            assert (status, code) == (403, "forbidden"), (name, role)
    assert min(tried.values()) > 0


@pytest.mark.parametrize("kind", DeviceKind)
async def test_a_device_passes_where_it_may_and_nowhere_else(
    client: Api, app: FastAPI, kind: DeviceKind
) -> None:
    seat, device_id, _ = await client.device(kind, unit_id=uuid4() if kind is DeviceKind.TABLET else None)
    routes = guarded(app)
    for name, gate in routes.items():
        status, code = await asked(seat, name)
        if kind in gate.allowed:
            assert code not in {"unauthenticated", "device_is_blocked"}, (name, kind)
            assert code != "forbidden" or kind is DeviceKind.TABLET, (name, kind)  # not its unit
        else:
            assert (status, code) == (403, "forbidden"), (name, kind)
    admin = await client.login("admin")
    await admin.ok("POST", f"/api/devices/{device_id}/block", json={"id": str(uuid4()), "reason": "lost"})
    for name in routes:
        assert await asked(seat, name) == (401, "device_is_blocked"), (name, kind)


async def test_nobody_passes_nowhere(client: Api, app: FastAPI) -> None:
    stranger = client.anonymous()
    forged = client.anonymous(Authorization=f"Bearer {uuid4()}.{'x' * 43}")
    for name in guarded(app):
        for seat in (stranger, forged):
            assert await asked(seat, name) == (401, "unauthenticated"), name
