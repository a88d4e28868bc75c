"""What is in force today and how the computed grounds stand, said to people."""

from typing import Any

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.qorgau.model import CODES, Ground
from jedel.qorgau.watch import load, repository
from jedel.qorgau.watch.compute import NEEDS
from jedel.qorgau.watch.rules import Settings, legal_grounds, settings_on
from jedel.qorgau.watch.schemas import ComputedGroundView, LegalGroundView, SettingsView


def grounds(store: Store) -> list[LegalGroundView]:
    """What an entry may stand on today."""
    today = local_day(store.clock.now())
    return [LegalGroundView.of(ground) for ground in legal_grounds().values() if ground.valid(today)]


async def settings(store: Store) -> SettingsView:
    """Today's settings and each computed ground."""
    async with store.reading() as tx:
        ours = settings_on(local_day(tx.now))
        rows = {row["ground"]: row for row in await repository.standing(tx.conn)}
        version = await load.version(tx.conn)
    return SettingsView(
        since=ours.since,
        uninsured={
            "grace_days": ours.uninsured.grace_days,
            "exempt_classes": list(ours.uninsured.exempt_classes),
        },
        unpaid_fines={
            "count": ours.unpaid_fines.count,
            "sum_tenge": ours.unpaid_fines.sum_tenge,
            "due_days": ours.unpaid_fines.due_days,
        },
        systematic={"count": ours.systematic.count, "period_days": ours.systematic.period_days},
        known_stale_days=ours.known_stale_days,
        version=version,
        grounds=[_ground(ground, ours, rows.get(ground.value)) for ground in NEEDS],
    )


def _ground(ground: Ground, ours: Settings, row: dict[str, Any] | None) -> ComputedGroundView:
    its = row or {}
    return ComputedGroundView(
        ground=CODES[ground],
        stands=its.get("stands", False),
        why=its.get("why", "waiting"),
        register_name=its.get("register"),
        source=its.get("source"),
        as_of=its.get("as_of"),
        stale_days=ours.stale_days[ground],
        action=ours.action[ground],
        rows=its.get("rows", 0),
        computed_at=its.get("computed_at"),
        seconds=its.get("seconds"),
    )
