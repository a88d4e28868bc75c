"""What this room refuses; the words are in messages.json."""

from jedel.kernel.errors import Problem


class AlarmNotOpen(Problem):
    """The alarm was acknowledged or closed before. ``id``, ``state``."""

    code = "alarm_not_open"
    status = 409


class UnknownDevice(Problem):
    """No alarm device by this id or account. ``id``."""

    code = "unknown_alarm_device"
    status = 404


class DeviceBlocked(Problem):
    """The device was blocked. ``id``."""

    code = "device_blocked"
    status = 403


class SignalMalformed(Problem):
    """A device sent what we cannot read; it was kept. ``reason``."""

    code = "signal_malformed"
    status = 422


class NotAPanel(Problem):
    """Panel settings for a device that is no DC-09 panel. ``id``."""

    code = "not_a_panel"
    status = 409
