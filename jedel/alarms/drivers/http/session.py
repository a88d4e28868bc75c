"""``POST /api/device/signals``: the way in for enrolled devices that speak HTTP.

The answer is the receipt, sent after the commit. A device that has none repeats its signal with the same id.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request, Response

from jedel.access import DeviceKind, Principal, StoreDep, allow
from jedel.alarms import metrics, service
from jedel.alarms.drivers.http import codec
from jedel.alarms.drivers.limits import BURST, Rates
from jedel.alarms.drivers.mqtt.codec import receipt
from jedel.alarms.errors import SignalMalformed
from jedel.alarms.signals import Malformed
from jedel.kernel.errors import TooMany

NAME = "http"

RATES = Rates()
"""Of this process."""

router = APIRouter()


@router.post("/device/signals", openapi_extra={"requestBody": codec.OPENAPI_BODY})
async def signals(
    request: Request,
    who: Annotated[Principal, allow(DeviceKind.POST, DeviceKind.PANIC_BUTTON, DeviceKind.PANEL)],
    store: StoreDep,
) -> Response:
    """One signal of the device whose key this is."""
    if not RATES.take(who.id, asyncio.get_running_loop().time()):
        metrics.OVERLOAD.labels(NAME, "rate").inc()
        raise TooMany(limit=f"{BURST:.0f}")
    source = request.client.host if request.client else None
    found = codec.decode(await request.body(), who.id)
    if isinstance(found, Malformed):
        await service.keep(store, found, NAME, source)
        raise SignalMalformed(reason=found.reason)
    done = await service.receive(store, found, NAME, source)
    return Response(receipt(done.signal_id, done.at, done.alarm_id), media_type="application/json")
