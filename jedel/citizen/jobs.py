"""What time does to citizens' reports: who they are and how to reach them is forgotten."""

from collections.abc import Sequence
from functools import partial

from jedel.citizen import reports
from jedel.journal import Job, Store


def jobs(store: Store) -> Sequence[Job]:
    """The room's periodic work."""
    return (Job("citizen.forget_reports", 3600.0, partial(reports.forget, store)),)
