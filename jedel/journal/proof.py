"""Is the journal what was written? Chain, contents, tree, and every signed head that was kept.

Stretches of the journal are dealt out to processes (chunk.py) and joined here: each must begin with the hash
that the one before ended with, and their trees join into the region's, whose root is compared with each head
where that head ends. docs/design/journal-proof.md says what this proves and what it does not.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg.rows import class_row

from jedel.journal import chunk, headfile
from jedel.journal.chunk import Checked, Chunk
from jedel.journal.deal import Deal, deal_out
from jedel.journal.heads import Head, Malformed
from jedel.journal.model import GENESIS, Fault
from jedel.journal.tree import Range

HEADS_AT_ONCE = 1000
DATABASE = "the database"

Progress = Callable[[int, int], None]
"""Told how many entries are checked, and of how many."""

Keys = Mapping[str, Ed25519PublicKey]


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong: of each region the first bad entry, and every bad head."""

    regions: int = 0
    entries: int = 0
    erased: int = 0
    heads: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """A head and where it is kept, for people."""

    head: Head
    where: str


@dataclass(slots=True)
class _Region:
    """What the database says of a region before its entries are read."""

    name: str
    last: int
    chain_seq: int
    chain_hash: bytes
    stray: int | None
    """An entry with a number below 1."""
    kept: list[Kept] = field(default_factory=list)


def examine(
    database_url: str,
    keys: Keys | None = None,
    files: Sequence[Path] = (),
    region: str | None = None,
    progress: Progress = lambda _done, _of: None,
    workers: int | None = None,
    stretch: int = chunk.SIZE,
) -> Report:
    """Check every region, or one.

    Args:
        keys: the public keys that heads may be signed by, by their ids.
        files: heads that were kept outside the database.
        workers: processes, 0 for none but this; unless given, what suits the journal's length.
        stretch: entries dealt out at a time, a power of two.

    Raises:
        psycopg.OperationalError: the database does not answer.
        OSError: a file of heads cannot be read.
    """
    report = Report()
    with chunk.connect(database_url) as conn:
        regions = _regions(conn, files, region, report)
    total, done = sum(r.last for r in regions), 0
    if workers is None:
        big = any(r.last > stretch or len(r.kept) > HEADS_AT_ONCE for r in regions)
        workers = (os.cpu_count() or 1) if big else 0
    with deal_out(database_url, workers) as deal:
        for one in regions:
            _signatures(deal, one, dict(keys or {}), report)
            join = _Join(one)
            for checked in deal.check(_chunks(one, stretch)):
                join.add(checked)
                done += checked.chunk.last - checked.chunk.first + 1
                progress(done, total)
            join.allow(_grounds_since(database_url, one, join.unfounded()))
            report.faults += join.end()
            report.regions += 1
            report.entries += one.last
            report.erased += join.erased_count
    report.faults.sort(key=lambda fault: (fault.region, fault.seq))
    return report


# What there is to check


def _regions(
    conn: psycopg.Connection, files: Sequence[Path], only: str | None, report: Report
) -> list[_Region]:
    # the files first: a head is in the database before it is in a file
    told = [(file, number, head) for file in files for number, head in headfile.read(file)]
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = conn.execute(_REGIONS).fetchall()
        found = {row[0]: _Region(*row) for row in rows if only in (None, row[0])}
        for region in found.values():
            with conn.cursor(row_factory=class_row(Head)) as cursor:
                cursor.execute(_HEADS, (region.name,))
                region.kept = [Kept(head, DATABASE) for head in cursor]
                report.heads += len(region.kept)
    _add_told(found, told, only, report)
    return [found[name] for name in sorted(found)]


def _add_told(
    found: dict[str, _Region],
    told: list[tuple[Path, int, Head | Malformed]],
    only: str | None,
    report: Report,
) -> None:
    """Heads of files beside those of the database; equal ones need no second look."""
    known = {kept.head for region in found.values() for kept in region.kept}
    for file, number, head in told:
        where = f"{file}, line {number}"
        if isinstance(head, Malformed):
            report.faults.append(Fault(only or file.stem, 0, f"{where}: cannot be read: {head}"))
        elif only in (None, head.region):
            report.heads += 1
            if head not in known:
                region = found.setdefault(head.region, _Region(head.region, 0, 0, GENESIS, None))
                region.kept.append(Kept(head, where))


def _grounds_since(url: str, region: _Region, unfounded: list[tuple[int, bytes]]) -> list[bytes]:
    """Which of these were erased while the rest was being read, and are spoken of behind it."""
    if not unfounded:
        return []
    ids = [entry_id.decode() for _, entry_id in unfounded]
    with chunk.connect(url) as conn:
        return [
            row[0].encode() for row in conn.execute(_SINCE, (region.name, region.last, chunk.ERASED, ids))
        ]


def _chunks(region: _Region, stretch: int) -> Iterator[Chunk]:
    sizes = sorted({kept.head.size for kept in region.kept if kept.head.size <= region.last})
    at = 0
    for first in range(1, region.last + 1, stretch):
        last = min(first + stretch - 1, region.last)
        start = at
        while at < len(sizes) and sizes[at] <= last:
            at += 1
        yield Chunk(region.name, first, last, tuple(sizes[start:at]))


# Joining


class _Join:
    """Puts a region's stretches together in their order, until the first thing that is wrong."""

    def __init__(self, region: _Region) -> None:
        self.region = region
        self.fault: Fault | None = None
        self.erased_count = 0
        self._range, self._link = Range(), GENESIS
        self._erased: list[tuple[int, bytes]] = []
        self._grounds: set[bytes] = set()
        self._at: dict[int, tuple[bytes, bytes]] = {}
        if region.stray is not None:
            self.fault = Fault(region.name, region.stray, f"an entry has the number {region.stray}")

    def add(self, checked: Checked) -> None:
        self._erased += checked.erased
        self._grounds.update(checked.grounds)
        self.erased_count += len(checked.erased)
        if self.fault is not None:
            return
        if checked.before != self._link:
            self.fault = Fault(self.region.name, checked.chunk.first, "it does not follow the entry before")
            return
        for size, (part, link) in checked.at.items():
            self._at[size] = (self._range.join(part).root(), link)
        self.fault = checked.fault
        if self.fault is None:
            self._range, self._link = self._range.join(checked.whole), checked.after

    def end(self) -> list[Fault]:
        """Everything that is wrong with the region."""
        first = self.fault or self._tail() or self._unfounded()
        return ([first] if first else []) + self._heads()

    def _tail(self) -> Fault | None:
        region, last = self.region, self.region.last
        if region.chain_seq > last:
            missing = f"entries {last + 1} to {region.chain_seq} are missing: the chain had come that far"
            return Fault(region.name, last + 1, missing)
        if region.chain_seq < last:
            at = region.chain_seq + 1
            return Fault(region.name, at, f"the entry was put behind the chain's end, {region.chain_seq}")
        if last and region.chain_hash != self._link:
            return Fault(region.name, last, "the chain's end is not this entry's hash")
        return None

    def unfounded(self) -> list[tuple[int, bytes]]:
        """Entries without content, where no entry says by what right: number and id."""
        return [(seq, entry_id) for seq, entry_id in self._erased if entry_id not in self._grounds]

    def allow(self, grounds: Iterable[bytes]) -> None:
        """Ids of entries whose erasure is spoken of behind what was read."""
        self._grounds.update(grounds)

    def _unfounded(self) -> Fault | None:
        for seq, _ in self.unfounded():
            return Fault(self.region.name, seq, "the content is gone and no entry says by what right")
        return None

    def _heads(self) -> list[Fault]:
        """Heads that the journal does not lead to; the first such head says most."""
        whole_upto = self.fault.seq - 1 if self.fault else self.region.last
        good, dropped = 0, list[Fault]()
        for kept in sorted(self.region.kept, key=lambda kept: kept.head.size):
            head, name = kept.head, self.region.name
            signed = f"{kept.where}: the head signed at {head.at:%Y-%m-%d %H:%M:%S} UTC"
            if head.size > self.region.last:
                lost = f"entries {self.region.last + 1} to {head.size} are missing: {signed} has them"
                return [Fault(name, self.region.last + 1, lost)]
            if head.size > whole_upto:
                break
            if self._at.get(head.size) != (head.root, head.chain):
                other = (
                    f"the journal was rewritten between entries {good + 1} and {head.size}: {signed} differs"
                )
                return [Fault(name, good + 1, other)]
            good = head.size
            if kept.where != DATABASE:
                dropped.append(Fault(name, head.size, f"{signed} is not in the database any more"))
        return dropped[:1]


# Signatures


def _signatures(deal: Deal, region: _Region, keys: dict[str, Ed25519PublicKey], report: Report) -> None:
    """Report heads that are not signed, and go on without them."""
    raw = {name: key.public_bytes_raw() for name, key in keys.items()}
    kept = region.kept
    batches = [kept[at : at + HEADS_AT_ONCE] for at in range(0, len(kept), HEADS_AT_ONCE)]
    good: list[Kept] = []
    answers = deal.unsigned(([k.head for k in batch] for batch in batches), raw)
    for batch, said in zip(batches, answers, strict=True):
        for one, why in zip(batch, said, strict=True):
            if why is None:
                good.append(one)
            else:
                what = f"{one.where}: the head of {one.head.size} entries {why}"
                report.faults.append(Fault(region.name, one.head.size, what))
    region.kept = good


_REGIONS = """
    WITH RECURSIVE found AS (
        (SELECT region FROM journal ORDER BY region LIMIT 1)
        UNION ALL
        SELECT (SELECT j.region FROM journal j WHERE j.region > found.region ORDER BY j.region LIMIT 1)
        FROM found WHERE found.region IS NOT NULL
    ), named AS (
        SELECT region FROM found WHERE region IS NOT NULL
        UNION SELECT region FROM journal_chain UNION SELECT region FROM journal_head
    )
    SELECT n.region,
        coalesce((SELECT max(seq) FROM journal WHERE region = n.region AND seq > 0), 0),
        coalesce(c.seq, 0), coalesce(c.hash, ''),
        (SELECT min(seq) FROM journal WHERE region = n.region AND seq < 1)
    FROM named n LEFT JOIN journal_chain c ON c.region = n.region
"""

_HEADS = "SELECT region, size, root, chain, at, key, signature FROM journal_head WHERE region = %s"

_SINCE = """
    SELECT subject::text FROM journal
    WHERE region = %s AND seq > %s AND kind = %s AND subject = ANY(%s::uuid[])
"""
