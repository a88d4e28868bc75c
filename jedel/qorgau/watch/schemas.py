"""Bodies and answers of the lists."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from jedel.kernel.schema import Body, LongText, ShortText, View
from jedel.lookups.schemas import CaseNumber
from jedel.qorgau.model import CODES, Action
from jedel.qorgau.watch.model import State, WatchEntry, WatchList
from jedel.qorgau.watch.rules import LegalGround, legal_grounds


class Terms(Body):
    """What an entry says, besides its plate. ``legal``: a code of the closed list."""

    legal: ShortText
    action: Action
    until: date
    source: ShortText
    reason: LongText
    incident_id: UUID | None = None
    case_number: CaseNumber | None = None


class Propose(Terms):
    """``id`` names the entry."""

    id: UUID
    plate: ShortText


class ListTerms(Terms):
    """What every entry of a file says; ``name``: what the file is called."""

    name: ShortText


class Approve(Body):
    id: UUID


class End(Body):
    """Refusing or revoking, with the reason."""

    id: UUID
    reason: ShortText


class Shorten(Body):
    """The entry's last day, earlier than it was."""

    id: UUID
    until: date


class OfPlate(Body):
    """``states``: open ones if none is named."""

    plate: ShortText
    states: list[State] = Field(default_factory=list, max_length=len(State))


class LegalGroundView(View):
    code: str
    ground: str
    names: dict[str, str]
    law: dict[str, str] | None
    needs: Literal["case", "incident", "either"]
    max_days: int
    actions: list[Action]
    until: date | None

    @classmethod
    def of(cls, ground: LegalGround) -> "LegalGroundView":
        return cls(
            code=ground.code,
            ground=CODES[ground.ground],
            names=dict(ground.names),
            law=dict(ground.law) if ground.law else None,
            needs=ground.needs,
            max_days=ground.max_days,
            actions=[action for action in Action if action in ground.actions],
            until=ground.until,
        )


class WatchEntryView(View):
    """``names``: of the legal ground. ``decided_by``: the second person."""

    id: UUID
    region: str
    list_id: UUID | None
    plate: str
    ground: str
    legal: str
    names: dict[str, str]
    law: dict[str, str] | None
    action: Action
    until: date
    source: str
    reason: str
    incident_id: UUID | None
    case_number: str | None
    state: State
    owner: UUID
    owner_name: str | None
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    end_reason: str | None

    @classmethod
    def of(cls, entry: WatchEntry, known: Mapping[UUID, str], now: datetime, day: date) -> "WatchEntryView":
        """``known``: what accounts are called."""
        legal = legal_grounds().get(entry.legal)
        return cls(
            id=entry.id,
            region=entry.region,
            list_id=entry.list_id,
            plate=entry.plate,
            ground=CODES[entry.ground],
            legal=entry.legal,
            names=dict(legal.names) if legal else {},
            law=dict(legal.law) if legal and legal.law else None,
            action=entry.action,
            until=entry.until,
            source=entry.source,
            reason=entry.reason,
            incident_id=entry.incident_id,
            case_number=entry.case_number,
            state=entry.state_at(now, day),
            owner=entry.owner,
            owner_name=known.get(entry.owner),
            proposed_at=entry.proposed_at,
            decided_by=entry.decided_by and known.get(entry.decided_by),
            decided_at=entry.decided_at,
            ended_by=entry.ended_by and known.get(entry.ended_by),
            ended_at=entry.ended_at,
            end_reason=entry.end_reason,
        )


class WatchListView(View):
    """A file of entries; ``terms``: its first entry, which says what all of them are. ``states``: how many
    entries are in each state."""

    id: UUID
    name: str
    rows: int
    sha256: str
    proposed_at: datetime
    terms: WatchEntryView
    states: dict[State, int]

    @classmethod
    def of(
        cls, made: WatchList, states: Mapping[str, int], known: Mapping[UUID, str], now: datetime, day: date
    ) -> "WatchListView":
        return cls(
            id=made.id,
            name=made.name,
            rows=made.rows,
            sha256=made.digest.hex(),
            proposed_at=made.proposed_at,
            terms=WatchEntryView.of(made.first, known, now, day),
            states={State(state): count for state, count in states.items()},
        )


class ComputedGroundView(View):
    """A ground that the registers give. ``stands``: whether it gives hits; ``why``: ``ok``, or ``stale``,
    ``missing`` (the register ``register``), or ``waiting`` for the first computation."""

    ground: str
    stands: bool
    why: Literal["ok", "stale", "missing", "waiting"]
    register_name: str | None
    source: str | None
    as_of: datetime | None
    stale_days: int
    action: Action
    rows: int
    computed_at: datetime | None
    seconds: float | None


class SettingsView(View):
    """What counts, as it is in force today, and how the grounds stand."""

    since: date
    uninsured: dict[str, int | list[str]]
    unpaid_fines: dict[str, int]
    systematic: dict[str, int]
    known_stale_days: int
    version: int
    grounds: list[ComputedGroundView]
