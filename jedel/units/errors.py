"""What units refuses."""

from jedel.kernel.errors import Problem


class CallSignTaken(Problem):
    """Another unit of the region has this call sign. ``call_sign``."""

    code = "call_sign_taken"
    status = 409


class StatusNotPossible(Problem):
    """The unit's status never leads there. ``call_sign``, ``now``, ``wanted``."""

    code = "unit_status_not_possible"
    status = 409


class UnitOnIncident(Problem):
    """This step belongs to the flow of an incident. ``call_sign``, ``now``, ``wanted``."""

    code = "unit_on_incident"
    status = 409


class StatusOutdated(Problem):
    """The button was pressed before the present status began. ``call_sign``, ``now``, ``wanted``."""

    code = "unit_status_outdated"
    status = 409


class UnitNotFree(Problem):
    """The unit cannot be sent: it is off shift or has an incident. ``call_sign``, ``now``."""

    code = "unit_not_free"
    status = 409


class PositionsRefused(Problem):
    """None of the positions can be believed. ``reasons``: code and count of each."""

    code = "positions_refused"
    status = 422
