"""HTTP devices send the JSON of the MQTT driver as the body of a POST, with the key they were enrolled
with. Pure."""

from jedel.alarms.drivers.mqtt.codec import MESSAGE_BYTES_MAX, decode

__all__ = ["MESSAGE_BYTES_MAX", "OPENAPI_BODY", "decode"]

OPENAPI_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["id", "kind"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "kind": {"enum": ["press", "restore", "heartbeat", "tamper", "trouble", "test"]},
                    "level": {"enum": ["help", "lockdown"]},
                    "at": {"type": "string", "format": "date-time"},
                },
            }
        }
    },
}
