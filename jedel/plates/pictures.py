"""Pictures of plates and cars: looked at before anything is decoded, laid down before the read is published.

``<blob_dir>/plates/<UTC day>/<HH>/<read id>-{plate,car}.jpg``, by the hour of the read's own time, as its
partition is; a hit's pictures are also linked to ``plates/hit/<UTC day>/``, those kept for a case to
``plates/case/``. What is erased is a whole folder; for a case, what its retention has ended for.
A picture is written beside its place and then moved there, so that whatever has its name is whole; it is not
flushed to the disk (a power cut may cost pictures of the last seconds, never a read).
"""

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from jedel.plates.codec import Reads
from jedel.plates.drivers.said import PICTURE_BYTES_MAX, Reason

Which = Literal["plate", "car"]
BITS: Final[dict[Which, int]] = {"plate": 1, "car": 2}
PIXELS_MAX: Final = 8_000_000
SCANS_MAX: Final = 64
"""A progressive picture has about ten; each costs a decoder the whole picture."""
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN: Final = 0xDA
_END: Final = b"\xff\xd9"
_HOUR_US: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fault(picture: bytes) -> Reason | None:
    """What is wrong with a JPEG, by its markers alone: nothing is decoded."""
    if len(picture) > PICTURE_BYTES_MAX:
        return Reason.PICTURE_TOO_LONG
    if not picture.startswith(b"\xff\xd8\xff"):
        return Reason.BAD_PICTURE
    pixels, scan = 0, None
    for marker, at, length in _segments(picture):
        if marker == _SCAN:
            scan = at
            break
        if marker in _SIZES:
            if length < 11 or at + 9 > len(picture) or picture[at + 4] != 8:
                return Reason.BAD_PICTURE
            pixels = int.from_bytes(picture[at + 5 : at + 7]) * int.from_bytes(picture[at + 7 : at + 9])
    if pixels > PIXELS_MAX or (scan and picture.count(b"\xff\xda", scan) > SCANS_MAX):
        return Reason.PICTURE_TOO_LARGE
    if scan is None or picture.rfind(_END) < scan:
        return Reason.PICTURE_TRUNCATED
    return None if pixels else Reason.BAD_PICTURE


def _segments(picture: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, place and length of each segment up to where the markers end."""
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4])
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if length < 2:
            return
        yield marker, at, length
        at += 2 + length


class Pictures:
    """Where pictures lie. Times are of the reads: microseconds since 1970."""

    def __init__(self, blob_dir: Path) -> None:
        self.root = blob_dir / "plates"

    def place(self, read_id: UUID, at_us: int, which: Which) -> Path:
        """Where a read's picture is put."""
        return self._hour(at_us) / f"{read_id}-{which}.jpg"

    def find(self, read_id: UUID, at_us: int, which: Which) -> Path | None:
        """Where it is now: among the hits or in its hour; None where it was erased or never was."""
        name = f"{read_id}-{which}.jpg"
        for kept in (self._cases / name, self._hits(_moment(at_us).date()) / name):
            if kept.is_file():
                return kept
        return self._laid(read_id, at_us, which)

    async def save(self, pictures: Iterable[tuple[UUID, int, Which, bytes]]) -> set[tuple[UUID, Which]]:
        """Lay pictures down; which of them could not be."""
        return await asyncio.to_thread(self._save, list(pictures))

    async def keep_hits(self, hits: Reads) -> None:
        """Link the pictures of hits to where they are kept as long as hits are. Harmless to say twice."""
        wanted = [
            (UUID(bytes=raw), at_us, which)
            for raw, at_us, bits in zip(
                hits["id"].tolist(), hits["at_us"].tolist(), hits["pictures"].tolist(), strict=True
            )
            for which, bit in BITS.items()
            if bits & bit
        ]
        await asyncio.to_thread(self._keep, wanted)

    def keep_for_case(self, read_id: UUID, at_us: int) -> int:
        """Link a read's pictures to where they are kept as long as a case needs them; how many there are.
        Harmless to say twice."""
        kept = 0
        for which in BITS:
            there = self.find(read_id, at_us, which)
            if there is not None:
                self._cases.mkdir(parents=True, exist_ok=True)
                with suppress(FileExistsError):
                    (self._cases / there.name).hardlink_to(there)
                kept += 1
        return kept

    def release(self, read_id: UUID) -> None:
        """No case needs a read's pictures any more."""
        for which in BITS:
            (self._cases / f"{read_id}-{which}.jpg").unlink(missing_ok=True)

    def hours(self) -> list[datetime]:
        """The hours of which there are folders, oldest first."""
        found = []
        for hour in self.root.glob("????-??-??/??"):
            with suppress(ValueError):
                found.append(
                    datetime.strptime(f"{hour.parent.name} {hour.name}", "%Y-%m-%d %H").replace(tzinfo=UTC)
                )
        return sorted(found)

    def erase_hours(self, before: datetime) -> int:
        """Remove the hours that end by a moment, but not what is linked among the hits; how many."""
        gone = [hour for hour in self.hours() if hour + timedelta(hours=1) <= before]
        for hour in gone:
            folder = self.root / f"{hour:%Y-%m-%d}" / f"{hour:%H}"
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # other hours of the day are still there
                folder.parent.rmdir()
        return len(gone)

    def erase_hits(self, before: date) -> int:
        """Remove the days of hits that are before a day; how many."""
        gone = 0
        for folder in (self.root / "hit").glob("????-??-??"):
            with suppress(ValueError):
                if date.fromisoformat(folder.name) < before:
                    shutil.rmtree(folder, ignore_errors=True)
                    gone += 1
        return gone

    def _save(self, pictures: list[tuple[UUID, int, Which, bytes]]) -> set[tuple[UUID, Which]]:
        lost: set[tuple[UUID, Which]] = set()
        for read_id, at_us, which, picture in pictures:
            place = self.place(read_id, at_us, which)
            beside = place.with_suffix(f".{os.getpid()}.part")
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                beside.write_bytes(picture)
                beside.replace(place)
            except OSError:
                lost.add((read_id, which))
        return lost

    def _keep(self, wanted: list[tuple[UUID, int, Which]]) -> None:
        for read_id, at_us, which in wanted:
            kept = self._hits(_moment(at_us).date()) / f"{read_id}-{which}.jpg"
            kept.parent.mkdir(parents=True, exist_ok=True)
            laid = self._laid(read_id, at_us, which)
            if laid is not None:
                with suppress(FileExistsError):
                    kept.hardlink_to(laid)

    def _laid(self, read_id: UUID, at_us: int, which: Which) -> Path | None:
        """Where it was put; our time, where it stood for the camera's, may have been put right since, so that
        the hours beside it are looked into as well."""
        places = (self.place(read_id, at_us + off, which) for off in (0, -_HOUR_US, _HOUR_US))
        return next((place for place in places if place.is_file()), None)

    def _hour(self, at_us: int) -> Path:
        at = _moment(at_us)
        return self.root / f"{at:%Y-%m-%d}" / f"{at:%H}"

    @property
    def _cases(self) -> Path:
        return self.root / "case"

    def _hits(self, day: date) -> Path:
        return self.root / "hit" / f"{day:%Y-%m-%d}"


def _moment(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)
