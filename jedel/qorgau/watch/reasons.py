"""Why a plate is looked for, for whoever must say it to an officer; and whether it still is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.qorgau.model import Action, Ground
from jedel.qorgau.watch import repository
from jedel.qorgau.watch.model import State
from jedel.qorgau.watch.rules import legal_grounds, settings_on


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing held against a plate. ``entry_id``: of an entry made by hand, None where the registers say
    it. ``names``: of the legal ground. ``detail``: of what was computed: ``insured_until``; ``count``,
    ``sum_tenge``, ``oldest``; ``count``, ``since``, ``last``; or the wanted entry's ``entry``, ``reason``,
    ``ground``, ``initiator``, ``since``. ``as_of``: when the source vouched for it."""

    ground: Ground
    action: Action
    entry_id: UUID | None
    region: str | None
    legal: str | None
    names: Mapping[str, str] | None
    text: str | None
    source: str
    as_of: datetime
    until: date | None
    detail: Mapping[str, Any]


async def reasons(conn: Connection, plates: Sequence[str], today: date) -> dict[str, tuple[Reason, ...]]:
    """All that is held against each of the plates (normalised texts) today; a plate without is left out."""
    found: dict[str, list[Reason]] = {}
    for entry in await repository.of_plates(conn, plates, today):
        legal = legal_grounds().get(entry.legal)
        found.setdefault(entry.plate, []).append(
            Reason(
                *(entry.ground, entry.action, entry.id, entry.region, entry.legal),
                *(legal.names if legal else None, entry.reason, entry.source),
                *(entry.decided_at or entry.proposed_at, entry.until, {}),
            )
        )
    actions = settings_on(today).action
    for row in await repository.computed_of_plates(conn, plates, today):
        ground = Ground(row["ground"])
        found.setdefault(row["plate"], []).append(
            Reason(
                *(ground, actions[ground], None, None, None, None, row["detail"].get("reason")),
                *(row["source"], row["as_of"], row["until"], row["detail"]),
            )
        )
    return {plate: tuple(each) for plate, each in found.items()}


async def in_force(conn: Connection, entry_ids: Sequence[UUID], today: date) -> frozenset[UUID]:
    """Those of the entries that are in force today: an alert of any other has nothing to stand on."""
    entries = await repository.several(conn, entry_ids)
    return frozenset(each.id for each in entries if each.state is State.ACTIVE and each.until >= today)


async def entry_in_force(conn: Connection, entry_id: UUID, today: date) -> bool:
    return entry_id in await in_force(conn, [entry_id], today)
