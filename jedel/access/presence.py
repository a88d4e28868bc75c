"""Whether those who have something open still are who they were: one question for many of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jedel.access import model, repository
from jedel.access.model import Principal
from jedel.access.service import principal
from jedel.journal import Connection


class Gone(StrEnum):
    """Why a session or a device is good for nothing any more; screens translate it."""

    UNKNOWN = "session_unknown"
    SIGNED_OUT = "signed_out"
    EXPIRED = "session_expired"
    RESTED = "session_rested"
    ACCOUNT_BLOCKED = "account_blocked"
    DEVICE_BLOCKED = "device_blocked"


@dataclass(frozen=True, slots=True)
class Lasting:
    """Of what was asked for: who goes on (accounts by session, devices by their own id), and why others do
    not; what is in neither is not known at all."""

    people: Mapping[UUID, Principal] = field(default_factory=dict)
    gone: Mapping[UUID, Gone] = field(default_factory=dict)

    def why(self, id_: UUID) -> Gone | None:
        """None: it goes on."""
        return None if id_ in self.people else self.gone.get(id_, Gone.UNKNOWN)


async def lasting(
    conn: Connection, now: datetime, sessions: Iterable[UUID], devices: Iterable[UUID]
) -> Lasting:
    """Sessions by their ids, whatever their tokens are by now, and devices."""
    people: dict[UUID, Principal] = {}
    gone: dict[UUID, Gone] = {}
    for row in await repository.accounts_of_sessions(conn, list(sessions)):
        ended = _ended(row, now)
        if ended is None:
            people[row["session_id"]] = principal(row)
        else:
            gone[row["session_id"]] = ended
    for device in await repository.several_devices(conn, list(devices)):
        if device.blocked_at is None:
            people[device.id] = device.principal()
        else:
            gone[device.id] = Gone.DEVICE_BLOCKED
    return Lasting(people, gone)


def _ended(row: Mapping[str, datetime | None], now: datetime) -> Gone | None:
    """Who blocks an account ends its sessions too: the block is said first."""
    expires_at, seen_at = row["expires_at"], row["seen_at"]
    assert expires_at is not None
    assert seen_at is not None
    if row["blocked_at"] is not None:
        return Gone.ACCOUNT_BLOCKED
    if row["ended_at"] is not None:
        return Gone.SIGNED_OUT
    if expires_at <= now:
        return Gone.EXPIRED
    return Gone.RESTED if seen_at <= now - model.IDLE else None
