"""Which rooms follow the journal and have periodic work. A new room is a line in each list that it needs."""

from collections.abc import Sequence

from jedel import calls
from jedel.access.jobs import jobs as access_jobs
from jedel.alarms.jobs import jobs as alarm_jobs
from jedel.alarms.reactors import NewDevices
from jedel.app.settings import Settings
from jedel.calls.jobs import jobs as call_jobs
from jedel.cameras import archive, openings
from jedel.cameras.health.jobs import jobs as camera_health_jobs
from jedel.cameras.rights.following import jobs as right_jobs
from jedel.citizen.jobs import jobs as citizen_jobs
from jedel.dispatch.reactor import AlarmReactor
from jedel.journal import Job, Reactor, Store
from jedel.journal.notary import jobs as notary_jobs
from jedel.lookups.reactor import BlockedTablets
from jedel.media.recording.retention import jobs as recording_jobs
from jedel.places.jobs import jobs as places_jobs
from jedel.plates.store.retention import jobs as plate_jobs
from jedel.qorgau import alerts as qorgau_alerts
from jedel.qorgau.watch.jobs import jobs as watch_jobs
from jedel.registers.jobs import jobs as register_jobs
from jedel.units.jobs import UnitSettings
from jedel.units.jobs import jobs as unit_jobs


def reactors(pictures: openings.Pictures | None = None) -> Sequence[Reactor]:
    """Rooms that follow other rooms, left to right. ``pictures``: the way to the media gateways."""
    return (
        NewDevices(),
        AlarmReactor(),
        BlockedTablets(),
        openings.Openings(pictures),
        archive.ArchiveKeeper(),
        calls.CallReactor(),
        qorgau_alerts.Withdrawals(),
    )


def jobs(store: Store, settings: Settings) -> Sequence[Job]:
    """Periodic work of the rooms."""
    units_want = UnitSettings(settings.unit_silent_after_s, settings.positions_keep_days)
    return (
        *notary_jobs(store, settings.journal_key, settings.journal_heads_dir),
        *access_jobs(store),
        *register_jobs(store, settings.registers_file, settings.data_dir / "registers"),
        *citizen_jobs(store),
        *places_jobs(store, settings.blob_dir),
        *unit_jobs(store, units_want),
        *alarm_jobs(store),
        *openings.jobs(store),
        *right_jobs(store),
        *call_jobs(store),
        *camera_health_jobs(store),
        *archive.jobs(store, settings.recordings),
        *recording_jobs(store, settings.recordings, settings.recordings_free_share),
        *plate_jobs(store, settings.blob_dir),
        *watch_jobs(store),
        *qorgau_alerts.jobs(store),
    )
