"""Recording because of something: what other rooms call."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from nats.aio.client import Client

from jedel.journal import Tx
from jedel.kernel.ids import derived_id
from jedel.media.recording import repository, rules

RECORD: Final = "jedel.media.record"
"""NATS subject: what is to be recorded changed; gateways look at once, and every two seconds anyway."""
EVENT_MAX: Final = timedelta(hours=8)
"""An event that nobody ends."""
BEFORE: Final = timedelta(minutes=2)
"""What an incident holds of the time before it."""


async def record_on_event(
    tx: Tx,
    region: str,
    streams: Iterable[str],
    incident_id: UUID,
    *,
    reason: str,
    until: datetime | None = None,
) -> None:
    """Record these streams for an incident, with what is in memory of the seconds before, until ``until`` or
    `end_event`, at most `EVENT_MAX`; and keep it beyond their retention. Said again it changes nothing but a
    later end. Follow it with `ring` after the commit."""
    rule = rules.rule(tx.now.date())
    end = min(until or tx.now + EVENT_MAX, tx.now + EVENT_MAX)
    for stream in streams:
        cause = derived_id(incident_id, f"media.record.{stream}")
        await repository.order(tx.conn, cause, region, stream, reason, incident_id, tx.now, end)
        await repository.hold(
            *(tx.conn, cause, region, stream, tx.now - BEFORE, end, tx.now + rule.incident),
            incident_id=incident_id,
        )


async def end_event(tx: Tx, incident_id: UUID) -> list[str]:
    """The incident is over; the streams that are no longer recorded for it. What was recorded stays held."""
    await repository.end_holds(tx.conn, incident_id, tx.now)
    return await repository.end_orders(tx.conn, incident_id, tx.now)


async def ring(nats: Client | None) -> None:
    """What is to be recorded changed. It may not arrive."""
    if nats is not None and nats.is_connected:
        await nats.publish(RECORD, b"")
