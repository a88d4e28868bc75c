"""What the registers say of the car of an alert. Asked for alerts only, never for reads."""

import time
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from jedel.journal import Tx
from jedel.qorgau.alerts.views import View
from jedel.registers import Malformed, repository
from jedel.registers.repository import LEGAL_TIME_ZONE, InForce

KEPT_S: Final = 5.0
"""How long it is remembered which tables of the registers are in force."""
_ZONE: Final = ZoneInfo(LEGAL_TIME_ZONE)


def local_day(now: datetime) -> date:
    """The day by which lists and policies are in force."""
    return now.astimezone(_ZONE).date()


class Facts:
    """Looks a vehicle up; of one worker."""

    def __init__(self) -> None:
        self._known: InForce | None = None
        self._asked_s = -KEPT_S

    async def of(self, tx: Tx, plate: str) -> View | None:
        """`schemas.RegisterView`; None where no register knows the plate."""
        if self._known is None or time.monotonic() - self._asked_s >= KEPT_S:
            self._known = await repository.in_force(tx.conn)
            self._asked_s = time.monotonic()
        try:
            found = await repository.vehicle(tx.conn, plate=plate, day=local_day(tx.now), known=self._known)
        except Malformed:
            return None
        if found is None or found.vehicle is None:
            return None
        vehicle = found.vehicle
        until = max((policy.until for policy in found.insurance), default=None)
        return {
            "make": vehicle.make,
            "model": vehicle.model,
            "colour": vehicle.colour,
            "body": vehicle.vehicle_class,
            "state": vehicle.state,
            "insured_until": until.isoformat() if until else None,
        }
