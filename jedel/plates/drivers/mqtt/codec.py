"""The JSON of a camera on NATS or MQTT: the same mapping as by HTTP. Pure.

Topic ``jedel/camera/<device id>/read`` is the subject ``jedel.camera.<device id>.read``; who may use it is
decided at the device's log-in, so the id in the subject is the camera's.
"""

from uuid import UUID

from jedel.plates.drivers.jsonreads import decode

__all__ = ["decode", "device_of"]

SUBJECT = "jedel.camera.*.read"


def device_of(subject: str) -> UUID | None:
    """Whose message it is; None for a subject that is none of ours."""
    parts = subject.split(".")
    try:
        return UUID(parts[2]) if len(parts) == 4 else None
    except ValueError:
        return None
