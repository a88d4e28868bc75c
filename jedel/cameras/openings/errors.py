"""What can go wrong when a person opens a site's cameras."""

from jedel.kernel.errors import Problem


class OpeningThere(Problem):
    """The incident has this site's cameras open, or somebody has asked for them."""

    code = "opening_there"
    status = 409


class OpeningOver(Problem):
    """It is closed, refused, or nobody agreed in time."""

    code = "opening_over"
    status = 409


class OpeningDecided(Problem):
    """It is in force already."""

    code = "opening_decided"
    status = 409


class OwnOpening(Problem):
    """The second person is somebody else than the first."""

    code = "opening_own"
    status = 403


class SiteElsewhere(Problem):
    """The site has nothing to do with the incident: it is too far from its place. ``metres``."""

    code = "opening_site_elsewhere"
    status = 422


class NoCameras(Problem):
    """Neither the site nor the streets around it have a camera."""

    code = "opening_no_cameras"
    status = 409


class NoButton(Problem):
    """The device is no button of a site."""

    code = "opening_no_button"
    status = 422
