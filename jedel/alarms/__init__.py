"""SOS posts, school panic buttons and panels: what they say, and the alarms that this becomes."""

from jedel.alarms.service import close
from jedel.alarms.service import devices as devices_collection
from jedel.alarms.service import open_alarms as alarms_collection

__all__ = ["alarms_collection", "close", "devices_collection"]
