"""Judges batches of reads: lists, false plates, how sure. In memory, in numpy, no Python for a single read
unless it is a hit.

In turn: reads by plate and time beside the register, the lists and the last sightings; how surely they were
read right and look right; the few that are odd (not on the register, other looks, two places, no such plate)
held against the plates one sign away; grounds and scores; the last sightings brought up to date.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import Reads
from jedel.plates.keys import Keys
from jedel.plates.looks import alike_table, bodies_table
from jedel.plates.model import series
from jedel.plates.store.judging import Judged
from jedel.qorgau.matching import scores, shapes
from jedel.qorgau.matching.batch import Batch, Bools, Ints
from jedel.qorgau.matching.found import ALL, Found
from jedel.qorgau.matching.lastseen import SEEN, LastSeen, Seen, reads_of, seen_of
from jedel.qorgau.matching.roads import Bound, Roads, Spots
from jedel.qorgau.matching.scores import Floats
from jedel.qorgau.matching.sun import dark
from jedel.qorgau.matching.table import Table
from jedel.qorgau.model import LISTED, Ground, Pair
from jedel.qorgau.watch.rows import KNOWN, STATES, WATCH, Known, Watch

SEEN_ROOM: Final = 3_000_000
KEEP_US: Final = 24 * 3600 * 1_000_000
"""As long as a read without a hit is kept: what was seen before is not remembered."""
AGREE_US: Final = 30 * 60 * 1_000_000
"""Two cameras that read the same plate within this time agree."""
COVERED_MIN: Final = 100
"""Of a series and a region: with fewer cars of it the register does not cover it, and what is not there says
nothing."""
MAKE_SURE_MIN: Final = 50
"""How surely a make was seen that is held against a neighbour's."""
LIKE_MAX: Final = -1.5
"""Evidence below which a car looks a good deal like another: its make is the same."""
ASKED_MIN: Final = 1.0
"""Evidence of one read for another car, from which on it is asked whether the plate was misread."""
SAME_PASSING_US: Final = 60 * 1_000_000
_CAR: Final = np.dtype([(name, KNOWN[name]) for name in ("make", "colour", "body", "state")])
_LISTED: Final = np.dtype([(name, WATCH[name]) for name in ("grounds", "action", "until_day", "entry")])
_BITS: Final = np.array([int(ground) for ground in ALL], np.uint16)[:, None]
_COLUMN: Final = {ground: nth for nth, ground in enumerate(ALL)}


class _Pairs(NamedTuple):
    """(k,) impossible ways: ``late``: the read that makes it so; ``sure``: 0…1, of the road alone; ``other``:
    the other read; ``before``: which of this batch that is, -1 for none of it; ``apart_s``: between the two
    clocks; ``bound``."""

    late: Ints
    sure: NDArray[np.float64]
    other: Seen
    before: Ints
    apart_s: NDArray[np.float64]
    bound: Bound


class _Looks(NamedTuple):
    """(n,) ``said``: the evidence of this read for another car than the register's; ``most``: what the looks
    that differ can say at the most, 0 where none does; ``same``: its make is the register's."""

    said: Floats
    most: Floats
    same: Bools


class Engine:
    """All that a worker knows of its plates. Not for use from many threads."""

    def __init__(self, seen_room: int = SEEN_ROOM) -> None:
        self.seen = LastSeen(seen_room)
        self.roads = Roads(Spots.none(), {})
        self._known = Table(_CAR)
        self._covered = np.zeros((len(series()), shapes.REGIONS), np.bool_)
        self._watch = Table(_LISTED)

    @property
    def bytes(self) -> int:
        """What lists, register and last sightings take of memory."""
        return self.seen.bytes + self._known.bytes + self._watch.bytes

    def know(self, cars: Known, *, complete: bool = True) -> None:
        """The vehicles register, all of it. ``complete``: whether a plate that is not there was never issued;
        False where the register is too old to say so, or empty."""
        table = Table(_CAR, room=len(cars))
        counts = np.zeros(self._covered.shape, np.int64)
        for at in range(0, len(cars), 1 << 18):
            part = cars[at : at + (1 << 18)]
            plates = np.ascontiguousarray(part["plate"])
            table.put(plates, _only(part, _CAR))
            shape = shapes.shapes(plates)
            ours = shape.series >= 0
            np.add.at(counts, (shape.series[ours], shape.region[ours]), 1)
        self._known, self._covered = table, (counts >= COVERED_MIN) & complete

    def watch(self, rows: Watch) -> None:
        """The lists, all of them."""
        table = Table(_LISTED, room=len(rows))
        table.put(np.ascontiguousarray(rows["plate"]), _only(rows, _LISTED))
        self._watch = table

    def change_watch(self, rows: Watch, gone: Keys) -> None:
        """All that is held now against some plates, and plates against which nothing is any more."""
        self._watch.remove(gone)
        self._watch.put(np.ascontiguousarray(rows["plate"]), _only(rows, _LISTED))

    def remember(self, reads: Reads) -> None:
        """Where plates were seen by reads that were judged before, in any order. Says nothing of them."""
        batch = Batch(reads, self.seen)
        two = batch.reads["frames"] >= 2
        sure = scores.trust(batch.reads["confidence"], batch.reads["weakest"], two)
        self._renew(batch, sure, batch.added_up(np.zeros(len(batch), np.float32), scores.DOUBT_MAX))

    def judge(self, reads: Reads, now_us: int, today: int) -> Judged:
        """``today``: the legal day, in days since 1970. ``more`` of the answer is a `Found`."""
        batch = Batch(reads, self.seen, now_us - KEEP_US)
        repeated = batch.repeated()
        slots = self._known.find(batch.plates, batch.hashes)
        here = slots >= 0
        car = self._known.take(np.maximum(slots, 0))
        looks = self._looks(batch, car, here)
        pairs = self._two_places(batch, repeated)
        agreed = batch.agreed(AGREE_US)
        # What cannot be the same car does not bear it out.
        agreed[pairs.late] = batch.reads["frames"][pairs.late] >= 2
        sure = scores.trust(batch.reads["confidence"], batch.reads["weakest"], agreed)
        missing, odd = self._unknown(batch, here)

        gone = here & (car["state"] > STATES["registered"])
        doubtful = (missing | odd) & (sure >= scores.NEVER_TRUST_MIN)
        asked = (looks.said >= ASKED_MIN) | doubtful | (gone & ~looks.same)
        asked[pairs.late] |= ~looks.same[pairs.late]
        explained = self._explained(batch, np.flatnonzero(asked & ~repeated))
        sure[explained] *= np.float32(scores.EXPLAINED)
        stranger = scores.stranger(looks.said)
        looks.said[repeated | batch.again(SAME_PASSING_US)] = 0
        looks.said[explained] = 0
        doubt = batch.added_up(looks.said * sure, scores.DOUBT_MAX)
        another = scores.another(doubt)

        each = np.zeros((len(ALL), len(batch)), np.float32)  # of each ground, 0…100
        each[_COLUMN[Ground.LOOKS_DIFFER]] = sure * another * looks.most
        borne_out = batch.borne_out() | (batch.reads["make_sure"] >= MAKE_SURE_MIN)
        borne_out &= sure >= scores.NEVER_TRUST_MIN
        certain = np.where(missing & borne_out, np.float32(scores.NEVER_ISSUED), 0)
        ended = np.where(gone, np.float32(scores.WITHDRAWN), 0)
        each[_COLUMN[Ground.NOT_ON_REGISTER]] = sure * np.maximum(certain, ended)
        each[_COLUMN[Ground.IMPOSSIBLE_PLATE]] = sure * np.where(
            odd & borne_out, np.float32(scores.NO_SUCH_PLATE), 0
        )
        other = np.where(pairs.before >= 0, sure[pairs.before], pairs.other["trust"] / np.float32(100))
        each[_COLUMN[Ground.TWO_PLACES], pairs.late] = pairs.sure * sure[pairs.late] * other
        each *= 100
        each[each < scores.FALSE_PLATE_MIN] = 0
        listed, rows = self._listed(batch, sure, stranger, each, today)
        # Nobody is told to stop a car for one reading alone.
        alone = np.flatnonzero(~agreed)
        each[:, alone] = np.minimum(each[:, alone], scores.ALONE_MAX)
        each[:, repeated] = 0
        self._renew(batch, sure, doubt)
        return _answer(batch, repeated, each, (listed, rows), pairs)

    def _looks(self, batch: Batch, car: NDArray[np.void], here: Bools) -> _Looks:
        """What was seen of the car against the register."""
        reads = batch.reads
        make, body, colour = _compared(reads, car, here)
        doubtful = np.flatnonzero(colour[0])
        at_night = doubtful[
            _alike(alike_table(night=True), reads["colour"][doubtful], car["colour"][doubtful])
        ]
        if len(at_night):
            lon, lat = self.roads.places(batch.camera[at_night])
            colour[0][at_night[dark(batch.at[at_night], lon, lat)]] = False
        most = np.where(make[0], np.float32(scores.MAKE_WEIGHT), 0)
        np.maximum(most, np.where(body[0], np.float32(scores.BODY_WEIGHT), 0), out=most)
        np.maximum(most, np.where(colour[0], np.float32(scores.COLOUR_WEIGHT), 0), out=most)
        return _Looks(scores.looks(reads, make, body, colour), most, make[1] & ~make[0])

    def _unknown(self, batch: Batch, here: Bools) -> tuple[Bools, Bools]:
        """(n,) not on a register that covers it; (n,) of a shape of ours, and no such plate."""
        missing, odd = np.zeros(len(batch), np.bool_), np.zeros(len(batch), np.bool_)
        strange = np.flatnonzero(~here)
        shape = shapes.shapes(batch.plates[strange])
        ours = shape.series >= 0
        missing[strange[ours]] = self._covered[shape.series[ours], shape.region[ours]]
        for nth in strange[shape.odd].tolist():
            odd[nth] = shapes.impossible(int(batch.plates[nth]))
        return missing, odd

    def _explained(self, batch: Batch, asked: Ints) -> Ints:
        """Which of the asked reads look like a car whose plate is one sign away: somewhat, where the sign is
        one that is often mistaken, else a good deal."""
        near = shapes.changes(batch.plates[asked])
        slots = self._known.find(near.key)
        there = np.flatnonzero(slots >= 0)
        car = self._known.take(slots[there])
        of = asked[near.of[there]]
        reads = batch.reads[of]
        said = scores.looks(reads, *_compared(reads, car, np.ones(len(of), np.bool_)))
        like = said < np.where(near.cheap[there], np.float32(0), np.float32(LIKE_MAX))
        like |= near.cheap[there] & (said == 0)
        like &= car["state"] == STATES["registered"]
        return np.unique(of[like])

    def _two_places(self, batch: Batch, repeated: Bools) -> _Pairs:
        """Reads whose plate was elsewhere a moment ago (or a moment later, of a read that comes late)."""
        by_seen, by_read = batch.neighbours()
        by_seen, by_read = by_seen[~repeated[by_seen]], by_read[~repeated[by_read]]
        late = np.concatenate((by_seen, by_read))
        other_at = np.concatenate((batch.seen_at[by_seen], batch.at[by_read - 1]))
        other_camera = np.concatenate((batch.seen_camera[by_seen], batch.camera[by_read - 1]))
        apart = (batch.at[late] - other_at) / 1e6
        here, there = self.roads.known(batch.camera[late]), self.roads.known(other_camera)
        forward = apart >= 0
        which, bound = self.roads.suspicious(
            np.where(forward, there, here), np.where(forward, here, there), np.abs(apart)
        )
        sure = scores.too_fast(bound.fastest_s, bound.taken_s)
        kept = np.flatnonzero(sure > 0)
        # The surer of two pairs of one read stays.
        kept = kept[np.argsort(-sure[kept], kind="stable")]
        kept = kept[np.unique(late[which[kept]], return_index=True)[1]]
        which, sure = which[kept], sure[kept]
        before = np.concatenate((np.full(len(by_seen), -1), by_read - 1))[which]
        other = np.zeros(len(which), SEEN)
        old = before < 0
        other[old] = batch.seen[np.searchsorted(batch.held, late[which[old]])]
        none = np.zeros(np.count_nonzero(~old), np.uint8)
        other[~old] = seen_of(batch.reads[before[~old]], none, none.astype(np.uint16))
        return _Pairs(
            late[which],
            sure,
            other,
            before,
            np.abs(apart[which]),
            Bound(*(each[kept] for each in bound)),
        )

    def _listed(
        self, batch: Batch, sure: Floats, stranger: Floats, each: Floats, today: int
    ) -> tuple[Ints, NDArray[np.void]]:
        """Fills the lists' grounds in; which reads are of listed plates, and their rows."""
        slots = self._watch.find(batch.plates, batch.hashes)
        where = np.flatnonzero(slots >= 0)
        rows = self._watch.take(slots[where])
        worth = 100 * sure[where] * (1 - np.float32(scores.LISTED_OTHER) * stranger[where])
        holds = (rows["until_day"] >= today) & (worth >= scores.LISTED_MIN)
        where, rows, worth = where[holds], rows[holds], worth[holds]
        for ground in LISTED:
            each[_COLUMN[ground], where] = np.where(rows["grounds"] & int(ground), worth, 0)
        return where, rows

    def _renew(self, batch: Batch, sure: Floats, doubt: Floats) -> None:
        """The newest read of each plate becomes its last sighting."""
        newest = np.flatnonzero(batch.last)
        newest = newest[batch.at[newest] >= batch.seen_at[newest]]
        known = newest[batch.slots[newest] >= 0]
        hundredths = np.rint(doubt * 100).astype(np.uint16)
        self.seen.renew(
            batch.slots[known], seen_of(batch.reads[known], _percent(sure[known]), hundredths[known])
        )
        new = newest[batch.slots[newest] < 0]
        self.seen.add(batch.plates[new], seen_of(batch.reads[new], _percent(sure[new]), hundredths[new]))


def _answer(
    batch: Batch, repeated: Bools, each: Floats, listed: tuple[Ints, NDArray[np.void]], pairs: _Pairs
) -> Judged:
    """Everything back in the order in which the reads came."""
    whole = np.rint(each).astype(np.uint8)
    bits = np.bitwise_or.reduce(np.where(whole > 0, _BITS, np.uint16(0)), axis=0)
    grounds, score = np.empty(len(batch), np.uint16), np.empty(len(batch), np.uint8)
    again = np.empty(len(batch), np.bool_)
    grounds[batch.order], score[batch.order], again[batch.order] = bits, whole.max(axis=0), repeated
    hits = np.flatnonzero(bits)
    hits = hits[np.argsort(batch.at[hits], kind="stable")]
    action, entry = np.zeros(len(batch), np.uint8), np.zeros(len(batch), "V16")
    action[listed[0]], entry[listed[0]] = listed[1]["action"], listed[1]["entry"]
    found = Found(
        batch.order[hits],
        whole[:, hits].T,
        action[hits],
        entry[hits],
        dict(_evidence(batch, hits, bits, pairs)),
    )
    return Judged(grounds, score, again, found)


def _evidence(batch: Batch, hits: Ints, bits: NDArray[np.uint16], pairs: _Pairs) -> list[tuple[int, Pair]]:
    place = {int(pairs.late[nth]): nth for nth in range(len(pairs.late))}
    found = []
    for nth in np.flatnonzero(bits[hits] & int(Ground.TWO_PLACES)).tolist():
        pair = place[int(hits[nth])]
        before = reads_of(batch.plates[hits[nth : nth + 1]], pairs.other[pair : pair + 1])[0]
        bound = pairs.bound
        found.append((
            nth,
            Pair(
                before,
                metres=float(bound.metres[pair]),
                seconds=float(pairs.apart_s[pair]),
                fastest_s=float(bound.fastest_s[pair]),
                clock_s=float(bound.clock_s[pair]),
            ),
        ))  # fmt: skip
    return found


def _only(rows: NDArray[np.void], dtype: "np.dtype[np.void]") -> NDArray[np.void]:
    made = np.empty(len(rows), dtype)
    for name in dtype.names or ():
        made[name] = rows[name]
    return made


def _compared(
    reads: Reads, car: NDArray[np.void], here: Bools
) -> tuple[scores.Look, scores.Look, scores.Look]:
    """Make, body and colour against cars: what differs beyond what is alike, and what is known of both."""

    def both(name: str) -> Bools:
        found: Bools = here & (reads[name] > 0) & (car[name] > 0)
        return found

    make = both("make")
    return (
        (make & (reads["make"] != car["make"]), make),
        (here & ~_alike(bodies_table(), reads["body"], car["body"]), both("body")),
        (here & ~_alike(alike_table(), reads["colour"], car["colour"]), both("colour")),
    )


def _alike(table: Bools, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Bools:
    return table.ravel().take((one.astype(np.int64) << 8) | other)


def _percent(sure: Floats) -> NDArray[np.uint8]:
    return np.rint(sure * 100).astype(np.uint8)
