"""Staff and devices: who they are and which route they may call."""

from jedel.access.gate import StoreDep, allow, identify, identify_device, public, still_signed_in, store_of
from jedel.access.model import CONSOLE, STAFF, Device, DeviceKind, Principal, Role
from jedel.access.presence import Gone, Lasting, lasting
from jedel.access.repository import (
    device_of_account,
    end_session_of,
    find_device,
    names,
    region_of_account,
)
from jedel.access.standing import SESSION_ENDED

__all__ = [
    "CONSOLE",
    "SESSION_ENDED",
    "STAFF",
    "Device",
    "DeviceKind",
    "Gone",
    "Lasting",
    "Principal",
    "Role",
    "StoreDep",
    "allow",
    "device_of_account",
    "end_session_of",
    "find_device",
    "identify",
    "identify_device",
    "lasting",
    "names",
    "public",
    "region_of_account",
    "still_signed_in",
    "store_of",
]
