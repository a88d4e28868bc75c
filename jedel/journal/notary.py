"""Every minute: a signed head for each region that grew, into the database and into a file.

The order of steps, each of which may be the last before a crash (docs/design/journal-proof.md):
1. read the entries since the last head and check them; 2. sign; 3. commit the row; 4. append the line, fsync.
A row without its line is mended at the next turn, before anything new is signed.

What does not fit is not signed: a head is our word that this journal carries on the one we signed before.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import Counter

from jedel.journal import headfile, repository
from jedel.journal.heads import Head, Malformed, fault, key_id, region_ok, sign
from jedel.journal.jobs import Job
from jedel.journal.keys import load_or_make
from jedel.journal.model import GENESIS, verify
from jedel.journal.store import Store
from jedel.journal.tree import Range

log = structlog.get_logger()

EVERY_S = 60.0
BATCH = 500
"""Entries read and checked at a time: a few milliseconds, for the alarms wait in the same process."""

MEND_BATCH = 1000

REFUSED = Counter(
    "jedel_journal_heads_refused_total", "Turns in which a region's head was not signed", ["region"]
)


class NotSigned(Exception):
    """The journal does not carry on what was signed before; the message says where."""


def jobs(store: Store, key_file: Path, folder: Path) -> Sequence[Job]:
    """For the ``jobs`` process."""
    return (Job("journal.notary", EVERY_S, partial(sign_all, store, key_file, folder)),)


async def sign_all(store: Store, key_file: Path, folder: Path) -> int:
    """Sign what grew; how many heads. A region that does not fit is logged and the others go on."""
    key = await asyncio.to_thread(load_or_make, key_file)
    async with store.reading() as tx:
        regions = await repository.chains(tx.conn)
    signed = 0
    for region, size, chain in regions:
        try:
            signed += await _sign(store, key, folder, region, size, chain)
        except (NotSigned, Malformed) as problem:
            REFUSED.labels(region if region_ok(region) else "?").inc()
            log.error("journal head not signed: run `jedel journal verify`", region=region, why=str(problem))
    return signed


async def _sign(
    store: Store, key: Ed25519PrivateKey, folder: Path, region: str, size: int, chain: bytes
) -> bool:
    if not region_ok(region):
        raise NotSigned(f"{region!r} is no region")
    file = headfile.path_of(folder, region)
    async with store.reading() as tx:
        before = await repository.last_head(tx.conn, region)
        kept = await repository.tree(tx.conn, region)
    if before is not None:
        _check_ours(key, [before])
    await _mend(store, key, file, region)
    if before is not None and size <= before.size:
        if size < before.size:
            raise NotSigned(f"{before.size} entries were signed, the chain ends at {size}")
        return False
    start = _carried_on(before, kept)
    grown, end = await _grow(store, region, start, before.chain if before and start.size else GENESIS, size)
    if end != chain:
        raise NotSigned(f"the chain's end is not the hash of entry {size}")
    if before is not None and not start.size:
        await _check_again(store, region, before)
    async with store.transaction() as tx:
        head = sign(key, region, size, grown.root(), chain, tx.now)
        await repository.add_head(tx.conn, head, b"".join(grown.roots))
    await asyncio.to_thread(headfile.append, file, [head])
    return True


def _check_ours(key: Ed25519PrivateKey, heads: Sequence[Head]) -> None:
    """Heads that name our key must bear its signature; those of an earlier key are for others to check."""
    public = {key_id(key.public_key()): key.public_key()}
    for head in heads:
        if head.key in public and (why := fault(head, public)) is not None:
            raise NotSigned(f"the head of {head.size} entries {why}")


def _carried_on(before: Head | None, kept: tuple[int, bytes]) -> Range:
    """The range to grow from: the kept one where it folds to a head of ours, else none."""
    if before is None:
        return Range()
    size, roots = kept
    parts = tuple(roots[at : at + 32] for at in range(0, len(roots), 32))
    if size != before.size or len(parts) != size.bit_count():
        return Range()
    found = Range(size, parts)
    return found if found.root() == before.root else Range()


async def _grow(store: Store, region: str, start: Range, before: bytes, size: int) -> tuple[Range, bytes]:
    """The range of the first ``size`` entries, and the hash of the last; every new entry is checked."""
    grown = start
    while grown.size < size:
        async with store.reading() as tx:
            entries = await repository.after(tx.conn, region, grown.size, min(BATCH, size - grown.size))
        broken = verify(region, entries, before, grown.size)
        if broken is not None:
            raise NotSigned(f"entry {broken.seq}: {broken.what}")
        if not entries:
            raise NotSigned(f"entry {grown.size + 1} is missing")
        grown, before = grown.add(entry.hash for entry in entries), entries[-1].hash
    return grown, before


async def _check_again(store: Store, region: str, before: Head) -> None:
    """The tree was read anew: it must still begin with what was signed."""
    was, chain = await _grow(store, region, Range(), GENESIS, before.size)
    if (was.root(), chain) != (before.root, before.chain):
        raise NotSigned(f"the first {before.size} entries are not those that were signed")


async def _mend(store: Store, key: Ed25519PrivateKey, file: Path, region: str) -> None:
    """Write the lines that the file lacks; it must otherwise be what the database holds."""
    last = await asyncio.to_thread(headfile.last, file)
    while True:
        async with store.reading() as tx:
            heads = await repository.heads_from(tx.conn, region, last.size if last else 0, MEND_BATCH)
        if last is not None:
            if not heads or heads[0] != last:
                raise NotSigned(f"{file} ends with a head of {last.size} entries that the database lacks")
            heads = heads[1:]
        if not heads:
            return
        await asyncio.to_thread(_check_ours, key, heads)
        await asyncio.to_thread(headfile.append, file, heads)
        last = heads[-1]
