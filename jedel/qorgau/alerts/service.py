"""Which hits become alerts, in the transaction that stores their reads.

Invariants
1. An alert, its units and its journal entry are committed with the read that made them, or none of them is: a
   worker that is killed loses no alert and sends none twice.
2. Of one region one writer at a time decides who is told, so that no unit is told of two cars at once.
3. A hit of which nobody is told is still a hit in the store; it is counted here by the reason.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import structlog
from nats.aio.client import Client
from prometheus_client import Counter as Metric

from jedel.journal import Store, Tx
from jedel.kernel.ids import derived_id
from jedel.places import Networks
from jedel.plates import keys
from jedel.plates.cameras import Cameras
from jedel.plates.cameras.model import Camera
from jedel.qorgau.alerts import facts, model, repository, views
from jedel.qorgau.alerts.answers import record
from jedel.qorgau.alerts.limits import Limits, limits_on
from jedel.qorgau.alerts.model import Alert, AlertState, Before, LeftOut, Reading, Refutation
from jedel.qorgau.alerts.patrols import PatrolPicture
from jedel.qorgau.alerts.telling import Teller
from jedel.qorgau.alerts.views import View
from jedel.qorgau.model import Action, Ground, Hits, Pair
from jedel.qorgau.watch.reasons import Reason, reasons

log = structlog.get_logger()

ACTOR = "system:qorgau"
LATE_S = 600.0
"""A read that is older than this when it comes opens nothing: the car is anywhere."""

OPENED = Metric("jedel_qorgau_alerts_opened_total", "Alerts opened")
MOVED = Metric("jedel_qorgau_alerts_moved_total", "Alerts that a further camera moved")
LEFT_OUT = Metric("jedel_qorgau_left_out_total", "Hits that nobody was told of", ["why"])


@dataclass(frozen=True, slots=True)
class _Hit:
    """A read that may become an alert. ``grounds``: those that are sure enough."""

    read: np.void
    id: UUID
    plate: int
    camera: Camera
    at: datetime
    grounds: Ground
    score: int
    entry: UUID | None
    pair: Pair | None

    @property
    def reading(self) -> Reading:
        return Reading(int(self.read["frames"]), int(self.read["confidence"]), int(self.read["weakest"]))


@dataclass(slots=True)
class _Known:
    """What the database knows of the plates of a batch."""

    open: dict[int, Alert]
    before: dict[int, Before]
    refuted: Mapping[tuple[int, int, UUID], Refutation]
    reasons: Mapping[str, tuple[Reason, ...]]
    opened: Counter[str]
    lesser: Counter[str]
    left_out: Counter[tuple[str, LeftOut]] = field(default_factory=Counter)


class Alerts:
    """One of each worker: it alone has the plates of its partitions."""

    def __init__(self, networks: Networks, cameras: Cameras, patrols: PatrolPicture) -> None:
        self._cameras = cameras
        self._patrols = patrols
        self._teller = Teller(networks, patrols)
        self._facts = facts.Facts()

    async def listen(self, store: Store, nats: Client) -> None:
        """Follow where units are."""
        await self._patrols.listen(store, nats)

    async def write(self, tx: Tx, hits: Hits) -> None:
        """Open or move the alerts of these hits, as part of the caller's transaction."""
        if not len(hits.reads):
            return
        limits = limits_on(tx.now.date())
        left_out: Counter[tuple[str, LeftOut]] = Counter()
        chosen = self._chosen(hits, tx.now, limits, left_out)
        if chosen:
            known = await self._known(tx, chosen, limits)
            known.left_out = left_out
            for hit in chosen:
                await self._one(tx, hit, known, limits)
        for (region, why), count in left_out.items():
            LEFT_OUT.labels(why).inc(count)
            await repository.leave_out(tx.conn, region, tx.now.date(), why, count)

    def _chosen(
        self, hits: Hits, now: datetime, limits: Limits, left_out: Counter[tuple[str, LeftOut]]
    ) -> list[_Hit]:
        """The hits that are sure and fresh enough, the earliest first."""
        found: list[_Hit] = []
        for nth in range(len(hits.reads)):
            read, score = hits.reads[nth], int(hits.score[nth])
            camera = self._cameras.get(int(read["camera"]))
            if camera is None:
                left_out["", LeftOut.NO_CAMERA] += 1
                continue
            grounds = model.alerting(int(hits.grounds[nth]), score, limits)
            at = min(views.moment(int(read["at_us"])), now)
            if not grounds or now - at > timedelta(seconds=LATE_S):
                left_out[camera.region, LeftOut.NOT_SURE if not grounds else LeftOut.LATE] += 1
                continue
            entry = UUID(bytes=bytes(hits.entry[nth]))
            found.append(
                _Hit(
                    *(read, UUID(bytes=bytes(read["id"])), int(read["plate"]), camera, at, grounds, score),
                    entry=entry if entry.int else None,
                    pair=hits.pairs.get(nth),
                )
            )
        return sorted(found, key=lambda hit: hit.at)

    async def _known(self, tx: Tx, hits: Sequence[_Hit], limits: Limits) -> _Known:
        plates = sorted({hit.plate for hit in hits})
        regions = {hit.camera.region for hit in hits} | await repository.open_regions(tx.conn, plates)
        await repository.lock_regions(tx.conn, regions)
        opened = await repository.opened_since(
            tx.conn, sorted(regions), tx.now - timedelta(minutes=1), model.LESSER
        )
        cooling = tx.now - timedelta(minutes=limits.cooldown_minutes)
        return _Known(
            open=await repository.open_of_plates(tx.conn, plates),
            before=await repository.before_of_plates(tx.conn, plates, cooling),
            refuted=await repository.refutations(tx.conn, plates),
            reasons=await reasons(tx.conn, [keys.text(plate) for plate in plates], facts.local_day(tx.now)),
            opened=Counter({region: row["opened"] for region, row in opened.items()}),
            lesser=Counter({region: row["lesser"] for region, row in opened.items()}),
        )

    async def _one(self, tx: Tx, hit: _Hit, known: _Known, limits: Limits) -> None:
        before = known.open.get(hit.plate)
        if before is not None and not model.is_news(before, hit.camera.number, hit.at, limits):
            return
        grounds = int(hit.grounds) | (int(before.grounds) if before else 0)
        bases = views.bases(
            grounds, hit.score, known.reasons.get(keys.text(hit.plate), ()), limits, hit.entry
        )
        standing = [basis for basis in bases if not _refuted(hit.plate, basis, known, tx.now)]
        why = self._silence(hit, bases, standing, before, known, tx.now, limits)
        if why is not None:
            known.left_out[hit.camera.region, why] += 1
            return
        if before is not None and before.region != hit.camera.region:
            over = model.ended(before, tx.now)
            await repository.save(tx.conn, over)
            told = [unit.unit_id for unit in (await repository.told(tx.conn, [over.id]))[over.id]]
            await repository.release(tx.conn, over.id, told, tx.now)
            data: View = {"alert_id": over.id, "why": "left_region", "to": hit.camera.region}
            await record(tx, _cause(hit, "left"), "qorgau.alert_ended", over, ACTOR, data, told)
            before = None
        if before is None:
            await self._open(tx, hit, standing, known, limits)
        else:
            await self._move(tx, hit, before, standing, known, limits)

    def _silence(
        self, hit: _Hit, bases: Sequence[View], standing: Sequence[View], before: Alert | None, known: _Known,
        now: datetime, limits: Limits,
    ) -> LeftOut | None:  # fmt: skip
        """Why nobody is told, if so. What is open already goes on whatever the limits are."""
        if not bases:
            return LeftOut.NOT_LISTED
        if not standing:
            return LeftOut.REFUTED
        if before is not None:
            return None
        grounds = sum(basis["ground"] for basis in standing)
        if model.cooling(grounds, known.before.get(hit.plate), now, limits):
            return LeftOut.COOLDOWN
        region = hit.camera.region
        if model.too_many(grounds, known.opened[region], known.lesser[region], limits):
            return LeftOut.TOO_MANY
        return None

    async def _open(self, tx: Tx, hit: _Hit, bases: Sequence[View], known: _Known, limits: Limits) -> None:
        grounds = Ground(sum(basis["ground"] for basis in bases))
        wanted = model.most([Action(basis["action"]) for basis in bases])
        alert_id = views.alert_id_of(hit.id)
        read = views.read_view(hit.read, hit.camera, grounds, hit.score, alert_id)
        alert = Alert(
            id=alert_id,
            region=hit.camera.region,
            plate=hit.plate,
            state=AlertState.UNCONFIRMED,
            action=model.least(wanted, model.may_ask(hit.reading, hit.score, limits)),
            wanted_action=wanted,
            grounds=grounds,
            score=hit.score,
            reading=hit.reading,
            camera=hit.camera.number,
            reader=int(hit.read["reader"]),
            last_camera=hit.camera.number,
            last_at=hit.at,
            confirmed_at=None,
            refuted_by=None,
            bases=tuple(bases),
            ever=tuple(bases),
            read=read,
            passings=(views.passing_view(read),),
            pair=self._pair_view(hit, alert_id),
            register=await self._facts.of(tx, keys.text(hit.plate)),
            opened_at=tx.now,
            updated_at=tx.now,
            ends_at=tx.now + timedelta(minutes=limits.open_minutes),
        )
        met, busy = await self._teller.meetings(tx, alert, hit.camera, read["heading"])
        if not met and alert.priority >= model.LESSER:
            known.left_out[alert.region, LeftOut.NOBODY_NEAR] += 1
            return
        if not await repository.insert(tx.conn, alert):
            return
        released = await self._teller.tell(tx, alert, met, busy, hit.id)
        known.open[hit.plate] = alert
        known.opened[alert.region] += 1
        known.lesser[alert.region] += alert.priority >= model.LESSER
        data = _data(alert, hit) | {"units": [str(one.unit_id) for one in met]}
        await record(tx, _cause(hit, "opened"), "qorgau.alert_opened", alert, ACTOR, data, released)
        OPENED.inc()

    async def _move(
        self, tx: Tx, hit: _Hit, before: Alert, bases: Sequence[View], known: _Known, limits: Limits
    ) -> None:
        grounds = Ground(sum(basis["ground"] for basis in bases))
        read = views.read_view(hit.read, hit.camera, grounds, hit.score, before.id)
        alert = model.moved(
            before,
            read=read,
            passing=views.passing_view(read),
            reading=hit.reading,
            camera=hit.camera.number,
            at=hit.at,
            grounds=grounds,
            score=hit.score,
            bases=bases,
            wanted=model.most([Action(basis["action"]) for basis in bases]),
            pair=self._pair_view(hit, before.id),
            now=tx.now,
            limits=limits,
        )
        await repository.save(tx.conn, alert)
        known.open[hit.plate] = alert
        met, busy = await self._teller.meetings(tx, alert, hit.camera, read["heading"])
        released = await self._teller.tell(tx, alert, met, busy, hit.id)
        data = _data(alert, hit) | {"units": [str(one.unit_id) for one in met]}
        await record(tx, _cause(hit, "moved"), "qorgau.alert_moved", alert, ACTOR, data, released)
        MOVED.inc()

    def _pair_view(self, hit: _Hit, alert_id: UUID) -> View | None:
        pair = hit.pair
        if pair is None:
            return None
        camera = self._cameras.get(int(pair.before["camera"]))
        if camera is None:
            return None
        return {
            "before": views.read_view(pair.before, camera, int(Ground.TWO_PLACES), hit.score, alert_id),
            "metres": round(float(pair.metres), 1),
            "seconds": round(float(pair.seconds), 1),
            "fastest_s": round(float(pair.fastest_s), 1),
        }


def _refuted(plate: int, basis: View, known: _Known, now: datetime) -> bool:
    entry = UUID(basis["entry_id"] or repository.NOBODY)
    refutation = known.refuted.get((plate, basis["ground"], entry))
    return refutation is not None and refutation.holds(basis["basis"], now)


def _cause(hit: _Hit, what: str) -> UUID:
    return derived_id(hit.id, f"qorgau.{what}")


def _data(alert: Alert, hit: _Hit) -> View:
    return {
        "alert_id": alert.id,
        "read_id": hit.id,
        "plate": alert.read["plate"],
        "camera": hit.camera.number,
        "grounds": [basis["code"] for basis in alert.bases],
        "score": alert.score,
        "action": alert.action,
        "state": alert.state,
    }
