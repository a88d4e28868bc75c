"""What can go wrong when a camera is asked."""

from jedel.kernel.errors import Problem


class OnvifUnreachable(Problem):
    """Nothing answers there, or not as ONVIF. ``reason``."""

    code = "camera_onvif_unreachable"
    status = 502


class OnvifCredentials(Problem):
    """The camera does not take this user and password."""

    code = "camera_onvif_credentials"
    status = 422


class OnvifMalformed(Problem):
    """What the camera answers cannot be understood, or it offers no picture that we may fetch. ``reason``."""

    code = "camera_onvif_malformed"
    status = 502


class NoSuchProfile(Problem):
    """The camera has no profile of this name now. ``profile``."""

    code = "camera_onvif_no_profile"
    status = 422
