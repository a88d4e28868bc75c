"""What this room refuses; the words are in qorgau/messages.json."""

from jedel.kernel.errors import Problem


class AlertOver(Problem):
    """Somebody said already that it is not this car. ``plate``, ``state``."""

    code = "alert_over"
    status = 409


class BothMustMatch(Problem):
    """Confirmed or stopped needs plate and vehicle, both seen by the officer. ``plate``."""

    code = "both_must_match"
    status = 422


class ReasonNeeded(Problem):
    """Refuted without a reason."""

    code = "refuted_needs_reason"
    status = 422


class ReasonDoesNotFit(Problem):
    """The reason speaks of a ground that the alert does not have. ``reason``."""

    code = "refuted_reason_does_not_fit"
    status = 422


class NotToldOfIt(Problem):
    """A tablet whose unit was never told of this alert; it does not learn that there is one."""

    code = "alert_not_known"
    status = 404


class NoPicture(Problem):
    """The camera sent no such picture, or its time is over. ``which``."""

    code = "alert_picture_missing"
    status = 404
