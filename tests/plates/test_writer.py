"""The worker of reads between a real stream and a real database: everything once, at a time that can be."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from nats.aio.client import Client

from jedel.journal import Store
from jedel.journal.relay import stream_state
from jedel.kernel.clock import ManualClock
from jedel.plates import keys, stream
from jedel.plates.codec import Reads, partition, reads_of
from jedel.plates.store import batch as batches
from jedel.plates.store import purge, repository
from jedel.plates.store.batch import AHEAD, REFUSED
from jedel.plates.store.judging import Judged, NoJudge
from jedel.plates.store.repository import Progress, microseconds
from jedel.plates.store.writer import EXPIRED, LOST, REPEATED, KeepPictures, ReadsWorker, no_pictures
from tests.plates.made import CAMERA, one_by_one, plates, publish, read
from tests.support import eventually

HOUR = timedelta(hours=1)


class ListJudge(NoJudge):
    """Whatever is on its list is a hit."""

    def __init__(self, *listed: str) -> None:
        self.listed = [keys.key(plate) for plate in listed]
        self.seen: list[int] = []

    def judge(self, reads: Reads, now_us: int) -> Judged:
        self.seen += reads["plate"].tolist()
        grounds = np.isin(reads["plate"], self.listed).astype(np.uint16)
        return Judged(grounds, (grounds * 80).astype(np.uint8), np.zeros(len(reads), dtype=np.bool_))


@asynccontextmanager
async def writing(
    store: Store,
    client: Client,
    judge: NoJudge | None = None,
    share: tuple[int, int] = (0, 1),
    keep_pictures: KeepPictures = no_pictures,
) -> AsyncIterator[None]:
    worker = ReadsWorker(store, client, judge or NoJudge(), share, keep_pictures)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def rows(store: Store) -> list[dict[str, Any]]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT *, plate_text(plate) AS text FROM plate_read ORDER BY at, plate"
        )
        return await cursor.fetchall()


async def count(store: Store) -> tuple[int, int]:
    """Rows, and different rows."""
    found = await rows(store)
    return len(found), len({row["id"] for row in found})


async def until_rows(store: Store, n: int) -> None:
    async def there() -> bool:
        return (await count(store))[0] >= n

    await eventually(there, within_s=30)


async def until_read(store: Store, client: Client) -> None:
    """Everything that the stream has is behind the worker."""

    async def there() -> bool:
        state = await stream_state(client.jetstream(), stream.STREAM)
        async with store.glance() as tx:
            known = await repository.all_progress(tx.conn, stream.STREAM, state.created)
        return bool(known) and max(at.seq for at in known.values()) >= state.last

    await eventually(there, within_s=30)


def value(counter: Any, *labels: str) -> float:
    child = counter.labels(*labels) if labels else counter
    found: float = child._value.get()
    return found


async def test_what_a_camera_says_is_what_is_stored(store: Store, bus: Client, clock: ManualClock) -> None:
    at = clock.now() - timedelta(minutes=3)
    said = read(
        *("123ABC02", at),
        speed_dkmh=613,
        heading_cdeg=35_996,
        make=300,
        colour=4,
        body=2,
        pictures=3,
        rows=2,
        make_sure=91,
        colour_sure=92,
        body_sure=93,
        heard_us=microseconds(at) + 10**6,
    )
    async with writing(store, bus, ListJudge("123ABC02")):
        await publish(bus, [said, read("777ZZZ17", at)])
        await until_rows(store, 2)
    hit, plain = sorted(await rows(store), key=lambda row: row["text"])
    assert (hit["text"], hit["at"], hit["said"], hit["id"]) == ("123ABC02", at, at, said["id"])
    assert (hit["heard"] - at, hit["camera"]) == (timedelta(seconds=1), CAMERA)
    assert (hit["hit"], hit["grounds"], hit["score"]) == (True, 1, 80)
    assert (hit["speed"], hit["heading"]) == (613, 0)  # tenths; 359.96° is north
    assert (hit["make"], hit["colour"], hit["body"]) == (300, 4, 2)
    assert (hit["make_sure"], hit["colour_sure"], hit["body_sure"]) == (91, 92, 93)
    assert (hit["confidence"], hit["weakest"], hit["frames"], hit["reader"]) == (95, 90, 3, 1)
    assert (hit["plate_rows"], hit["pictures"]) == (2, 3)
    assert (plain["hit"], plain["grounds"], plain["speed"], plain["heading"]) == (False, 0, -1, -1)


async def test_a_read_said_again_is_one_whoever_was_started_anew_meanwhile(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    now = clock.now()
    said = [read(plate, now - timedelta(seconds=n)) for n, plate in enumerate(plates(30))]
    async with writing(store, bus):
        await publish(bus, said)
        await publish(bus, said[10:])  # as fast as the stream carries it: perhaps in the same batch
        await until_rows(store, 30)
        before = value(REPEATED)
        await publish(bus, said[:5] + said[:5])
        await until_read(store, bus)
        assert value(REPEATED) - before == 10
    judge = ListJudge()
    async with writing(store, bus, judge):  # nothing in memory now
        await publish(bus, [*said, read("999XYZ01", now)])
        await until_rows(store, 31)
    assert await count(store) == (31, 31)
    assert judge.seen == [keys.key("999XYZ01")]  # and nothing is judged twice


async def test_reads_out_of_order_are_all_written(store: Store, bus: Client, clock: ManualClock) -> None:
    """A camera that was without a link says the old ones after the new ones."""
    said = [read(plate, clock.now() - n * HOUR) for n, plate in enumerate(plates(20))]
    async with writing(store, bus):
        for one in said:
            await publish(bus, [one])
        await until_rows(store, 20)
    assert await count(store) == (20, 20)


async def test_a_clock_an_hour_ahead_is_not_believed_and_its_repeats_are_known(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    now = clock.now()
    said = read("123ABC02", now + HOUR, heard_us=microseconds(now))
    ahead = value(AHEAD)
    async with writing(store, bus):
        await publish(bus, [said, read("124ABC02", now + timedelta(seconds=3), heard_us=microseconds(now))])
        await until_rows(store, 2)
    assert value(AHEAD) - ahead == 1
    found = {row["text"]: row for row in await rows(store)}
    assert abs(found["123ABC02"]["at"] - now) < timedelta(seconds=60)
    assert found["123ABC02"]["at"] == found["123ABC02"]["heard"]
    assert found["123ABC02"]["said"] == now + HOUR
    assert found["124ABC02"]["at"] == now + timedelta(seconds=3)  # a few seconds are nothing
    async with writing(store, bus):  # started anew, and the camera repeats its message for ever
        await publish(bus, [said])
        await until_read(store, bus)
        assert await count(store) == (2, 2)
    # an hour later its time has become possible; it is still the same read
    batch = batches.Batch(reads_of([said | {"heard_us": said["at_us"]}]), np.array([said["at_us"]]))
    async with store.glance() as tx:
        assert (await repository.known(tx.conn, batch, now + HOUR, ahead=True)).tolist() == [True]
        assert (await repository.known(tx.conn, batch, now + HOUR, ahead=False)).tolist() == [False]


async def test_what_cannot_be_is_refused_by_name_and_nothing_else_suffers(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    now = clock.now()
    reasons = ("plate", "camera", "late", "future", "message", "partition")
    before = {reason: value(REFUSED, reason) for reason in reasons}
    good = read("123ABC02", now)
    js = bus.jetstream()
    await stream.ensure(js)
    async with writing(store, bus):
        await publish(bus, [good | {"id": uuid4(), "plate": 0}, good | {"id": uuid4(), "plate": -5}])
        await publish(bus, [good | {"id": uuid4(), "camera": 0}, good | {"id": uuid4(), "camera": 2**31 - 1}])
        await publish(bus, [read("123ABC02", now - 25 * HOUR, heard_us=microseconds(now))])
        await publish(bus, [read("123ABC02", now + 25 * HOUR, heard_us=microseconds(now))])
        await js.publish(f"{stream.BATCH}.3", b"no read")
        await js.publish(f"{stream.BATCH}.16", b"")
        await js.publish(f"{stream.BATCH}.x", b"")
        of = int(partition(np.array([good["plate"]]))[0])
        await js.publish(f"{stream.BATCH}.{(of + 1) % 16}", reads_of([good]).tobytes())
        await publish(bus, [good])
        await until_rows(store, 1)
    after = {reason: value(REFUSED, reason) - n for reason, n in before.items()}
    assert after == {"plate": 2, "camera": 2, "late": 1, "future": 1, "message": 3, "partition": 1}
    assert await count(store) == (1, 1)


async def test_a_read_whose_clock_ran_out_in_the_stream_is_not_written(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    """PostgreSQL was away for a day: what matched nothing is gone by then, what matched is kept."""
    old = clock.now() - timedelta(hours=23)
    await publish(bus, [read("123ABC02", old), read("124ABC02", old), read("125ABC02", clock.now())])
    clock.advance(2 * 3600)
    expired = value(EXPIRED)
    async with writing(store, bus, ListJudge("124ABC02")):
        await until_rows(store, 2)
        await until_read(store, bus)
    assert {row["text"] for row in await rows(store)} == {"124ABC02", "125ABC02"}
    assert value(EXPIRED) - expired == 1


async def test_pictures_of_a_hit_are_kept_before_it_is_stored(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    kept: list[tuple[str, int]] = []

    async def keep(hits: Reads) -> None:
        stored, _ = await count(store)
        kept.extend((keys.text(int(hit["plate"])), stored) for hit in hits)

    now = clock.now()
    async with writing(store, bus, ListJudge("123ABC02", "124ABC02"), keep_pictures=keep):
        await publish(
            bus,
            [read("123ABC02", now, pictures=3), read("124ABC02", now), read("125ABC02", now, pictures=3)],
        )
        await until_rows(store, 3)
    assert [plate for plate, _ in kept] == ["123ABC02"]
    assert not any(stored for _, stored in kept)


async def test_workers_share_the_partitions_and_may_be_more_or_fewer(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    said = [read(plate, clock.now() - timedelta(seconds=n)) for n, plate in enumerate(plates(120))]
    async with writing(store, bus, share=(0, 2)), writing(store, bus, share=(1, 2)):
        await publish(bus, said[:40])
        await until_rows(store, 40)
    async with writing(store, bus):
        await publish(bus, said[40:80])
        await until_rows(store, 80)
    async with writing(store, bus, share=(0, 3)):  # only a third of the next ones
        await publish(bus, said[80:])
        await until_read(store, bus)
    thirds = partition(reads_of(said[80:])["plate"]) % 3 == 0
    await until_rows(store, 80 + int(thirds.sum()))
    assert await count(store) == (80 + thirds.sum(), 80 + thirds.sum())
    async with writing(store, bus):
        await until_rows(store, 120)
        await publish(bus, [read("999XYZ01", clock.now())])
        await until_rows(store, 121)
    assert await count(store) == (121, 121)


async def test_two_workers_of_one_share_write_once(store: Store, bus: Client, clock: ManualClock) -> None:
    said = [read(plate, clock.now() - timedelta(seconds=n)) for n, plate in enumerate(plates(100))]
    await stream.ensure(bus.jetstream())
    async with writing(store, bus), writing(store, bus):
        for subject, data in one_by_one(said):
            await bus.jetstream().publish(subject, data)
        await until_rows(store, 100)
        await publish(bus, [read("999XYZ01", clock.now())])
        await until_rows(store, 101)
    assert await count(store) == (101, 101)


async def test_the_stream_keeps_what_is_not_written_and_no_more(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    js, said = bus.jetstream(), [read(plate, clock.now()) for plate in plates(40)]
    await publish(bus, said)
    created = (await stream_state(js, stream.STREAM)).created
    even = int((partition(reads_of(said)["plate"]) % 2 == 0).sum())
    async with writing(store, bus, share=(0, 2)):
        await until_rows(store, even)
    assert await purge.take_out(store, js, created) == 0  # half of it is nobody's yet
    async with writing(store, bus, share=(1, 2)):
        await until_rows(store, 40)
    lowest = await purge.take_out(store, js, created)
    state = await stream_state(js, stream.STREAM)
    assert 0 < lowest <= state.first
    async with writing(store, bus):
        lost = value(LOST)
        await publish(bus, [read("999XYZ01", clock.now())])
        await until_rows(store, 41)
        assert value(LOST) == lost
    async with store.transaction() as tx:  # as if the stream had lost its end and given the numbers anew
        await tx.conn.execute("UPDATE plate_read_progress SET taken_us = taken_us - 1 WHERE partition = 5")
    assert await purge.take_out(store, js, created) == 0


async def test_a_stream_made_anew_is_read_from_its_beginning(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    async with writing(store, bus):
        await publish(bus, [read(plate, clock.now()) for plate in plates(5)])
        await until_rows(store, 5)
        await bus.jetstream().delete_stream(stream.STREAM)
        await publish(bus, [read(plate, clock.now()) for plate in plates(3, 50)])
        await until_rows(store, 8)
    assert await count(store) == (8, 8)


async def test_what_the_stream_had_to_drop_is_told(store: Store, bus: Client, clock: ManualClock) -> None:
    await publish(bus, [read("123ABC02", clock.now())])
    async with writing(store, bus):
        await until_rows(store, 1)
    for plate in plates(5):
        await publish(bus, [read(plate, clock.now())])
    await bus.jetstream().purge_stream(stream.STREAM, keep=2)
    lost = value(LOST)
    async with writing(store, bus):
        await until_rows(store, 3)
    assert value(LOST) - lost == 3


def test_progress_of_a_stream_that_lost_its_end() -> None:
    """The same number, taken later, is another message."""
    from jedel.plates.store.writer import _passed

    assert _passed(Progress(100, 5), Progress(100, 5))
    assert not _passed(Progress(100, 5), Progress(91, 6))
    assert not _passed(Progress(100, 5), Progress(101, 5))


class Deaf(NoJudge):
    """Loses the word to stop, as a question to NATS may whose answer comes in the same moment."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def begin(self, store: Store, partitions: Sequence[int], progress: Mapping[int, int]) -> None:
        self.begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_word_to_stop_that_was_lost_on_the_way_is_heeded(store: Store, bus: Client) -> None:
    judge = Deaf()
    task = asyncio.create_task(ReadsWorker(store, bus, judge).run())
    await judge.begun.wait()
    task.cancel()
    async with asyncio.timeout(30):
        await asyncio.wait([task])
    assert task.cancelled()
