"""Keeping a read for a case."""

from datetime import date, datetime
from uuid import UUID

from jedel.kernel.schema import Body, ShortText, Time, View
from jedel.lookups.schemas import CaseNumber
from jedel.plates.store.search.schemas import ReadView


class KeepRead(Body):
    """``plate`` and ``at`` as the read shows them; ``until``: the last day for which the case keeps it."""

    id: UUID
    plate: ShortText
    at: Time
    case_number: CaseNumber
    until: date


class EvidenceView(View):
    id: UUID
    case_number: str
    until: date
    kept_by: UUID
    kept_at: datetime
    read: ReadView


class OfCase(Body):
    case_number: CaseNumber


class ReleaseRead(Body):
    """``until``: the last day for which the case keeps it; a past day releases it."""

    id: UUID
    until: date
