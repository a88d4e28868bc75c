"""DC-09 panels: which device an account is, its key, its zones.

The AES keys lie open in the table ``panel``, readable by whoever reads the database; sealing them under a
key of the installation comes with the vault. They are never in the journal, in an answer or in a log.
"""

from uuid import UUID

from jedel.access import DeviceKind, Principal
from jedel.alarms import repository, service
from jedel.alarms.errors import NotAPanel
from jedel.alarms.schemas import Panel
from jedel.alarms.signals import Level
from jedel.alarms.views import View, device_view
from jedel.journal import Entry, Store


async def settings(store: Store, account: str) -> tuple[bytes | None, dict[str, Level]] | None:
    """Key and zones of the panel that reports under ``account``; None where there is none."""
    async with store.reading() as tx:
        row = await repository.panel(tx.conn, account)
    if row is None:
        return None
    return row["aes_key"], {zone: Level(level) for zone, level in (row["zones"] or {}).items()}


async def configure(store: Store, who: Principal, device_id: UUID, body: Panel) -> View:
    """Set a panel's key, interval and zones. Raises NotFound, WrongRegion, UnknownDevice, NotAPanel."""
    async with store.transaction() as tx:
        done = await tx.recorded(body.id)
        known = await service.own_device(tx, who, device_id)
        if known.kind is not DeviceKind.PANEL:
            raise NotAPanel(id=device_id)
        await service.watch(tx, known)
        if not done:
            await repository.set_expected(tx.conn, device_id, body.poll_s)
            key = bytes.fromhex(body.aes_key) if body.aes_key else None
            await repository.save_panel(tx.conn, device_id, key, body.poll_s, body.zones)
        device = await repository.device(tx.conn, device_id)
        assert device is not None
        view = device_view(device)
        if not done:
            data = {"poll_s": body.poll_s, "zones": body.zones, "encrypted": body.aes_key is not None}
            changed = {"devices": [view]}
            tx.record(Entry(body.id, known.region, "alarms.panel_set", device_id, who.actor, data, changed))
    return view
