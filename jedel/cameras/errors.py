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


class ImportMalformed(Problem):
    """No CSV file of cameras: its heading. ``missing``, ``unknown``, ``columns``."""

    code = "camera_import_malformed"
    status = 422


class GroupNameTaken(Problem):
    """The region has a group of this name. ``name``."""

    code = "camera_group_name_taken"
    status = 409


class OwnRight(Problem):
    """Nobody gives rights to himself, nor to the role that he has."""

    code = "camera_own_right"
    status = 403


class RightNamesNobody(Problem):
    """Exactly one of role, account and unit, and of this region."""

    code = "camera_right_names_nobody"
    status = 422


class TwoPersons(Problem):
    """Who asked does not decide: a second person does."""

    code = "camera_two_persons"
    status = 403


class DecidedAlready(Problem):
    """Somebody decided this already, or it waited too long."""

    code = "camera_decided_already"
    status = 409


class ReasonNeeded(Problem):
    """An open incident of the region, or the number of a case."""

    code = "camera_reason_needed"
    status = 422


class NothingMasked(Problem):
    """The camera has no masks."""

    code = "camera_nothing_masked"
    status = 409


class MaskChangeWaiting(Problem):
    """Another change of this camera's masks waits for its second person."""

    code = "camera_mask_change_waiting"
    status = 409


class HandoverWaiting(Problem):
    """This camera is offered to a region already."""

    code = "camera_handover_waiting"
    status = 409


class HandoverHeld(Problem):
    """A camera that a device of this region feeds, or a unit carries, stays with it."""

    code = "camera_handover_held"
    status = 409


class NoSuchRegion(Problem):
    """No region by this code, or one's own. ``region``."""

    code = "camera_no_such_region"
    status = 422


class ZoneKept(Forbidden):
    """A camera inside a site becomes one of the street only by an administrator, who may not look."""

    code = "camera_zone_kept"
