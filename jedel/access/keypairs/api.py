"""Route: a device's proof for a token."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from jedel.access.gate import StoreDep, public
from jedel.access.keypairs import service
from jedel.access.schemas import Version
from jedel.kernel.schema import Body, View

router = APIRouter(prefix="/api", tags=["access"])


class ProveDevice(Body):
    """``assertion``: a JWT signed with the device's key, see `jedel.access.keypairs.model`."""

    device_id: UUID
    assertion: Annotated[str, Field(min_length=20, max_length=2000)]
    version: Version | None = None


class DeviceToken(View):
    """Goes into ``Authorization: Bearer <device_id>.<token>``, or is MQTT's password. ``now``: our clock."""

    token: str
    expires_at: datetime
    now: datetime


@router.post("/devices/token", dependencies=[public()])
async def token(body: ProveDevice, store: StoreDep) -> DeviceToken:
    """A token for a quarter of an hour, for the device that proves its key."""
    secret, until, now = await service.token(store, body.device_id, body.assertion, body.version)
    return DeviceToken(token=secret, expires_at=until, now=now)
