"""What time does to faults: one that lasts becomes a work order, one that is over ends it."""

from jedel.cameras.health import service
from jedel.journal import Job, Store


def jobs(store: Store) -> list[Job]:
    """For the `jobs` process."""
    return [
        Job("cameras.work_orders", 15.0, lambda: service.open_orders(store)),
        Job("cameras.mended", 15.0, lambda: service.finish_orders(store)),
    ]
