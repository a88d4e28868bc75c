"""A look-up from a tablet carries two proofs: the officer's session (cookie) and the device's own token.

Invariants
1. A blocked device, one of another region and one that is no tablet get nothing, whoever has signed in on it.
2. A session that once asked from a tablet asks from this tablet only: its cookie is worth nothing elsewhere.
"""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.requests import HTTPConnection

from jedel.access import DeviceKind, Principal, find_device, identify_device, store_of
from jedel.journal import Tx
from jedel.kernel.errors import Forbidden, Unauthenticated, WrongRegion
from jedel.lookups import repository
from jedel.lookups.errors import TabletNeeded
from jedel.units import UnitStatus
from jedel.units import repository as units

DEVICE_HEADER = "Jedel-Device"
"""Carries what the device itself would send as ``Authorization: Bearer``."""

HELD_WITHIN = timedelta(hours=24)
"""The tablet that somebody asked from last within this time says whether he is on shift."""


async def tablet(connection: HTTPConnection) -> Principal | None:
    """The tablet before which the officer sits; None at a console.

    Raises:
        Unauthenticated, Forbidden, DeviceIsBlocked, DeviceIsWiped
    """
    token = connection.headers.get(DEVICE_HEADER)
    if token is None:
        return None
    device = await identify_device(store_of(connection), token)
    if device is None:
        raise Unauthenticated
    if device.device_kind is not DeviceKind.TABLET:
        raise Forbidden
    return device


TabletDep = Annotated[Principal | None, Depends(tablet)]


async def seat(tx: Tx, who: Principal, device: Principal | None) -> None:
    """Check that this account may ask from this device.

    Raises:
        WrongRegion, TabletNeeded
    """
    if device is not None and device.region != who.region:
        raise WrongRegion(what="device", id=device.id)
    if who.session_id is not None:
        own = await repository.seat(tx.conn, who.session_id, device.id if device else None, tx.now)
        if own is not None and (device is None or own != device.id):
            raise TabletNeeded


async def off_shift(tx: Tx, tablet_id: UUID | None) -> bool:
    """Whether the crew of this tablet is off shift. False where nobody knows: who only ever sat at a console
    has no shift that we keep."""
    device = await find_device(tx.conn, tablet_id) if tablet_id else None
    unit = await units.find(tx.conn, device.unit_id) if device and device.unit_id else None
    return unit is not None and unit.status is UnitStatus.OFF_SHIFT
