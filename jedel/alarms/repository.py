"""All SQL of alarms, alarm devices, panels, signals and malformed messages."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel import access
from jedel.alarms.model import Alarm, AlarmState, Device, Priority
from jedel.alarms.signals import Level, Malformed, Signal
from jedel.journal import Connection

Row = dict[str, Any]

_ALARM = (
    "id, region, device_id, device_name, device_kind, site, level, priority, state, presses, raised_at,"
    " last_press_at, received_at, sounding_since, acknowledged_at, acknowledged_by, escalated_at, closed_at,"
    " result"
)
_DEVICE = (
    "SELECT d.id, d.region, d.kind, d.name, d.site_id, s.site, s.expected_s, s.available, s.contacts,"
    " s.last_seen, s.noted_seen, s.test_until, s.trouble, d.blocked_at IS NOT NULL AS blocked"
    " FROM device_state s JOIN device d ON d.id = s.device_id"
)
LOCK = " FOR UPDATE OF s"


async def add_device(conn: Connection, device: access.Device, site: Row | None, expected_s: int) -> bool:
    """Begin to watch a device; False where it is watched already."""
    cursor = await conn.execute(
        "INSERT INTO device_state (device_id, region, expected_s, site) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (device.id, device.region, expected_s, _json(site)),
    )
    return cursor.rowcount == 1


async def device(conn: Connection, device_id: UUID, *, lock: bool = False) -> Device | None:
    """A watched device; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await conn.execute(f"{_DEVICE} WHERE d.id = %s{LOCK if lock else ''}", (device_id,))
    row = await cursor.fetchone()
    return Device(**row) if row else None


async def panel_device(conn: Connection, account: str, *, lock: bool = False) -> Device | None:
    """The watched panel that reports under this account."""
    cursor = await conn.execute(f"{_DEVICE} WHERE d.account = %s{LOCK if lock else ''}", (account,))
    row = await cursor.fetchone()
    return Device(**row) if row else None


async def devices(conn: Connection, region: str) -> list[Device]:
    """Every watched device of a region, in the order of their ids."""
    cursor = await conn.execute(f"{_DEVICE} WHERE s.region = %s ORDER BY d.id", (region,))
    return [Device(**row) for row in await cursor.fetchall()]


async def save_device(conn: Connection, device: Device) -> None:
    await conn.execute(
        "UPDATE device_state SET expected_s = %(expected_s)s, available = %(available)s,"
        " contacts = %(contacts)s, last_seen = %(last_seen)s, noted_seen = %(noted_seen)s,"
        " test_until = %(test_until)s, trouble = %(trouble)s, site = %(site)s WHERE device_id = %(id)s",
        _values(device) | {"site": _json(device.site)},
    )


async def set_expected(conn: Connection, device_id: UUID, expected_s: int) -> None:
    await conn.execute(
        "UPDATE device_state SET expected_s = %s WHERE device_id = %s", (expected_s, device_id)
    )


async def silent_devices(conn: Connection, now: datetime, grace: float, limit: int) -> list[UUID]:
    """Devices that are due to be called unavailable."""
    cursor = await conn.execute(
        "SELECT device_id FROM device_state WHERE (available OR contacts > 0)"
        " AND last_seen < %s - make_interval(secs => expected_s * %s) ORDER BY last_seen LIMIT %s",
        (now, grace, limit),
    )
    return [row["device_id"] for row in await cursor.fetchall()]


async def tests_over(conn: Connection, now: datetime, limit: int) -> list[UUID]:
    """Devices whose test mode has run out."""
    cursor = await conn.execute(
        "SELECT device_id FROM device_state WHERE test_until <= %s ORDER BY test_until LIMIT %s", (now, limit)
    )
    return [row["device_id"] for row in await cursor.fetchall()]


async def panel(conn: Connection, account: str) -> Row | None:
    """``aes_key`` and ``zones`` of the panel of this account, null where it has no settings."""
    cursor = await conn.execute(
        "SELECT p.aes_key, p.zones FROM device d LEFT JOIN panel p ON p.device_id = d.id"
        " WHERE d.account = %s",
        (account,),
    )
    return await cursor.fetchone()


async def save_panel(
    conn: Connection, device_id: UUID, aes_key: bytes | None, poll_s: int, zones: Mapping[str, Level]
) -> None:
    await conn.execute(
        "INSERT INTO panel (device_id, aes_key, poll_s, zones) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (device_id) DO UPDATE SET aes_key = excluded.aes_key, poll_s = excluded.poll_s,"
        " zones = excluded.zones",
        (device_id, aes_key, poll_s, Jsonb(dict(zones))),
    )


async def add_alarm(conn: Connection, alarm: Alarm) -> None:
    names = _ALARM.split(", ")
    await conn.execute(
        f"INSERT INTO alarm ({_ALARM}) VALUES ({', '.join(f'%({name})s' for name in names)})",
        _values(alarm) | {"site": _json(alarm.site)},
    )


async def save_alarm(conn: Connection, alarm: Alarm) -> None:
    await conn.execute(
        "UPDATE alarm SET level = %(level)s, priority = %(priority)s, state = %(state)s,"
        " presses = %(presses)s, last_press_at = %(last_press_at)s, sounding_since = %(sounding_since)s,"
        " acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s,"
        " escalated_at = %(escalated_at)s, closed_at = %(closed_at)s, result = %(result)s WHERE id = %(id)s",
        _values(alarm) | {"site": None},
    )


async def alarm(conn: Connection, alarm_id: UUID) -> Alarm | None:
    """An alarm, locked until the transaction ends."""
    cursor = await conn.execute(f"SELECT {_ALARM} FROM alarm WHERE id = %s FOR UPDATE", (alarm_id,))
    return _alarm(await cursor.fetchone())


async def alarms(conn: Connection, region: str) -> list[Alarm]:
    """A region's alarms that are not closed, the oldest first."""
    cursor = await conn.execute(
        f"SELECT {_ALARM} FROM alarm WHERE region = %s AND state <> 'closed' ORDER BY received_at, id",
        (region,),
    )
    return [alarm for row in await cursor.fetchall() if (alarm := _alarm(row))]


async def unanswered(conn: Connection, sounding_before: datetime, limit: int) -> list[UUID]:
    """Open alarms that sound since before the given time and are not the supervisor's yet."""
    cursor = await conn.execute(
        "SELECT id FROM alarm WHERE state = 'open' AND escalated_at IS NULL AND sounding_since <= %s"
        " ORDER BY sounding_since LIMIT %s",
        (sounding_before, limit),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def before_signal(
    conn: Connection, device_id: UUID, signal_id: UUID
) -> tuple[Row | None, Alarm | None]:
    """What a signal meets: ``received_at``, ``alarm_id`` and ``alarm_closed`` of the same signal if it has
    had its receipt, and the device's alarm that is not closed, locked until the transaction ends."""
    async with conn.pipeline():
        signals = await conn.execute(
            "SELECT s.received_at, s.alarm_id, coalesce(a.state = 'closed', false) AS alarm_closed FROM"
            " alarm_signal s LEFT JOIN alarm a ON a.id = s.alarm_id WHERE s.device_id = %s AND s.id = %s",
            (device_id, signal_id),
        )
        alarms = await conn.execute(
            f"SELECT {_ALARM} FROM alarm WHERE device_id = %s AND state <> 'closed' FOR UPDATE", (device_id,)
        )
    return await signals.fetchone(), _alarm(await alarms.fetchone())


async def add_signal(
    conn: Connection, device_id: UUID, said: Signal, now: datetime, alarm_id: UUID | None
) -> None:
    """Keep what was said; an id that came round again takes the place of the old one."""
    await conn.execute(
        "INSERT INTO alarm_signal (device_id, id, kind, level, at, received_at, alarm_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (device_id, id) DO UPDATE"
        " SET at = excluded.at, received_at = excluded.received_at, alarm_id = excluded.alarm_id",
        (device_id, said.id, said.kind, said.level, said.at, now, alarm_id),
    )


async def add_malformed(
    conn: Connection, driver: str, source: str | None, bad: Malformed, now: datetime, per_minute: int
) -> bool:
    """Keep a message that could not be used; False where the driver had too many of them in the last
    minute."""
    cursor = await conn.execute(
        "INSERT INTO alarm_malformed (received_at, driver, reason, source, device_id, account, size, raw)"
        " SELECT %(now)s, %(driver)s, %(reason)s, %(source)s, %(device_id)s, %(account)s, %(size)s, %(raw)s"
        " WHERE (SELECT count(*) FROM alarm_malformed WHERE driver = %(driver)s"
        " AND received_at > %(now)s - interval '1 minute') < %(per_minute)s",
        _values(bad) | {"now": now, "driver": driver, "source": source, "per_minute": per_minute},
    )
    return cursor.rowcount == 1


async def forget(conn: Connection, signals_before: datetime, malformed_before: datetime, keep: int) -> None:
    """Erase signals whose senders have long stopped repeating, and malformed messages beyond the last
    ``keep``."""
    await conn.execute("DELETE FROM alarm_signal WHERE received_at < %s", (signals_before,))
    await conn.execute(
        "DELETE FROM alarm_malformed WHERE received_at < %s"
        " OR id <= (SELECT max(id) FROM alarm_malformed) - %s",
        (malformed_before, keep),
    )


def _alarm(row: Row | None) -> Alarm | None:
    if row is None:
        return None
    kinds = {"level": Level(row["level"]), "priority": Priority(row["priority"])}
    return Alarm(**row | kinds | {"state": AlarmState(row["state"])})


def _json(value: object) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _values(thing: Alarm | Device | Malformed) -> Row:
    """Its fields by name; not ``asdict``, which copies the site's whole plan."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}
