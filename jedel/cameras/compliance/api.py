"""Route: a site's cameras against what is required of them."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from jedel.access import STAFF, Principal, StoreDep, allow
from jedel.cameras.compliance import model, repository
from jedel.cameras.compliance.errors import NothingRequired
from jedel.cameras.health.service import as_cell
from jedel.dispatch.day import zone_at
from jedel.kernel.errors import NotFound
from jedel.kernel.schema import View
from jedel.places import sites

router = APIRouter(prefix="/api/sites", tags=["cameras"])


class RulesView(View):
    """``source`` null: the figures are ours."""

    as_of: date
    source: str | None
    width_min: int
    height_min: int
    fps_min: float
    keep_days: int
    seen_share_min: float


class SiteBrief(View):
    id: UUID
    kind: str
    name: dict[str, str]
    address: str


class ZoneView(View):
    """``found``: cameras there are; ``up``: of them see now; ``required`` null: none is."""

    zone: str
    required: int | None
    found: int
    up: int
    met: bool | None


class CameraReport(View):
    """``kept_days``: for how long recordings reach back; ``seen_share``: of the days; null: not known."""

    id: UUID
    number: int
    name: str
    zone: str | None
    state: str
    fault: str | None
    width: int | None
    height: int | None
    fps: float | None
    resolution_met: bool | None
    keep_days: int
    kept_days: float | None
    retention_met: bool | None
    seen_share: float | None
    health_met: bool | None
    faults: int


class ComplianceView(View):
    """``met``: all of it; null where something is not known and nothing is missing."""

    site: SiteBrief
    rules: RulesView
    made_at: datetime
    days: int
    zones: list[ZoneView]
    cameras: list[CameraReport]
    met: bool | None


@router.get("/{site_id}/camera-compliance", response_model=ComplianceView)
async def compliance(
    site_id: UUID,
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    form: Literal["json", "csv"] = "json",
) -> ComplianceView | Response:
    """A school's report: placement by zone, keeping, quality, health over 30 days."""
    async with store.reading() as tx:
        site = await sites.get(tx.conn, site_id)
        if site is None or await sites.region_of(tx.conn, site_id) != who.region:
            raise NotFound(what="site", id=site_id)
        local = tx.now.astimezone(zone_at(tx.now))
        rule = model.rule_of(site["kind"], local.date())
        if rule is None:
            raise NothingRequired(kind=site["kind"])
        since = tx.now - timedelta(days=model.DAYS)
        held = await repository.cameras(tx.conn, who.region, site_id, since, tx.now)
        found = model.report(rule, held, tx.now)
        view = _view(site, rule, found, tx.now)
    return _csv(view) if form == "csv" else view


def _view(site: dict[str, object], rule: model.Rule, found: model.Report, now: datetime) -> ComplianceView:
    same = ("id", "number", "name", "zone", "state", "fault", "width", "height", "fps", "keep_days")
    return ComplianceView(
        site=SiteBrief.model_validate({name: site[name] for name in SiteBrief.model_fields}),
        rules=RulesView(
            as_of=rule.since, source=rule.source, width_min=rule.width_min, height_min=rule.height_min,
            fps_min=rule.fps_min, keep_days=rule.keep_days, seen_share_min=rule.seen_share_min,
        ),
        made_at=now,
        days=model.DAYS,
        zones=[
            ZoneView(zone=z.zone, required=z.required, found=z.found, up=z.up, met=z.met)
            for z in found.zones
        ],
        cameras=[
            CameraReport.model_validate(
                {name: getattr(each.held, name) for name in same}
                | {
                    "resolution_met": each.resolution_met, "kept_days": each.kept_days,
                    "retention_met": each.retention_met, "seen_share": each.seen_share,
                    "health_met": each.health_met, "faults": len(each.held.down),
                }
            )
            for each in found.cameras
        ],
        met=found.met,
    )  # fmt: skip


def _csv(view: ComplianceView) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(CameraReport.model_fields)
    writer.writerow(names)
    for camera in view.cameras:
        writer.writerow([as_cell(value) for value in camera.model_dump(mode="json").values()])
    headers = {"Content-Disposition": f'attachment; filename="cameras-{view.site.id}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
