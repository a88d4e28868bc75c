"""From a stream's units to fragments: decode times, durations, cuts. Pure; time comes with the units.

Times are the sender's ticks tied to our clock at arrival: as smooth as the sender's, and never further than
``OFF_MAX_US`` from when it came. The tie is mended once a segment by the least delay seen in it, so that a
camera whose crystal is off stays with us, and a picture that the network held up moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from jedel.media.fmp4 import Run, Sample, fragment
from jedel.media.model import AccessUnit, Track

OFF_MAX_US: Final = 1_000_000
MEND_MAX_US: Final = 20_000
"""At most so much a segment."""
DURATION_MAX_S: Final = 20


@dataclass(slots=True)
class Tie:
    """A track's ticks and our clock: ``rate`` ticks a second."""

    rate: int
    _rtp: int = 0
    _us: int = 0
    _last_us: int = -1
    _least_us: int | None = None

    def time_us(self, unit: AccessUnit) -> int:
        """Our wall clock of that unit, µs since 1970; rises strictly within the track."""
        if self._last_us < 0:
            self._rtp, self._us = unit.rtp, unit.at_us
        at = self._us + (unit.rtp - self._rtp) * 1_000_000 // self.rate
        late = unit.at_us - at
        if abs(late) > OFF_MAX_US:
            self._rtp, self._us = unit.rtp, unit.at_us
            at, self._least_us = unit.at_us, None
        elif self._least_us is None or late < self._least_us:
            self._least_us = late
        at = max(at, self._last_us + 1)
        self._last_us = at
        return at

    def mend(self) -> None:
        """At a segment's border."""
        if self._least_us is not None:
            self._us += max(-MEND_MAX_US, min(MEND_MAX_US, self._least_us))
        self._least_us = None


@dataclass(slots=True)
class _Pending:
    track: Track
    tie: Tie
    waiting: list[tuple[int, AccessUnit]] = field(default_factory=list)
    """Each with its time, µs."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A fragment: ``data`` for the file, ``at_us`` our clock at its first sample, ``end_us`` where it ends,
    ``units``, and whether it opens with a keyframe (or has no picture)."""

    data: bytes
    at_us: int
    end_us: int
    units: int
    opens: bool


class Fragmenter:
    """Of one stream while its tracks stay the same. ``tracks``: all that the stream has; ``keep``: indexes of
    those that are kept, all by default; ids in the file are those of the stream.

    The last unit of a track waits for the one behind it, which tells how long it lasts.
    """

    def __init__(self, tracks: Sequence[Track], keep: Sequence[int] | None = None) -> None:
        self._tracks = tuple(tracks)
        chosen = range(len(self._tracks)) if keep is None else keep
        self._pending = {n: _Pending(self._tracks[n], Tie(self._tracks[n].clock_rate)) for n in chosen}
        self._video = next((n for n in self._pending if self._tracks[n].video), None)
        self._sequence = 0
        self.epoch_us: int | None = None
        """Decode time zero; the first unit's time where nobody sets it."""

    def restart(self, epoch_us: int | None = None) -> None:
        """A new file or viewer: decode times count from there."""
        self.epoch_us, self._sequence = epoch_us, 0
        for pending in self._pending.values():
            pending.tie.mend()

    def add(self, unit: AccessUnit) -> int | None:
        """Its time by our clock, µs; None of a track that is not kept."""
        pending = self._pending.get(unit.track)
        if pending is None or not unit.parts:
            return None
        at = pending.tie.time_us(unit)
        pending.waiting.append((at, unit))
        return at

    @property
    def since_us(self) -> int | None:
        """Time of the earliest unit that waits."""
        return min((p.waiting[0][0] for p in self._pending.values() if p.waiting), default=None)

    def cut(self, *, last: bool = False) -> Cut | None:
        """What waits, as a fragment; of each track the newest unit stays for the next, except with ``last``.
        None where there is nothing."""
        chosen: list[tuple[int, _Pending, list[tuple[int, AccessUnit]], int]] = []
        for number, pending in self._order():
            count = len(pending.waiting) - (0 if last else 1)
            if count < 1:
                continue
            units = pending.waiting[:count]
            end = pending.waiting[count][0] if count < len(pending.waiting) else _guess(units)
            del pending.waiting[:count]
            chosen.append((number, pending, units, end))
        if not chosen:
            return None
        if self.epoch_us is None:
            self.epoch_us = min(units[0][0] for _, _, units, _ in chosen)
        self._sequence += 1
        runs = [self._run(*one) for one in chosen]
        first = chosen[0]
        return Cut(
            fragment(self._sequence, runs, first[2][0][0]),
            min(units[0][0] for _, _, units, _ in chosen),
            max(end for *_, end in chosen),
            sum(len(units) for _, _, units, _ in chosen),
            self._video is None or (first[0] == self._video and first[2][0][1].keyframe),
        )

    def _order(self) -> list[tuple[int, _Pending]]:
        return sorted(self._pending.items(), key=lambda item: (item[0] != self._video, item[0]))

    def _run(self, number: int, pending: _Pending, units: list[tuple[int, AccessUnit]], end: int) -> Run:
        assert self.epoch_us is not None
        rate, epoch = pending.tie.rate, self.epoch_us
        times = [max(0, (at - epoch) * rate // 1_000_000) for at, _ in units]
        times.append(max(times[-1], (end - epoch) * rate // 1_000_000))
        longest = DURATION_MAX_S * rate
        return Run(
            number,
            times[0],
            [
                Sample.of(pending.track, unit, min(longest, max(0, times[n + 1] - times[n])))
                for n, (_, unit) in enumerate(units)
            ],
        )


def _guess(units: list[tuple[int, AccessUnit]]) -> int:
    """Where the last unit ends when none follows: as long as the one before it, 40 ms where it is alone."""
    step = units[-1][0] - units[-2][0] if len(units) > 1 else 40_000
    return units[-1][0] + min(step, DURATION_MAX_S * 1_000_000)
