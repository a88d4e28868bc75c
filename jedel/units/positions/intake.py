"""Positions by HTTP: checked at the door, then carried to the writer by JetStream."""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

import numpy as np
from nats.aio.client import Client
from nats.js.errors import NoStreamResponseError
from prometheus_client import Counter

from jedel.access import Principal
from jedel.kernel.clock import Clock
from jedel.kernel.errors import Forbidden
from jedel.units import codec
from jedel.units.codec import Fix
from jedel.units.errors import PositionsRefused
from jedel.units.positions import stream
from jedel.units.schemas import PositionReport, PositionsTaken, RefusedPosition

REFUSED = Counter("jedel_positions_refused_total", "Positions that were not believed", ["reason"])
TAKEN_WITHIN_S = 5.0


async def take(
    nats: Client, clock: Clock, who: Principal, reports: Sequence[PositionReport]
) -> PositionsTaken:
    """Hand the believable ones to JetStream.

    Raises PositionsRefused when there is none, Forbidden where the device has no unit. The same list sent
    again within two minutes is carried once.
    """
    if who.unit_id is None:
        raise Forbidden
    unit = who.unit_id
    records = codec.decode(
        codec.encode(
            Fix(unit, round(r.at.timestamp() * 1e6), r.lon, r.lat, r.speed_kmh, r.heading, r.accuracy_m)
            for r in reports
        )
    )
    now_us = round(clock.now().timestamp() * 1e6)
    sifted = codec.sift(records, np.ones(len(records), dtype=np.bool_), now_us)
    counts = sifted.counts()
    for reason, n in counts.items():
        REFUSED.labels(reason).inc(n)
    if not len(sifted.kept):
        raise PositionsRefused(reasons=", ".join(f"{reason} {n}" for reason, n in counts.items()))
    raw = sifted.kept.tobytes()
    await publish(nats, f"{stream.RAW}.{who.region}", raw)
    refused = [RefusedPosition(index=i, reason=why) for i in range(len(records)) if (why := sifted.reason(i))]
    return PositionsTaken(accepted=len(sifted.kept), refused=refused)


async def publish(nats: Client, subject: str, raw: bytes) -> None:
    """To JetStream, which has it when this returns; the same bytes within two minutes are carried once."""
    js = nats.jetstream()
    headers = {"Nats-Msg-Id": sha256(raw).hexdigest()}
    with suppress(NoStreamResponseError):
        await js.publish(subject, raw, timeout=TAKEN_WITHIN_S, headers=headers)
        return
    await stream.ensure(js)  # the very first position of an installation may come before its writer
    await js.publish(subject, raw, timeout=TAKEN_WITHIN_S, headers=headers)
