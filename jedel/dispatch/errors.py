"""What the dispatch room refuses, and what each refusal says about the present state.

Times in ``params`` are RFC 3339 text in UTC; a screen shows them in its own zone.
"""

from jedel.kernel.errors import Problem


class IncidentClosed(Problem):
    """``number``, ``closed_at``, ``result``."""

    code = "incident_closed"
    status = 409


class AlreadyAssigned(Problem):
    """``call_sign``, ``number``, ``assigned_at``."""

    code = "already_assigned"
    status = 409


class TooManyUnits(Problem):
    """``limit``, ``number``."""

    code = "too_many_units"
    status = 409


class NotAssigned(Problem):
    """The unit was never on this incident. ``number``."""

    code = "not_assigned"
    status = 409


class AssignmentEnded(Problem):
    """A late command of a unit that was released meanwhile.

    ``call_sign``, ``number``, ``released_at``, ``reason`` (the operator's words, or "—").
    """

    code = "assignment_ended"
    status = 409


class NotOnScene(Problem):
    """A crew ends its work only where it has arrived. ``call_sign``, ``number``."""

    code = "not_on_scene"
    status = 409


class OthersOnIncident(Problem):
    """A crew cannot close what other crews still work on. ``number``, ``call_signs``."""

    code = "others_on_incident"
    status = 409


class NotYourIncident(Problem):
    """The role may do this only to its own incident, before a unit is sent. ``number``."""

    code = "not_your_incident"
    status = 403


class OwnUnitOnly(Problem):
    """A tablet speaks only for its own unit. ``number``."""

    code = "own_unit_only"
    status = 403


class SameIncident(Problem):
    """An incident joined into itself. ``number``."""

    code = "same_incident"
    status = 422


class ReceivedTooEarlyOrLate(Problem):
    """The time of the call lies in the future or further back than a shift. ``hours``."""

    code = "received_implausible"
    status = 422


class UnitNotOnIncident(Problem):
    """The unit was to be taken from an incident where it is not. ``call_sign``, ``number``."""

    code = "unit_not_on_incident"
    status = 409
