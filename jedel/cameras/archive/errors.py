"""What looking back refuses."""

from jedel.kernel.errors import Problem


class NothingRecorded(Problem):
    """Nothing was recorded then. ``next``: when something was, after that, empty: nothing."""

    code = "archive_nothing_recorded"
    status = 404


class ArchivePurposeUnknown(Problem):
    """Not on the list today, or not for recordings. ``purpose``."""

    code = "archive_purpose_unknown"
    status = 403


class ArchiveReasonNeeded(Problem):
    """The purpose asks for an incident of this region or a case number. ``needs``: incident, case, either."""

    code = "archive_reason_needed"
    status = 422


class ArchiveTimes(Problem):
    """A time that ends before it begins, lies ahead, or is too long. ``hours``: the most at once."""

    code = "archive_times"
    status = 422


class ExportNotReady(Problem):
    """The file is still being made, or could not be. ``fault``."""

    code = "archive_export_not_ready"
    status = 409


class ArchiveBusy(Problem):
    """As many recordings are made anew at once as this process can. ``limit``."""

    code = "archive_busy"
    status = 503


class ArchiveDamaged(Problem):
    """The recording is there and cannot be read; `jedel media check` says why."""

    code = "archive_damaged"
    status = 500
