"""What can be wrong with what somebody asks of cameras."""

from jedel.kernel.errors import Forbidden, Problem


class CameraAddressRefused(Problem):
    """An address that is none of a camera, or lies outside the camera networks. ``url`` without credentials,
    ``networks``."""

    code = "camera_address_refused"
    status = 422


class CameraStreamsWrong(Problem):
    """Streams that do not go with how the pictures come: a pulled camera has addresses, another has none."""

    code = "camera_streams_wrong"
    status = 422


class NoSuchSite(Problem):
    """A site that the region does not have. ``id``."""

    code = "camera_no_such_site"
    status = 422


class NoSuchGroup(Problem):
    """A group that the region does not have. ``id``."""

    code = "camera_no_such_group"
    status = 422


class NoSuchDevice(Problem):
    """The device that is to publish is none of this region's, or of a kind that cannot. ``id``."""

    code = "camera_no_such_device"
    status = 422


class CameraTaken(Problem):
    """Another camera of the region has this device, or this external id of this owner. ``what``."""

    code = "camera_taken"
    status = 409


class CameraForbidden(Forbidden):
    """Known, but not to be seen by this person now. ``why``."""

    code = "camera_forbidden"


class CameraOff(Problem):
    """The camera is switched off."""

    code = "camera_off"
    status = 409
