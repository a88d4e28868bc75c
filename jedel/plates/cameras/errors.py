"""What can be wrong with a camera that somebody wants to add or change."""

from jedel.kernel.errors import Problem


class NoCameraDevice(Problem):
    """The device is none of this region's cameras. ``id``."""

    code = "plates_no_camera_device"
    status = 422


class CameraDeviceTaken(Problem):
    """Another camera speaks by this device. ``id``."""

    code = "plates_camera_device_taken"
    status = 409
