"""When somebody may look back, and at how much at once. Pure.

Invariants
1. Looking back and taking away stand in the journal, with purpose and incident or case, before anything is
   read.
2. A camera with masks is shown and given away with them, unless the decision says otherwise at that moment.
3. Rights are asked anew for each piece of at most `PIECE_MAX`: a right that ends, ends the playing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from jedel.cameras.archive.errors import ArchivePurposeUnknown, ArchiveReasonNeeded, ArchiveTimes
from jedel.jurisdictions import PurposeRule

REGISTER: Final = "archive"
"""As `purposes.json` names recordings."""
PIECE_MAX: Final = timedelta(seconds=60)
REMADE_MAX: Final = timedelta(seconds=10)
"""Of a piece that is made anew, which is made before its first byte is sent."""
EXPORT_MAX: Final = timedelta(hours=6)
TIMELINE_MAX: Final = timedelta(days=32)
ORIGIN_MAX: Final = timedelta(days=40)
AHEAD: Final = timedelta(seconds=5)
REMAKES_MAX: Final = 2
"""Pieces that are made anew at once by one process: each takes a core."""
NEAR_M: Final = 150.0
INCIDENT_CAMERAS_MAX: Final = 64
BEFORE_INCIDENT: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody looks back."""

    purpose: str
    incident_id: UUID | None = None
    case_number: str | None = None


def allowed(reason: Reason, rules: Mapping[str, PurposeRule], day: date) -> PurposeRule:
    """The rule under which recordings may be asked for. Raises ArchivePurposeUnknown, ArchiveReasonNeeded."""
    rule = rules.get(reason.purpose)
    if rule is None or rule.blocked or not rule.valid(day) or REGISTER not in rule.registers:
        raise ArchivePurposeUnknown(purpose=reason.purpose)
    has = {"incident": reason.incident_id is not None, "case": reason.case_number is not None}
    if not has.get(rule.needs, any(has.values())):
        raise ArchiveReasonNeeded(needs=rule.needs)
    return rule


def bounded(since: datetime, until: datetime, now: datetime, most: timedelta) -> None:
    """Raises ArchiveTimes."""
    if not since < until or until - since > most or since > now + AHEAD:
        raise ArchiveTimes(hours=round(most / timedelta(hours=1), 2))
