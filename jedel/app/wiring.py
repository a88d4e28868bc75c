"""Which rooms there are and what each brings to the screens: routes, and what is live. A new room is one line
in each list that it needs; what it does without being asked is listed in `background.py`."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from jedel import alarms, calls
from jedel.access import api as access
from jedel.access import session_api
from jedel.access.accounts import api as accounts
from jedel.access.keypairs import api as keypairs
from jedel.access.oidc import api as oidc
from jedel.access.passkeys import api as passkeys
from jedel.access.recovery import api as recovery
from jedel.access.totp import api as totp
from jedel.alarms import api as alarm_routes
from jedel.app import live, system
from jedel.app.settings import Settings
from jedel.calls import api as call_routes
from jedel.cameras import api as registry_routes
from jedel.cameras import live_api as picture_routes
from jedel.cameras import openings, walls
from jedel.cameras.archive import api as archive_routes
from jedel.cameras.compliance import api as camera_compliance_routes
from jedel.cameras.groups import api as group_routes
from jedel.cameras.handover import api as handover_routes
from jedel.cameras.health import api as camera_health_routes
from jedel.cameras.importing import api as import_routes
from jedel.cameras.masks import api as mask_routes
from jedel.cameras.mobile import api as mobile_routes
from jedel.cameras.onvif import api as onvif_routes
from jedel.cameras.openings import api as openings_routes
from jedel.cameras.ptz import api as ptz_routes
from jedel.cameras.rights import api as right_routes
from jedel.cameras.sight import api as sight_routes
from jedel.cameras.tiles import api as camera_tile_routes
from jedel.cameras.walls import api as walls_routes
from jedel.citizen import CitizenSettings
from jedel.citizen import Desk as CitizenDesk
from jedel.citizen import api as citizen_routes
from jedel.citizen import staff_api as citizen_staff_routes
from jedel.citizen.guard import Limits
from jedel.dispatch import api as dispatch_routes
from jedel.dispatch import service as dispatch
from jedel.journal import Collection
from jedel.lookups import api as lookup_routes
from jedel.lookups import audit_api as audit_routes
from jedel.media import api as media_routes
from jedel.places import api as places_routes
from jedel.places import geocode_api as geocode_routes
from jedel.places import service as places
from jedel.plates import api as plate_routes
from jedel.plates.cameras import api as camera_routes
from jedel.plates.reader import api as frame_routes
from jedel.plates.store.evidence import api as plate_evidence_routes
from jedel.plates.store.search import api as plate_search_routes
from jedel.qorgau import alerts as qorgau_alerts
from jedel.qorgau.alerts import api as alerts_routes
from jedel.qorgau.watch import api as watch_routes
from jedel.qorgau.watch import service as watch
from jedel.units import api as unit_routes
from jedel.units import service as units

ROUTERS: Sequence[APIRouter] = (
    # what is asked most comes first: FastAPI tries the routes one after the other
    citizen_routes.router,
    unit_routes.router,
    plate_routes.router,
    lookup_routes.router,
    camera_tile_routes.router,
    camera_health_routes.router,
    camera_compliance_routes.router,
    sight_routes.router,  # before the registry's, whose ids would take its paths
    camera_routes.router,
    frame_routes.router,
    system.router,
    access.router,
    keypairs.router,
    session_api.router,
    passkeys.router,
    totp.router,
    accounts.router,
    recovery.router,
    oidc.router,
    places_routes.router,
    audit_routes.router,
    citizen_staff_routes.router,
    geocode_routes.router,
    alarm_routes.router,
    dispatch_routes.router,
    call_routes.router,
    mobile_routes.router,
    plate_search_routes.router,
    plate_evidence_routes.router,
    alerts_routes.router,
    watch_routes.router,
    openings_routes.router,
    walls_routes.router,
    ptz_routes.router,
    archive_routes.router,
    picture_routes.router,
    right_routes.router,
    group_routes.router,
    mask_routes.router,
    handover_routes.router,
    import_routes.router,
    onvif_routes.router,
    registry_routes.router,
    media_routes.router,
    live.router,
)

COLLECTIONS: Mapping[str, Collection] = {
    "closures": places.closures,
    "units": units.collection,
    "devices": alarms.devices_collection,
    "alarms": alarms.alarms_collection,
    "incidents": dispatch.collection,
    "calls": calls.calls_collection,
    "alerts": qorgau_alerts.collection,
    "watch": watch.collection,
    "openings": openings.collection,
    "walls": walls.collection,
}
"""What a live snapshot holds, by name."""


def citizen_desk(settings: Settings) -> CitizenDesk:
    """What a web process keeps for the citizen services."""
    per_hour = settings.citizen_address_per_hour
    limits = Limits(
        processes=settings.citizen_processes,
        calm_per_s=settings.citizen_calm_per_s,
        address_per_hour=per_hour,
        address_burst=per_hour / 4,
        device_per_hour=per_hour / 4,
        device_burst=per_hour / 12,
    )
    secret = settings.citizen_secret
    return CitizenDesk(
        CitizenSettings(
            secret_file=settings.data_dir / "citizen.key",
            secret=secret.get_secret_value() if secret else None,
            trusted_proxies=settings.citizen_trusted_proxies,
            regions=tuple(part.strip() for part in settings.citizen_regions.split(",") if part.strip()),
            limits=limits,
        )
    )
