"""When a source is asked, and when it is left alone. Pure.

Invariants
1. The place in the source moves only after what came up to there is in force.
2. A source that fails is asked less and less often, never in a storm, and it is said (`FAILURES_OPEN`).
3. The mirror is never said to be newer than what the source vouched for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

FAILURES_OPEN = 5
"""Failures in a row after which the circuit is open: one try at a time, far apart."""
PAUSE_FIRST = timedelta(seconds=60)
PAUSE_LAST = timedelta(minutes=15)
ERROR_MAX = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connector stands. ``position``: where in its source it goes on; ``again_at``: not before."""

    position: str | None = None
    asked_at: datetime | None = None
    current_at: datetime | None = None
    failures: int = 0
    again_at: datetime | None = None
    error: str | None = None

    @property
    def open(self) -> bool:
        """The circuit is open: the source does not answer."""
        return self.failures >= FAILURES_OPEN

    def due(self, now: datetime, every: timedelta) -> bool:
        if self.again_at is not None:
            return now >= self.again_at
        return self.asked_at is None or now - self.asked_at >= every

    def failed(self, now: datetime, every: timedelta, error: str) -> "Standing":
        """After a failure: at the usual pace while the circuit is closed, then in pauses that double."""
        failures = self.failures + 1
        pause = every
        if failures >= FAILURES_OPEN:
            doubled = PAUSE_FIRST * 2 ** min(failures - FAILURES_OPEN, 10)
            pause = max(every, min(doubled, PAUSE_LAST))
        return replace(self, asked_at=now, failures=failures, again_at=now + pause, error=error[:ERROR_MAX])

    def succeeded(self, now: datetime, position: str | None, as_of: datetime, *, more: bool) -> "Standing":
        """After an answer that is in force; with `more` to come the mirror is not current yet."""
        current = self.current_at if more else max(self.current_at or as_of, as_of)
        return Standing(position, None if more else now, current)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a source. ``position`` None: it has said no new one; ``more``: ask again at once."""

    rows: list[dict[str, str]]
    position: str | None
    as_of: datetime | None
    more: bool


class NotUnderstood(Exception):
    """The source's answer is not what its description says; the text says where."""


def page_of(answer: Any, shape: "Shape") -> Page:
    """Read an answer (JSON, or a SOAP answer as plain values) by the description of its shape.

    Raises:
        NotUnderstood
    """
    items = _at(answer, shape.rows)
    if items is None:
        items = []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise NotUnderstood(f"{shape.rows}: no list of objects")
    position = _at(answer, shape.position) if shape.position else None
    more = _at(answer, shape.more) if shape.more else False
    return Page(
        [dict(_row(item, shape.columns)) for item in items],
        None if position is None else str(position),
        _moment(_at(answer, shape.as_of), shape.as_of) if shape.as_of else None,
        more is True,
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """Where things stand in an answer: dotted paths. ``columns``: ours by theirs."""

    rows: str
    columns: Mapping[str, str]
    position: str | None = None
    as_of: str | None = None
    more: str | None = None


def _row(item: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for ours, theirs in columns.items():
        value = _at(item, theirs)
        if isinstance(value, list):
            value = "; ".join(str(part) for part in value)
        elif isinstance(value, dict):
            raise NotUnderstood(f"{theirs}: not a single value")
        yield ours, "" if value is None else str(value)


def _at(value: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _moment(value: Any, path: str) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotUnderstood(f"{path}: no time") from error
    if moment.tzinfo is None:
        raise NotUnderstood(f"{path}: a time without its zone")
    return moment
