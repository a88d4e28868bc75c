"""How often hits are false, from what officers answered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jedel.journal import Store
from jedel.qorgau.alerts import repository
from jedel.qorgau.alerts.model import CLEARS, Reason
from jedel.qorgau.alerts.views import READERS, View


@dataclass(slots=True)
class _Count:
    name: str
    alerts: int = 0
    answered: int = 0
    confirmed: int = 0
    refuted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


async def of(store: Store, region: str, period: timedelta) -> View:
    """`schemas.RatesView` of the alerts that a region opened in the period before now."""
    async with store.reading() as tx:
        since, until = tx.now - period, tx.now + timedelta(microseconds=1)
        rows = await repository.outcomes(tx.conn, region, since, until)
        left_out = await repository.left_out(tx.conn, region, since.date(), until.date())
    counts: dict[tuple[str, str], _Count] = {}
    for row in rows:
        for by, key, name, ground in _places(row):
            count = counts.setdefault((by, key), _Count(name))
            reasons = _reasons(row, ground)
            count.alerts += 1
            count.answered += row["answered"]
            count.confirmed += row["confirmed"] and not reasons
            count.refuted += bool(reasons)
            count.reasons.update(reasons)
    views = [_view(by, key, count) for (by, key), count in sorted(counts.items())]
    return {"since": since, "until": until, "rates": views, "left_out": left_out}


def _places(row: dict[str, Any]) -> Iterator[tuple[str, str, str, int | None]]:
    """Where an alert counts: (by, key, name, the ground it is about there)."""
    yield "camera", str(row["camera"]), row["camera_name"] or str(row["camera"]), None
    reader = READERS[row["reader"]] if row["reader"] < len(READERS) else "other"
    yield "reader", reader, reader, None
    for basis in row["ever"]:
        yield "ground", basis["code"], basis["code"], basis["ground"]
    for source in {basis["source"] for basis in row["ever"]}:
        yield "source", source, source, None


def _reasons(row: dict[str, Any], ground: int | None) -> list[str]:
    """Why officers refuted it; of one ground, only what speaks of that ground."""
    said = sorted(set(row["reasons"] or ()))
    return [reason for reason in said if ground is None or CLEARS[Reason(reason)] & ground]


def _view(by: str, key: str, count: _Count) -> View:
    rate = round(count.refuted / count.answered, 4) if count.answered else None
    return {
        "by": by,
        "key": key,
        "name": count.name,
        "alerts": count.alerts,
        "answered": count.answered,
        "confirmed": count.confirmed,
        "refuted": count.refuted,
        "reasons": dict(count.reasons),
        "rate": rate,
    }
