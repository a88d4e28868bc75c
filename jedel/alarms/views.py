"""Alarms and devices as screens and the journal see them. Pure."""

from jedel.alarms.model import Alarm, Device

View = dict[str, object]


def alarm_view(alarm: Alarm) -> View:
    """``test`` is always false: in test mode a press is an entry in the journal, never an alarm."""
    return {
        "id": str(alarm.id),
        "region": alarm.region,
        "device_id": str(alarm.device_id),
        "device_name": alarm.device_name,
        "device_kind": alarm.device_kind,
        "site": alarm.site,
        "level": alarm.level,
        "priority": alarm.priority,
        "state": alarm.state,
        "test": False,
        "presses": alarm.presses,
        "raised_at": alarm.raised_at,
        "last_press_at": alarm.last_press_at,
        "received_at": alarm.received_at,
        "sounding_since": alarm.sounding_since,
        "acknowledged_at": alarm.acknowledged_at,
        "acknowledged_by": alarm.acknowledged_by,
        "escalated_at": alarm.escalated_at,
    }


def device_view(device: Device) -> View:
    """``last_seen`` of an available device is when it came (back); of an unavailable one its last contact."""
    lon, lat = place(device)
    return {
        "id": str(device.id),
        "region": device.region,
        "kind": device.kind,
        "name": device.name,
        "site_id": str(device.site_id) if device.site_id else None,
        "lon": lon,
        "lat": lat,
        "available": device.available,
        "last_seen": device.noted_seen,
        "test_until": device.test_until,
        "trouble": device.trouble,
    }


def place(device: Device) -> tuple[object, object]:
    """Longitude and latitude of the device's site in degrees; (None, None) where the map has no such site."""
    return (device.site["lon"], device.site["lat"]) if device.site else (None, None)


def raised_data(alarm: Alarm, device: Device) -> View:
    """The facts that dispatch opens an incident from."""
    lon, lat = place(device)
    return {
        "alarm_id": alarm.id,
        "site_id": device.site_id,
        "device_id": device.id,
        "device_kind": device.kind,
        "level": alarm.level,
        "priority": alarm.priority,
        "lon": lon,
        "lat": lat,
        "test": False,
        "presses": alarm.presses,
    }
