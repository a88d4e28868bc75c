"""What can go wrong when a camera is turned."""

from jedel.kernel.errors import Problem


class NotTurned(Problem):
    """The camera stands still: it has no motors, or nobody entered its address."""

    code = "ptz_not_turned"
    status = 409


class Held(Problem):
    """Somebody of the same or a higher rank turns it. ``name``, ``seconds``: until it is free."""

    code = "ptz_held"
    status = 409


class NoAnswer(Problem):
    """The camera did not do it. ``reason``: what it said."""

    code = "ptz_no_answer"
    status = 502
