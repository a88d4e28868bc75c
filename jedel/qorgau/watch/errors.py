"""What the lists refuse, and why (words in messages.json)."""

from jedel.kernel.errors import Problem


class GroundUnknown(Problem):
    """Not on the closed list of legal grounds, or not on it today. ``ground``."""

    code = "watch_ground_unknown"
    status = 422


class ActionNotOfGround(Problem):
    """The ground does not carry this action. ``ground``, ``action``."""

    code = "watch_action_not_of_ground"
    status = 422


class TooLong(Problem):
    """The ground does not last so long, or the day is over. ``latest``."""

    code = "watch_until"
    status = 422


class ReasonNumberNeeded(Problem):
    """The ground asks for an incident of the region, a case number, or either. ``needs``."""

    code = "watch_number_needed"
    status = 422


class PlateUnusable(Problem):
    """Nothing can be looked for under this. ``plate``."""

    code = "watch_plate"
    status = 422


class EntryExists(Problem):
    """The region looks for this plate on this ground already. ``plate``."""

    code = "watch_entry_exists"
    status = 409


class OwnEntry(Problem):
    """Nobody approves what he proposed himself."""

    code = "watch_own_entry"
    status = 403


class EntryDecided(Problem):
    """It was approved, refused, revoked before, or has run out. ``state``."""

    code = "watch_entry_decided"
    status = 409


class OtherEntry(Problem):
    """The id was used for another entry."""

    code = "watch_other_entry"
    status = 409


class ListUnusable(Problem):
    """The file cannot be read as a list of plates. ``line``, ``reason``."""

    code = "watch_list_unusable"
    status = 422


class ListTooLong(Problem):
    """``limit`` rows at most."""

    code = "watch_list_too_long"
    status = 413


class WatchForgotten(Exception):
    """What changed since a version is not known any more: the whole list is to be loaded."""

    def __init__(self, *, since: int, floor: int) -> None:
        super().__init__(f"changes after {since} are forgotten up to {floor}")
