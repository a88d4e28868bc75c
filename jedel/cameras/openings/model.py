"""What an alarm opens: which cameras, in which order, and when that is over. Pure.

Invariants
1. Cameras inside a site are open while an opening is in force, and at no other time.
2. An opening is in force from its alarm, or from the agreement of a second person, until its incident closes.
3. Nothing an operator can do alone makes an opening.
"""

from datetime import datetime


def in_force(opened_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    """Whether an opening holds at this moment. ``closed_at``: of the opening or its incident, the earlier."""
    if opened_at is None or now < opened_at:
        return False
    return closed_at is None or now < closed_at
