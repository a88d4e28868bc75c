"""HTTP devices send the JSON of the MQTT driver as the body of a POST, under the key they were enrolled
with. Pure."""

from jedel.alarms.drivers.mqtt.codec import MESSAGE_BYTES_MAX, decode

__all__ = ["MESSAGE_BYTES_MAX", "decode"]
