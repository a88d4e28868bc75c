"""Layouts, and who may change which wall. Pure.

A wall is an arrangement, not a right: each picture on it is asked for by whoever looks, under his own rights.
"""

from typing import Final
from uuid import UUID

from jedel.access import Principal, Role

LAYOUTS: Final = {
    "1": 1, "4": 4, "6": 6, "9": 9, "12": 12, "16": 16, "1+5": 6, "1+7": 8, "1+12": 10,
}  # fmt: skip
"""Name → tiles. Sixteen at most are live at once."""
TILES_MAX: Final = 16
OWN_MAX: Final = 50
SHARED_MAX: Final = 200


def may_change(who: Principal, account_id: UUID) -> bool:
    """Whoever saved it, and the shift supervisor."""
    return who.id == account_id or who.role is Role.SUPERVISOR
