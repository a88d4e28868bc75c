"""A site's cameras against what is required of them: placement, keeping, quality, health. Pure.

What is required is data with dates (`jurisdictions/kz/camera_sites.json`): the rule of a day is the last that
began by then. What nobody knows is None and never counts as met.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import orjson

DAYS: Final = 30
"""Over which health is reckoned."""
DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Rule:
    """``zones``: cameras that each zone needs; ``source`` None: the figures are ours."""

    since: date
    source: str | None
    kinds: frozenset[str]
    zones: Mapping[str, int]
    width_min: int
    height_min: int
    fps_min: float
    keep_days: int
    seen_share_min: float


@cache
def rules() -> tuple[Rule, ...]:
    """The dated rules, the oldest first."""
    rows = orjson.loads(files("jedel.jurisdictions").joinpath("kz/camera_sites.json").read_bytes())
    found = (
        Rule(
            date.fromisoformat(row["from"]), row["source"], frozenset(row["kinds"]), row["zones"],
            row["width_min"], row["height_min"], row["fps_min"], row["keep_days"], row["seen_share_min"],
        )
        for row in rows
    )  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.since))


def rule_of(kind: str, day: date) -> Rule | None:
    """What is required of such a site on a day; None: nothing."""
    return next((rule for rule in reversed(rules()) if rule.since <= day and kind in rule.kinds), None)


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of one camera. ``width``, ``height``, ``fps``: of its large picture, None unknown;
    ``kept_since``: the oldest recording there is; ``down``: times in which it did not see; ``looked``: it was
    looked at at all."""

    id: str
    number: int
    name: str
    zone: str | None
    state: str
    fault: str | None
    width: int | None
    height: int | None
    fps: float | None
    always: bool
    keep_days: int
    kept_since: datetime | None
    since: datetime
    looked: bool
    down: Sequence[tuple[datetime, datetime | None]] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """``found``: cameras there are; ``up``: of them see now."""

    zone: str
    required: int | None
    found: int
    up: int
    met: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """``kept_days``: for how long recordings reach back; ``seen_share``: of the last DAYS days."""

    held: Held
    resolution_met: bool | None
    kept_days: float | None
    retention_met: bool | None
    seen_share: float | None
    health_met: bool | None


@dataclass(frozen=True, slots=True)
class Report:
    """``met``: all of it; None where something is not known and nothing is missing."""

    zones: Sequence[Zone]
    cameras: Sequence[Judged]
    met: bool | None


def report(rule: Rule, cameras: Sequence[Held], now: datetime) -> Report:
    zones = [_zone(rule, name, cameras) for name in dict.fromkeys([*rule.zones, *_other(rule, cameras)])]
    judged = [_judged(rule, camera, now) for camera in cameras]
    found = [zone.met for zone in zones if zone.required is not None]
    found += [met for each in judged for met in (each.resolution_met, each.retention_met, each.health_met)]
    return Report(zones, judged, _all(found))


def _other(rule: Rule, cameras: Iterable[Held]) -> list[str]:
    return sorted({each.zone for each in cameras if each.zone and each.zone not in rule.zones})


def _all(found: Sequence[bool | None]) -> bool | None:
    if False in found:
        return False
    return None if None in found else True


def _zone(rule: Rule, name: str, cameras: Sequence[Held]) -> Zone:
    there = [each for each in cameras if each.zone == name]
    required = rule.zones.get(name)
    up = sum(each.state == "up" for each in there)
    return Zone(name, required, len(there), up, None if required is None else len(there) >= required)


def _judged(rule: Rule, camera: Held, now: datetime) -> Judged:
    share = seen_share(camera, now)
    kept = None if camera.kept_since is None else max((now - camera.kept_since).total_seconds(), 0) / DAY_S
    return Judged(
        held=camera,
        resolution_met=_resolution(rule, camera),
        kept_days=kept,
        retention_met=_retention(rule, camera, kept, now),
        seen_share=share,
        health_met=None if share is None else share >= rule.seen_share_min,
    )


def _resolution(rule: Rule, camera: Held) -> bool | None:
    if camera.width is None or camera.height is None:
        return None
    enough = camera.width >= rule.width_min and camera.height >= rule.height_min
    return enough and (camera.fps is None or camera.fps >= rule.fps_min)


def _retention(rule: Rule, camera: Held, kept: float | None, now: datetime) -> bool | None:
    if not camera.always or camera.keep_days < rule.keep_days:
        return False
    if kept is None:
        return None
    age = (now - camera.since).total_seconds() / DAY_S
    return kept >= min(rule.keep_days, age) - 1


def seen_share(camera: Held, now: datetime) -> float | None:
    """Of the last DAYS days, or since the camera is there; None: nobody looked, or not for a day yet."""
    begin = max(now - timedelta(days=DAYS), camera.since)
    whole = (now - begin).total_seconds()
    if not camera.looked or whole < DAY_S:
        return None
    down = sum(
        max((min(until or now, now) - max(since, begin)).total_seconds(), 0.0) for since, until in camera.down
    )
    return max(0.0, 1.0 - down / whole)
