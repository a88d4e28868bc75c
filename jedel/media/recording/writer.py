"""A stream's units into files, on a thread that may wait for the disk.

The order of steps: create the file; write fragments as they come (a killed process loses what it had not yet
written: at most `FRAGMENT_US` and what waits in the intake); fsync the file; fsync its folder and every
folder made for it; only then is the segment handed over for its row.
"""

import errno
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

import structlog

from jedel.media.fmp4 import codecs, init_segment
from jedel.media.fragmenter import Cut, Fragmenter
from jedel.media.model import AccessUnit, Fault, Track, first_video
from jedel.media.parameters import described
from jedel.media.recording.files import lock, sync_folder
from jedel.media.recording.intake import Item
from jedel.media.recording.model import (
    FRAGMENT_US,
    SEGMENT_BYTES_MAX,
    SEGMENT_S,
    SEGMENT_S_MAX,
    Segment,
    from_us,
    path_of,
)
from rtsp.errors import Malformed

log = structlog.get_logger()

QUIET_US: Final = 1_000_000
"""When nothing came for so long, what waits is written."""
BACK_US: Final = 2_000_000
PAUSE_US: Final = 15_000_000
"""A unit that comes so much before or after the last one begins another file: our clock was set, or the
sender was silent."""
JOINED_US: Final = 2_000_000


@dataclass(slots=True)
class _Open:
    file: FileIO
    path: Path
    start_us: int
    end_us: int
    size: int
    units: int
    on_event: bool
    digest: "hashlib._Hash"


class SegmentWriter:
    """Of one stream; one thread at a time. A full disk or a broken one loses units, counts them in ``lost``
    and names itself in ``fault``; the next keyframe tries again."""

    def __init__(self, folder: Path, stream: str, segment_s: float = SEGMENT_S) -> None:
        self.stream = stream
        self.written = 0
        """Bytes."""
        self.lost = 0
        """Units that no file has, of those that came here."""
        self.dropped_before = 0
        """Units that were lost on the way here."""
        self.fault: str | None = None
        self.on_event = False
        """Of segments that begin from now on."""
        self._folder = folder
        self._segment_us = int(segment_s * 1_000_000)
        self._told_lost = 0
        self.tracks: tuple[Track, ...] = ()
        self._video: int | None = None
        self._fragmenter: Fragmenter | None = None
        self._init = b""
        self._last_us = 0
        self._ended_us = 0
        self._open: _Open | None = None
        self._done: list[Segment] = []

    def take(self, items: Iterable[Item], now_us: int) -> list[Segment]:
        """Write what came; the segments that were closed by it."""
        for item in items:
            if isinstance(item, AccessUnit):
                self._unit(item)
            elif isinstance(item, Fault):
                self._close()
            elif item != self.tracks:
                self._begin(item)
        self._flush(now_us)
        return self._take_done()

    def close(self) -> list[Segment]:
        """End the segment; the next unit must be a keyframe."""
        self._close()
        return self._take_done()

    def _take_done(self) -> list[Segment]:
        done, self._done = self._done, []
        return done

    def _begin(self, tracks: Sequence[Track]) -> None:
        self._close()
        self.tracks, self._fragmenter = tuple(tracks), None
        self._video = first_video(self.tracks)

    def _unit(self, unit: AccessUnit) -> None:
        opens = unit.track == self._video and unit.keyframe
        if self._last_us and not -BACK_US < unit.at_us - self._last_us < PAUSE_US:
            self._close()
        self._last_us = unit.at_us
        if opens:
            self._learn(unit)
        if self._fragmenter is None and not self._ready():
            self.lost += 1
            return
        assert self._fragmenter is not None
        if self._open is None and not (opens or self._video is None):
            self.lost += 1
            return
        at = self._fragmenter.add(unit)
        if at is None:
            return
        since = self._fragmenter.since_us
        assert since is not None
        if self._open is None:
            self._start(at)
        elif self._is_due(at, opens):
            self._write(self._fragmenter.cut())
            self._finish(at)
            if self._fragmenter is not None:
                self._fragmenter.restart()
                self._start(at)
        elif opens or at - since >= FRAGMENT_US:
            self._write(self._fragmenter.cut())

    def _learn(self, unit: AccessUnit) -> None:
        """A keyframe with other parameters than before begins another file."""
        tracks = list(self.tracks)
        tracks[unit.track] = described(tracks[unit.track], unit)
        if tuple(tracks) != self.tracks:
            self._close()
            self.tracks, self._fragmenter = tuple(tracks), None

    def _ready(self) -> bool:
        try:
            self._init = init_segment(self.tracks)
        except Malformed:
            return False
        self._fragmenter = Fragmenter(self.tracks)
        return True

    def _is_due(self, at: int, opens: bool) -> bool:
        assert self._open is not None
        age = at - self._open.start_us
        if opens or self._video is None:
            return age >= self._segment_us or self._open.size >= SEGMENT_BYTES_MAX
        return age >= SEGMENT_S_MAX * 1_000_000 and self._open.size >= SEGMENT_BYTES_MAX

    def _flush(self, now_us: int) -> None:
        """Nothing came for a while: the disk has it now rather than later."""
        if self._open is None or self._fragmenter is None:
            return
        since = self._fragmenter.since_us
        if since is not None and now_us - since >= FRAGMENT_US + QUIET_US:
            self._write(self._fragmenter.cut(last=True))

    def _start(self, start_us: int) -> None:
        if 0 < self._ended_us - start_us < JOINED_US:
            start_us = self._ended_us  # segments do not overlap
        path = self._folder / path_of(self.stream, from_us(start_us))
        assert self._fragmenter is not None
        self._fragmenter.epoch_us = start_us
        try:
            _make_folders(self._folder, path.parent)
            file = path.open("xb", buffering=0)
            lock(file)
            self._open = _Open(file, path, start_us, start_us, 0, 0, self.on_event, hashlib.sha256())
            self._put(self._init)
        except OSError as error:
            self._broke(error)

    def _put(self, data: bytes) -> None:
        assert self._open is not None
        view = memoryview(data)
        while view:
            count = self._open.file.write(view) or 0
            if not count:
                raise OSError(errno.ENOSPC, "nothing was written")
            view = view[count:]
        self._open.digest.update(data)
        self._open.size += len(data)

    def _write(self, cut: Cut | None) -> None:
        if cut is None or self._open is None:
            return
        before = self._open.size
        try:
            self._put(cut.data)
        except OSError as error:
            self.lost += cut.units
            self._cut_back(before)
            self._broke(error)
            return
        self._open.end_us = max(self._open.end_us, cut.end_us)
        self._open.units += cut.units
        self.written += len(cut.data)
        self.fault = None

    def _cut_back(self, size: int) -> None:
        """Half a fragment is taken back, so that what the file has is whole."""
        assert self._open is not None
        try:
            os.ftruncate(self._open.file.fileno(), size)
        except OSError as error:  # the disk is worse than full: `media check` mends it
            log.warning("a fragment stays torn", path=str(self._open.path), error=repr(error))

    def _broke(self, error: OSError) -> None:
        """The disk refused: close what is whole, say so, and try again at the next keyframe."""
        if self.fault is None:
            log.error("recording: the disk refuses", stream=self.stream, error=repr(error))
        self.fault = errno.errorcode.get(error.errno or 0, type(error).__name__)
        self._forget_waiting()
        self._finish()

    def _forget_waiting(self) -> None:
        if self._fragmenter is not None:
            rest = self._fragmenter.cut(last=True)
            self.lost += rest.units if rest else 0
            self._fragmenter = None

    def _close(self) -> None:
        if self._open is not None and self._fragmenter is not None:
            self._write(self._fragmenter.cut(last=True))
        self._finish()
        self._fragmenter = None

    def _finish(self, next_us: int | None = None) -> None:
        """Close the file for good; with something in it, it becomes a segment. ``next_us``: when the next
        one begins."""
        found, self._open = self._open, None
        if found is None:
            return
        end_us = max(found.start_us + 1, min(found.end_us, next_us or found.end_us))
        self._ended_us = end_us
        try:
            if found.units:
                os.fsync(found.file.fileno())
            found.file.close()
            if not found.units:
                found.path.unlink(missing_ok=True)
                return
            sync_folder(found.path.parent)
        except OSError as error:
            self.fault = errno.errorcode.get(error.errno or 0, type(error).__name__)
            log.error("recording: the disk refuses", stream=self.stream, error=repr(error))
            return  # no row: what the disk did not confirm is for `media check`
        lost = self.lost + self.dropped_before
        dropped, self._told_lost = lost - self._told_lost, lost
        picture = self.tracks[self._video] if self._video is not None else None
        self._done.append(
            Segment(
                self.stream,
                from_us(found.start_us),
                from_us(end_us),
                found.size,
                found.units,
                dropped,
                picture.width if picture else 0,
                picture.height if picture else 0,
                codecs(self.tracks),
                found.on_event,
                found.digest.digest(),
            )
        )


def _make_folders(root: Path, folder: Path) -> None:
    """With every folder on the disk before the file is."""
    if folder.is_dir():
        return
    made = []
    at = folder
    while not at.is_dir():
        made.append(at)
        if at == root:
            break
        at = at.parent
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(made):
        sync_folder(each.parent)
