"""What this room does when a room on its left has written something."""

from jedel import access
from jedel.alarms import model, repository, service
from jedel.alarms.views import device_view
from jedel.journal import Entry, Recorded, Tx
from jedel.kernel.ids import derived_id


class NewDevices:
    """A new alarm device is on the screens at once, unavailable until it is heard."""

    name = "alarms.new_devices"
    kinds = frozenset({"access.device_added"})

    async def react(self, tx: Tx, entry: Recorded) -> None:
        known = await access.find_device(tx.conn, entry.subject)
        if known is None or known.kind not in model.EXPECTED_S or not await service.watch(tx, known):
            return
        device = await repository.device(tx.conn, known.id)
        assert device is not None
        changed = {"devices": [device_view(device)]}
        entry_id = derived_id(entry.id, "alarms.device")
        data = {"device_id": device.id, "kind": device.kind}
        tx.record(
            Entry(entry_id, device.region, "alarms.device_watched", device.id, "system:alarms", data, changed)
        )
