"""What a search among reads refuses, and what keeps a read."""

from jedel.kernel.errors import Problem


class PlateNotPossible(Problem):
    """No plate, and no pattern of one, is written so. ``plate``."""

    code = "plates_plate_not_possible"
    status = 422


class PatternOpen(Problem):
    """The pattern names too few signs. ``least``."""

    code = "plates_pattern_open"
    status = 422


class PlateOrCameraNeeded(Problem):
    """Neither a plate nor a camera was given."""

    code = "plates_plate_or_camera_needed"
    status = 422


class SearchTooBroad(Problem):
    """The answer would be more than anybody can look through, or takes too long."""

    code = "plates_search_too_broad"
    status = 422


class EvidenceTooLong(Problem):
    """A case keeps a read for at most so long at once. ``days``."""

    code = "plates_evidence_too_long"
    status = 422
